"""The table of runs: sorted, filtered, and what can be done with the chosen ones."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.panels.runs import RunsPanel
from studio.app.run_compare import CompareDialog, read_runs
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs import carried
from studio.runs.carried import Carried
from studio.runs.records import EpochEnded, RunChanged, Steps
from studio.runs.store import RunStore
from tests.helpers.settling import settle


def add(store: RunStore, name: str, lr: float, losses: list[float]) -> None:
    project = Project("net", training=TrainingConfig(lr=lr), data=DataConfig(dataset="moons"))
    writer = store.create_run(name, project, "cpu", 0)
    for number, loss in enumerate(losses, 1):
        writer.steps(Steps(name, np.array([number]), np.array([loss]), np.array([0.5]), np.array([lr])))
        best = loss == min(losses[:number])
        writer.epoch(EpochEnded(name, number, number, loss / 2, loss, 0.9, 1.0 - loss / 10, best))
    writer.changed(RunChanged(name, "finished", len(losses), len(losses)))
    writer.close()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path / "net.runs")
    add(made, "ten", 0.1, [1.0, 0.5])
    add(made, "two", 0.2, [2.0, 3.0, 10.0])
    add(made, "one", 0.3, [0.25])
    return made


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def panel(qtbot: QtBot, document: Document, store: RunStore) -> RunsPanel:
    made = RunsPanel(document, store.folder)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    settle(qtbot, made)
    return made


def shown(panel: RunsPanel) -> list[str]:
    return [panel._table.topLevelItem(k).text(0) for k in range(panel._table.topLevelItemCount())]


def choose(qtbot: QtBot, panel: RunsPanel, *names: str) -> None:
    for place in range(panel._table.topLevelItemCount()):
        item = panel._table.topLevelItem(place)
        item.setSelected(item.text(0) in names)
    settle(qtbot, panel)


def test_columns_are_sorted_by_what_they_mean(panel: RunsPanel) -> None:
    panel._table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert shown(panel) == ["one", "ten", "two"]
    panel._table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert shown(panel) == ["two", "ten", "one"]


def test_the_table_is_filtered_by_words(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    store.annotate("ten", tags=["wide"], note="with dropout")
    panel.refresh()
    settle(qtbot, panel)
    for text, expected in (
        ("wide", ["ten"]),
        ("drop ten", ["ten"]),
        ("finished", ["one", "ten", "two"]),
        ("x", []),
    ):
        panel._filter.setText(text)
        assert sorted(shown(panel)) == expected


def test_a_run_is_renamed(qtbot: QtBot, panel: RunsPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(qtbot, panel, "ten")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("baseline", True))
    panel.tools.actions["rename"].trigger()
    settle(qtbot, panel)
    assert sorted(shown(panel)) == ["baseline", "one", "two"]


def test_keys_of_the_table_are_those_of_its_menu(
    qtbot: QtBot, panel: RunsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(qtbot, panel, "ten")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("baseline", True))
    qtbot.keyClick(panel._table, Qt.Key.Key_F2)
    settle(qtbot, panel)
    assert "baseline" in shown(panel)
    choose(qtbot, panel, "two")
    qtbot.keyClick(panel._table, Qt.Key.Key_Delete)
    settle(qtbot, panel)
    assert sorted(shown(panel)) == ["baseline", "one"]


def test_a_name_that_is_taken_is_said(
    qtbot: QtBot, panel: RunsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(qtbot, panel, "ten")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("two", True))
    with qtbot.waitSignal(panel.tools.message) as said:
        panel.tools.actions["rename"].trigger()
        settle(qtbot, panel)
    assert 'already is a run "two"' in said.args[0]


def test_tags_are_given_to_several(
    qtbot: QtBot, panel: RunsPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(qtbot, panel, "ten", "two")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("wide, old", True))
    panel.tools.actions["tags"].trigger()
    settle(qtbot, panel)
    assert [info.tags for info in store.list_runs()] == [("old", "wide"), ("old", "wide"), ()]


def test_settings_are_taken_back_in_one_step(qtbot: QtBot, panel: RunsPanel, document: Document) -> None:
    choose(qtbot, panel, "two")
    panel.tools.actions["settings"].trigger()
    settle(qtbot, panel)
    assert (document.project.training.lr, document.project.data.dataset) == (0.2, "moons")
    document.undo()
    assert (document.project.training.lr, document.project.data.dataset) == (0.05, "digits")


def test_what_is_thrown_away_comes_back(qtbot: QtBot, panel: RunsPanel) -> None:
    choose(qtbot, panel, "ten", "two")
    panel.tools.actions["delete"].trigger()
    settle(qtbot, panel)
    assert shown(panel) == ["one"]
    panel.tools.trash.aboutToShow.emit()
    settle(qtbot, panel)
    back = next(action for action in panel.tools.trash.actions() if action.text() == "Bring back ten")
    back.trigger()
    settle(qtbot, panel)
    assert sorted(shown(panel)) == ["one", "ten"]
    panel.tools.trash.aboutToShow.emit()
    settle(qtbot, panel)
    next(one for one in panel.tools.trash.actions() if one.objectName() == "runs.empty_trash").trigger()
    settle(qtbot, panel)
    panel.tools.trash.aboutToShow.emit()
    settle(qtbot, panel)
    assert [action.text() for action in panel.tools.trash.actions()] == ["Nothing was thrown away"]


def test_what_cannot_be_done_says_why(qtbot: QtBot, panel: RunsPanel) -> None:
    choose(qtbot, panel, "ten")
    assert not panel._compare.isEnabled()
    assert panel._compare.toolTip() == "Compare: choose two runs or more first."
    choose(qtbot, panel, "ten", "two")
    assert panel._compare.isEnabled()
    assert "choose one run first" in panel.tools.actions["rename"].toolTip()


def test_chosen_runs_are_exported(qtbot: QtBot, panel: RunsPanel, tmp_path: Path) -> None:
    choose(qtbot, panel, "ten", "one")
    said: list[str] = []
    panel.tools.message.connect(said.append)
    panel.tools.export("csv", tmp_path / "out")
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == ["Exporting …", f'5 files were written to "{tmp_path / "out"}".']
    assert len(list((tmp_path / "out").glob("*.csv"))) == 5


def test_an_export_that_fails_is_said(qtbot: QtBot, panel: RunsPanel, tmp_path: Path) -> None:
    choose(qtbot, panel, "ten")
    (tmp_path / "file").write_text("in the way")
    said: list[str] = []
    panel.tools.message.connect(said.append)
    panel.tools.export("tensorboard", tmp_path / "file")
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1].startswith("Cannot write")


def test_a_long_curve_of_learning_rates_is_drawn_by_few_points(qtbot: QtBot, store: RunStore) -> None:
    writer = store.create_run("long", Project("net"), "cpu", 0)
    count = 20_000
    steps = np.arange(1, count + 1)
    lrs = np.where(steps == 7_777, 9.0, 0.1)
    writer.steps(Steps("long", steps, steps * 0.0, steps * 0.0, lrs))
    writer.close()
    dialog = CompareDialog(read_runs(store, ["long", "ten"]))
    qtbot.addWidget(dialog)
    dialog.measure.setCurrentIndex(dialog.measure.findData("lr"))
    places, values = dialog.values(0)
    assert len(places) < 5_000
    assert values.max() == 9.0


def test_curves_are_laid_over_each_other(qtbot: QtBot, store: RunStore) -> None:
    dialog = CompareDialog(read_runs(store, ["ten", "two", "one"]))
    qtbot.addWidget(dialog)
    assert dialog.values(1)[1].tolist() == [2.0, 3.0, 10.0]
    dialog.measure.setCurrentIndex(dialog.measure.findData("lr"))
    assert dialog.values(1)[1] == pytest.approx([0.2, 0.2, 0.2])
    told = {dialog.table.verticalHeaderItem(row).text(): row for row in range(dialog.table.rowCount())}
    assert dialog.table.item(told["training.lr"], 2).text() == "0.3"
    assert dialog.table.item(told["best validation loss"], 2).text() == "0.25  ← lowest"
    assert dialog.design.text().splitlines()[0] == "ten → two: the same network"
    pens = {(curve.opts["pen"].color().name(), curve.opts["pen"].style()) for curve in dialog.curves}
    assert len(pens) == 3
    assert len({style for _, style in pens}) == 3


def test_the_data_of_a_run_are_told_by_their_fingerprint(
    qtbot: QtBot, panel: RunsPanel, store: RunStore
) -> None:
    with contextlib.closing(store.reopen_run("two")) as writer:
        writer.fingerprint("0123456789abcdef")
    panel.refresh()
    settle(qtbot, panel)
    (item,) = panel._table.findItems("two", Qt.MatchFlag.MatchExactly)
    assert (item.text(9), item.toolTip(9)) == ("01234567", "SHA-256 of the data: 0123456789abcdef")


def test_a_run_gives_its_weights_in_one_step_of_undo(
    qtbot: QtBot, panel: RunsPanel, document: Document, store: RunStore, tmp_path: Path
) -> None:
    said: list[str] = []
    panel.tools.message.connect(said.append)
    panel.tools.choose(["two"])
    panel.tools.actions["weights"].trigger()
    settle(qtbot, panel)
    assert said[-1].startswith("Save the project first")
    document.mark_saved(tmp_path / "net.flow")
    panel.tools.actions["weights"].trigger()
    settle(qtbot, panel)
    assert said[-1].startswith('The run "two" has no checkpoint "best"')
    (store.folder / "two" / "best.safetensors").write_bytes(b"weights")
    (tmp_path / "two.safetensors").write_bytes(b"somebody else's")
    panel.tools.actions["weights"].trigger()
    settle(qtbot, panel)
    training = document.project.training
    assert (training.initial_weights, training.weights_match) == ("two-2.safetensors", "matching")
    assert (tmp_path / "two-2.safetensors").read_bytes() == b"weights"
    document.undo()
    assert document.project.training == TrainingConfig()


def test_a_long_message_takes_no_room_from_others(panel: RunsPanel) -> None:
    before = panel.minimumSizeHint().width()
    panel._message.setText("The weights of epoch 7 were put back. " * 8)
    assert panel.minimumSizeHint().width() == before
    assert panel._message.toolTip() == panel._message.text()


def test_what_a_run_took_over_is_said(qtbot: QtBot, panel: RunsPanel, store: RunStore) -> None:
    carried.write(store.folder / "two", Carried("one", ("fc1.weight",), ("fc2.weight",)))
    choose(qtbot, panel, "two")
    assert panel._message.text().startswith('1 of 2 tensors go on as one left them. Fresh: "fc2.weight".')
    choose(qtbot, panel, "one")
    assert "left them" not in panel._message.text()
    (store.folder / "two" / carried.FILE).write_text("[]")
    choose(qtbot, panel, "two")
    assert "taken over" in panel._message.text()
