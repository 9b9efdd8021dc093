"""AlexNet: the network of 2012, and the one-column form that torchvision has."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, check_image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

DROPOUT = ArgSpec(
    "dropout",
    "float",
    0.5,
    "Probability of dropping a unit of the two hidden fully connected layers.",
    minimum=0.0,
    maximum=0.99,
    step=0.05,
)

_CONVOLUTIONS: tuple[tuple[int, int, int, int, int, bool, bool], ...] = (
    (96, 11, 4, 2, 1, True, True),
    (256, 5, 1, 2, 2, True, True),
    (384, 3, 1, 1, 1, False, False),
    (384, 3, 1, 1, 2, False, False),
    (256, 3, 1, 1, 2, False, True),
)
"""Of each convolution: filters, kernel, stride, padding, groups, normalized, pooled."""


def _conv_layer() -> Design:
    """Return one of the first five layers: a convolution, and what comes with it."""
    inside = Inside()
    inside.port()
    inside.chain(
        "Conv2d",
        "conv",
        out_channels="=channels",
        kernel_size="=kernel_size",
        stride="=stride",
        padding="=padding",
        groups="=groups",
    )
    inside.chain("ReLU", "relu")
    # torch averages over the window where the paper sums: alpha is 5 times the paper's.
    inside.chain("LocalResponseNorm", "norm", size=5, alpha=5e-4, beta=0.75, k=2.0, enabled="=normalize")
    inside.chain("MaxPool2d", "pool", kernel_size=3, stride=2, enabled="=pool")
    inside.give()
    return inside.design(
        "ConvLayer",
        "Convolution and ReLU; response normalization and an overlapping pool where the paper has them.",
        (
            BlockArgument("channels", 96, "Number of filters.", minimum=1),
            BlockArgument("kernel_size", 3, "Height and width of a filter.", minimum=1),
            BlockArgument("stride", 1, "Step of the filter.", minimum=1),
            BlockArgument("padding", 1, "Border added on each side.", minimum=0),
            BlockArgument("groups", 1, "2: each half sees half the channels, as on the paper's two GPUs."),
            BlockArgument("normalize", False, "Local response normalization after the ReLU."),
            BlockArgument("pool", False, "3×3 maximum with stride 2 at the end."),
        ),
        "Krizhevsky, Sutskever & Hinton 2012",
    )


def _dense_layer() -> Design:
    """Return one of the two hidden fully connected layers."""
    inside = Inside()
    inside.port()
    inside.chain("Linear", "fc", out_features="=features")
    inside.chain("ReLU", "relu")
    inside.chain("Dropout", "dropout", p="=dropout")
    inside.give()
    return inside.design(
        "DenseLayer",
        "Fully connected layer, ReLU and dropout.",
        (
            BlockArgument("features", 4096, "Units.", minimum=1),
            BlockArgument("dropout", 0.5, "Probability of dropping a unit.", minimum=0.0, maximum=1.0),
        ),
        "Krizhevsky, Sutskever & Hinton 2012",
    )


def alexnet(input_shape: tuple[int, ...], num_classes: int, dropout: float) -> Graph:
    """Build the eight layers of the paper, one card each."""
    check_image("alexnet", input_shape, 63)
    net, conv, dense = Network(), _conv_layer(), _dense_layer()
    net.input(input_shape)
    for number, (channels, kernel, stride, padding, groups, normalize, pool) in enumerate(_CONVOLUTIONS, 1):
        net.chain(
            conv,
            f"conv{number}",
            channels=channels,
            kernel_size=kernel,
            stride=stride,
            padding=padding,
            groups=groups,
            normalize=normalize,
            pool=pool,
        )
    net.chain("Flatten", "flatten")
    net.chain(dense, "fc6", features=4096, dropout=dropout)
    net.chain(dense, "fc7", features=4096, dropout=dropout)
    net.chain("Linear", "fc8", out_features=num_classes)
    return net.finish()


def alexnet_torchvision(input_shape: tuple[int, ...], num_classes: int, dropout: float) -> Graph:
    """Build torchvision's AlexNet, with its names."""
    check_image("alexnet_torchvision", input_shape, 63)
    net = Network()
    net.input(input_shape)
    net.chain(_features(), "features")
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=6)
    net.chain("Flatten", "flatten")
    net.chain(_classifier(), "classifier", num_classes=num_classes, dropout=dropout)
    return net.finish()


def _features() -> Design:
    """Return torchvision's convolutions, numbered as they are there."""
    inside = Inside()
    inside.port()
    number = 0
    for channels, kernel, stride, padding, pool in (
        (64, 11, 4, 2, True),
        (192, 5, 1, 2, True),
        (384, 3, 1, 1, False),
        (256, 3, 1, 1, False),
        (256, 3, 1, 1, True),
    ):
        inside.chain(
            "Conv2d",
            f"{number}",
            out_channels=channels,
            kernel_size=kernel,
            stride=stride,
            padding=padding,
        )
        inside.chain("ReLU", f"{number + 1}")
        number += 2
        if pool:
            inside.chain("MaxPool2d", f"{number}", kernel_size=3, stride=2)
            number += 1
    inside.give()
    return inside.design("AlexNetFeatures", "Five convolutions with ReLU; pools after 1, 2 and 5.")


def _classifier() -> Design:
    """Return torchvision's fully connected layers, dropout first."""
    inside = Inside()
    inside.port()
    inside.chain("Dropout", "0", p="=dropout")
    inside.chain("Linear", "1", out_features=4096)
    inside.chain("ReLU", "2")
    inside.chain("Dropout", "3", p="=dropout")
    inside.chain("Linear", "4", out_features=4096)
    inside.chain("ReLU", "5")
    inside.chain("Linear", "6", out_features="=num_classes")
    inside.give()
    return inside.design(
        "AlexNetClassifier",
        "Two hidden fully connected layers with dropout, and the scores.",
        (
            BlockArgument("num_classes", 1000, "Scores.", minimum=1),
            BlockArgument("dropout", 0.5, "Probability of dropping a unit.", minimum=0.0, maximum=1.0),
        ),
    )


TEMPLATES = (
    Template(
        "alexnet",
        "AlexNet",
        "The network of 2012 as published: 5 convolutions and 3 fully connected layers, 96 filters first, "
        "three layers in two groups, local response normalization, overlapping pools.",
        (IMAGENET, IMAGENET_CLASSES, DROPOUT),
        alexnet,
        "Krizhevsky, Sutskever & Hinton 2012",
        year=2012,
        parameters=60_965_224,
        macs=724_406_816,
    ),
    Template(
        "alexnet_torchvision",
        "AlexNet, torchvision's",
        "The one-column form of 2014: 64 filters first, no groups, no response normalization. Names and "
        "weights are torchvision's.",
        (IMAGENET, IMAGENET_CLASSES, DROPOUT),
        alexnet_torchvision,
        "Krizhevsky 2014, arXiv:1404.5997",
        year=2014,
        parameters=61_100_840,
        macs=714_188_480,
    ),
)
