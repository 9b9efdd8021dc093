"""Which nodes on show are worth looking into while a network trains."""

from __future__ import annotations

from itertools import chain

from studio.catalog.registry import spec_of
from studio.graph.block import ENABLED
from studio.graph.graph import Graph
from studio.graph.ordering import in_order

MAX_WATCHED = 12


def watched_nodes(
    graph: Graph, selected: str | None, dotted: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of nodes whose activations and filters are worth probing.

    The selected node comes first; then the nodes that show a live picture on the canvas, activations
    and layers with filters, as far as the budget of attention goes.

    Args:
        graph: What is on show.
        selected: Id of the selected node.
        dotted: What stands before the names: inside a block, the way there.
    """
    first = (selected,) if selected is not None and selected in graph else ()
    activations: list[str] = []
    filters: list[str] = []
    for node_id in chain(first, (node_id for node_id in in_order(graph.nodes) if node_id != selected)):
        if len(activations) >= MAX_WATCHED and len(filters) >= MAX_WATCHED:
            break
        node = graph.node(node_id)
        spec = spec_of(node, graph.blocks)
        if spec is None or spec.role != "layer" or node.arguments.get(ENABLED) is False:
            continue
        if node.id == selected or spec.family == "activation":
            activations.append(dotted + node.name)
        if spec.family == "convolution" or node.kind == "Linear":
            filters.append(dotted + node.name)
    return tuple(activations[:MAX_WATCHED]), tuple(filters[:MAX_WATCHED])
