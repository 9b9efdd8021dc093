"""Actions that rewire, select along wires and put cards in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.graph.alignment import Axis, Line

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

ALIGNS: tuple[tuple[Line, str, str, str], ...] = (
    ("left", "&Left edges", "Alt+Left", "ph.align-left"),
    ("center", "&Centres", "", "ph.align-center-horizontal"),
    ("right", "&Right edges", "Alt+Right", "ph.align-right"),
    ("top", "&Top edges", "Alt+Up", "ph.align-top"),
    ("middle", "&Middles", "", "ph.align-center-vertical"),
    ("bottom", "&Bottom edges", "Alt+Down", "ph.align-bottom"),
)
SPREADS: tuple[tuple[str, Axis, str, str, str], ...] = (
    (
        "horizontally",
        "across",
        "Distribute &horizontally",
        "Alt+Shift+Right",
        "ph.arrows-out-line-horizontal",
    ),
    ("vertically", "down", "Distribute &vertically", "Alt+Shift+Down", "ph.arrows-out-line-vertical"),
)
LINES: tuple[tuple[str, Axis, str, str], ...] = (
    ("row", "across", "Make a r&ow", "ph.columns"),
    ("column", "down", "Make a col&umn", "ph.rows"),
)


def add_rewire_actions(actions: Actions, canvas: CanvasView) -> None:
    """Add the actions of this area."""
    _add_rewiring(actions, canvas)
    _add_block_moves(actions, canvas)
    _add_selecting(actions, canvas)
    _add_aligning(actions, canvas)


def _add_rewiring(actions: Actions, canvas: CanvasView) -> None:
    add, rewire = actions.add, canvas.rewire
    add(
        "graph.extract",
        "E&xtract from its wires",
        rewire.extract,
        "Alt+X",
        tip="Take the selection out of its wires and close the gaps; Alt and drag does the same",
        scope="canvas",
    )
    tip = "The inputs of one layer, two layers in each other's place, or where two wires end"
    add("graph.swap", "S&wap links", rewire.swap, "Alt+S", icon="ph.swap", tip=tip, scope="canvas")
    add(
        "wire.add_dot",
        "Add a &dot",
        canvas.dots.add_in_the_middle,
        tip="A point that the wire is led through",
    )
    add("wire.next_dot", "Next dot", canvas.dots.next, ".", tip="Arrow keys then move it", scope="canvas")
    add("wire.straighten", "Take dots off", canvas.dots.straighten, tip="From the selected wires")
    tip = "What feeds the originals from outside feeds the copies too"
    add(
        "edit.duplicate_with_inputs",
        "Duplicate, &keeping inputs",
        rewire.duplicate_with_inputs,
        "Ctrl+Shift+D",
        tip=tip,
    )


def _add_block_moves(actions: Actions, canvas: CanvasView) -> None:
    add, moves = actions.add, canvas.block_moves
    tip = "Move the other selected layers into the selected block; Shift and drag does the same"
    add("block.take_in", "Move into the bloc&k", moves.take_in, tip=tip)
    tip = "Move the selected layers to where the block is"
    add("block.move_out", "Move &out of the block", moves.out, tip=tip)


def _add_selecting(actions: Actions, canvas: CanvasView) -> None:
    add, select = actions.add, canvas.select
    ways = (("upstream", "[", "feeds the selection"), ("downstream", "]", "the selection feeds"))
    for way, key, words in ways:
        title, go = f"Select {way}", partial(select.along, way)  # type: ignore[arg-type]
        add(f"select.{way}", title, go, key, tip=f"All that {words}", scope="canvas")
        more = partial(go, add=True)
        tip = f"All that {words}, besides what is selected"
        add(f"select.add_{way}", f"Add {way} to the selection", more, f"Shift+{key}", tip=tip, scope="canvas")
        step = partial(go, one_step=True)
        tip = f"Only what {words} directly"
        add(f"select.step_{way}", f"{title}, one step", step, f"Ctrl+{key}", tip=tip, scope="canvas")
    add("select.linked", "Select &linked", select.linked, tip="All that hangs together with the selection")
    add("select.same_kind", "Select same &kind", select.same_kind)
    add("select.invert", "&Invert selection", select.inverted, "Ctrl+I", icon="ph.selection-inverse")
    add("select.wires", "Select its &wires", select.wires, tip="All wires of the selected layers")


def _add_aligning(actions: Actions, canvas: CanvasView) -> None:
    add, cards = actions.add, canvas.aligning
    for line, text, key, icon in ALIGNS:
        keys = (key,) if key else ()
        tip = f"Align: {text.replace('&', '').lower()} in line"
        add(f"align.{line}", text, partial(cards.align, line), *keys, icon=icon, tip=tip, scope="canvas")
    for name, axis, text, key, icon in SPREADS:
        go = partial(cards.distribute, axis)
        add(f"align.{name}", text, go, key, icon=icon, tip="With equal gaps", scope="canvas")
    for name, axis, text, icon in LINES:
        add(f"align.{name}", text, partial(cards.line_up, axis), icon=icon)
    add("align.grid", "Snap to &grid", cards.snap, icon="ph.grid-four")


def fill_align_menu(actions: Actions, menu: QMenu) -> None:
    """Put the actions that place cards into a menu."""
    actions.fill(menu, *(f"align.{line}" for line, *_ in ALIGNS), "")
    actions.fill(menu, *(f"align.{name}" for name, *_ in SPREADS), "")
    actions.fill(menu, *(f"align.{name}" for name, *_ in LINES), "align.grid")


def fill_wire_menu(actions: Actions, menu: QMenu) -> None:
    """Put the actions that rewire into a menu."""
    actions.fill(menu, "graph.extract", "graph.swap", "", "wire.add_dot", "wire.next_dot", "wire.straighten")


def fill_select_menu(actions: Actions, menu: QMenu) -> None:
    """Put the actions that select into a menu."""
    actions.fill(menu, "edit.select_all", "select.invert", "")
    for way in ("upstream", "downstream"):
        actions.fill(menu, f"select.{way}", f"select.step_{way}", f"select.add_{way}")
    actions.fill(menu, "", "select.linked", "select.same_kind", "select.wires")
    actions.fill(menu, "", "wire.next", "wire.previous", "")
    actions.fill(menu, "go.left", "go.right", "go.up", "go.down")


def refresh_rewire_actions(actions: Actions, canvas: CanvasView) -> None:
    """Enable what can do something with the selection, and say why the rest cannot."""
    enable, aligning, some = actions.enable, canvas.aligning, bool(canvas.selection.nodes)
    reason = canvas.rewire.why_not_extract()
    enable("graph.extract", not reason, reason)
    reason = canvas.rewire.why_not_swap()
    enable("graph.swap", not reason, reason)
    enable("edit.duplicate_with_inputs", some, "Nothing is selected.")
    for name in actions.all():
        group, _, what = name.partition(".")
        if group == "select" and what != "invert":
            enable(name, some, "Select a layer to start from.")
        elif group == "align":
            least = 1 if what == "grid" else 3 if what.endswith("ally") else 2
            enable(name, not aligning.why_not(least), aligning.why_not(least))
    for name, reason in (
        ("block.take_in", canvas.block_moves.why_not_take_in()),
        ("block.move_out", canvas.block_moves.why_not_out()),
    ):
        enable(name, not reason, reason)
    wires = canvas.selection.edges
    enable("wire.add_dot", len(wires) == 1, "Select a single wire.")
    bent = any(edge in canvas.scene.graph.bends for edge in wires)
    enable("wire.straighten", bent, "Select wires with dots.")
    enable("wire.next_dot", bool(canvas.scene.graph.bends), "No wire has a dot.")
    enable("select.invert", bool(len(canvas.scene.graph)), "The canvas is empty.")
