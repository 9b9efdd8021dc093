"""Whatever is disabled in the window says why: each action, button and choice, in any of its states."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from studio.app.actions import plain
from studio.app.main_window import MainWindow
from studio.app.palette.commands import commands_of
from studio.catalog.registry import signatures
from studio.engine.records import Ready, RunStarted
from studio.graph import grouping
from studio.runs.records import RunChanged
from tests.helpers.canvas_table import small_network
from tests.helpers.fake_client import FakeClient
from tests.helpers.window import open_window

CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)
LEAST_WORDS = 3
"""A reason is a sentence; a name alone is none."""


def disabled_actions(window: MainWindow) -> Iterator[QAction]:
    """Yield the disabled actions of all menus, filled as when they open, and of the table."""
    commands_of(window.menuBar(), window.menus.actions)
    for action in window.findChildren(QAction):
        if action.text() and not action.isSeparator() and action.menu() is None and not action.isEnabled():
            yield action


def disabled_controls(window: MainWindow) -> Iterator[QWidget]:
    """Yield the disabled controls that a person can see; those that Qt puts into a tab bar are its own."""
    for kind in CONTROLS:
        for widget in window.findChildren(kind):
            own = isinstance(widget.parent(), (QTabBar, QAbstractSpinBox, QComboBox))
            if widget.isVisible() and not widget.isEnabled() and not own:
                yield widget


def reason(widget: QWidget) -> str:
    """Return what is said over a disabled widget: its own tip, or that of what it is disabled with."""
    at: QWidget | None = widget
    while at is not None and not at.isEnabled():
        if at.toolTip():
            return at.toolTip()
        at = at.parentWidget()
    return ""


def silent(window: MainWindow) -> list[str]:
    """Return the names of what is disabled without a reason, on each tab."""
    found = [
        action.objectName() or action.text()
        for action in disabled_actions(window)
        if action.toolTip() == plain(action.text()) or len(action.toolTip().split()) < LEAST_WORDS
    ]
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        found += [
            f"{widget.objectName()} on {window.tabs.tabText(place)}: {reason(widget)!r}"
            for widget in disabled_controls(window)
            if len(reason(widget).split()) < LEAST_WORDS
        ]
    return sorted(set(found))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path)


def listen(window: MainWindow, *records: object) -> None:
    client = window.workspace.link._client
    assert isinstance(client, FakeClient)
    client.answers += records
    window.workspace.link.drain()


def test_empty_canvas(window: MainWindow) -> None:
    assert silent(window) == []


def test_design_with_nothing_selected(window: MainWindow) -> None:
    window.document.edit("Draw", lambda _: small_network())
    assert silent(window) == []


@pytest.mark.parametrize("count", [1, 2, 8])
def test_design_with_layers_selected(window: MainWindow, count: int) -> None:
    window.document.edit("Draw", lambda _: small_network())
    window.workspace.selection.set([f"n{place}" for place in range(1, count + 1)])
    assert silent(window) == []


def test_wire_selected(window: MainWindow) -> None:
    window.document.edit("Draw", lambda _: small_network())
    window.workspace.selection.set(edges=list(window.document.graph.edges())[:1])
    assert silent(window) == []


def test_inside_a_block(window: MainWindow) -> None:
    window.document.edit("Draw", lambda _: small_network())
    window.document.edit(
        "Group", lambda graph: grouping.group(graph, ["n2", "n3"], "Stage", signatures(graph))
    )
    (block,) = (node.id for node in window.document.graph.ordered() if node.kind.endswith("Stage"))
    window.workspace.selection.set([block])
    assert silent(window) == []
    window.document.enter(block)
    assert silent(window) == []


@pytest.mark.parametrize("state", ["starting", "running", "paused", "stopped", "failed"])
def test_run(window: MainWindow, state: str, examples: Path, tmp_path: Path) -> None:
    assert window.open_path(Path(shutil.copy(examples / "digits.flow", tmp_path)))
    listen(window, Ready(0, 1, "2.0", ("cpu",), "cpu"))
    window.workspace.train()
    if state != "starting":
        listen(window, RunStarted(0, "run-1", str(tmp_path)), RunChanged("run-1", state, 3, 1))  # type: ignore[arg-type]
    assert window.workspace.state == state
    assert silent(window) == []


def test_silence_would_be_noticed(window: MainWindow) -> None:
    window.training_bar._main.setEnabled(False)
    window.training_bar._main.setToolTip("")
    action = window.menus.actions.add("a.b", "Do it", lambda: None)
    action.setEnabled(False)
    assert silent(window) == ["action.a.b", *(f"training.train on {name}: ''" for name in tab_names(window))]


def tab_names(window: MainWindow) -> list[str]:
    return sorted(window.tabs.tabText(place) for place in range(window.tabs.count()))


def test_preferences_and_their_keys(window: MainWindow) -> None:
    window.menus.commands.open_preferences()
    dialog = window.menus.commands.preferences
    assert dialog is not None
    for page in ("general", "canvas", "training", "keys"):
        dialog.show_page(page)
        assert silent(window) == []
