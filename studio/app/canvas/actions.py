"""What a person does on the canvas, as actions with keys: in a window's menus, or on a canvas alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from studio.app.actions import Actions
from studio.app.canvas.card_actions import add_card_actions
from studio.app.canvas.heat.actions import add_heat_actions
from studio.app.canvas.rewire_actions import add_rewire_actions
from studio.app.canvas.search_actions import add_search_actions
from studio.graph.block import INPUT, OUTPUT

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

STANDARD = QKeySequence.StandardKey


def add_canvas_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add all actions that need nothing but the canvas; it shows their keys in its own menu from now on."""
    canvas.keys_of = actions.keys
    _add_edits(actions, canvas)
    _add_blocks(actions, canvas)
    add_card_actions(actions, canvas)
    _add_marks(actions, canvas)
    _add_arranging(actions, canvas)
    _add_views(actions, canvas)
    add_rewire_actions(actions, canvas)
    add_search_actions(actions, canvas)
    _add_flow_actions(actions, canvas)
    add_heat_actions(actions, canvas)


def _add_edits(actions: Actions, canvas: CanvasView) -> None:
    add, delete = actions.add, canvas.delete_selection
    add("edit.cut", "Cu&t", canvas.cut, STANDARD.Cut, scope="canvas")
    add("edit.copy", "&Copy", canvas.copy, STANDARD.Copy, scope="canvas")
    add("edit.paste", "&Paste", canvas.paste, STANDARD.Paste, scope="canvas")
    add("edit.duplicate", "&Duplicate", canvas.duplicate, "Ctrl+D", tip="With the wires between the copies")
    add("edit.delete", "De&lete, closing the gap", partial(delete, True), "Del", "Backspace", scope="canvas")
    leaving = "Shift+Del", "Ctrl+Del", "Shift+Backspace", "Ctrl+Backspace"
    add("edit.delete_only", "Delete, leaving the gap", partial(delete, False), *leaving, scope="canvas")
    add("edit.rename", "Rena&me", canvas.rename, "F2", scope="canvas")
    add("edit.select_all", "Select &all", canvas.select_all, STANDARD.SelectAll, scope="canvas")
    tip = "What the selected layer gives for one sample, also before the network is finished"
    add("graph.preview", "Pre&view on a sample", canvas.preview_wanted.emit, "P", tip=tip, scope="canvas")


def _add_arranging(actions: Actions, canvas: CanvasView) -> None:
    add, arranger = actions.add, canvas.arranger
    tip, icon = "Lay the whole level out anew", "ph.tree-structure"
    add("graph.arrange", "&Arrange", arranger.arrange, "Ctrl+Shift+A", icon=icon, tip=tip)
    tip, chosen = "Lay the selected layers out anew, about where they are", arranger.arrange_selection
    add("graph.arrange_selection", "Arrange &selection", chosen, "Ctrl+Alt+A", tip=tip)
    tip = "Data run down from card to card, not to the right; the level is laid out anew"
    add("graph.direction", "Top-do&wn", arranger.turn, tip=tip, checkable=True)


def _add_blocks(actions: Actions, canvas: CanvasView) -> None:
    add, blocks, ports = actions.add, canvas.blocks, canvas.add_block_port
    add("block.group", "&Group selection…", canvas.group, "Ctrl+G", tip="Make a block of the selection")
    add("block.ungroup", "&Ungroup", blocks.ungroup, "Ctrl+Shift+G")
    add("block.make_unique", "Make u&nique", blocks.make_unique, tip="Part it from the other instances")
    into = "Return", "Enter", "Ctrl+Down"
    add("block.enter", "&Enter block", blocks.enter, *into, scope="canvas")
    add("block.leave", "&Leave block", blocks.leave, "Ctrl+Up", scope="canvas")
    add("block.add_input", "Add block &input", partial(ports, INPUT))
    add("block.add_output", "Add block &output", partial(ports, OUTPUT))
    tip = "Data go past what is off"
    add("block.bypass", "&Switch off or on", blocks.bypass, "M", "Ctrl+B", tip=tip, scope="canvas")


def _add_marks(actions: Actions, canvas: CanvasView) -> None:
    add, marks = actions.add, canvas.marks
    add("mark.frame", "&Frame selection", marks.frame, "Ctrl+J", tip="What lies in a frame moves with it")
    add("mark.note", "Add &note", marks.note, "N", scope="canvas")
    add("mark.arrow", "Add a&rrow", marks.arrow, "Shift+N", tip="To the selected layer", scope="canvas")
    add("mark.fit", "Fit frame to its contents", marks.fit)
    add("mark.contents", "Select what is in the frame", marks.select_contents)
    add("mark.next", "Select the next frame or note", marks.next)


def _add_views(actions: Actions, canvas: CanvasView) -> None:
    add = actions.add
    fit = partial(canvas.fit, animated=True)
    add("view.fit", "&Fit network", fit, "F", "Home", icon="ph.corners-out", scope="canvas")
    add("view.fit_selection", "Fit &selection", canvas.fit_selection, "Shift+Home", scope="canvas")
    add("view.zoom_in", "Zoom &in", canvas.zoom_in, STANDARD.ZoomIn, "Ctrl+=")
    add("view.zoom_out", "Zoom &out", canvas.zoom_out, STANDARD.ZoomOut)
    add("view.zoom_reset", "&100 %", canvas.zoom_reset, "Ctrl+0")


def _add_flow_actions(actions: Actions, canvas: CanvasView) -> None:
    add, walk = actions.add, canvas.problems.walk
    add("problem.next", "Next &problem", partial(walk, 1), "F8", tip="Go to it, with what mends it")
    add("problem.previous", "Pre&vious problem", partial(walk, -1), "Shift+F8", tip="Go back to it")
