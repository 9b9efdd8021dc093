"""Press the sign of a problem on a card: it opens beside the card, with what mends it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

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
    if detail_at(view.camera.zoom) != "near":
        return None
    geometry = view.scene.geometry
    around = QRectF(place.x() - REACH, place.y() - REACH, 2 * REACH, 2 * REACH)
    for slot in geometry.nodes_in(around).tolist():
        node_id = geometry.ids[slot]
        sign = geometry.rect(node_id).topRight() - QPointF(SIGN_INSET, 0.0)
        near = math.hypot(sign.x() - place.x(), sign.y() - place.y()) <= REACH
        if near and view.scene.cards[node_id].severity in ("error", "warning"):
            return node_id
    return None


class OpenProblem(MoveNodes):
    """Let go where it was pressed, it opens the problem; drawn away, it moves the node."""

    cursor = Qt.CursorShape.PointingHandCursor

    def end(self, pointer: Pointer) -> None:
        """Open what is wrong with the node."""
        super().end(pointer)
        if not self.dragging:
            self.view.problems.open_node(self._held)
