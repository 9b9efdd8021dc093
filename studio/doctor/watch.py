"""What has to be looked at in a run so that the doctor can judge it."""

from __future__ import annotations

from studio.catalog import registry
from studio.graph.expansion import expand
from studio.graph.graph import Graph

MOST = 64
"""Nodes looked at; of more, an even choice along the network."""


def worth_watching(graph: Graph) -> tuple[str, ...]:
    """Return the dotted names of inputs and activations, in the order of computation."""
    opened = expand(graph, registry.signatures(graph))
    found = []
    for path in opened.order or tuple(opened.graph.nodes):
        spec = registry.find(opened.graph.node(path).kind)
        if spec is not None and (spec.role == "input" or spec.family == "activation"):
            found.append(opened.graph.node(path).name)
    every = -(-len(found) // MOST)
    return tuple(found[::every]) if found else ()
