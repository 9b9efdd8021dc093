"""What a row of buttons is about: a node, all selected nodes, or what lies in a frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.marks.mark_scene import box, contents
from studio.catalog.registry import spec_of
from studio.graph.block import ENABLED, FROZEN, block_name
from studio.graph.node import Node, Value, id_key

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

MOST_NODES = 500
"""Buttons change no more nodes than this: for more there are menus and keys."""


@dataclass(frozen=True, slots=True)
class CardButton:
    """One button.

    Attributes:
        name: Of the action that does the same from the keyboard, without the leading ``action.``.
        words: What a press does.
        icon: In the icon set.
        act: Does it.
        is_on: What it stands for is the case: the icon is in the accent colour.
    """

    name: str
    words: str
    icon: str
    act: Callable[[], object]
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """What a row of buttons stands over.

    Attributes:
        owner: Id of the node or the frame; empty for a selection.
        box: Its place on the canvas.
        nodes: The nodes that a press changes.
        is_node: It is a node, alone or with the selection that it is part of.
    """

    owner: str
    box: QRectF
    nodes: tuple[str, ...]
    is_node: bool = False


def subject_of(view: CanvasView, owner: str) -> Subject | None:
    """Return a node or a frame as a subject, or None if there is none of this id."""
    scene, selected = view.scene, view.selection.nodes
    if owner in scene.geometry:
        nodes = tuple(view.selection.ordered()) if owner in selected else (owner,)
        return Subject(owner, scene.geometry.rect(owner), nodes[:MOST_NODES], is_node=True)
    if owner not in scene.marks or scene.marks[owner].kind != "frame":
        return None
    frame, geometry = scene.marks[owner], scene.geometry
    near = [geometry.ids[slot] for slot in geometry.nodes_in(box(frame)).tolist()]
    inside, _ = contents(frame, {node_id: geometry.rect(node_id) for node_id in near}, ())
    return Subject(owner, box(frame), tuple(sorted(inside, key=id_key))[:MOST_NODES])


def owner_at(view: CanvasView, place: QPointF) -> str | None:
    """Return the node at a canvas point, or the frame whose title is there."""
    node = view.scene.geometry.node_at(place)
    if node is not None:
        return node
    hit = view.scene.marks.at(place, 0.0, "frame")
    return hit.mark if hit is not None and hit.part == "body" else None


def selected_subject(view: CanvasView) -> Subject | None:
    """Return what is selected as a subject: a node, several, or a frame."""
    selection = view.selection
    if selection.single is not None:
        return subject_of(view, selection.single)
    if len(selection.nodes) in range(2, MOST_NODES):
        nodes = tuple(i for i in selection.ordered() if i in view.scene.geometry)
        return Subject("", view.scene.geometry.extent(nodes), nodes) if nodes else None
    if not selection.nodes and len(selection.marks) == 1:
        return subject_of(view, next(iter(selection.marks)))
    return None


def buttons_of(view: CanvasView, subject: Subject) -> list[CardButton]:
    """Return what can be done with a subject by one click."""
    graph, blocks, cards, chosen = view.scene.graph, view.blocks, view.card_commands, subject.nodes
    nodes = [graph.node(node_id) for node_id in chosen if node_id in graph]
    found = []
    off, frozen = _all_are(view, nodes, ENABLED, False), _all_are(view, nodes, FROZEN, True)
    if off is not None:
        words = "Switch on" if off else "Switch off"
        found.append(CardButton("block.bypass", words, "ph.power", partial(blocks.bypass, chosen), off))
    if frozen is not None:
        words = "Unfreeze" if frozen else "Freeze"
        found.append(
            CardButton("graph.freeze", words, "ph.snowflake", partial(blocks.freeze, chosen), frozen)
        )
    if nodes:
        small = all(node.look.collapsed for node in nodes)
        words, way = ("Expand", "out") if small else ("Collapse", "in")
        icon = f"ph.arrows-{way}-line-vertical"
        found.append(CardButton("graph.collapse", words, icon, partial(cards.collapse, chosen)))
    instances = [node for node in nodes if block_name(node) in graph.blocks]
    if instances:
        opened = all(node.look.expanded for node in instances)
        words, way = ("Fold", "in") if opened else ("Expand in place", "out")
        icon = f"ph.arrows-{way}-simple"
        found.append(CardButton("block.expand", words, icon, partial(cards.expand, chosen)))
    if subject.is_node and view.blocks.is_block(subject.owner):
        enter = partial(blocks.enter, subject.owner)
        found.append(CardButton("block.enter", "Enter block", "ph.sign-in", enter))
    return found


def _all_are(view: CanvasView, nodes: list[Node], setting: str, value: Value) -> bool | None:
    """Say whether all nodes that have a setting have it at a value; None if none has it."""
    blocks = view.scene.graph.blocks
    having = [node for node in nodes if (spec := spec_of(node, blocks)) and spec.setting(setting)]
    return all(node.arguments.get(setting) is value for node in having) if having else None
