"""The row of small buttons over a card: one click switches off, freezes, collapses, or goes inside.

It is painted, not made of widgets, over the card under the mouse, else over the one that is selected.
Its size is the same at every zoom, and it keeps clear of the card's name, ports and badge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.app.canvas.cards import detail_at
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_BUTTON, CARD_BUTTON_GAP, CARD_BUTTON_LIFT, ICON, RADIUS
from studio.catalog.registry import spec_of
from studio.graph.block import ENABLED, FROZEN, block_name

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


@dataclass(frozen=True, slots=True)
class CardButton:
    """One button.

    Attributes:
        name: Of the action that does the same from the keyboard, without the leading ``action.``.
        words: What a press does.
        icon: In the icon set.
        act: Does it.
        is_on: What it stands for is the case: the icon is in the accent colour.
    """

    name: str
    words: str
    icon: str
    act: Callable[[], object]
    is_on: bool = False


class CardButtons:
    """Where the buttons are, what they say, and how they look.

    Attributes:
        hovered: The node whose card or buttons are under the mouse.
        pressed: The button that is held down.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._under: CardButton | None = None
        self.hovered: str | None = None
        self.pressed: CardButton | None = None

    @property
    def owner(self) -> str | None:
        """The node whose buttons are shown."""
        view = self._view
        if detail_at(view.camera.zoom) != "near" or (view.gesture is not None and self.pressed is None):
            return None
        owner = self.hovered if self.hovered in view.scene.geometry else view.selection.single
        return owner if owner in view.scene.geometry else None

    def follow(self, place: QPointF) -> None:
        """Take note of where the mouse is in the widget."""
        if not self._row_box().contains(place):
            self.hovered = self._view.scene.geometry.node_at(self._view.camera.to_canvas(place))
        self._look(place)

    def leave(self) -> None:
        """Take note that the mouse has gone."""
        self.hovered = None
        self._look(QPointF(-1.0, -1.0))

    def at(self, place: QPointF) -> CardButton | None:
        """Return the button at a place of the widget."""
        return next((button for button, box in self.row() if box.contains(place)), None)

    def tip_at(self, place: QPointF) -> str:
        """Return what the button at a place does, and by which key; empty without a button."""
        button = self.at(place)
        if button is None:
            return ""
        keys = self._view.keys_of(button.name)
        return f"{button.words}  ({keys})" if keys else button.words

    def row(self) -> list[tuple[CardButton, QRectF]]:
        """Return the buttons on show, each with its box in the widget."""
        owner = self.owner
        buttons = _buttons_of(self._view, owner) if owner is not None else []
        if owner is None or not buttons:
            return []
        corner = self._corner(owner, len(buttons) * CARD_BUTTON)
        return [
            (button, QRectF(corner.x() + place * CARD_BUTTON, corner.y(), CARD_BUTTON, CARD_BUTTON))
            for place, button in enumerate(buttons)
        ]

    def paint(self, painter: QPainter) -> None:
        """Paint the row, in widget coordinates."""
        row = self.row()
        if not row:
            return
        painter.setPen(QPen(theme().color("line"), 1.0))
        painter.setBrush(theme().color("panel"))
        frame = row[0][1].united(row[-1][1]).adjusted(-0.5, -0.5, 0.5, 0.5)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        for button, box in row:
            if self._under is not None and button.name == self._under.name:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme().color("line" if self.pressed is not None else "hover"))
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS - 1, RADIUS - 1)
            inset = (CARD_BUTTON - ICON) / 2
            icon = theme().icon(button.icon, "accent" if button.is_on else "text")
            icon.paint(painter, box.adjusted(inset, inset, -inset, -inset).toRect())

    def _look(self, place: QPointF) -> None:
        """Show the button at a place as the one under the mouse."""
        self._under = self.at(place)
        self._view.update()

    def _corner(self, node_id: str, width: float) -> QPointF:
        """Return where a node's row begins: over its card, or under it where that is not free."""
        view = self._view
        card = view.camera.rect_to_screen(view.scene.geometry.rect(node_id))
        shown = view.scene.cards[node_id]
        marked = shown.badge is not None or shown.severity is not None
        lift = CARD_BUTTON_LIFT * view.camera.zoom if marked else CARD_BUTTON_GAP
        left = round(min(max(card.left(), 1.0), max(view.width() - width - 1.0, 1.0)))
        above = card.top() - lift - CARD_BUTTON
        below = card.bottom() + CARD_BUTTON_GAP + CARD_BUTTON_LIFT * view.camera.zoom
        inside = max(card.top(), 0.0) + CARD_BUTTON_GAP  # neither edge of the card is in view
        for top in (above, below):
            if self._is_free(QRectF(left, top, width, CARD_BUTTON)):
                return QPointF(left, round(top))
        return QPointF(left, round(inside if above < 0 else above))

    def _is_free(self, row: QRectF) -> bool:
        """Say whether a row lies in view, and under nothing that floats over the canvas."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        floating = self._view.findChildren(QWidget, options=direct)
        taken = any(one.isVisible() and row.intersects(QRectF(one.geometry())) for one in floating)
        return not taken and QRectF(self._view.rect()).contains(row)

    def _row_box(self) -> QRectF:
        """Return the room of the row and of the gap between it and the card, so that a hand can cross it."""
        row, owner = self.row(), self.owner
        if not row or owner is None or owner != self.hovered:
            return QRectF()
        card = self._view.camera.rect_to_screen(self._view.scene.geometry.rect(owner))
        box = row[0][1].united(row[-1][1])
        if box.bottom() <= card.top():
            box.setBottom(card.top())
        else:
            box.setTop(card.bottom())
        return box


def _buttons_of(view: CanvasView, node_id: str) -> list[CardButton]:
    """Return what can be done with a node by one click; with all of the selection, if it is part of it."""
    graph, blocks = view.scene.graph, view.blocks
    node = graph.node(node_id)
    spec = spec_of(node, graph.blocks)
    chosen: Iterable[str] = view.selection.ordered() if node_id in view.selection.nodes else [node_id]
    found = []
    if spec is not None and spec.setting(ENABLED) is not None:
        off = node.arguments.get(ENABLED) is False
        words = "Switch on" if off else "Switch off"
        found.append(CardButton("block.bypass", words, "ph.power", lambda: blocks.bypass(chosen), off))
    if spec is not None and spec.setting(FROZEN) is not None:
        frozen = node.arguments.get(FROZEN) is True
        words = "Unfreeze" if frozen else "Freeze"
        found.append(CardButton("graph.freeze", words, "ph.snowflake", lambda: blocks.freeze(chosen), frozen))
    words, icon = (
        ("Expand", "ph.arrows-out-line-vertical")
        if node.look.collapsed
        else ("Collapse", "ph.arrows-in-line-vertical")
    )
    found.append(CardButton("graph.collapse", words, icon, lambda: view.card_commands.collapse(chosen)))
    if block_name(node) in graph.blocks:
        words, icon = (
            ("Fold", "ph.arrows-in-simple")
            if node.look.expanded
            else ("Expand in place", "ph.arrows-out-simple")
        )
        found.append(CardButton("block.expand", words, icon, lambda: view.card_commands.expand(chosen)))
        found.append(CardButton("block.enter", "Enter block", "ph.sign-in", lambda: blocks.enter(node_id)))
    return found
