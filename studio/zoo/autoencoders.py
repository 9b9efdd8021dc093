"""Autoencoders: networks whose target is their own input, wired to the loss from where it enters."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import prod
from typing import Any

from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph
from studio.zoo.arguments import ACTIVATIONS, INPUT_SHAPE, check_image, image
from studio.zoo.builder import Network
from studio.zoo.dense import flat_input
from studio.zoo.template import Template

VALUES = ArgSpec(
    "values",
    "choice",
    "binary",
    "binary: inputs from 0 to 1; a sigmoid and the cross-entropy. real: any inputs; a linear output and the "
    "squared error.",
    choices=("binary", "real"),
)
_ACTIVATION = ArgSpec(
    "activation", "choice", "Sigmoid", "Function after each hidden layer.", choices=ACTIVATIONS
)
_TIED = ArgSpec(
    "tied",
    "bool",
    True,
    "The decoder uses the encoder's weights, turned over; only its biases are its own.",
)


def dense(
    name: str,
    input_shape: tuple[int, ...],
    hidden: tuple[int, ...],
    tied: bool,
    activation: str,
    values: str,
    *,
    linear_code: bool = False,
) -> Graph:
    """Build fully connected layers down to the code, and the same sizes back up to the input."""
    net = Network()
    flat_input(net, name, input_shape)
    truth, sizes = net.last, (prod(input_shape), *hidden)
    encoders = []
    for number, width in enumerate(hidden, 1):
        encoders.append(net.chain("Linear", f"encoder{number}", out_features=width))
        if not (linear_code and number == len(hidden)):
            net.chain(activation, f"{activation.lower()}{number}")
    net.line()
    for number, (width, _) in reversed(list(enumerate(pairwise(sizes), 1))):
        share: dict[str, Any] = {"tied_to": encoders[number - 1], "tied_as": "transposed"} if tied else {}
        net.chain("Linear", f"decoder{number}", out_features=width, **share)
        if number > 1:
            net.chain(activation, f"{activation.lower()}{2 * len(hidden) + 1 - number}")
    # Summed over the inputs and averaged over the batch, as in the papers: torch's mean is over both.
    return _reconstruct(net, truth, values, loss_weight=float(prod(input_shape)))


def convolutional(input_shape: tuple[int, ...], channels: tuple[int, ...], values: str) -> Graph:
    """Build convolutions with stride 2 down to the code, and transposed ones back to the image's size."""
    check_image("conv_autoencoder", input_shape)
    net = Network()
    truth = net.input(input_shape)
    sizes = [input_shape[1:]]
    for number, width in enumerate(channels, 1):
        net.chain("Conv2d", f"encoder{number}", out_channels=width, kernel_size=3, stride=2, padding=1)
        net.chain("ReLU", f"relu{number}")
        sizes.append(tuple((side + 1) // 2 for side in sizes[-1]))
    net.line()
    for number, width in reversed(list(enumerate((input_shape[0], *channels[:-1]), 1))):
        net.chain(
            "ConvTranspose2d",
            f"decoder{number}",
            out_channels=width,
            kernel_size=3,
            stride=2,
            padding=1,
            # An even side was halved exactly, an odd one rounded up.
            output_padding=tuple(1 - side % 2 for side in sizes[number - 1]),
        )
        if number > 1:
            net.chain("ReLU", f"relu{2 * len(channels) + 1 - number}")
    # Shared weights gather the gradients of all places: the mean is enough, and the sum would diverge.
    return _reconstruct(net, truth, values, loss_weight=1.0)


def _reconstruct(net: Network, truth: str, values: str, loss_weight: float) -> Graph:
    """Compare the last layer's output with the input."""
    if values == "binary":
        net.chain("Sigmoid", "reconstruction")
    loss = "BCELoss" if values == "binary" else "MSELoss"
    net.last = net.loss(loss, "loss", truth, loss_weight=loss_weight)
    return net.graph()


TEMPLATES = (
    Template(
        "autoencoder",
        "Autoencoder",
        "Fully connected layers that squeeze the input into a code and rebuild it from there; tied weights "
        "by default. The input is its own target; the loss is summed over its numbers.",
        (
            INPUT_SHAPE,
            ArgSpec(
                "hidden",
                "ints",
                (500,),
                "Units of the encoder's layers; the last is the code.",
                minimum=1,
                maximum=1_000_000,
                max_items=100,
            ),
            _TIED,
            _ACTIVATION,
            VALUES,
        ),
        partial(dense, "autoencoder"),
        "Bourlard & Kamp 1988; Vincent et al. 2010",
        "mnist",
        "Autoencoders",
        1988,
        393_284,
        784_000,
        "scale",
    ),
    Template(
        "deep_autoencoder",
        "Deep autoencoder",
        "784-1000-500-250-30 and back, logistic units and a linear code, as in Science 2006; there it "
        "started from stacked restricted Boltzmann machines.",
        (
            INPUT_SHAPE,
            ArgSpec(
                "hidden",
                "ints",
                (1000, 500, 250, 30),
                "Units of the encoder's layers; the last is the code, which is linear.",
                minimum=1,
                maximum=1_000_000,
                max_items=100,
            ),
            ArgSpec("tied", "bool", False, _TIED.help),
            _ACTIVATION,
            VALUES,
        ),
        partial(dense, "deep_autoencoder", linear_code=True),
        "Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647",
        "mnist",
        "Autoencoders",
        2006,
        2_837_314,
        2_833_000,
        "scale",
    ),
    Template(
        "conv_autoencoder",
        "Convolutional autoencoder",
        "3×3 convolutions with stride 2 down to the code, transposed convolutions back to an image of the "
        "same size, even or odd.",
        (
            image(1, 28, 28),
            ArgSpec(
                "channels",
                "ints",
                (16, 32),
                "Filters of the encoder's layers.",
                minimum=1,
                maximum=100_000,
                max_items=12,
            ),
            VALUES,
        ),
        convolutional,
        "Masci et al. 2011, doi:10.1007/978-3-642-21735-7_7",
        "mnist",
        "Autoencoders",
        2011,
        9_569,
        508_032,
        "scale",
    ),
)
