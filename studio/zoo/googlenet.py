"""GoogLeNet as published in 2014: no batch normalization, two auxiliary heads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.zoo.alexnet import DROPOUT
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, check_image
from studio.zoo.builder import Design, Inside, Network
from studio.zoo.template import Template

REFERENCE = "Szegedy et al. 2014, arXiv:1409.4842"

INCEPTIONS: dict[str, tuple[int, int, int, int, int, int]] = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""The six numbers of each module, in the order of `SIX`: table 1 of the paper."""

SIX = ("ch1x1", "ch3x3red", "ch3x3", "ch5x5red", "ch5x5", "pool_proj")

SIX_ARGUMENTS = tuple(
    BlockArgument(name, size, text, minimum=1)
    for name, size, text in zip(
        SIX,
        INCEPTIONS["3a"],
        (
            "Filters of the 1×1 branch.",
            "1×1 filters before the 3×3 convolution.",
            "3×3 filters.",
            "1×1 filters before the 5×5 convolution.",
            "5×5 filters.",
            "1×1 filters after the pool.",
        ),
        strict=True,
    )
)


def six(number: str) -> dict[str, Any]:
    """Return the six numbers of a module, by name."""
    return dict(zip(SIX, INCEPTIONS[number], strict=True))


AUX = ArgSpec("aux", "bool", True, "Two auxiliary heads, which help training and are silent afterwards.")
AUX_WEIGHT = 0.3
"""How much of each auxiliary loss counts, by the paper."""


def inception() -> Design:
    """Return the Inception module: four branches over the same maps, put behind one another."""
    inside = Inside()
    entry = inside.port()
    _conv(inside, "conv1x1", "ch1x1", 1, entry, row=0, column=3)
    ends = [inside.last]
    for row, size in ((1, 3), (2, 5)):
        inside.last = entry
        reduced = f"ch{size}x{size}red"
        _conv(inside, f"reduce{size}x{size}", reduced, 1, entry, row=row, enabled="=not naive")
        _conv(inside, f"conv{size}x{size}", f"ch{size}x{size}", size, row=row)
        ends.append(inside.last)
    inside.chain("MaxPool2d", "pool", entry, row=3, kernel_size=3, stride=1, padding=1)
    _conv(inside, "pool_proj", "pool_proj", 1, row=3, column=3, enabled="=not naive")
    inside.chain("Concat", "concat", [*ends, inside.last], row=0)
    inside.give()
    return inside.design(
        "Inception",
        "1×1, 3×3 and 5×5 convolutions and a pool side by side; 1×1 convolutions before them keep it cheap.",
        (*SIX_ARGUMENTS, BlockArgument("naive", False, "Without the 1×1 reductions and projection.")),
        REFERENCE,
    )


def _conv(
    inside: Inside,
    name: str,
    channels: str,
    kernel: int,
    after: str | None = None,
    *,
    row: int = 0,
    column: int | None = None,
    enabled: str | bool = True,
) -> None:
    """Add a convolution that keeps the size, and its ReLU."""
    inside.chain(
        "Conv2d",
        name,
        after,
        row=row,
        column=column,
        out_channels=f"={channels}",
        kernel_size=kernel,
        padding=kernel // 2,
        enabled=enabled,
    )
    inside.chain("ReLU", f"relu_{name.removeprefix('conv')}", row=row, enabled=enabled)


def _head() -> Design:
    """Return an auxiliary head: scores read off maps halfway."""
    inside = Inside()
    inside.port()
    inside.chain("AvgPool2d", "pool", kernel_size=5, stride=3)
    inside.chain("Conv2d", "conv", out_channels=128, kernel_size=1)
    inside.chain("ReLU", "relu1")
    inside.chain("Flatten", "flatten")
    inside.chain("Linear", "fc1", out_features=1024)
    inside.chain("ReLU", "relu2")
    inside.chain("Dropout", "dropout", p=0.7)
    inside.chain("Linear", "fc2", out_features="=num_classes")
    inside.give()
    return inside.design(
        "AuxiliaryHead",
        "A small classifier on maps halfway, which brings gradients to the layers before it.",
        (BlockArgument("num_classes", 1000, "Scores.", minimum=1),),
        REFERENCE,
    )


def _stem(net: Network) -> None:
    """Add the layers before the first Inception module."""
    net.chain("Conv2d", "conv1", out_channels=64, kernel_size=7, stride=2, padding=3)
    net.chain("ReLU", "relu1")
    net.chain("MaxPool2d", "pool1", kernel_size=3, stride=2, ceil_mode=True)
    net.chain("LocalResponseNorm", "norm1", size=5, alpha=1e-4, beta=0.75)
    net.line()
    net.chain("Conv2d", "conv2_reduce", out_channels=64, kernel_size=1)
    net.chain("ReLU", "relu2_reduce")
    net.chain("Conv2d", "conv2", out_channels=192, kernel_size=3, padding=1)
    net.chain("ReLU", "relu2")
    net.chain("LocalResponseNorm", "norm2", size=5, alpha=1e-4, beta=0.75)
    net.chain("MaxPool2d", "pool2", kernel_size=3, stride=2, ceil_mode=True)


def googlenet(
    input_shape: tuple[int, ...], num_classes: int, aux: bool, naive: bool, dropout: float
) -> Graph:
    """Build GoogLeNet: a stem, nine Inception modules in three stages, a mean over the maps."""
    check_image("googlenet", input_shape, 79 if aux else 31)
    net, module, heads = Network(), inception(), []
    net.input(input_shape)
    _stem(net)
    for number in INCEPTIONS:
        if number.endswith("a"):
            net.line()
        net.chain(module, f"inception{number}", **six(number), naive=naive)
        if number in ("4a", "4d") and aux:
            heads.append(net.last)
        if number in ("3b", "4e"):
            net.chain("MaxPool2d", f"pool{number[0]}", kernel_size=3, stride=2, ceil_mode=True)
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Dropout", "dropout", p=dropout)
    net.chain("Linear", "fc", out_features=num_classes)
    return with_heads(net, heads, _head(), num_classes)


def with_heads(net: Network, places: list[str], head: Design, num_classes: int) -> Graph:
    """Add the loss, and under what they read the auxiliary heads with theirs, active in training only."""
    target = net.target()
    net.loss(target=target)
    for number, place in enumerate(places, 1):
        net.line_of(place)
        row = net.row_below(place)
        net.chain(head, f"aux{number}", place, row=row, num_classes=num_classes)
        net.loss(name=f"loss_aux{number}", target=target, loss_weight=AUX_WEIGHT, active="training")
    return net.graph()


TEMPLATES = (
    Template(
        "googlenet",
        "GoogLeNet",
        "The network of 2014 as published: Inception modules, local response normalization, no batch "
        "normalization; 6,998,552 parameters without the auxiliary heads.",
        (
            IMAGENET,
            IMAGENET_CLASSES,
            AUX,
            ArgSpec("naive", "bool", False, "Inception modules without their 1×1 reductions."),
            replace(DROPOUT, default=0.4, help="Probability of dropping a feature before the scores."),
        ),
        googlenet,
        REFERENCE,
        year=2014,
        parameters=13_378_280,
        macs=1_591_044_096,
    ),
)
