"""What is chosen from a list on the canvas, as actions with keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.app.actions import Actions
from studio.app.canvas.connecting import why_not_connect
from studio.app.canvas.ports import Side
from studio.app.canvas.replacing import why_not_replace
from studio.app.canvas.steps import Direction

# Ctrl with Up and Down goes into blocks and out; Alt aligns; Ctrl with Alt changes desktops on many systems.
GOES: dict[Direction, str] = {
    "left": "Ctrl+Shift+Left",
    "right": "Ctrl+Shift+Right",
    "up": "Ctrl+Shift+Up",
    "down": "Ctrl+Shift+Down",
}
CONNECTS: dict[str, Side] = {"connect": "output", "connect_input": "input"}
WHERE: dict[Direction, str] = {
    "left": "on the left",
    "right": "on the right",
    "up": "above",
    "down": "below",
}
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
    _add_connecting(actions, canvas)
    tip = "Make another layer of what is selected; wires and arguments stay where they fit"
    add("graph.replace", "&Replace by…", canvas.replacing.open, "Shift+S", tip=tip, scope="canvas")


def _add_connecting(actions: Actions, canvas: CanvasView) -> None:
    """Add what does by the keyboard what else the mouse does: wires, and going to a node."""
    add, connect, steps = actions.add, canvas.connecting.open, canvas.steps
    tip = "Choose where a wire from the selected layer goes"
    add("graph.connect", "&Connect to…", partial(connect, "output"), "C", tip=tip, scope="canvas")
    tip = "Choose what feeds the selected layer"
    add("graph.connect_input", "Feed &from…", partial(connect, "input"), "Shift+C", tip=tip, scope="canvas")
    tip = "Go along the wires of the selected layer; Delete takes the one away that is selected"
    add("wire.next", "Next &wire", partial(steps.next_wire, 1), "W", tip=tip, scope="canvas")
    add("wire.previous", "Previous w&ire", partial(steps.next_wire, -1), "Shift+W", scope="canvas")
    for direction, keys in GOES.items():
        go = partial(steps.go, direction)
        add(f"go.{direction}", f"Layer {WHERE[direction]}", go, keys, scope="canvas")


def refresh_search_actions(actions: Actions, canvas: CanvasView) -> None:
    """Enable what can do something, and say why the rest cannot."""
    graph, chosen = canvas.document.graph, canvas.selection.ordered()
    why_not = why_not_replace([graph.node(node_id) for node_id in chosen if node_id in graph])
    for name, side in CONNECTS.items():
        reason = why_not_connect(canvas, side)
        actions.enable(f"graph.{name}", not reason, reason)
    actions.enable("graph.replace", not why_not, why_not)
