"""The Graph menu: layers, blocks, cards, wires and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.canvas.card_actions import ON_NODES, fill_card_menu
from studio.app.canvas.rewire_actions import fill_align_menu, fill_wire_menu
from studio.app.canvas.search_actions import refresh_search_actions
from studio.catalog.custom import CUSTOM

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

NOTHING = "Nothing is selected."


def add_graph_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is not the canvas' own business."""
    tip = "From another project"
    actions.add("block.import", "I&mport blocks…", window.import_blocks, tip=tip)
    tip = "The selected custom layer, in Python"
    actions.add("graph.edit_code", "Edit c&ode…", window.dialogs.edit_selected_code, tip=tip)


def fill_graph_menu(actions: Actions, window: MainWindow, menu: QMenu) -> None:
    """Put it, and those of the canvas, in their places."""
    actions.fill(menu, "graph.add_layer", "graph.connect", "graph.connect_input", "graph.replace", "")
    actions.fill(menu, "graph.arrange", "graph.arrange_selection", "graph.direction", "")
    actions.fill(menu, "block.bypass", "graph.freeze", "graph.preview", "graph.edit_code", "")
    fill_card_menu(actions, menu.addMenu("&Cards"), window.canvas)
    actions.fill(menu, "", "block.group", "block.ungroup")
    actions.fill(menu, "block.make_unique", "block.expand", "block.enter", "block.leave", "")
    actions.fill(menu, "block.take_in", "block.move_out", "")
    actions.fill(menu, "block.add_input", "block.add_output", "", "block.import", "")
    fill_wire_menu(actions, menu.addMenu("&Wires"))
    fill_align_menu(actions, menu.addMenu("A&lign"))
    marks = menu.addMenu("&Notes and frames")
    actions.fill(marks, "mark.frame", "mark.note", "mark.arrow", "")
    actions.fill(marks, "mark.fit", "mark.contents", "mark.next")


def refresh_graph_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    enable, selection = actions.enable, window.workspace.selection
    _refresh_blocks(actions, window)
    refresh_arranging(actions, window)
    for name in ON_NODES:
        enable(name, bool(selection.nodes), NOTHING)
    single = selection.single
    is_custom = single is not None and window.document.graph.nodes[single].kind == CUSTOM
    enable("graph.edit_code", is_custom, "Select a single custom layer.")
    enable("graph.preview", selection.single is not None, "Select a single layer.")
    for name in ("fit", "contents"):
        enable(f"mark.{name}", bool(selection.marks), "Select a frame.")
    marks = bool(window.document.graph.marks)
    enable("mark.next", marks, "There are no frames, notes or arrows here.")
    refresh_search_actions(actions, window.canvas)


def refresh_arranging(actions: Actions, window: MainWindow) -> None:
    """Say what can be laid out now, and which way the network runs."""
    graph, selection = window.document.graph, window.workspace.selection
    actions.enable("graph.arrange", bool(len(graph)), "The canvas is empty.")
    actions["graph.direction"].setChecked(graph.direction == "down")
    several = len(selection.nodes) > 1
    actions.enable("graph.arrange_selection", several, "Select two or more layers to arrange.")


def _refresh_blocks(actions: Actions, window: MainWindow) -> None:
    enable, blocks = actions.enable, window.canvas.blocks
    block, inside = blocks.selected is not None, bool(window.document.level)
    some = bool(window.workspace.selection.nodes)
    enable("block.group", some, "Select what the block is to be made of.")
    for name in ("ungroup", "make_unique", "enter", "expand"):
        enable(f"block.{name}", block, "Select a single block.")
    for name in ("leave", "add_input", "add_output"):
        enable(f"block.{name}", inside, "Only inside a block.")
