"""What is on the canvas now: the cards and the geometry, kept in step by differences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from studio.app.canvas.cards import Badge, Card, card_of
from studio.app.canvas.courses import Course, WireStyle
from studio.app.canvas.dots import Dots
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.heat.measures import CardHeat
from studio.app.canvas.inner import Inner, family_of, inner_of, path_on
from studio.app.canvas.marks.mark_scene import MarkScene
from studio.app.canvas.ports import Side
from studio.app.facts import Facts
from studio.app.in_force import preferred
from studio.app.place import DEEPEST, OUTSIDE, Place, inside_of
from studio.graph.block import block_name
from studio.graph.difference import difference
from studio.graph.graph import Bend, Graph
from studio.graph.mark import Mark
from studio.graph.node import Edge, Node, id_key
from studio.graph.wires import shifted_bends


class Scene:
    """Cards by node id, and where they are.

    Attributes:
        graph: What is shown: the network, or the inside of a block.
        place: Where in the network that is.
        cards: What each node's card says.
        geometry: Where cards, ports and wires are.
        marks: Frames, notes and arrows.
        dots: The points that wires are led through.
        revision: Counts the changes of places and sizes, so that others know when to look again.
        picture_words: What the live pictures show, in words, by the dotted names of the nodes.
    """

    def __init__(self, facts: Facts) -> None:
        self.graph = Graph()
        self.place: Place = OUTSIDE
        self.cards: dict[str, Card] = {}
        self.geometry = Geometry()
        self.geometry.set_course(Course(preferred().wire_style))
        self.marks = MarkScene()
        self.dots = Dots()
        self.revision = 0
        self._facts = facts
        self._pictures: dict[str, QImage] = {}
        self.picture_words: dict[str, str] = {}
        self._badges: dict[str, Badge] = {}
        self._sizes: dict[str, tuple[float, float]] = {}
        self._heat: CardHeat | None = None
        self._preview: dict[str, tuple[float, float]] = {}
        self._widths: dict[str, float] = {}
        self._all_ports = False
        self._inners: dict[str, tuple[tuple[object, ...], tuple[object, ...], Inner]] = {}

    def another(self, facts: Facts | None = None) -> Scene:
        """Return an empty scene with the same live pictures and badges."""
        scene = Scene(facts or Facts())
        scene._pictures, scene._badges = self._pictures, self._badges
        return scene

    def show(self, graph: Graph, place: Place = OUTSIDE) -> frozenset[str]:
        """Go from the graph shown to another, touching what differs; return the ids of nodes now gone."""
        if place.path != self.place.path and len(self.graph):
            # Ids are those of another level: nothing that is kept may be taken for the new.
            left = self.show(Graph(), self.place)
            self.show(graph, place)
            return left
        old, self.graph = self.graph, graph
        moved, self.place = place != self.place, place
        if graph is old and not moved:
            return frozenset()
        moved |= self._follow_direction()
        altered, gone = difference(old.nodes, graph.nodes)
        # Elsewhere other expressions hold, and other pictures; a block's card shows what is inside.
        if moved:
            altered = list(graph.nodes)
        elif old.blocks is not graph.blocks:
            altered = altered + [node.id for node in graph.nodes.values() if _redefined(node, old, graph)]
        changed = [graph.node(node_id) for node_id in sorted(set(altered), key=id_key)]
        lost, found = _edge_changes(old, graph)
        self.geometry.remove_edges(lost)
        self.geometry.remove_nodes(gone)
        for node_id in gone:
            del self.cards[node_id], self._sizes[node_id]
            self._inners.pop(node_id, None)
        known = {node.id for node in changed}
        ends = {end for edge in (*lost, *found) for end in (edge.source, edge.target)}
        others = [graph.node(i) for i in sorted(ends - known) if i in graph and self._minds_wires(i)]
        self._place([*changed, *others])
        self.geometry.add_edges(found)
        self.geometry.set_bends(self.dots.show(graph.bends))
        self.geometry.mind_cards()
        self.geometry.soil(self.marks.show(graph.marks))
        self.revision += 1
        return frozenset(gone)

    def showing(self, graph: Graph) -> Scene:
        """Return another scene that shows a graph as this one would, with the same pictures and badges."""
        scene = Scene(self._facts)
        scene._pictures, scene._badges = self._pictures, self._badges
        scene.show(graph, self.place)
        return scene

    @property
    def course(self) -> Course:
        """How wires run."""
        return self.geometry.course

    def set_wire_style(self, style: WireStyle) -> None:
        """Have wires run in another style, those inside cards too."""
        self.geometry.set_course(replace(self.course, style=style))
        self._inners.clear()
        self.refresh([node.id for node in self.graph.nodes.values() if node.look.expanded])
        self.revision += 1

    def _follow_direction(self) -> bool:
        """Have wires run the way the graph says; say whether that is another way than before."""
        course = replace(self.course, down=self.graph.direction == "down")
        turns = course != self.course
        self.geometry.set_course(course)
        return turns

    def refresh(self, node_ids: Iterable[str]) -> None:
        """Ask anew what some cards say: facts, pictures or badges have changed."""
        self._place([self.graph.node(node_id) for node_id in node_ids if node_id in self.graph])

    def set_heat(self, heat: CardHeat | None) -> None:
        """Show on all cards what they cost by colour and in words; None shows them as they are."""
        self._heat = heat
        for node_id, card in self.cards.items():
            self.cards[node_id] = self._heated(node_id, card)
        self.geometry.touch(self.cards)
        self.revision += 1

    def preview(self, places: Mapping[str, tuple[float, float]]) -> None:
        """Show these nodes at other places than the design says, and all others where it says."""
        back = [self.graph.node(i) for i in self._preview if i not in places and i in self.graph]
        shown = {node.id: (node.x, node.y) for node in back} | dict(places)
        self._preview = dict(places)
        self.geometry.set_nodes({i: (*place, *self._sizes[i]) for i, place in shown.items()})
        self.preview_bends(self._bends_with(places) if self.graph.bends else {})
        self.revision += 1

    def _bends_with(self, places: Mapping[str, tuple[float, float]]) -> dict[Edge, tuple[Bend, ...]]:
        """Return the dots that go along when nodes are at other places."""
        nodes = {i: self.graph.node(i) for i in places}
        ways = {i: (x - nodes[i].x, y - nodes[i].y) for i, (x, y) in places.items()}
        return dict(shifted_bends(self.graph, ways).bends)

    def preview_bends(self, bends: Mapping[Edge, tuple[Bend, ...]]) -> None:
        """Show the dots of some wires elsewhere than the design says, and all others where it says."""
        changed = self.dots.preview(bends)
        if changed:
            self.geometry.set_bends(changed)
            self.revision += 1

    def preview_width(self, node_id: str, width: float | None) -> None:
        """Show a card of another width than the design says; None as the design says."""
        self._widths = {} if width is None else {node_id: width}
        self.refresh([node_id])
        self.geometry.mind_cards()

    def preview_end(self) -> None:
        """Show all nodes where the design says."""
        self.preview({})

    @property
    def is_previewing(self) -> bool:
        """Whether any node is shown elsewhere than the design says."""
        return bool(self._preview)

    def preview_marks(self, marks: Iterable[Mark] = ()) -> None:
        """Show some marks otherwise than the design says, and all others as it says."""
        self.geometry.soil(self.marks.preview(marks))

    def extent(
        self, node_ids: Collection[str] | None = None, mark_ids: Collection[str] | None = None
    ) -> QRectF:
        """Return the smallest rectangle around some cards and marks; without any, around all there are."""
        if node_ids is None and mark_ids is None:
            return self.geometry.extent().united(self.marks.extent())
        return self.geometry.extent(node_ids or ()).united(self.marks.extent(mark_ids or ()))

    def set_picture(self, name: str, picture: QImage | None) -> None:
        """Show a picture in the node of this dotted name, or none."""
        if picture is None:
            self._pictures.pop(name, None)
        else:
            self._pictures[name] = picture
        self._refresh_named(name)

    def family_of(self, name: str) -> str:
        """Return the family of the node of this dotted name, if it is shown anywhere; else nothing."""
        return family_of(name, self.cards.values(), self.place.dotted)

    def set_badge(self, name: str, badge: Badge | None) -> None:
        """Show a few words on the node of this dotted name, or none."""
        if badge is None:
            self._badges.pop(name, None)
        else:
            self._badges[name] = badge
        self._refresh_named(name)

    def reveal_ports(self, on: bool) -> None:
        """Show ports that looks hide, for as long as a wire may be meant to end there."""
        if on != self._all_ports:
            self._all_ports = on
            self.refresh([node_id for node_id, card in self.cards.items() if card.look.hides_unused])
            self.geometry.mind_cards()

    def size(self, node_id: str) -> tuple[float, float]:
        """Return width and height of a node's card."""
        return self._sizes[node_id]

    def path_in(self, node_id: str, place: QPointF) -> tuple[str, ...]:
        """Return the ids that lead to the node that a block's card shows at a place of the canvas."""
        box = self.geometry.rect(node_id)
        return path_on(self.cards[node_id], box.width(), place - box.topLeft())

    def size_of(self, node: Node) -> tuple[float, float]:
        """Return width and height of the card that a node has, or will have once it is in the network."""
        known = self._sizes.get(node.id) if node.id in self.graph else None
        return known or card_of(node, self.graph, None, None, None, None, self.place.scope).size()

    def card_as(self, node: Node) -> Card:
        """Return the card that a node of the network would have if it were like this."""
        return self._card(node)

    def _minds_wires(self, node_id: str) -> bool:
        """Say whether a card shows other ports when wires come or go."""
        card = self.cards[node_id]
        return not card.family or card.collapsed or card.look.hides_unused

    def _refresh_named(self, name: str) -> None:
        dotted = self.place.dotted
        named = [
            node_id
            for node_id, card in self.cards.items()
            if dotted + card.name == name or (card.inner is not None and name.startswith(card.inner.dotted))
        ]
        self.refresh(named)

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
            if old is None or _ports(card) != _ports(old):
                self.geometry.set_ports(node.id, *_ports(card))
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
        if node.id in self._widths:
            node = replace(node, look=replace(node.look, width=self._widths[node.id]))
        problems = self._facts.problems_of(node.id)
        name = self.place.dotted + node.name
        card = card_of(
            node,
            self.graph,
            self._facts.report(node.id),
            problems[0].severity if problems else None,
            self._badges.get(name),
            self._pictures.get(name),
            self.place.scope,
            all_ports=self._all_ports,
            inner=self._inner(node) if node.look.expanded and not node.look.collapsed else None,
            frozen=self.place.frozen,
        )
        return self._heated(node.id, card)

    def _heated(self, node_id: str, card: Card) -> Card:
        """Return a card with what it costs, while that is shown."""
        if self._heat is None:
            return card if card.heat is None else replace(card, heat=None, cost="")
        return replace(card, heat=self._heat.step(node_id), cost=self._heat.written.get(node_id, ""))

    def _inner(self, node: Node) -> Inner | None:
        """Return what is inside a block that shows it in place; put together anew when it has changed."""
        block = self.graph.blocks.get(block_name(node) or "")
        if block is None or self.place.path.count("/") >= DEEPEST:
            return None
        place = inside_of(node, block, self.place)
        facts = self._facts.inside(node.id)
        shown, known = (block, self.graph.blocks), (place, facts.problems, *self._live_inside(place))
        kept = self._inners.get(node.id)
        if kept is None or kept[1] != known or any(a is not b for a, b in zip(kept[0], shown, strict=True)):
            scene = self.another(facts)
            scene.show(replace(block.graph, blocks=self.graph.blocks), place)
            kept = self._inners[node.id] = shown, known, inner_of(scene)
        return kept[2]

    def _live_inside(self, place: Place) -> tuple[object, ...]:
        """Return what pictures and badges there are inside a block."""
        pictures = ((name, one.cacheKey()) for name, one in self._pictures.items())
        live = (*pictures, *self._badges.items())
        return tuple(one for one in live if one[0].startswith(place.dotted))


def _ports(card: Card) -> tuple[dict[str, float], dict[str, float]]:
    """Return how far below the card's top each input and each output sits, by name."""

    def places(side: Side) -> dict[str, float]:
        ports = card.inputs if side == "input" else card.outputs
        return dict(zip((port.name for port in ports), card.offsets(side), strict=True))

    return places("input"), places("output")


def _redefined(node: Node, old: Graph, new: Graph) -> bool:
    """Say whether a node is a block whose definition has changed, or that shows what has inside it."""
    name = block_name(node)
    return name is not None and (node.look.expanded or old.blocks.get(name) is not new.blocks.get(name))


def _edge_changes(old: Graph, new: Graph) -> tuple[list[Edge], list[Edge]]:
    """Return the wires that are gone and those that are new."""
    lost: list[Edge] = []
    found: list[Edge] = []
    altered, gone = difference(old.incoming, new.incoming)
    for node_id in (*altered, *gone):
        before, now = old.incoming.get(node_id, ()), new.incoming.get(node_id, ())
        lost.extend(edge for edge in before if edge not in now)
        found.extend(edge for edge in now if edge not in before)
    return lost, sorted(found)
