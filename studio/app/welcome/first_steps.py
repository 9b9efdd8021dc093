"""Brings the empty canvas's page to life: what its buttons do in the window."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from immutables import Map
from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QKeySequence

from studio.app.canvas.cards import card_of
from studio.app.canvas.placing import place_for
from studio.app.canvas.view import CanvasView
from studio.app.panels.data_match import input_for
from studio.app.theme.measures import GRID
from studio.app.tour.steps import STEPS
from studio.app.welcome.page import Welcome
from studio.errors import StudioError
from studio.graph import edits
from studio.project.datasets import sample_of

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

SEARCH_KEY = "Space", "search for a layer"
"""The canvas's own key, which is no action's."""

KEYS = (
    ("view.commands", "every command"),
    ("help.layer", "help on a layer"),
)
"""Actions whose keys are worth knowing from the start, and what to say of them."""


class FirstSteps(QObject):
    """The page over the empty canvas of a window, connected.

    Attributes:
        page: The page.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.page = Welcome(window.canvas)
        self.page.tour_wanted.connect(window.tour.start)
        self.page.gallery_wanted.connect(window.gallery.open)
        self.page.input_wanted.connect(lambda: add_input(window.canvas))
        self.page.sample_chosen.connect(window.open_sample)
        self.page.file_chosen.connect(window.open_project)
        window.settings.changed.connect(lambda _old, _new: self._show_preferences())
        self._show_preferences()

    def _show_preferences(self) -> None:
        """Offer the recent files and the tour where it was left, and name the keys as they are now."""
        preferences = self._window.settings.preferences
        self.page.show_recent(preferences.recent)
        self.page.show_tour(preferences.tour_step, len(STEPS))
        actions = self._window.menus.actions.all()
        written = QKeySequence.SequenceFormat.NativeText
        pairs = [(actions[name].shortcut().toString(written), does) for name, does in KEYS if name in actions]
        self.page.keys.show_keys([SEARCH_KEY, *((key, does) for key, does in pairs if key)])


def add_input(canvas: CanvasView) -> str | None:
    """Add an input that takes what the project's data set gives, in one step, and ask for what follows.

    Returns:
        Its id; None, with a message on screen, if no input takes such data.
    """
    document, commands = canvas.document, canvas.commands
    try:
        sample = sample_of(document.project.data)
        kind, arguments = input_for(sample.shape, sample.dtype)
    except StudioError as error:
        commands.say(error.message)
        return None
    node = replace(commands.fresh(kind), arguments=Map(arguments))
    size = card_of(node, document.graph, None, None, None, None).size()
    area = canvas.visible_area()
    middle = QPointF(area.left() + area.width() / 4, area.top() + area.height() / 4)
    corner = place_for(canvas.scene.geometry, size, None, middle)
    node = replace(node, x=corner.x(), y=corner.y())
    if not commands.attempt(f"Add {node.name}", lambda graph: edits.add_node(graph, node)):
        return None
    canvas.selection.set([node.id])
    canvas.setFocus()
    below = canvas.camera.to_screen(corner + QPointF(0, size[1] + GRID)).toPoint()
    canvas.search.open_unplaced(below)
    canvas.search.keep_clear_of(node.id)
    return node.id
