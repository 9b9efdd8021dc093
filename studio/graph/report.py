"""What is known of a graph once PyTorch was asked: shapes and costs, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass

from studio.graph.node import Value


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What the compiler knows of a node.

    Attributes:
        node: Its id; inside a block the path to it (`studio.graph.expansion`).
        shape: Shape of the first output without the batch dimension; None where it could not be found.
        parameters: Learnable numbers.
        macs: Multiply-accumulates for one sample.
        activation_bytes: Memory of the output for one sample.
        inferred: Arguments read off the wire: ``(("in_channels", 3),)``.
        outputs: Shape by port, for a node with several outputs.
    """

    node: str
    shape: tuple[int, ...] | None
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0
    inferred: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the network.

    Attributes:
        training_bytes: Estimate of the memory that training takes at the set batch size.
    """

    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0
    training_bytes: int = 0
