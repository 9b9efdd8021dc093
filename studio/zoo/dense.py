"""Networks of fully connected layers."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph
from studio.zoo.arguments import ACTIVATION, INPUT_SHAPE, NUM_CLASSES, check_sample
from studio.zoo.builder import Network
from studio.zoo.template import Template


def flat_input(builder: Network, template: str, shape: tuple[int, ...]) -> None:
    """Begin a network with one row for each sample, whatever the data set gives."""
    check_sample(template, shape)
    builder.input(shape)
    if len(shape) == 3:
        builder.chain("Flatten", "flatten")


def softmax_regression(input_shape: tuple[int, ...], num_classes: int) -> Graph:
    """Build a single Linear layer into a cross-entropy."""
    builder = Network()
    flat_input(builder, "softmax_regression", input_shape)
    builder.chain("Linear", "fc", out_features=num_classes)
    return builder.finish()


def mlp(
    input_shape: tuple[int, ...],
    hidden: tuple[int, ...],
    num_classes: int,
    activation: str,
    batch_norm: bool,
    dropout: float,
) -> Graph:
    """Build hidden layers with an activation each, and a Linear layer into a cross-entropy."""
    builder = Network()
    flat_input(builder, "mlp", input_shape)
    for number, width in enumerate(hidden, 1):
        builder.chain("Linear", f"fc{number}", out_features=width)
        if batch_norm:
            builder.chain("BatchNorm1d", f"bn{number}")
        builder.chain(activation, f"{activation.lower()}{number}")
        if dropout > 0.0:
            builder.chain("Dropout", f"dropout{number}", p=dropout)
    builder.chain("Linear", f"fc{len(hidden) + 1}", out_features=num_classes)
    return builder.finish()


TEMPLATES = (
    Template(
        "softmax_regression",
        "Softmax regression",
        "One Linear layer: the straightest line between the classes, and the first thing to try.",
        (INPUT_SHAPE, NUM_CLASSES),
        softmax_regression,
        "Bishop 2006, section 4.3",
        "mnist",
        "Perceptrons",
        1958,
        7_850,
        7_840,
    ),
    Template(
        "mlp",
        "Multilayer perceptron",
        "Fully connected layers with an activation after each: approximates any function, given enough "
        "units.",
        (
            INPUT_SHAPE,
            ArgSpec(
                "hidden",
                "ints",
                (64,),
                "Units of each hidden layer, from input to output.",
                minimum=1,
                maximum=1_000_000,
                max_items=200,
            ),
            NUM_CLASSES,
            ACTIVATION,
            ArgSpec("batch_norm", "bool", False, "Normalize over the batch before each activation."),
            ArgSpec(
                "dropout",
                "float",
                0.0,
                "Probability of dropping a hidden unit; 0 leaves the layer out.",
                minimum=0.0,
                maximum=0.99,
                step=0.05,
            ),
        ),
        mlp,
        "Rumelhart et al. 1986",
        "mnist",
        "Perceptrons",
        1986,
        50_890,
        50_816,
    ),
)
