"""Which nodes on show are worth looking into while a network trains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from typing import TypeAlias

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.in_force import preferred
from studio.app.live_pictures import Pictured, pictured
from studio.app.monitor import Monitor
from studio.app.place import DEEPEST, OUTSIDE, Place, inside_of
from studio.app.selection import Selection
from studio.catalog.registry import spec_of
from studio.doctor.watch import worth_watching
from studio.engine.records import Watch
from studio.graph.block import ENABLED, block_name
from studio.graph.graph import Graph
from studio.graph.node import LivePicture, Node
from studio.graph.ordering import in_order

MAX_WATCHED = 12

MOST_PICTURED = 32
"""Cards in view whose pictures are kept up to date."""

MOST_ON_SHOW = 128
"""Nodes looked into for the colours of their wires."""

Names: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
"""Of nodes whose activations, and of nodes whose filters are looked at."""


class Watching:
    """Tells the engine which nodes on show are to be looked into, whenever those are others.

    Args:
        document: What is on show.
        selection: What is selected of it.
        link: To the engine.
        monitor: Knows whose surfaces are on screen.
        may_tell: Says whether the engine may be told of what is on show: a run of another project goes on
            being watched as it was.
    """

    def __init__(
        self,
        document: Document,
        selection: Selection,
        link: EngineLink,
        monitor: Monitor,
        may_tell: Callable[[], bool],
    ) -> None:
        self._may_tell = may_tell
        self._document, self._selection, self._link, self._monitor = document, selection, link, monitor
        self._told: dict[str, object] = {}
        self._judged: tuple[Graph, tuple[str, ...]] | None = None
        self._looks_at_all = False
        self._in_view: frozenset[str] | None = None
        self._pictured: tuple[tuple[object, ...], tuple[Pictured, ...]] | None = None
        self._known: tuple[Graph, str | None, Place, Names] | None = None

    def tell(self) -> None:
        """Tell the engine, unless it knows or is at work for another project."""
        if not self._may_tell():
            return
        needs, panels = self._needs(), self.names()
        activations = (*panels[0][:1], *needs["activations"], *self._worth_watching(), *self._all_on_show())
        wanted: dict[str, object] = {
            "activations": tuple(dict.fromkeys(activations)),
            "filters": tuple(dict.fromkeys((*panels[1][:1], *needs["filters"]))),
            "surface": self._monitor.watched_surface,
            "weights": self.weights(),
            "norms": True,
            "surfaces": True,
            "budget": preferred().monitoring_share,
            "maps": tuple(needs["maps"]),
            "predictions": self._monitor.watches_predictions,
        }
        if wanted != self._told and self._link.alive:
            self._told = wanted
            self._link.request(Watch, **wanted)

    def forget(self) -> None:
        """Take it that the engine knows nothing."""
        self._told = {}

    def names(self) -> Names:
        """Return the names, as the engine has them, of nodes on show whose insides are worth probing."""
        shown = self._document.graph, self._selection.single, self._document.place
        if self._known is None or self._known[0] is not shown[0] or self._known[1:3] != shown[1:]:
            self._known = (*shown, watched_nodes(*shown))
        return self._known[3]

    @property
    def pictured(self) -> tuple[Pictured, ...]:
        """The nodes of the level on show that are to have a live picture, those inside blocks with them."""
        families = preferred().live_pictures
        key = self._document.graph, self._document.place, families
        if self._pictured is None or not _same(self._pictured[0], key):
            self._pictured = key, tuple(pictured(key[0], families, key[1]))
        return self._pictured[1]

    def look_at_view(self, cards: frozenset[str] | None) -> None:
        """Look only at what the cards in view show; None: at all of the level."""
        if cards != self._in_view:
            self._in_view = cards
            self.tell()

    @property
    def in_view(self) -> list[Pictured]:
        """Those of the pictured nodes whose cards are in view, as many as can be looked at."""
        shown = self._in_view
        found = (one for one in self.pictured if shown is None or one.owner in shown)
        return list(islice(found, MOST_PICTURED))

    def _needs(self) -> dict[str, list[str]]:
        """Return what has to be looked at for the pictures in view."""
        needs: dict[str, list[str]] = {"activations": [], "filters": [], "maps": []}
        for one in self.in_view:
            for picture in one.pictures:
                kind = _NEEDS.get(picture, "" if one.learns else "activations")
                if kind:
                    needs[kind].append(one.name)
        return needs

    def look_at_all(self, on: bool) -> None:
        """Look at what leaves every layer on show, too, or no more."""
        if on != self._looks_at_all:
            self._looks_at_all = on
            self.tell()

    def _all_on_show(self) -> tuple[str, ...]:
        if not self._looks_at_all:
            return ()
        graph, dotted = self._document.graph, self._document.place.dotted
        nodes = [graph.node(node_id) for node_id in in_order(graph.nodes)]
        return tuple(dotted + node.name for node in nodes)[:MOST_ON_SHOW]

    def _worth_watching(self) -> tuple[str, ...]:
        """Return what the doctor has to see of the whole network, on show or not."""
        design = self._document.design
        if self._judged is None or self._judged[0] is not design:
            self._judged = design, worth_watching(design)
        return self._judged[1]

    def weights(self) -> tuple[str, ...]:
        """Return the name of the node of whose weights and gradients histograms are wanted.

        The selected layer; where that has no weights, or none is selected, the first that has.
        """
        graph, place = self._document.graph, self._document.place
        selected = self._selection.single
        if selected is not None and selected in graph and has_weights(graph.node(selected), graph):
            return (place.dotted + graph.node(selected).name,)
        return self.names()[1][:1]


_NEEDS: dict[LivePicture, str] = {
    "histogram": "activations",
    "dead": "activations",
    "filters": "filters",
    "maps": "maps",
}
"""What is looked at for a picture; norms of gradients of what learns come by themselves."""


def _same(old: tuple[object, ...], new: tuple[object, ...]) -> bool:
    """Say whether graph and place are the same objects, and families show the same."""
    return old[0] is new[0] and old[1] == new[1] and old[2] == new[2]


def has_weights(node: Node, graph: Graph) -> bool:
    """Say whether a node is a layer of a kind that usually has weights."""
    spec = spec_of(node, graph.blocks)
    families = ("convolution", "linear", "sequence", "normalization")
    return spec is not None and spec.role == "layer" and (spec.family in families or node.kind == "PReLU")


def watched_nodes(graph: Graph, selected: str | None, place: Place = OUTSIDE) -> Names:
    """Return the names of nodes whose activations and filters are worth probing.

    The selected node comes first; then the nodes that show a live picture on the canvas, activations
    and layers with filters, as far as the budget of attention goes; also inside blocks that show theirs.

    Args:
        graph: What is on show.
        selected: Id of the selected node.
        place: Where in the network that is.
    """
    first = (selected,) if selected is not None and selected in graph else ()
    activations: list[str] = []
    filters: list[str] = []
    for node_id in chain(first, (node_id for node_id in in_order(graph.nodes) if node_id != selected)):
        if len(activations) >= MAX_WATCHED and len(filters) >= MAX_WATCHED:
            break
        node = graph.node(node_id)
        spec = spec_of(node, graph.blocks)
        if node.look.expanded and not node.look.collapsed:
            within = _inside(node, graph, place)
            activations.extend(within[0])
            filters.extend(within[1])
        if spec is None or spec.role != "layer" or node.arguments.get(ENABLED) is False:
            continue
        if node.id == selected or spec.family == "activation":
            activations.append(place.dotted + node.name)
        if spec.family == "convolution" or node.kind == "Linear":
            filters.append(place.dotted + node.name)
    return tuple(activations[:MAX_WATCHED]), tuple(filters[:MAX_WATCHED])


def _inside(node: Node, graph: Graph, place: Place) -> Names:
    """Return what is worth probing in a block that shows its inside."""
    block = graph.blocks.get(block_name(node) or "")
    if block is None or place.path.count("/") >= DEEPEST:
        return (), ()
    inside = replace(block.graph, blocks=graph.blocks)
    return watched_nodes(inside, None, inside_of(node, block, place))
