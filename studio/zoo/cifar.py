"""The ResNets and plain networks for CIFAR-10: 6n + 2 layers, three rows of n blocks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph
from studio.zoo.arguments import NUM_CLASSES, check_image, image
from studio.zoo.builder import Network
from studio.zoo.residual import HE, REFERENCE, SHORTCUT, basic_block
from studio.zoo.template import Template

_N = ArgSpec(
    "n",
    "int",
    3,
    "Blocks of each of the three rows: 6n + 2 layers with weights. 3: 20, 5: 32, 7: 44, 9: 56, 18: 110, "
    "200: 1202.",
    minimum=1,
    maximum=1000,
)


def cifar(name: str, input_shape: tuple[int, ...], num_classes: int, n: int, shortcut: str) -> Graph:
    """Build 6n + 2 layers; a row of n blocks is one node, however large n is."""
    check_image(name, input_shape)
    net, block = Network(), basic_block()
    net.input(input_shape)
    net.chain("Conv2d", "conv1", out_channels=16, kernel_size=3, padding=1, bias=False, **HE)
    net.chain("BatchNorm2d", "bn1")
    net.chain("ReLU", "relu")
    for stage, width in enumerate((16, 32, 64)):
        net.chain(
            block,
            f"layer{stage + 1}",
            repeat=n,
            width=width,
            stride=2 if stage else 1,
            changes=stage > 0,
            shortcut=shortcut,
        )
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Linear", "fc", out_features=num_classes)
    return net.finish()


TEMPLATES = (
    Template(
        "cifar_plain",
        "CIFAR plain network",
        "6n + 2 layers of 3×3 convolutions without shortcuts: the deeper one has the higher training error.",
        (image(3, 32, 32), NUM_CLASSES, _N),
        partial(cifar, "cifar_plain", shortcut="none"),
        REFERENCE,
        family="Residual networks",
        year=2015,
        parameters=269_722,
        macs=40_551_040,
    ),
    Template(
        "cifar_resnet",
        "CIFAR ResNet",
        "6n + 2 layers in basic blocks, option A shortcuts as in the paper: 20, 32, 44, 56, 110 or 1202 "
        "layers with 0.27, 0.46, 0.66, 0.85, 1.7 or 19.4 million parameters.",
        (image(3, 32, 32), NUM_CLASSES, _N, replace(SHORTCUT, default="A")),
        partial(cifar, "cifar_resnet"),
        REFERENCE,
        family="Residual networks",
        year=2015,
        parameters=269_722,
        macs=40_551_040,
    ),
)
