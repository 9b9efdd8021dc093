"""VGG: stacks of 3×3 convolutions, in four depths."""

from __future__ import annotations

from functools import partial

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.alexnet import DROPOUT
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, check_image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

_WIDTHS = (64, 128, 256, 512, 512)
_DEPTHS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
"""Convolutions of each of the five stages, by the number of layers with weights."""

_REFERENCE = "Simonyan & Zisserman 2014, arXiv:1409.1556"


def vgg(
    depth: int, input_shape: tuple[int, ...], num_classes: int, batch_norm: bool, dropout: float
) -> Graph:
    """Build a VGG with torchvision's names."""
    check_image(f"vgg{depth}", input_shape, 32)
    net = Network()
    net.input(input_shape)
    net.chain(_features(depth, batch_norm), "features")
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=7)
    net.chain("Flatten", "flatten")
    net.chain(_classifier(), "classifier", num_classes=num_classes, dropout=dropout)
    return net.finish()


def _features(depth: int, batch_norm: bool) -> Design:
    """Return the convolutions, numbered as in torchvision; each stage is a line of the drawing."""
    inside = Inside()
    inside.port()
    number = 0
    for stage, (width, num_layers) in enumerate(zip(_WIDTHS, _DEPTHS[depth], strict=True)):
        if stage:
            inside.line()
        for _ in range(num_layers):
            inside.chain("Conv2d", f"{number}", out_channels=width, kernel_size=3, padding=1)
            if batch_norm:
                inside.chain("BatchNorm2d", f"{number + 1}")
            inside.chain("ReLU", f"{number + 1 + batch_norm}")
            number += 2 + batch_norm
        inside.chain("MaxPool2d", f"{number}", kernel_size=2)
        number += 1
    inside.give()
    what = "convolutions with batch normalization" if batch_norm else "convolutions"
    return inside.design(
        f"VGG{depth}Features", f"{sum(_DEPTHS[depth])} 3×3 {what} in five stages, a pool after each."
    )


def _classifier() -> Design:
    """Return the fully connected layers, numbered as in torchvision."""
    inside = Inside()
    inside.port()
    for number in (0, 3):
        inside.chain("Linear", f"{number}", out_features=4096)
        inside.chain("ReLU", f"{number + 1}")
        inside.chain("Dropout", f"{number + 2}", p="=dropout")
    inside.chain("Linear", "6", out_features="=num_classes")
    inside.give()
    return inside.design(
        "VGGClassifier",
        "Two hidden fully connected layers with dropout, and the scores.",
        (
            BlockArgument("num_classes", 1000, "Scores.", minimum=1),
            BlockArgument("dropout", 0.5, "Probability of dropping a unit.", minimum=0.0, maximum=1.0),
        ),
    )


def _template(depth: int, letter: str, parameters: int, macs: int) -> Template:
    stages = " + ".join(map(str, _DEPTHS[depth]))
    return Template(
        f"vgg{depth}",
        f"VGG-{depth}",
        f"Configuration {letter} of the paper: {stages} convolutions of 3×3 and 3 fully connected layers, "
        f"{depth} layers with weights. Names and weights are torchvision's.",
        (
            IMAGENET,
            IMAGENET_CLASSES,
            ArgSpec("batch_norm", "bool", False, "Normalize over the batch before each ReLU."),
            DROPOUT,
        ),
        partial(vgg, depth),
        _REFERENCE,
        year=2014,
        parameters=parameters,
        macs=macs,
    )


TEMPLATES = (
    _template(11, "A", 132_863_336, 7_609_090_048),
    _template(13, "B", 133_047_848, 11_308_466_176),
    _template(16, "D", 138_357_544, 15_470_264_320),
    _template(19, "E", 143_667_240, 19_632_062_464),
)
