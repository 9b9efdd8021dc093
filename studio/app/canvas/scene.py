"""What is on the canvas now: the cards and the geometry, kept in step by differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from studio.app.canvas.cards import Badge, Card, card_of
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.ports import port_offsets
from studio.app.facts import Facts
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec


class Scene:
    """Cards by node id, and where they are.

    Attributes:
        graph: The design shown.
        cards: What each node's card says.
        geometry: Where cards, ports and wires are.
        revision: Counts the changes of places and sizes, so that others know when to look again.
    """

    def __init__(self, facts: Facts) -> None:
        self.graph = Graph()
        self.cards: dict[str, Card] = {}
        self.geometry = Geometry()
        self.revision = 0
        self._facts = facts
        self._pictures: dict[str, QImage] = {}
        self._badges: dict[str, Badge] = {}
        self._sizes: dict[str, tuple[float, float]] = {}
        self._preview: dict[str, tuple[float, float]] = {}

    def show(self, graph: Graph) -> frozenset[str]:
        """Go from the design shown to another, touching what differs; return the ids of nodes now gone."""
        old, self.graph = self.graph, graph
        if graph is old:
            return frozenset()
        gone = [node_id for node_id in old.nodes if node_id not in graph]
        changed = [node for node in graph.ordered() if old.nodes.get(node.id) is not node]
        lost, found = _edge_changes(old, graph)
        self.geometry.remove_edges(lost)
        self.geometry.remove_nodes(gone)
        for node_id in gone:
            del self.cards[node_id], self._sizes[node_id]
        known = {node.id for node in changed}
        ends = {end for edge in (*lost, *found) for end in (edge.source, edge.target)}
        unknown = [graph.node(i) for i in sorted(ends - known) if i in graph and not self.cards[i].family]
        self._place([*changed, *unknown])
        self.geometry.add_edges(found)
        self.geometry.mind_cards()
        self.revision += 1
        return frozenset(gone)

    def refresh(self, node_ids: Iterable[str]) -> None:
        """Ask anew what some cards say: facts, pictures or badges have changed."""
        self._place([self.graph.node(node_id) for node_id in node_ids if node_id in self.graph])

    def preview(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Show nodes at other places than the design says, until `preview_end`."""
        self._preview = dict(places)
        self.geometry.set_nodes({i: (*place, *self._sizes[i]) for i, place in places.items()})
        self.revision += 1

    def preview_end(self, node_ids: Iterable[str]) -> None:
        """Show nodes where the design says."""
        nodes = [self.graph.node(node_id) for node_id in node_ids if node_id in self.graph]
        self.preview({node.id: (node.x, node.y) for node in nodes})
        self._preview = {}

    def set_picture(self, name: str, picture: QImage | None) -> None:
        """Show a picture in the node of this name, or none."""
        if picture is None:
            self._pictures.pop(name, None)
        else:
            self._pictures[name] = picture
        self._refresh_named(name)

    def set_badge(self, name: str, badge: Badge | None) -> None:
        """Show a few words on the node of this name, or none."""
        if badge is None:
            self._badges.pop(name, None)
        else:
            self._badges[name] = badge
        self._refresh_named(name)

    def size(self, node_id: str) -> tuple[float, float]:
        """Return width and height of a node's card."""
        return self._sizes[node_id]

    def _refresh_named(self, name: str) -> None:
        self.refresh([node_id for node_id, card in self.cards.items() if card.name == name])

    def _place(self, nodes: list[Node]) -> None:
        """Take over what nodes say and where they are."""
        boxes: dict[str, tuple[float, float, float, float]] = {}
        moved_ports: list[str] = []
        looks: list[str] = []
        for node in nodes:
            card, old = self._card(node), self.cards.get(node.id)
            if old is None or card != old:
                looks.append(node.id)
                self.cards[node.id] = card
                self._sizes[node.id] = card.size()
            if old is None or (card.inputs, card.outputs) != (old.inputs, old.outputs):
                self.geometry.set_ports(node.id, _places(card.inputs), _places(card.outputs))
                if old is not None:
                    moved_ports.append(node.id)
            place = self._preview.get(node.id, (node.x, node.y))
            box = (*place, *self._sizes[node.id])
            if old is None or self.geometry.rect(node.id) != QRectF(*box):
                boxes[node.id] = box
        self.geometry.set_nodes(boxes)
        self.geometry.touch(looks)
        self.geometry.refresh_ends(moved_ports)
        self.revision += bool(boxes or moved_ports)

    def _card(self, node: Node) -> Card:
        problems = self._facts.problems_of(node.id)
        return card_of(
            node,
            self.graph,
            self._facts.report(node.id),
            problems[0].severity if problems else None,
            self._badges.get(node.name),
            self._pictures.get(node.name),
        )


def _places(ports: tuple[PortSpec, ...]) -> dict[str, float]:
    """Return how far below the card's top each port sits, by name."""
    return dict(zip((port.name for port in ports), port_offsets(len(ports)), strict=True))


def _edge_changes(old: Graph, new: Graph) -> tuple[list[Edge], list[Edge]]:
    """Return the wires that are gone and those that are new."""
    lost: list[Edge] = []
    found: list[Edge] = []
    for node_id, edges in old.incoming.items():
        now = new.incoming.get(node_id, ())
        if edges is not now:
            lost.extend(edge for edge in edges if edge not in now)
    for node_id, edges in new.incoming.items():
        before = old.incoming.get(node_id, ())
        if edges is not before:
            found.extend(edge for edge in edges if edge not in before)
    return lost, sorted(found)
