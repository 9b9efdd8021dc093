"""Undo and redo across levels, as the window tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.graph import edits
from tests.helpers.residual import residual_network
from tests.helpers.window import action, open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, residual_network())
    window.document.enter("n2")
    window.document.edit("Rename to act", lambda graph: edits.rename(graph, "n3", "act"))
    return window


def test_undo_from_outside_goes_in_and_says_so(window: MainWindow) -> None:
    window.document.leave()
    name = window.document.design.node("n2").name
    action(window, "edit.undo").trigger()
    assert window.document.level == ("n2",)
    assert window.status.currentMessage() == f"Taken back: Rename to act, in network › {name}."
    window.document.leave()
    action(window, "edit.redo").trigger()
    assert window.status.currentMessage() == f"Done again: Rename to act, in network › {name}."
    assert window.document.graph.node("n3").name == "act"


def test_undo_where_one_is_says_nothing(window: MainWindow) -> None:
    window.status.clearMessage()
    action(window, "edit.undo").trigger()
    assert window.document.graph.node("n3").name != "act"
    assert window.status.currentMessage() == ""


def test_selection_after_undo_elsewhere_is_of_the_level_on_show(window: MainWindow) -> None:
    window.document.leave()
    window.workspace.selection.set(["n2"])
    action(window, "edit.undo").trigger()
    assert window.workspace.selection.nodes <= set(window.document.graph.nodes)
    assert window.canvas.scene.graph is window.document.graph
