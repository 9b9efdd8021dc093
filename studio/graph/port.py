"""Ports: where wires may end, and what may flow through them.

The graph does not know the catalog. Whoever asks about ports passes a `SignatureOf`, a function from
a node to the ports it has; the catalog's is `studio.catalog.registry.signatures(graph)`, which knows the
graph's own blocks too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from studio.graph.node import Node

Flow: TypeAlias = Literal["tensor", "target", "loss"]
"""What a wire carries: an activation, what the data set says it should be, or a scalar to minimise."""

Role: TypeAlias = Literal["input", "layer", "target", "loss", "output"]
"""What a node is to the network: where data enters, something that computes, the truth, the objective, or
where a result is handed out."""


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One port of a layer.

    Attributes:
        name: torch's name for it where there is one (``input``, ``target``).
        carries: What an output sends; for an input, the usual thing it takes.
        accepts: All that an input takes; empty means just `carries`.
        variadic: The input takes any number of wires, in order.
        minimum: How many wires a variadic input needs at least.
        optional: The input may stay without a wire. An output that often is not wanted (an LSTM's state):
            without a wire it is no result of the network, unless it is the first and all others have none.
        fallback: Name of the port whose wire is used instead (attention's key is its query).
        dtype: What an input insists on, and what an input node gives; empty is whatever PyTorch takes.
        layout: The expected shape in torch's letters (``N, C, H, W``), for messages and help.
        help: One line.
    """

    name: str
    carries: Flow = "tensor"
    accepts: tuple[Flow, ...] = ()
    variadic: bool = False
    minimum: int = 1
    optional: bool = False
    fallback: str = ""
    dtype: str = ""
    layout: str = ""
    help: str = ""

    def takes(self, flow: Flow) -> bool:
        """Say whether a wire carrying `flow` may end here."""
        return flow in (self.accepts or (self.carries,))


class Signature(Protocol):
    """The ports of a node, as the structure checks need them, and which settings it has."""

    @property
    def inputs(self) -> tuple[PortSpec, ...]:
        """Input ports, top to bottom."""

    @property
    def outputs(self) -> tuple[PortSpec, ...]:
        """Output ports, top to bottom."""

    @property
    def role(self) -> Role:
        """What the node is to the network."""

    def setting(self, name: str) -> object | None:
        """Return the description of an argument or a setting that the node has; None if it has not."""


SignatureOf: TypeAlias = Callable[[Node], Signature | None]
"""From a node to its ports; None for a layer that this version does not know."""


def find_port(ports: tuple[PortSpec, ...], name: str) -> PortSpec | None:
    """Return the port called `name`, or None."""
    return next((port for port in ports if port.name == name), None)


def suits(layout: str, rank: int) -> bool:
    """Say whether a number of dimensions, the batch included, is what a port's layout asks for."""
    return not layout or any(_suits_one(form.split(", "), rank) for form in layout.split(" or "))


def _suits_one(letters: list[str], rank: int) -> bool:
    fixed = sum(letter != "*" for letter in letters)
    return rank == fixed or (rank > fixed and "*" in letters)
