"""The Help menu: the tour, help on layers, the keys, and what this is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QMessageBox

from studio.app.actions import Actions

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

NO_TOUR = "No tour is going on: begin it in the menu Help."
ABOUT = "<b>Flowgraph Studio</b><br>Draw a neural network, train it, and see inside it while it learns."


def add_help_actions(actions: Actions, window: MainWindow) -> None:
    """Add what explains."""
    add, tour = actions.add, window.tour
    tip = "Digits in five minutes; it goes on where you left it"
    add("help.tour", "Guided &tour", tour.start, tip=tip)
    add("tour.next", "Next step of the tour", tour.next, "Ctrl+Alt+Right")
    add("tour.back", "Step back in the tour", tour.back, "Ctrl+Alt+Left")
    tip = "What it does, its formula, shapes and arguments"
    add("help.layer", "Help on this &layer", window.helper.open, "F1", tip=tip)
    tip = "Weights, bias and activation to turn by hand: numbers, surface and ridge"
    add("help.neuron", "One &neuron…", window.dialogs.show_neuron, tip=tip)
    tip = "How close one hidden layer gets to a curve, by the number of its units"
    add("help.approximation", "&Universal approximation…", window.dialogs.show_approximation, tip=tip)
    tip = "Log, versions and the design without names, as a file that you can look at; nothing is sent"
    add("help.problem", "Report a &problem…", window.dialogs.report_problem, tip=tip)
    add("help.about", "&About", partial(QMessageBox.about, window, "Flowgraph Studio", ABOUT))
    tour.step_shown.connect(lambda _step: refresh_help_actions(actions, window))
    tour.ended.connect(lambda: refresh_help_actions(actions, window))


def fill_help_menu(actions: Actions, menu: QMenu) -> None:
    """Put them in their places."""
    actions.fill(
        menu,
        "help.tour",
        "help.neuron",
        "help.approximation",
        "",
        "help.layer",
        "help.keys",
        "",
        "help.problem",
        "help.about",
    )


def refresh_help_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    for name in ("tour.next", "tour.back"):
        actions.enable(name, window.tour.step is not None, NO_TOUR)
