"""The row of small buttons over a card: one click switches off, freezes, collapses, or goes inside.

It is painted, not made of widgets, over the card or frame under the mouse, else over what is selected.
Its size is the same at every zoom, and it keeps clear of the card's name, ports and badge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from studio.app.canvas.button_subjects import (
    CardButton,
    Subject,
    buttons_of,
    owner_at,
    selected_subject,
    subject_of,
)
from studio.app.canvas.cards import detail_at
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_BUTTON, CARD_BUTTON_GAP, CARD_BUTTON_LIFT, ICON, RADIUS

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class CardButtons:
    """Where the buttons are, what they say, and how they look.

    Attributes:
        hovered: The node, or frame, that is under the mouse, itself or its buttons.
        pressed: The button that is held down.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._under: CardButton | None = None
        self.hovered: str | None = None
        self.pressed: CardButton | None = None

    @property
    def subject(self) -> Subject | None:
        """What the buttons on show are about."""
        view = self._view
        if detail_at(view.camera.zoom) != "near" or (view.gesture is not None and self.pressed is None):
            return None
        hovered = subject_of(view, self.hovered) if self.hovered is not None else None
        return hovered or selected_subject(view)

    def follow(self, place: QPointF) -> None:
        """Take note of where the mouse is in the widget."""
        if not self._row_box().contains(place):
            self.hovered = owner_at(self._view, self._view.camera.to_canvas(place))
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
        subject = self.subject
        buttons = buttons_of(self._view, subject) if subject is not None else []
        if subject is None or not buttons:
            return []
        corner = self._corner(subject, len(buttons) * CARD_BUTTON)
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

    def _corner(self, subject: Subject, width: float) -> QPointF:
        """Return where a subject's row begins: over it, or under it where that is not free."""
        view = self._view
        card = view.camera.rect_to_screen(subject.box)
        shown = [view.scene.cards[node_id] for node_id in subject.nodes]
        marked = any(one.badge is not None or one.severity is not None for one in shown)
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
        row, subject = self.row(), self.subject
        if not row or subject is None or subject.owner != self.hovered:
            return QRectF()
        card = self._view.camera.rect_to_screen(subject.box)
        box = row[0][1].united(row[-1][1])
        if box.bottom() <= card.top():
            box.setBottom(card.top())
        else:
            box.setTop(card.bottom())
        return box
