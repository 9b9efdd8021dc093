"""Shortcuts in fully connected networks: straight lines, gates and residual blocks."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.arguments import ACTIVATION, INPUT_SHAPE, NUM_CLASSES, classes
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.dense import flat_input
from studio.zoo.template import Template

_WIDTH = ArgSpec("width", "int", 32, "Units of each block.", minimum=1, maximum=100_000)
_DEPTH = ArgSpec("depth", "int", 10, "Number of blocks.", minimum=1, maximum=1000)


def _highway_layer(activation: str) -> Design:
    """Return a layer with a gate: y = t · h(x) + (1 − t) · x."""
    inside = Inside()
    entry = inside.port()
    inside.chain("Linear", "gate", row=1, out_features="=width", bias_init="=gate_bias")
    gate = inside.chain("Sigmoid", "sigmoid")
    carry = inside.chain("OneMinus", "carry")
    inside.chain("Linear", "transform", entry, row=2, out_features="=width")
    transformed = inside.chain(activation, activation.lower())
    kept = inside.add("Multiply", "kept", (entry, carry), column=4, row=0)
    new = inside.add("Multiply", "new", (transformed, gate), column=4)
    inside.chain("Add", "add", (new, kept), row=1)
    inside.give()
    return inside.design(
        "HighwayLayer",
        "t · h(x) + (1 − t) · x: the gate t decides how much is new and how much passes.",
        (
            BlockArgument("width", 50, "Units; as many as come in.", minimum=1),
            BlockArgument("gate_bias", -2.0, "Where the gate's biases start; below 0 lets the input pass."),
        ),
        "Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387",
    )


def highway(
    input_shape: tuple[int, ...],
    num_classes: int,
    depth: int,
    width: int,
    activation: str,
    gate_bias: float,
) -> Graph:
    """Build a Linear layer to the width, a row of highway layers, and the scores."""
    net = Network()
    flat_input(net, "highway", input_shape)
    net.chain("Linear", "fc1", out_features=width)
    net.chain(activation, activation.lower())
    net.chain(_highway_layer(activation), "layers", repeat=depth, width=width, gate_bias=gate_bias)
    net.chain("Linear", "fc2", out_features=num_classes)
    return net.finish()


def _residual_block(activation: str, batch_norm: bool) -> Design:
    """Return two Linear layers with a shortcut around them."""
    inside = Inside()
    entry = inside.port()
    inside.chain("Linear", "fc1", out_features="=width")
    if batch_norm:
        inside.chain("BatchNorm1d", "bn")
    inside.chain(activation, activation.lower())
    inside.chain("Linear", "fc2", out_features="=width")
    inside.chain("Add", "add", (inside.last, entry))
    inside.give()
    return inside.design(
        "ResidualLinear",
        "x + F(x), with two Linear layers as F.",
        (BlockArgument("width", 32, "Units; as many as come in.", minimum=1),),
        "He, Zhang, Ren & Sun 2015, arXiv:1512.03385",
    )


def residual_mlp(
    input_shape: tuple[int, ...],
    num_classes: int,
    depth: int,
    width: int,
    activation: str,
    batch_norm: bool,
) -> Graph:
    """Build a Linear layer to the width, a row of residual blocks, and the scores."""
    net = Network()
    flat_input(net, "residual_mlp", input_shape)
    net.chain("Linear", "fc1", out_features=width)
    net.chain(_residual_block(activation, batch_norm), "blocks", repeat=depth, width=width)
    net.chain(activation, activation.lower())
    net.chain("Linear", "fc2", out_features=num_classes)
    return net.finish()


def skip_mlp(
    input_shape: tuple[int, ...], num_classes: int, hidden: tuple[int, ...], activation: str
) -> Graph:
    """Build a multilayer perceptron, and a Linear layer from its input straight to its output."""
    net = Network()
    flat_input(net, "skip_mlp", input_shape)
    entry = net.last
    for number, width in enumerate(hidden, 1):
        net.chain("Linear", f"fc{number}", out_features=width)
        net.chain(activation, f"{activation.lower()}{number}")
    deep = net.chain("Linear", f"fc{len(hidden) + 1}", out_features=num_classes)
    straight = net.add("Linear", "skip", entry, row=1, out_features=num_classes)
    net.chain("Add", "add", (deep, straight), row=0)
    return net.finish()


TEMPLATES = (
    Template(
        "skip_mlp",
        "MLP with a skip to the output",
        "A multilayer perceptron and a Linear layer from input to output; the scores are the sum of both "
        "ways.",
        (
            replace(INPUT_SHAPE, default=(2,)),
            classes(2),
            ArgSpec(
                "hidden",
                "ints",
                (32, 32),
                "Units of each hidden layer.",
                minimum=1,
                maximum=1_000_000,
                max_items=100,
            ),
            ACTIVATION,
        ),
        skip_mlp,
        "Raiko, Valpola & LeCun 2012",
        "circles",
        "Perceptrons",
        2012,
        1_224,
        1_156,
    ),
    Template(
        "highway",
        "Highway network",
        "Fully connected layers with a sigmoid gate each, which lets the input pass at first: 2(d² + d) "
        "parameters a layer of d units.",
        (
            INPUT_SHAPE,
            NUM_CLASSES,
            _DEPTH,
            replace(_WIDTH, default=50),
            ACTIVATION,
            ArgSpec(
                "gate_bias",
                "float",
                -2.0,
                "Where the gates' biases start: below 0 lets the input pass.",
                minimum=-20.0,
                maximum=20.0,
                step=0.5,
            ),
        ),
        highway,
        "Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387",
        "mnist",
        "Residual networks",
        2015,
        90_760,
        89_700,
    ),
    Template(
        "residual_mlp",
        "Residual MLP",
        "20 residual blocks of two Linear layers: shortcuts work outside of images, too.",
        (
            replace(INPUT_SHAPE, default=(2,)),
            classes(2),
            replace(_DEPTH, default=20),
            _WIDTH,
            ACTIVATION,
            ArgSpec("batch_norm", "bool", False, "Normalize over the batch inside each block."),
        ),
        residual_mlp,
        "He, Zhang, Ren & Sun 2015, arXiv:1512.03385",
        "spirals",
        "Residual networks",
        2015,
        42_402,
        41_088,
    ),
)
