"""The context menu: what can be done with what is under the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from studio.app.canvas import clipboard
from studio.app.canvas.color_menu import color_menu
from studio.app.canvas.gestures.choose import mark_at
from studio.app.canvas.picture_menu import picture_menu
from studio.app.canvas.replacing import why_not_replace
from studio.app.theme.measures import WIRE_PX
from studio.catalog.custom import CUSTOM
from studio.graph import levels
from studio.graph.block import INPUT, OUTPUT, block_name
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Entry = tuple[str, str, str, Callable[[], object], str]
"""Object name, words, the action whose keys are shown, what it does, and why it cannot (empty if it can)."""


def menu_at(view: CanvasView, place: QPointF) -> QMenu:
    """Return the menu for a canvas point; what is there is selected first."""
    geometry, selection = view.scene.geometry, view.selection
    node_id = geometry.node_at(place)
    edge = None if node_id is not None else geometry.edge_at(place, WIRE_PX / view.camera.zoom)
    if node_id is not None:
        if node_id not in selection.nodes:
            selection.set([node_id])
        return _node_menu(view, (node_id, *view.scene.path_in(node_id, place)))
    if edge is not None:
        if edge not in selection.edges:
            selection.set(edges=[edge])
        return _menu(view, _wire_entries(view, edge, place))
    hit = mark_at(view, place)
    if hit is not None:
        if hit.mark not in selection.marks:
            selection.set(marks=[hit.mark])
        return _mark_menu(view)
    return _menu(view, _canvas_entries(view, place))


def _wire_entries(view: CanvasView, edge: Edge, place: QPointF) -> list[Entry | None]:
    """Return what can be done with the selected wires."""
    dots = "" if any(one in view.scene.graph.bends for one in view.selection.edges) else "It has no dots"
    several = "" if len(view.selection.edges) == 1 else "Select a single wire"
    return [
        ("insert", "Insert layer…", "graph.add_layer", view.search.open_here, several),
        ("add_dot", "Add a dot here", "wire.add_dot", lambda: view.dots.add(edge, place), ""),
        ("straighten", "Take its dots off", "wire.straighten", view.dots.straighten, dots),
        ("swap", "Swap links", "graph.swap", view.rewire.swap, view.rewire.why_not_swap()),
        None,
        ("delete", "Delete wire", "edit.delete", lambda: view.commands.delete(reconnect=True), ""),
    ]


def _mark_menu(view: CanvasView) -> QMenu:
    """Return what can be done with the selected frames, notes and arrows."""
    marks = view.marks
    frames = any(view.scene.marks[mark_id].kind == "frame" for mark_id in view.selection.marks)
    no_frame = "" if frames else "No frame is selected"
    single = "" if marks.single else "Select a single one to write in it"
    menu = _menu(
        view,
        [
            ("write", "Edit text", "edit.rename", marks.write, single),
            ("mark_fit", "Fit to its contents", "mark.fit", marks.fit, no_frame),
            ("mark_contents", "Select what is in it", "mark.contents", marks.select_contents, no_frame),
            None,
            ("duplicate", "Duplicate", "edit.duplicate", view.duplicate, ""),
            ("copy", "Copy", "edit.copy", view.copy, ""),
            ("delete", "Delete", "edit.delete", lambda: view.delete_selection(True), ""),
        ],
    )
    colors = {view.scene.marks[mark_id].color for mark_id in view.selection.marks}
    current = colors.pop() if len(colors) == 1 else None
    menu.insertMenu(menu.actions()[3], color_menu(menu, marks.set_color, current, "As usual"))
    return menu


def _block_entries(view: CanvasView) -> list[Entry | None]:
    """Return what can be done with the selected block, or to make one of the selection."""
    blocks = view.blocks
    found: list[Entry | None] = []
    if blocks.selected is not None:
        found = [
            ("enter", "Enter block", "block.enter", blocks.enter, ""),
            ("expand", "Expand in place, or fold", "block.expand", view.card_commands.expand, ""),
            ("make_unique", "Make unique", "block.make_unique", blocks.make_unique, ""),
            ("ungroup", "Ungroup", "block.ungroup", blocks.ungroup, ""),
        ]
    moves = view.block_moves
    if view.document.level:
        found.append(("move_out", "Move out of the block", "block.move_out", moves.out, moves.why_not_out()))
    elif not moves.why_not_take_in():
        found.append(("take_in", "Move into the block", "block.take_in", moves.take_in, ""))
    return [
        *found,
        ("group", "Group…", "block.group", view.group, blocks.why_not_group()),
        ("bypass", "Switch off or on", "block.bypass", blocks.bypass, ""),
        ("freeze", "Freeze or unfreeze", "graph.freeze", blocks.freeze, ""),
        ("collapse", "Collapse or expand", "graph.collapse", view.card_commands.collapse, ""),
        ("hide_unused", "Hide or show unused ports", "graph.hide_unused", view.card_commands.hide_unused, ""),
        None,
    ]


def _inner_entries(view: CanvasView, path: tuple[str, ...]) -> list[Entry | None]:
    """Return what can be done with a node that a block's card shows; `path` leads there from the level."""
    if len(path) == 1:
        return []
    graph = view.scene.graph
    node = levels.level(graph, path[:-1]).node(path[-1])
    there = "/".join((*view.document.level, *path))
    found: list[Entry | None] = [
        ("go_inside", f"Go to {node.name}", "", lambda: view.reveal_path(there), ""),
    ]
    if block_name(node) in graph.blocks:
        words = f"Fold {node.name}" if node.look.expanded else f"Expand {node.name} in place"
        found.append(("expand_inside", words, "", lambda: view.card_commands.expand_inside(path), ""))
    return [*found, None]


def _node_menu(view: CanvasView, path: tuple[str, ...]) -> QMenu:
    """Return the menu of the selected nodes, with their colours and pictures before what concerns the name.

    Args:
        path: Leads to what is under the mouse: a node, or one that its card shows.
    """
    menu = _menu(view, [*_inner_entries(view, path), *_node_entries(view)])
    colors = color_menu(menu, view.card_commands.color, view.card_commands.chosen_color)
    before = next(one for one in menu.actions() if one.objectName() == "action.canvas.rename")
    menu.insertMenu(before, colors)
    menu.insertMenu(before, picture_menu(view, menu))
    return menu


def _why_not_replace(view: CanvasView) -> str:
    return why_not_replace([view.scene.graph.node(node_id) for node_id in view.selection.ordered()])


def _code_entries(view: CanvasView) -> list[Entry | None]:
    """Return the way to the code of the selected layer, if it has any."""
    single = view.selection.single
    if single is None or view.scene.graph.node(single).kind != CUSTOM:
        return []
    path = "/".join((*view.document.level, single))
    return [("code", "Edit code…", "graph.edit_code", lambda: view.document.code_wanted.emit(path, True), "")]


def _node_entries(view: CanvasView) -> list[Entry | None]:
    rewire = view.rewire
    several = "" if view.selection.single else "Select a single layer"
    return [
        *_code_entries(view),
        *_block_entries(view),
        ("preview", "Preview on a sample", "graph.preview", view.preview_wanted.emit, several),
        ("inside", "Look inside…", "network.look_inside", view.inside_wanted.emit, several),
        ("help", "Help", "help.layer", view.help_wanted.emit, ""),
        ("rename", "Rename", "edit.rename", view.rename, several),
        ("replace", "Replace by…", "graph.replace", view.replacing.open, _why_not_replace(view)),
        ("duplicate", "Duplicate", "edit.duplicate", view.duplicate, ""),
        ("frame", "Frame", "mark.frame", view.marks.frame, ""),
        ("extract", "Extract from its wires", "graph.extract", rewire.extract, rewire.why_not_extract()),
        ("swap", "Swap links", "graph.swap", rewire.swap, rewire.why_not_swap()),
        None,
        ("cut", "Cut", "edit.cut", view.cut, ""),
        ("copy", "Copy", "edit.copy", view.copy, ""),
        None,
        ("delete", "Delete, closing the gap", "edit.delete", lambda: view.delete_selection(True), ""),
        (
            "delete_only",
            "Delete, leaving the gap",
            "edit.delete_only",
            lambda: view.delete_selection(False),
            "",
        ),
        ("ablate", "Delete and reconnect…", "network.delete_and_reconnect", view.ablation_wanted.emit, ""),
        None,
        ("fit_selection", "Fit selection", "view.fit_selection", view.fit_selection, ""),
    ]


def _canvas_entries(view: CanvasView, place: QPointF) -> list[Entry | None]:
    empty = "" if len(view.scene.graph) else "The canvas is empty"
    nothing = "" if clipboard.take() is not None else "The clipboard holds no layers"
    inside: list[Entry | None] = [
        ("leave", "Leave block", "block.leave", view.blocks.leave, ""),
        ("add_input", "Add block input", "block.add_input", lambda: view.add_block_port(INPUT), ""),
        ("add_output", "Add block output", "block.add_output", lambda: view.add_block_port(OUTPUT), ""),
        None,
    ]
    return [
        *(inside if view.document.level else ()),
        ("search", "Add layer…", "graph.add_layer", lambda: view.search_requested.emit(place), ""),
        ("note", "Add note", "mark.note", lambda: view.marks.note(place), ""),
        ("frame", "Add frame", "mark.frame", view.marks.frame, ""),
        ("arrow", "Add arrow", "mark.arrow", lambda: view.marks.arrow(place), ""),
        ("paste", "Paste", "edit.paste", lambda: view.paste_at(place), nothing),
        None,
        ("select_all", "Select all", "edit.select_all", view.select_all, empty),
        ("arrange", "Arrange", "graph.arrange", view.arranger.arrange, empty),
        ("fit", "Fit network", "view.fit", view.fit, empty),
        ("zoom_reset", "Zoom to 100 %", "view.zoom_reset", view.zoom_reset, ""),
    ]


def _menu(view: CanvasView, entries: list[Entry | None]) -> QMenu:
    menu = QMenu(view)
    menu.setObjectName("canvas.menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        name, words, same_as, action, why_not = entry
        keys = view.keys_of(same_as)
        item = menu.addAction(f"{words}\t{keys}" if keys else words)
        item.setObjectName(f"action.canvas.{name}")
        item.setEnabled(not why_not)
        item.setToolTip(why_not)
        item.triggered.connect(lambda _checked=False, action=action: action())
    return menu
