"""Names that are typed on the canvas itself: of a node, and of a block that is about to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSizeF

from studio.app.canvas.rename_field import RenameField
from studio.app.theme.measures import CARD_HEIGHT as HEIGHT
from studio.app.theme.measures import MAX_WIDTH, MIN_WIDTH
from studio.errors import StudioError
from studio.graph import edits

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def name_node(view: CanvasView, node_id: str) -> None:
    """Edit the name of a node in its place."""
    card = view.camera.rect_to_screen(view.scene.geometry.rect(node_id))

    def why_not(name: str) -> str | None:
        try:
            edits.rename(view.scene.graph, node_id, name)
        except StudioError as error:
            return error.message
        return None

    def done(name: str | None) -> None:
        if name is not None and node_id in view.scene.graph:
            view.commands.rename(node_id, name)
        view.setFocus()

    RenameField(view.scene.graph.node(node_id).name, card, why_not, done, view)


def name_block(view: CanvasView) -> None:
    """Make a block of the selected nodes, once its name is typed."""
    reason = view.blocks.why_not_group()
    if reason:
        view.message.emit(reason)
        return
    place = view.scene.geometry.extent(view.selection.nodes).topLeft()
    card = view.camera.rect_to_screen(QRectF(place, QSizeF(MIN_WIDTH, HEIGHT)))

    def done(name: str | None) -> None:
        if name is not None:
            view.blocks.group(name)
        view.setFocus()

    inside = QRectF(view.rect()).adjusted(8, 8, -MAX_WIDTH, -HEIGHT)
    card.moveLeft(min(max(card.left(), inside.left()), inside.right()))
    card.moveTop(min(max(card.top(), inside.top()), inside.bottom()))
    RenameField(view.blocks.free_name(), card, view.blocks.why_not_name, done, view, takes_old=True)
