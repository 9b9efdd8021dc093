"""A network with a row of residual blocks, of which a second instance shares the definition."""

from __future__ import annotations

from immutables import Map

from studio.graph.block import Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node


def node(node_id: str, kind: str, name: str, x: float = 0.0, y: float = 0.0, **arguments: object) -> Node:
    return Node(node_id, kind, name, Map(arguments), x, y)


def residual_block() -> Block:
    """input → conv (width) → relu → add → output, with a shortcut that is a 1×1 convolution in the first."""
    inside = Graph.of(
        [
            node("n1", "BlockInput", "input", 0, 0),
            node("n2", "Conv2d", "conv", 200, 0, out_channels="=width", padding=1),
            node("n3", "ReLU", "relu", 400, 0),
            node("n4", "Add", "add", 600, 0),
            node("n5", "BlockOutput", "output", 800, 0),
            node(
                "n6", "Conv2d", "down", 300, 160, out_channels="=width", kernel_size=1, enabled="=index == 0"
            ),
        ],
        [
            Edge("n1", "output", "n2", "input"),
            Edge("n2", "output", "n3", "input"),
            Edge("n3", "output", "n4", "inputs", 0),
            Edge("n1", "output", "n6", "input"),
            Edge("n6", "output", "n4", "inputs", 1),
            Edge("n4", "output", "n5", "input"),
        ],
    )
    return Block("Residual", inside, (BlockArgument("width", 4, "Maps.", 1),))


def residual_network() -> Graph:
    """image → stage1 (3 blocks of 8 maps) → stage2 (1 block of 4 maps) → fc → loss."""
    return Graph.of(
        [
            node("n1", "ImageInput", "image", 0, 0, channels=1, height=8, width=8),
            node("n2", "block:Residual", "stage1", 200, 0, width=8, repeat=3),
            node("n3", "block:Residual", "stage2", 480, 0),
            node("n4", "Flatten", "flatten", 760, 0),
            node("n5", "Linear", "fc", 960, 0, out_features=10),
            node("n6", "Target", "target", 960, 160),
            node("n7", "CrossEntropyLoss", "loss", 1160, 0),
        ],
        [
            Edge("n1", "output", "n2", "input"),
            Edge("n2", "output", "n3", "input"),
            Edge("n3", "output", "n4", "input"),
            Edge("n4", "output", "n5", "input"),
            Edge("n5", "output", "n7", "input"),
            Edge("n6", "target", "n7", "target"),
        ],
        [residual_block()],
    )
