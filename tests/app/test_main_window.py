"""The window as a person uses it: real widgets, a real engine, no display."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from studio.app.main_window import MainWindow
from studio.app.panels.library_model import LAYER_MIME
from studio.app.settings import Settings
from studio.catalog.registry import signature
from studio.engine.local import LocalClient
from studio.engine.process_client import ProcessClient
from studio.engine.records import EngineLost
from studio.graph.port import find_port
from studio.project.files import read

PATIENCE_MS = 90_000
"""A busy machine takes a while to load torch; nothing here waits that long unless it fails."""


def open_window(qtbot, tmp_path, client=None):
    window = MainWindow(client or LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(window, before_close_func=leave)
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    return window


def leave(window: MainWindow) -> None:
    """Close without questions."""
    window.workspace.close()
    for sheet in window.document.sheets:
        sheet.history.mark_saved()
    window.workspace._set_state(None)


@pytest.fixture
def digits(tmp_path, examples) -> Path:
    return Path(shutil.copy(examples / "digits.flow", tmp_path))


@pytest.fixture
def window(qtbot, tmp_path):
    return open_window(qtbot, tmp_path)


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    return found


def drop(window: MainWindow, kind: str, x: float, y: float) -> str:
    """Drop a layer from the library at a place of the canvas on screen; return its id."""
    canvas = window.canvas
    before = set(window.document.graph.nodes)
    mime = QMimeData()
    mime.setData(LAYER_MIME, kind.encode())
    place = QPointF(x, y)
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), copy, mime, left, none)
    QApplication.sendEvent(canvas, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(canvas, QDropEvent(place, copy, mime, left, none))
    (node,) = set(window.document.graph.nodes) - before
    return node


def port_on_screen(window: MainWindow, node_id: str, port: str, is_output: bool) -> QPoint:
    """Return where a port is on screen."""
    from studio.app.canvas.ports import PortRef

    place = window.canvas.scene.geometry.port_point(
        PortRef(node_id, "output" if is_output else "input", port)
    )
    return window.canvas.camera.to_screen(place).toPoint()


def wire(window: MainWindow, source: str, target: str, port: str = "") -> None:
    """Draw a wire with the mouse, from the first output of one node to an input of another."""
    graph = window.document.graph
    outputs, inputs = signature(graph.node(source)).outputs, signature(graph.node(target)).inputs
    spec = find_port(inputs, port) if port else inputs[0]
    start = port_on_screen(window, source, outputs[0].name, True)
    end = port_on_screen(window, target, spec.name, False)
    canvas, left = window.canvas, Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, left, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(canvas, start + (end - start) * step / 5)
    QTest.mouseRelease(canvas, left, pos=end)


def wait_ready(qtbot, window: MainWindow) -> None:
    """Wait until the engine said what it thinks of the design on screen."""
    facts = window.workspace.facts
    qtbot.waitUntil(lambda: facts.totals.parameters > 0 or bool(facts.problems), timeout=PATIENCE_MS)


def wait_state(qtbot, window: MainWindow, *states: str) -> None:
    qtbot.waitUntil(lambda: window.workspace.state in states, timeout=PATIENCE_MS)


def test_walk_through_from_an_empty_canvas(qtbot, window, tmp_path):
    """Draw a softmax regression with the mouse, train it, save it, open it again."""
    image = drop(window, "ImageInput", 120, 150)
    flatten = drop(window, "Flatten", 360, 150)
    linear = drop(window, "Linear", 600, 150)
    loss = drop(window, "CrossEntropyLoss", 860, 150)
    target = drop(window, "Target", 600, 330)
    wire(window, image, flatten)
    wire(window, flatten, linear)
    wire(window, linear, loss, "input")
    wire(window, target, loss, "target")
    assert window.document.graph.num_edges() == 4
    window.inspector.project_page.data.match.setEnabled(True)
    wait_ready(qtbot, window)
    qtbot.waitUntil(lambda: window.inspector.project_page.data.match.isEnabled(), timeout=PATIENCE_MS)
    window.workspace.selection.clear()
    for name in ("height", "width"):
        window.document.edit(f"Set {name}", lambda g, name=name: _set(g, image, name, 8))
    window.document.edit("Set out_features", lambda g: _set(g, linear, "out_features", 10))
    qtbot.waitUntil(lambda: window.workspace.facts.totals.parameters == 650, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: action(window, "train.start").isEnabled(), timeout=PATIENCE_MS)

    action(window, "train.start").trigger()
    wait_state(qtbot, window, "finished", "failed")
    assert window.workspace.state == "finished"
    window.workspace.monitor.announce()
    epochs = window.workspace.monitor.live.epochs
    assert len(epochs) == 20
    assert epochs[-1].val_accuracy > 0.9

    path = tmp_path / "drawn.flow"
    assert window.files._write(path)
    assert not window.document.is_modified
    before = window.document.project
    action(window, "file.new").trigger()
    window.gallery.gallery.make()  # the empty design is chosen
    assert len(window.document.graph) == 0
    assert window.open_path(path)
    assert window.document.graph == before.graph
    assert window.document.project.training == before.training


def _set(graph, node, name, value):
    from studio.graph import edits

    return edits.set_argument(graph, node, name, value)


def test_digits_train_live_above_95_percent(qtbot, window, digits):
    assert window.open_path(digits)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "finished", "failed")
    monitor = window.workspace.monitor
    qtbot.waitUntil(lambda: "conv1" in monitor.filters, timeout=PATIENCE_MS)
    assert max(epoch.val_accuracy for epoch in monitor.live.epochs) > 0.95
    assert monitor.filters["conv1"].pictures.shape[1:] == (3, 3)
    assert "relu1" in monitor.newest_histograms


def test_stop_keeps_a_run_that_resumes(qtbot, window, digits):
    window.open_path(digits)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "running", "finished", "failed")
    window.workspace.stop()
    wait_state(qtbot, window, "stopped")
    assert action(window, "train.resume").isEnabled()
    action(window, "train.resume").trigger()
    wait_state(qtbot, window, "finished", "failed")
    assert window.workspace.state == "finished"
    assert [epoch.epoch for epoch in window.workspace.monitor.live.epochs] == list(range(1, 21))


def test_undo_redo_and_title_follow_the_document(qtbot, window):
    assert not action(window, "edit.undo").isEnabled()
    drop(window, "ReLU", 300, 300)
    assert action(window, "edit.undo").isEnabled()
    assert window.isWindowModified()
    action(window, "edit.undo").trigger()
    assert len(window.document.graph) == 0
    action(window, "edit.redo").trigger()
    assert len(window.document.graph) == 1


def test_training_a_broken_network_is_refused_with_the_reason(qtbot, window):
    drop(window, "Linear", 300, 300)
    qtbot.waitUntil(lambda: bool(window.workspace.facts.problems), timeout=PATIENCE_MS)
    assert not action(window, "train.start").isEnabled()
    assert "keep" in action(window, "train.start").statusTip()
    assert window.tabs.tabText(window.tabs.indexOf(window.problems)).startswith("Problems ")


def test_a_broken_file_leaves_the_project_and_says_so(window, tmp_path, digits):
    window.open_path(digits)
    broken = tmp_path / "broken.flow"
    broken.write_text('{"format": "flowgraph-studio", "version": 1, "nodes": [')
    assert not window.open_path(broken)
    assert "broken.flow" in window.banner.text
    assert window.document.path == digits


@pytest.mark.parametrize(
    ("button", "left", "saved"),
    [
        (QMessageBox.StandardButton.Save, True, True),
        (QMessageBox.StandardButton.Discard, True, False),
        (QMessageBox.StandardButton.Cancel, False, False),
    ],
    ids=["save", "discard", "cancel"],
)
def test_leaving_unsaved_changes_asks(monkeypatch, window, digits, button, left, saved):
    window.open_path(digits)
    before = digits.read_bytes()
    drop(window, "ReLU", 300, 300)
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: button)
    assert window.files.may_leave() is left
    assert (digits.read_bytes() != before) is saved


def test_save_into_a_folder_that_is_gone_keeps_the_design_and_offers_save_as(window, digits, tmp_path):
    window.open_path(digits)
    drop(window, "ReLU", 300, 300)
    shutil.rmtree(tmp_path / "gone", ignore_errors=True)
    assert not window.files._write(tmp_path / "gone" / "x.flow")
    assert window.document.is_modified
    labels = [button.text() for button in window.banner.findChildren(QPushButton)]
    assert "Save as…" in labels


def test_recent_files_are_remembered(window, digits, tmp_path):
    window.open_path(digits)
    assert Settings(tmp_path / "settings.json").preferences.recent == (str(digits.resolve()),)


def test_damaged_settings_cost_only_the_settings(tmp_path):
    path = tmp_path / "settings.json"
    path.write_text("{nonsense")
    settings = Settings(path)
    assert settings.preferences.theme == "system"
    settings.change(theme="dark")
    assert Settings(path).preferences.theme == "dark"


def test_every_action_has_a_name_and_a_text(window):
    for found in window.menus.actions.all().values():
        assert found.objectName().startswith("action.")
        assert found.text()


def test_killed_engine_is_replaced_and_the_run_resumes(qtbot, tmp_path, digits):
    client = ProcessClient()
    window = open_window(qtbot, tmp_path, client)
    window.open_path(digits)
    wait_ready(qtbot, window)
    window.document.edit_project(
        "Set epochs",
        lambda p: _replace(p, training=p.training.model_copy(update={"epochs": 400})),
    )
    window.workspace.train()
    qtbot.waitUntil(lambda: len(window.workspace.monitor.live.epochs) >= 3, timeout=PATIENCE_MS)
    design = window.document.project
    killed = client.pid
    os.kill(killed, signal.SIGKILL)
    qtbot.waitUntil(lambda: bool(window.banner.text), timeout=PATIENCE_MS)
    assert "SIGKILL" in window.banner.text
    assert ".." not in window.banner.text
    assert window.document.project is design
    resume = window.banner.findChild(QPushButton, "banner.resume-run-1")
    seen = len(window.workspace.monitor.live.epochs)
    resume.click()
    qtbot.waitUntil(lambda: len(window.workspace.monitor.live.epochs) > seen, timeout=PATIENCE_MS)
    assert client.pid not in (None, killed)
    numbers = [epoch.epoch for epoch in window.workspace.monitor.live.epochs]
    assert numbers == list(range(1, len(numbers) + 1))
    window.workspace.stop()
    wait_state(qtbot, window, "stopped")


def _replace(project, **changes):
    from dataclasses import replace

    return replace(project, **changes)


def test_new_opens_a_network_beside_what_is_not_saved(window, monkeypatch):
    drop(window, "ReLU", 300, 300)
    drawn = window.document.sheet
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: pytest.fail("nothing is to be asked"))
    action(window, "file.new").trigger()
    gallery = window.gallery.gallery
    gallery.shelf.choose_name("lenet5")
    gallery.make()
    assert window.gallery.gallery is None
    assert window.document.name == "lenet5"
    assert window.document.project.data.dataset == "mnist"
    window.document.show(drawn)
    assert len(window.document.graph) == 1
    assert window.document.is_modified


def test_summary_leads_to_the_node(qtbot, window, digits):
    window.open_path(digits)
    window.tabs.setCurrentWidget(window.summary)
    wait_ready(qtbot, window)
    qtbot.waitUntil(lambda: window.summary.model.rowCount() > 0, timeout=PATIENCE_MS)
    totals = window.workspace.facts.totals
    assert window.summary.totals.texts()["Parameters"] == f"{totals.parameters:,}"
    row = window.summary.model.index(1, 0)
    window.summary.table.clicked.emit(row)
    assert window.workspace.selection.single == window.summary.model.path(row)


def test_opening_another_project_forgets_the_run(qtbot, window, digits):
    window.open_path(digits)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "finished", "failed")
    window.new_project()
    assert window.workspace.state is None
    assert window.workspace.monitor.live.epochs == []
    assert not action(window, "train.resume").isEnabled()


def test_name_follows_the_file(window, tmp_path):
    drop(window, "ReLU", 300, 300)
    assert window.inspector.project_page.title.text() == "untitled"
    assert window.files._write(tmp_path / "named.flow")
    assert window.inspector.project_page.title.text() == "named"
    assert window.windowTitle().startswith("named.flow")


def test_runs_of_an_unsaved_project_come_along_when_it_is_saved(qtbot, window, digits, tmp_path):
    window.document.open(read(digits), None)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "finished", "failed")
    before = window.workspace.runs_folder
    assert (before / "run-1" / "best.safetensors").is_file()
    assert window.files._write(tmp_path / "named.flow")
    assert window.workspace.runs_folder == tmp_path / "named.runs"
    assert (tmp_path / "named.runs" / "run-1" / "best.safetensors").is_file()
    assert not before.exists()


def test_runs_never_replace_those_of_another_project(qtbot, window, digits, tmp_path):
    window.document.open(read(digits), None)
    before = window.workspace.runs_folder
    before.mkdir(parents=True)
    (tmp_path / "named.runs").mkdir()
    with qtbot.waitSignal(window.workspace.message) as said:
        window.files._write(tmp_path / "named.flow")
    assert "named.runs is there already" in said.args[0]
    assert before.exists()


def test_being_told_to_end_stops_the_run_without_a_question(qtbot, window, digits):
    window.open_path(digits)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "running", "finished", "failed")
    window.end()
    assert window.isHidden()
    assert not window.workspace.engine_alive
    assert (digits.with_suffix(".runs") / "run-1" / "last.safetensors").is_file()


def test_engine_lost_while_a_run_starts_offers_no_older_run(qtbot, window, digits):
    window.open_path(digits)
    wait_ready(qtbot, window)
    window.workspace.train()
    wait_state(qtbot, window, "finished", "failed")
    window.workspace.train()
    with qtbot.waitSignal(window.workspace.engine_lost) as lost:
        window.workspace.link.lost.emit(EngineLost("The engine ended by itself with exit code 1."))
    assert lost.args[1] == ""
    assert window.banner.findChild(QPushButton, "banner.resume-run-1") is None
