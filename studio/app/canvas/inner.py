"""The inside of a block as its own canvas shows it, to be painted on the block's card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from studio.app.canvas.courses import WireStyle
from studio.app.canvas.ports import Side
from studio.app.theme.measures import GRID, PORT_LINE, PORT_STEP
from studio.app.theme.measures import INNER_AIR as AIR
from studio.app.theme.measures import INNER_PAD as PAD
from studio.app.theme.measures import INNER_WELL as WELL
from studio.app.theme.measures import LARGEST_INNER as LARGEST
from studio.graph.block import INPUT, OUTPUT, port_nodes
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.cards import Card
    from studio.app.canvas.scene import Scene

SCALE = 0.92
"""Of what is inside: smaller than what is around it, and its words still ten pixels high at 100 %."""


@dataclass(frozen=True, slots=True)
class Inner:
    """Cards and wires, and where they are.

    Attributes:
        ids: Of the nodes, in painting order.
        cards: What each node's card says.
        boxes: Left, top, width and height of each card.
        edges: The wires.
        area: What all of it covers.
        style: How its wires run.
        wires: The courses of the wires; they follow from the rest.
        dotted: What stands before the dotted names of the nodes.
        entries: The left edges of the cards of the block's inputs, by the names of its ports.
        exits: The right edges of those of its outputs.
    """

    ids: tuple[str, ...]
    cards: tuple[Card, ...]
    boxes: tuple[tuple[float, float, float, float], ...]
    edges: tuple[Edge, ...]
    area: QRectF
    style: WireStyle
    wires: tuple[QPainterPath, ...] = field(compare=False, repr=False)
    dotted: str
    entries: Mapping[str, QPointF] = field(compare=False, repr=False)
    exits: Mapping[str, QPointF] = field(compare=False, repr=False)

    @property
    def scale(self) -> float:
        """How much smaller it is on the card."""
        width, height = max(self.area.width(), 1.0), max(self.area.height(), 1.0)
        return min(SCALE, LARGEST[0] / width, LARGEST[1] / height)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height that it takes on the card, with the room around it."""
        return self.area.width() * self.scale + 2 * PAD, self.area.height() * self.scale + 2 * AIR + WELL

    def corner(self, card: Card, width: float) -> QPointF:
        """Return where on a card of some width its area begins."""
        return QPointF((width - self.area.width() * self.scale) / 2, card.head + AIR)

    def offsets(self, side: Side, names: Iterable[str], head: float) -> tuple[float, ...]:
        """Return how far below the card's top the ports of a side are: level with what they lead to inside.

        On the same lines as ports of other cards, so that wires can be straight, and each below the last.
        """
        ends = self.entries if side == "input" else self.exits
        found: list[float] = []
        for name in names:
            inside = ends[name].y() - self.area.top() if name in ends else 0.0
            level = head + AIR + inside * self.scale
            line = PORT_LINE + round((level - PORT_LINE) / GRID) * GRID
            found.append(max(line, found[-1] + PORT_STEP) if found else line)
        return tuple(found)

    def to_inner(self, place: QPointF, corner: QPointF) -> QPointF:
        """Return what is at a place of the card, in its own coordinates."""
        return (place - corner) / self.scale + self.area.topLeft()

    def card(self, node_id: str) -> Card:
        """Return the card of a node."""
        return self.cards[self.ids.index(node_id)]

    def path_at(self, place: QPointF) -> tuple[str, ...]:
        """Return the ids that lead to the node at a place in its own coordinates; none for empty ground."""
        for node_id, card, (left, top, width, height) in reversed(
            list(zip(self.ids, self.cards, self.boxes, strict=True))
        ):
            if QRectF(left, top, width, height).contains(place):
                within = place - QPointF(left, top)
                return node_id, *path_on(card, width, within)
        return ()


def path_on(card: Card, width: float, place: QPointF) -> tuple[str, ...]:
    """Return the ids that lead to the node shown at a place of a card; none if there is none."""
    if card.inner is None:
        return ()
    return card.inner.path_at(card.inner.to_inner(place, card.inner.corner(card, width)))


def family_of(name: str, cards: Iterable[Card], dotted: str) -> str:
    """Return the family of the node of a dotted name that is shown, itself or inside a block; else nothing.

    Args:
        cards: Of the level on show.
        dotted: What stands before the dotted names of their nodes.
    """
    for card in cards:
        if dotted + card.name == name:
            return card.family
        if card.inner is not None and name.startswith(card.inner.dotted):
            return family_of(name, card.inner.cards, card.inner.dotted)
    return ""


def inner_of(scene: Scene) -> Inner:
    """Return what a scene shows as a value that keeps nothing of it."""
    geometry = scene.geometry
    boxes = geometry.boxes.copy()
    boxes[:, 2:] -= boxes[:, :2]
    area = geometry.extent()
    if len(geometry.edges):
        left, top = geometry.edge_boxes[:, :2].min(axis=0).tolist()
        right, bottom = geometry.edge_boxes[:, 2:].max(axis=0).tolist()
        area = area.united(QRectF(left, top, right - left, bottom - top))
    return Inner(
        ids=tuple(geometry.ids),
        cards=tuple(scene.cards[node_id] for node_id in geometry.ids),
        boxes=tuple((left, top, width, height) for left, top, width, height in np.asarray(boxes).tolist()),
        edges=tuple(geometry.edges),
        area=area,
        style=scene.course.style,
        dotted=scene.place.dotted,
        wires=tuple(geometry.path(row) for row in range(len(geometry.edges))),
        entries=_ends(scene, INPUT),
        exits=_ends(scene, OUTPUT),
    )


def _outer_end(card: QRectF, kind: str, *, down: bool) -> QPointF:
    if down:
        return QPointF(card.center().x(), card.top() if kind == INPUT else card.bottom())
    return QPointF(card.left() if kind == INPUT else card.right(), card.top() + PORT_LINE)


def _ends(scene: Scene, kind: str) -> dict[str, QPointF]:
    """Return the outer edges of the cards of a block's ports, level with their own port."""
    ends = {}
    for node in port_nodes(scene.graph, kind):
        card = scene.geometry.rect(node.id)
        ends[node.name] = _outer_end(card, kind, down=scene.course.down)
    return ends
