"""Press the sign of a problem, or the badge of a finding, on a card: it opens beside the card."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.app.canvas.card_painting import badge_rect
from studio.app.canvas.card_parts import mark_scale
from studio.app.canvas.cards import detail_at
from studio.app.canvas.gestures.gesture import Pointer
from studio.app.canvas.gestures.move_nodes import MoveNodes
from studio.app.theme.measures import SIGN_INSET, SIGN_RADIUS

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

REACH = SIGN_RADIUS + 3.0
"""How far from its middle a sign can be pressed, in canvas pixels."""


def sign_at(view: CanvasView, place: QPointF) -> str | None:
    """Return the node whose sign of a problem lies at a canvas point."""
    if detail_at(view.camera.zoom) == "far":
        return None
    geometry, reach = view.scene.geometry, REACH * mark_scale(view.camera.zoom)
    for slot in geometry.nodes_in(_around(place, reach)).tolist():
        node_id = geometry.ids[slot]
        sign = geometry.rect(node_id).topRight() - QPointF(SIGN_INSET, 0.0)
        near = math.hypot(sign.x() - place.x(), sign.y() - place.y()) <= reach
        if near and view.scene.cards[node_id].severity in ("error", "warning"):
            return node_id
    return None


def badge_at(view: CanvasView, place: QPointF) -> str | None:
    """Return the node whose badge lies at a canvas point."""
    zoom = view.camera.zoom
    if detail_at(zoom) == "far":
        return None
    geometry = view.scene.geometry
    for slot in geometry.nodes_in(_around(place, REACH * mark_scale(zoom))).tolist():
        node_id = geometry.ids[slot]
        card, where = view.scene.cards[node_id], geometry.rect(node_id)
        badge = badge_rect(card, zoom, where.width())
        if badge.translated(where.topLeft()).contains(place):
            return node_id
    return None


def _around(place: QPointF, reach: float) -> QRectF:
    return QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)


class OpenFinding(MoveNodes):
    """Let go where it was pressed, it opens the finding; drawn away, it moves the node."""

    cursor = Qt.CursorShape.PointingHandCursor

    def end(self, pointer: Pointer) -> None:
        """Say whose badge was pressed."""
        super().end(pointer)
        if not self.dragging:
            self.view.badge_pressed.emit(self._held)


class OpenProblem(MoveNodes):
    """Let go where it was pressed, it opens the problem; drawn away, it moves the node."""

    cursor = Qt.CursorShape.PointingHandCursor

    def end(self, pointer: Pointer) -> None:
        """Open what is wrong with the node."""
        super().end(pointer)
        if not self.dragging:
            self.view.problems.open_node(self._held)
