"""What an exported network returns, in training and in evaluation mode."""

from __future__ import annotations

from studio.catalog import registry
from studio.compiler.lower import output_sources
from studio.graph.expansion import Source
from studio.graph.graph import Graph


def outputs_of(graph: Graph) -> tuple[list[Source], list[Source]]:
    """Return what forward returns, and what it returns in evaluation mode if that is less (else nothing).

    Less is what auxiliary heads give: outputs that only losses of training judge.
    """
    losses = [node for node in graph.ordered() if _role(graph, node.id) == "loss"]
    wanted = output_sources(graph, losses)
    lasting = [node for node in losses if node.arguments.get("active", "always") != "training"]
    early = output_sources(graph, lasting) if lasting and len(lasting) < len(losses) else wanted
    return wanted, [] if early == wanted else early


def _role(graph: Graph, node_id: str) -> str:
    spec = registry.find(graph.nodes[node_id].kind)
    return spec.role if spec is not None else "layer"
