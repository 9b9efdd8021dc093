"""The View menu: where the eye is, which panels and windows there are, and the looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.heat.actions import fill_heat_menus
from studio.app.canvas.picture_menu import fill_families_menu
from studio.app.menus.commands import SCHEMES
from studio.app.panel_actions import add_panel_actions

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


def add_view_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is not the canvas' own business."""
    add, projects = actions.add, window.projects
    add("view.search_layers", "Find a &layer", window.library.focus_search, "Ctrl+L")
    tip = "Open another window beside this one"
    add("view.new_window", "New &window", window.new_window_wanted.emit, "Ctrl+Shift+N", tip=tip)
    add("tab.next", "Ne&xt project", projects.next, "Ctrl+Tab", "Ctrl+PgDown")
    add("tab.previous", "Pre&vious project", projects.previous, "Ctrl+Shift+Tab", "Ctrl+PgUp")
    move = projects.move
    add("tab.move_left", "Move project to the &left", partial(move, -1), "Ctrl+Shift+PgUp")
    add("tab.move_right", "Move project to the &right", partial(move, 1), "Ctrl+Shift+PgDown")
    add_panel_actions(actions, window)
    for dock in window.docks:
        tip = f"Show or hide: {dock.windowTitle()}"
        actions.adopt(f"view.{dock.objectName()}", dock.toggleViewAction(), tip=tip)


def fill_view_menu(actions: Actions, window: MainWindow, menu: QMenu) -> None:
    """Put them, and those of the canvas, in their places."""
    actions.fill(menu, "view.fit", "view.fit_selection", "view.zoom_in", "view.zoom_out")
    actions.fill(menu, "view.zoom_reset", "", "view.commands", "view.search_layers", "")
    actions.fill(menu.addMenu("&Go to"), *(name for name in actions.all() if name.startswith("go.")))
    actions.fill(menu, "view.new_window", "tab.next", "tab.previous")
    actions.fill(menu, "tab.move_left", "tab.move_right", "")
    actions.fill(menu, "problem.next", "problem.previous", "")
    fill_heat_menus(actions, menu)
    pictures = menu.addMenu("Live &pictures on cards")
    pictures.setObjectName("menu.pictures")
    pictures.aboutToShow.connect(partial(fill_families_menu, pictures, window.live_nodes.choose_for_family))
    actions.fill(menu, "", *(f"view.{dock.objectName()}" for dock in window.docks))
    looks, group = menu.addMenu("&Theme"), QActionGroup(menu)
    for name in SCHEMES:
        group.addAction(actions[f"view.theme_{name}"])
        actions.fill(looks, f"view.theme_{name}")
    actions[f"view.theme_{window.settings.preferences.theme}"].setChecked(True)


def refresh_view_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    enable, space = actions.enable, window.workspace
    enable("view.fit_selection", not space.selection.is_empty, "Nothing is selected.")
    known = space.facts.is_known
    why_not = "Nothing is wrong with the network." if known else "The network has not been checked yet."
    several = len(space.document.sheets) > 1
    for name in ("next", "previous"):
        enable(f"problem.{name}", bool(space.facts.problems), why_not)
    for name in ("next", "previous", "move_left", "move_right"):
        enable(f"tab.{name}", several, "No other project is open.")
