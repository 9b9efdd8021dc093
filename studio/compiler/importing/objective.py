"""What an imported classifier needs to be trained: a target and a loss."""

from __future__ import annotations

from studio.catalog import registry
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge

STEP = 264.0
"""Canvas pixels from a card to the next."""


def with_loss(graph: Graph) -> Graph:
    """Return a classifier with a target and a loss at its first output, so that it can be trained."""
    named = [node for node in graph.ordered() if node.kind == "Output"]
    ends = [node for node in graph.ordered() if not graph.outputs_of(node.id)]
    if named:
        wire = graph.inputs_of(named[0].id)[0]
        source, port = wire.source, wire.source_port
    elif len(ends) == 1 and (ports := registry.signatures(graph)(ends[0])) is not None:
        source, port = ends[0].id, ports.outputs[0].name
    else:
        return graph
    end = graph.node(source)
    target = edits.new_node(graph, "Target", x=end.x, y=end.y + STEP / 2)
    graph = edits.add_node(graph, target)
    loss = edits.new_node(graph, "CrossEntropyLoss", name="loss", x=end.x + STEP, y=end.y + STEP / 2)
    graph = edits.add_node(graph, loss)
    wires = [Edge(source, port, loss.id, "input"), Edge(target.id, "target", loss.id, "target")]
    return Graph.of(graph.nodes.values(), [*graph.edges(), *wires], graph.blocks.values())
