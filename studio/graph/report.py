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
        trainable: Those of the parameters that training changes.
        receptive_field: Extent of the input, in its own pixels or steps, that one number of the output
            depends on; None where that is all of it, or is not known.
    """

    node: str
    shape: tuple[int, ...] | None
    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0
    inferred: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[tuple[str, tuple[int, ...]], ...] = ()
    trainable: int = 0
    receptive_field: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the network.

    Attributes:
        parameters: Learnable numbers; those that several layers share are counted once.
        macs: Multiply-accumulates of convolutions, linear layers and matrix products for one sample; biases,
            normalizations, activations and pools are not counted.
        training_bytes: Estimate of the memory that training takes at the set batch size.
        trainable: Those of the parameters that are not frozen.
        depth: Convolutions and linear layers on the longest way through the network.
        layers: Layers of the whole network, those inside blocks as often as they are there; inputs, targets
            and losses are not counted.
    """

    parameters: int = 0
    macs: int = 0
    activation_bytes: int = 0
    training_bytes: int = 0
    trainable: int = 0
    depth: int = 0
    layers: int = 0
