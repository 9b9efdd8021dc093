"""What a design computes, whatever its nodes are called and however they are grouped."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from studio.graph.block import TIED_TO
from studio.graph.expansion import expand
from studio.graph.graph import Graph
from studio.graph.port import SignatureOf
from studio.graph.topology import order


def meaning(graph: Graph, signature: SignatureOf) -> Counter[str]:
    """Return all layers of an opened graph, each told by its kind, its arguments and all that leads to it."""
    flat = expand(graph, signature).graph
    marks: dict[str, str] = {}
    told = []
    for node_id in order(flat):
        node = flat.node(node_id)
        arguments = {name: value for name, value in sorted(node.arguments.items()) if name != TIED_TO}
        feeds = [
            (edge.target_port, edge.index, marks[edge.source], edge.source_port)
            for edge in flat.inputs_of(node_id)
        ]
        tied = node.arguments.get(TIED_TO)
        text = repr((node.kind, arguments, feeds, marks.get(str(tied), tied)))
        marks[node_id] = sha256(text.encode()).hexdigest()[:16]
        told.append(text)
    return Counter(told)
