"""What dragging nodes does to the network: the same for the preview and for the edit at its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.catalog.registry import signatures
from studio.graph import edits, rewiring
from studio.graph.graph import Graph
from studio.graph.marks import move_marks
from studio.graph.node import Edge
from studio.graph.placement import insert, usual_size
from studio.graph.pushing import SizeOf


@dataclass(frozen=True)
class Moving:
    """Nodes and marks on their way.

    Attributes:
        places: Where they go, as top left corners by id.
        marks: Where frames, notes and arrows go that move with them, by id.
        onto: A wire that they land on, as it is before they go.
        extracted: They are taken out of their wires first, and the gaps are closed.
        size_of: The size of a node's card.
    """

    places: Mapping[str, tuple[float, float]]
    onto: Edge | None = None
    extracted: bool = False
    size_of: SizeOf = usual_size
    marks: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def result(self, graph: Graph) -> Graph:
        """Return the graph once they have arrived.

        Raises:
            GraphError: They cannot go onto that wire.
        """
        signature, onto = signatures(graph), self.onto
        if self.extracted:
            loose = rewiring.extract(graph, self.places, signature)
            onto = rewiring.same_ends(loose, onto) if onto is not None else None
            graph = loose
        graph = move_marks(edits.move(graph, self.places), self.marks)
        if onto is None:
            return graph
        return insert(graph, onto, [graph.node(i) for i in self.places], signature, self.size_of)
