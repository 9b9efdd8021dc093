"""GoogLeNet as torchvision has it: with batch normalization, and 3×3 filters where the paper has 5×5."""

from __future__ import annotations

from dataclasses import replace

from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.alexnet import DROPOUT
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, check_image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.googlenet import AUX, INCEPTIONS, REFERENCE, SIX_ARGUMENTS, six, with_heads
from studio.zoo.template import Template


def _basic_conv() -> Design:
    """Return a convolution with batch normalization and ReLU."""
    inside = Inside()
    inside.port()
    inside.chain(
        "Conv2d",
        "conv",
        out_channels="=channels",
        kernel_size="=kernel_size",
        stride="=stride",
        padding="=kernel_size // 2",
        bias=False,
    )
    inside.chain("BatchNorm2d", "bn", eps=0.001)
    inside.chain("ReLU", "relu")
    inside.give()
    return inside.design(
        "BasicConv2d",
        "Convolution, batch normalization, ReLU.",
        (
            BlockArgument("channels", 64, "Number of filters.", minimum=1),
            BlockArgument("kernel_size", 1, "Height and width of a filter; odd, so that the size is kept."),
            BlockArgument("stride", 1, "Step of the filter.", minimum=1),
        ),
    )


def _reduced() -> Design:
    """Return a branch of a module: a 1×1 convolution before a 3×3 one."""
    inside, conv = Inside(), _basic_conv()
    inside.port()
    inside.chain(conv, "0", channels="=reduced")
    inside.chain(conv, "1", channels="=channels", kernel_size=3)
    inside.give()
    return inside.design(
        "ReducedBranch",
        "1×1 convolution that reduces the channels, then a 3×3 convolution.",
        (
            BlockArgument("reduced", 96, "1×1 filters.", minimum=1),
            BlockArgument("channels", 128, "3×3 filters.", minimum=1),
        ),
    )


def _pooled() -> Design:
    """Return the fourth branch of a module: a pool before a 1×1 convolution."""
    inside = Inside()
    inside.port()
    inside.chain("MaxPool2d", "0", kernel_size=3, stride=1, padding=1, ceil_mode=True)
    inside.chain(_basic_conv(), "1", channels="=channels")
    inside.give()
    return inside.design(
        "PooledBranch",
        "3×3 maximum, then a 1×1 convolution.",
        (BlockArgument("channels", 32, "1×1 filters.", minimum=1),),
    )


def _inception() -> Design:
    """Return torchvision's Inception module."""
    inside, reduced = Inside(), _reduced()
    entry = inside.port()
    branches = [
        inside.add(_basic_conv(), "branch1", entry, channels="=ch1x1"),
        inside.add(reduced, "branch2", entry, row=1, reduced="=ch3x3red", channels="=ch3x3"),
        inside.add(reduced, "branch3", entry, row=2, reduced="=ch5x5red", channels="=ch5x5"),
        inside.add(_pooled(), "branch4", entry, row=3, channels="=pool_proj"),
    ]
    inside.chain("Concat", "concat", branches)
    inside.give()
    return inside.design(
        "InceptionBN", "Four branches over the same maps, put behind one another.", SIX_ARGUMENTS, REFERENCE
    )


def _head() -> Design:
    """Return an auxiliary head."""
    inside = Inside()
    inside.port()
    inside.chain("AdaptiveAvgPool2d", "pool", output_size=4)
    inside.chain(_basic_conv(), "conv", channels=128)
    inside.chain("Flatten", "flatten")
    inside.chain("Linear", "fc1", out_features=1024)
    inside.chain("ReLU", "relu")
    inside.chain("Dropout", "dropout", p=0.7)
    inside.chain("Linear", "fc2", out_features="=num_classes")
    inside.give()
    return inside.design(
        "AuxiliaryHeadBN",
        "A small classifier on maps halfway, which brings gradients to the layers before it.",
        (BlockArgument("num_classes", 1000, "Scores.", minimum=1),),
        REFERENCE,
    )


def googlenet_torchvision(input_shape: tuple[int, ...], num_classes: int, aux: bool, dropout: float) -> Graph:
    """Build torchvision's GoogLeNet, with its names."""
    check_image("googlenet_torchvision", input_shape, 15)
    net, conv, module = Network(), _basic_conv(), _inception()
    heads = []
    net.input(input_shape)
    net.chain(conv, "conv1", channels=64, kernel_size=7, stride=2)
    net.chain("MaxPool2d", "maxpool1", kernel_size=3, stride=2, ceil_mode=True)
    net.chain(conv, "conv2", channels=64)
    net.chain(conv, "conv3", channels=192, kernel_size=3)
    net.chain("MaxPool2d", "maxpool2", kernel_size=3, stride=2, ceil_mode=True)
    for number in INCEPTIONS:
        if number.endswith("a"):
            net.line()
        net.chain(module, f"inception{number}", **six(number))
        if number in ("4a", "4d") and aux:
            heads.append(net.last)
        if number in ("3b", "4e"):
            size = 3 if number == "3b" else 2
            net.chain("MaxPool2d", f"maxpool{number[0]}", kernel_size=size, stride=2, ceil_mode=True)
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Dropout", "dropout", p=dropout)
    net.chain("Linear", "fc", out_features=num_classes)
    return with_heads(net, heads, _head(), num_classes)


TEMPLATES = (
    Template(
        "googlenet_torchvision",
        "GoogLeNet, torchvision's",
        "GoogLeNet with batch normalization after every convolution, and 3×3 filters where the paper has "
        "5×5. Names and weights are torchvision's.",
        (
            IMAGENET,
            IMAGENET_CLASSES,
            AUX,
            replace(DROPOUT, default=0.2, help="Probability of dropping a feature before the scores."),
        ),
        googlenet_torchvision,
        REFERENCE,
        year=2014,
        parameters=13_004_888,
        macs=1_506_748_416,
    ),
)
