"""What is chosen from a list on the canvas, as actions with keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.app.actions import Actions

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def add_search_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add the searches of a canvas."""
    add = actions.add
    tip = "Search for a layer or block; Space and Tab do the same"
    add("graph.add_layer", "&Add layer…", canvas.search.open_here, "Shift+A", tip=tip, scope="canvas")
