"""Which ports a node shows, and where on its card they sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.app.theme.measures import GRID, PORT_LINE, PORT_STEP
from studio.catalog.registry import spec_of
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec

Side: TypeAlias = Literal["input", "output"]


@dataclass(frozen=True, slots=True)
class PortRef:
    """One port of one node: an end that a wire may have."""

    node: str
    side: Side
    port: str

    @property
    def is_output(self) -> bool:
        """Whether wires leave here."""
        return self.side == "output"


def ports_of(node: Node, graph: Graph) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    """Return a node's inputs and outputs; those of an unknown layer are read off its wires."""
    spec = spec_of(node, graph.blocks)
    if spec is not None:
        return spec.inputs, spec.outputs
    inputs = dict.fromkeys(edge.target_port for edge in graph.inputs_of(node.id))
    outputs = dict.fromkeys(edge.source_port for edge in graph.outputs_of(node.id))
    return tuple(PortSpec(name) for name in inputs), tuple(PortSpec(name) for name in outputs)


def shown_ports(node: Node, graph: Graph) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    """Return the ports that a node's card shows: without those that its look hides while they have no wire.

    Hidden are inputs that may stay without a wire, and outputs beside the first.
    """
    inputs, outputs = ports_of(node, graph)
    if not node.look.hides_unused:
        return inputs, outputs
    fed = {edge.target_port for edge in graph.inputs_of(node.id)}
    used = {edge.source_port for edge in graph.outputs_of(node.id)}
    return (
        tuple(port for port in inputs if port.name in fed or not (port.optional or port.fallback)),
        tuple(port for place, port in enumerate(outputs) if place == 0 or port.name in used),
    )


def port_offsets(count: int) -> tuple[float, ...]:
    """Return how far below the card's top each of some ports sits."""
    first = max(PORT_LINE - (count - 1) * PORT_STEP / 2, PORT_STEP)
    return tuple(first + place * PORT_STEP for place in range(count))


def spread_offsets(count: int, width: float) -> tuple[float, ...]:
    """Return how far from the card's left each of some ports on its upper or lower edge sits, on the grid."""
    step = width / (count + 1)
    return tuple(round((place + 1) * step / GRID) * GRID for place in range(count))


def edge_between(one: PortRef, other: PortRef) -> Edge:
    """Return the wire between two ports, whichever end it was drawn from."""
    source, target = (one, other) if one.is_output else (other, one)
    return Edge(source.node, source.port, target.node, target.port)
