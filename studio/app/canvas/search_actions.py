"""What is chosen from a list on the canvas, as actions with keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.app.actions import Actions
from studio.app.canvas.replacing import why_not_replace

STANDARD = QKeySequence.StandardKey

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


def add_search_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add the searches of a canvas."""
    add = actions.add
    tip = "Search for a layer or block; Space and Tab do the same"
    add("graph.add_layer", "&Add layer…", canvas.search.open_here, "Shift+A", tip=tip, scope="canvas")
    tip = "By name, kind or argument, at all levels"
    add("edit.find", "&Find in the network…", canvas.find_bar.open_bar, STANDARD.Find, tip=tip)
    tip = "Make another layer of what is selected; wires and arguments stay where they fit"
    add("graph.replace", "&Replace by…", canvas.replacing.open, "Shift+S", tip=tip, scope="canvas")


def refresh_search_actions(actions: Actions, canvas: CanvasView) -> None:
    """Enable what can do something, and say why the rest cannot."""
    graph, chosen = canvas.document.graph, canvas.selection.ordered()
    why_not = why_not_replace([graph.node(node_id) for node_id in chosen if node_id in graph])
    actions.enable("graph.replace", not why_not, why_not)
