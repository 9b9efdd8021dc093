"""The window is opened from the menu and from a node, and goes into blocks with the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.canvas.menus import menu_at
from studio.app.inside.window import InsideWindow
from studio.app.workspace import Workspace
from studio.engine.records import LookInside
from studio.graph import edits
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.runs.store import RunStore
from tests.helpers.live_records import epoch
from tests.helpers.window import action, open_window


def test_a_node_opens_it_and_it_stays_beside_the_canvas(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    node = window.document.graph.named("relu1").id
    menu = menu_at(window.canvas, window.canvas.scene.geometry.rect(node).center())
    entry = next(one for one in menu.actions() if one.objectName() == "action.canvas.inside")
    entry.trigger()
    inside = window.findChild(QDialog, "dialog.inside")
    assert isinstance(inside, InsideWindow)
    assert not inside.isModal()
    assert inside.node.currentText() == "relu1"
    window.workspace.selection.set([window.document.graph.named("fc1").id])
    assert inside.node.currentText() == "fc1"
    inside.close()
    action(window, "network.look_inside").trigger()
    assert window.findChildren(QDialog, "dialog.inside") == [inside]
    assert inside.isVisible()
    inside.close()


def test_a_row_of_maps_selects_its_layer(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    window.dialogs.look_inside()
    inside = window.findChild(QDialog, "dialog.inside")
    inside.node_chosen.emit("relu1")
    assert window.workspace.selection.single == window.document.graph.named("relu1").id
    inside.close()


def test_an_empty_canvas_has_nothing_inside(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    window.new_project()
    window.menus.network.refresh()
    look = action(window, "network.look_inside")
    assert not look.isEnabled()
    assert look.toolTip() == "The canvas is empty."


def test_inside_a_block_nodes_have_their_full_names(
    window: InsideWindow, space: Workspace, asked: Callable[[], LookInside], qtbot: QtBot
) -> None:
    space.document.open(sample_project("residual-spirals").project(), None)
    space.document.enter(space.document.graph.named("blocks").id)
    qtbot.waitUntil(lambda: asked().node == "blocks.0.fc1")
    space.document.go_to(())
    space.selection.set([space.document.graph.named("blocks").id])
    qtbot.waitUntil(lambda: asked().node == "blocks")


def test_a_deleted_node_gives_way_to_another(
    window: InsideWindow, space: Workspace, asked: Callable[[], LookInside], qtbot: QtBot
) -> None:
    graph = space.document.graph
    space.selection.set([graph.named("relu1").id])
    qtbot.waitUntil(lambda: asked().node == "relu1")
    space.document.edit("Delete", lambda old: edits.remove_nodes(old, [graph.named("relu1").id]))
    qtbot.waitUntil(lambda: asked().node == "fc1")


def test_a_run_that_ended_meanwhile_is_offered(qtbot: QtBot, tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(1, 8, 8))
    window = open_window(qtbot, tmp_path)
    window.document.open(Project("demo", graph), tmp_path / "demo.flow")
    window.dialogs.look_inside()
    inside = window.findChild(QDialog, "dialog.inside")
    assert isinstance(inside, InsideWindow)
    qtbot.waitUntil(lambda: inside.weights.currentData() == ("", "best"))
    assert inside.weights.count() == 1
    writer = RunStore(window.workspace.runs_folder).create_run("", Project("demo", graph), "cpu", 0)
    writer.epoch(epoch(1, 3))
    writer.close()
    window.workspace.run_state_changed.emit("finished")
    qtbot.waitUntil(lambda: inside.weights.count() == 3)
    offered = [inside.weights.itemText(place) for place in range(inside.weights.count())]
    assert offered == ["Untrained design", "Best weights of run-1", "Last weights of run-1"]
    assert inside.weights.currentIndex() == 0  # what was chosen stays
    inside.close()
