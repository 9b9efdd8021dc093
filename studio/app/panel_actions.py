"""Going to a panel: it is shown if it was hidden, and the keyboard is in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QStackedWidget, QTabWidget, QWidget

from studio.app.actions import Actions
from studio.app.monitor_tabs import PanelWindow

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


def add_panel_actions(actions: Actions, window: MainWindow) -> None:
    """Add an action for the canvas and for each panel and tab."""
    actions.add(
        "go.canvas", "Go to &canvas", partial(give_focus, window.canvas), "F6", tip="Put the keyboard there"
    )
    for title, panel in _panels(window):
        name = f"go.{panel.objectName().removeprefix('panel.')}"
        tip = f"Show the panel {title} and put the keyboard there"
        actions.add(name, f"Go to {title[:1].lower()}{title[1:]}", partial(go_to, panel), tip=tip)


def _panels(window: MainWindow) -> Iterator[tuple[str, QWidget]]:
    for dock in window.docks:
        inside, tabs = dock.widget(), window.tabs
        if inside is tabs or (inside is not None and inside.isAncestorOf(tabs)):
            for place in range(tabs.count()):
                yield tabs.tabText(place), cast(QWidget, tabs.widget(place))
        elif inside is not None:
            yield dock.windowTitle(), inside


def go_to(panel: QWidget) -> None:
    """Show a panel wherever it is, and give it the keyboard."""
    bring_up(panel)
    give_focus(panel)


def bring_up(panel: QWidget) -> None:
    """Show a panel wherever it is; the keyboard stays where it was."""
    within, above = panel, panel.parentWidget()
    while above is not None:
        if isinstance(above, QTabWidget):
            above.setCurrentWidget(within)
        if isinstance(above, PanelWindow):
            above.show()
            above.activateWindow()
        if isinstance(above, QDockWidget):
            above.show()
            above.raise_()
        if not isinstance(above, QStackedWidget):  # which a tab widget has between itself and its pages
            within = above
        above = above.parentWidget()


def give_focus(widget: QWidget) -> None:
    """Give the keyboard to a widget, or to the first part of it that takes it."""
    by_tab = Qt.FocusPolicy.TabFocus
    parts = [widget, *widget.findChildren(QWidget)]
    for part in parts:
        if part.focusPolicy() & by_tab == by_tab and part.isVisible() and part.isEnabled():
            part.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
