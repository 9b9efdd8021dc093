"""The ResNet-9 with which CIFAR-10 was first learned to 94 % in about a minute, on one GPU."""

from __future__ import annotations

from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.arguments import NUM_CLASSES, check_image, image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

REFERENCE = "Page 2018, How to train your ResNet; Coleman et al. 2017, DAWNBench"


def _convolution(into: Inside | Network, name: str, channels: int | str) -> None:
    into.chain("Conv2d", name, out_channels=channels, kernel_size=3, padding=1, bias=False)
    into.chain("BatchNorm2d", f"{name}_bn")
    into.chain("ReLU", f"{name}_relu")


def _residual() -> Design:
    """Return two convolutions with an identity around them; each has its ReLU before the sum."""
    inside = Inside()
    entry = inside.port()
    _convolution(inside, "conv1", "=width")
    inside.line()
    _convolution(inside, "conv2", "=width")
    inside.chain("Add", "add", (inside.last, entry))
    inside.give()
    return inside.design(
        "Residual",
        "Two 3×3 convolutions, each with batch normalization and ReLU, and an identity around them.",
        (BlockArgument("width", 128, "Channels.", minimum=1),),
        REFERENCE,
    )


def resnet9(input_shape: tuple[int, ...], num_classes: int) -> Graph:
    """Build it."""
    check_image("resnet9", input_shape)
    net, residual = Network(), _residual()
    net.input(input_shape)
    _convolution(net, "prep", 64)
    for number, channels in enumerate((128, 256, 512), 1):
        net.line()
        _convolution(net, f"layer{number}", channels)
        net.chain("MaxPool2d", f"pool{number}", kernel_size=2)
        if number != 2:
            net.chain(residual, f"residual{number}", width=channels)
    net.line()
    net.chain("AdaptiveMaxPool2d", "maxpool", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Linear", "fc", out_features=num_classes, bias=False)
    net.chain("Affine", "scale", scale=0.125, shift=0.0)
    return net.finish()


TEMPLATES = (
    Template(
        "resnet9",
        "ResNet-9",
        "Eight convolutions and a linear layer: 94 % of CIFAR-10 in 24 epochs.",
        (image(3, 32, 32), NUM_CLASSES),
        resnet9,
        REFERENCE,
        family="Residual networks",
        year=2018,
        parameters=6_573_120,
        macs=379_261_952,
    ),
)
