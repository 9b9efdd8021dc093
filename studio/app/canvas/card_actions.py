"""What can be done with cards, as actions with keys, and the menu of those that only change their looks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.color_menu import fill_color_menu
from studio.app.canvas.picture_menu import fill_picture_menu
from studio.app.theme.measures import GRID

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

STEP = 4.0 * GRID
"""By so much a card gets wider or narrower from the keyboard."""

ON_NODES = (
    "block.bypass",
    "graph.freeze",
    "graph.collapse",
    "graph.hide_unused",
    "graph.widen",
    "graph.narrow",
    "graph.fit_width",
    "graph.next_picture",
)
"""Actions that need a selected layer."""


def add_card_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add what freezes layers and what changes how they look."""
    add, cards = actions.add, canvas.card_commands
    tip = "Training leaves the weights of what is frozen alone"
    add("graph.freeze", "&Freeze or unfreeze", canvas.blocks.freeze, "Ctrl+Shift+F", tip=tip)
    tip = "A single row with its name, or the whole card"
    add("graph.collapse", "&Collapse or expand", cards.collapse, "H", tip=tip, scope="canvas")
    tip = "Show the inside of a block on its card, or no longer"
    add("block.expand", "E&xpand in place, or fold", cards.expand, "Ctrl+E", tip=tip, scope="canvas")
    tip = "Of ports that may stay without a wire, show only those that have one"
    add("graph.hide_unused", "&Hide or show unused ports", cards.hide_unused, "Ctrl+H", tip=tip)
    tip = "By a step; or drag the right edge of a card"
    add("graph.widen", "&Wider", partial(cards.widen_by, STEP), tip=tip)
    add("graph.narrow", "&Narrower", partial(cards.widen_by, -STEP), tip=tip)
    add("graph.fit_width", "&As wide as its words", cards.fit_width)
    tip = "Show another live picture on the selected cards: histogram, filters, maps, gradients, dead units"
    add("graph.next_picture", "Next li&ve picture", cards.next_picture, "L", tip=tip, scope="canvas")


def fill_card_menu(actions: Actions, menu: QMenu, canvas: CanvasView) -> None:
    """Put into a menu what changes how the selected layers look."""
    actions.fill(menu, "graph.collapse", "graph.hide_unused", "")
    actions.fill(menu, "graph.widen", "graph.narrow", "graph.fit_width", "")
    actions.fill(menu, "graph.next_picture")
    pictures = menu.addMenu("&Live picture")
    pictures.setObjectName("menu.picture")
    pictures.aboutToShow.connect(lambda: fill_picture_menu(pictures, canvas))
    colors = menu.addMenu("C&olour")
    colors.setObjectName("menu.colors")
    # Filled when it opens: the colours follow the theme, and what is ticked the selection.
    colors.aboutToShow.connect(
        lambda: fill_color_menu(colors, canvas.card_commands.color, canvas.card_commands.chosen_color)
    )
