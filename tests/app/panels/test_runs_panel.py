"""The table of stored runs, against a real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.panels.runs import COLUMNS, RunsPanel
from studio.project.project import Project
from studio.runs.records import EpochEnded, RunState
from studio.runs.store import RunStore
from tests.helpers.live_records import state
from tests.helpers.settling import settle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "digits.runs"


@pytest.fixture
def panel(qtbot: QtBot, folder: Path) -> RunsPanel:
    made = RunsPanel(Document(), folder)
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    settle(qtbot, made)
    return made


def add_run(folder: Path, name: str, ends: RunState, *, resumable: bool = False) -> None:
    writer = RunStore(folder).create_run(name, Project(), "cpu", 0)
    writer.epoch(EpochEnded(name, 1, 10, 0.5, 0.25, 0.8, 0.975, True))
    writer.changed(state(ends, run=name, step=10))
    writer.close()
    if resumable:
        (folder / name / "resume.safetensors").write_bytes(b"state")


def rows(panel: RunsPanel) -> list[list[str]]:
    table = panel.findChild(QTreeWidget, "runs.table")
    items = [table.topLevelItem(index) for index in range(table.topLevelItemCount())]
    return [[item.text(column) for column in range(len(COLUMNS))] for item in items]


def choose(qtbot: QtBot, panel: RunsPanel, row: int) -> None:
    table = panel.findChild(QTreeWidget, "runs.table")
    place = table.visualItemRect(table.topLevelItem(row)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, panel)


def test_runs_are_listed_newest_first(qtbot: QtBot, panel: RunsPanel, folder: Path) -> None:
    add_run(folder, "first", "finished")
    add_run(folder, "second", "stopped")
    panel.refresh()
    settle(qtbot, panel)
    assert [row[0] for row in rows(panel)] == ["second", "first"]
    assert rows(panel)[1][1:6] == ["finished", "1", "0.25", "97.5 %", "cpu"]


def test_no_runs_says_how_to_get_one(panel: RunsPanel) -> None:
    assert panel.empty_words.startswith("No runs yet. Press Train")


def test_choosing_a_run_says_its_name(qtbot: QtBot, panel: RunsPanel, folder: Path) -> None:
    add_run(folder, "first", "finished")
    panel.refresh()
    settle(qtbot, panel)
    with qtbot.waitSignal(panel.run_chosen) as chosen:
        choose(qtbot, panel, 0)
    assert chosen.args == ["first"]


def test_refresh_keeps_the_choice_without_announcing_it_again(
    qtbot: QtBot, panel: RunsPanel, folder: Path
) -> None:
    add_run(folder, "first", "finished")
    panel.refresh()
    settle(qtbot, panel)
    choose(qtbot, panel, 0)
    add_run(folder, "second", "finished")
    with qtbot.assertNotEmitted(panel.run_chosen):
        panel.refresh()
        settle(qtbot, panel)
    assert panel.chosen == "first"


def test_resume_is_offered_for_a_stopped_run_with_a_checkpoint(
    qtbot: QtBot, panel: RunsPanel, folder: Path
) -> None:
    add_run(folder, "halted", "stopped", resumable=True)
    panel.refresh()
    settle(qtbot, panel)
    choose(qtbot, panel, 0)
    with qtbot.waitSignal(panel.resume_requested) as wanted:
        panel.findChild(QPushButton, "runs.resume").click()
    assert wanted.args == ["halted"]


@pytest.mark.parametrize(
    ("ends", "reason"),
    [("finished", "only a stopped or interrupted run can go on"), ("stopped", "no checkpoint")],
)
def test_resume_that_cannot_be_says_why(
    qtbot: QtBot, panel: RunsPanel, folder: Path, ends: RunState, reason: str
) -> None:
    add_run(folder, "done", ends)
    panel.refresh()
    settle(qtbot, panel)
    button = panel.findChild(QPushButton, "runs.resume")
    assert button.toolTip() == "Resume: choose a run first."
    choose(qtbot, panel, 0)
    assert not button.isEnabled()
    assert reason in button.toolTip()


def test_damaged_store_is_told_in_place_of_the_table(qtbot: QtBot, panel: RunsPanel, folder: Path) -> None:
    folder.mkdir()
    (folder / "runs.sqlite").write_bytes(b"not a database" * 100)
    panel.refresh()
    settle(qtbot, panel)
    assert str(folder) in panel.empty_words


def test_set_folder_shows_the_runs_of_another_project(qtbot: QtBot, panel: RunsPanel, tmp_path: Path) -> None:
    add_run(tmp_path / "other.runs", "elsewhere", "finished")
    panel.set_folder(tmp_path / "other.runs")
    assert "Reading" in panel.empty_words
    settle(qtbot, panel)
    assert [row[0] for row in rows(panel)] == ["elsewhere"]
