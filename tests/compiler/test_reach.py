"""Receptive fields and depths against the figures of papers."""

from __future__ import annotations

from typing import Any

import pytest

from studio import zoo
from studio.catalog import registry
from studio.compiler.analysis import Analysis, analyse
from studio.graph.graph import Graph
from studio.zoo.builder import Network


def fields(graph: Graph) -> tuple[Analysis, dict[str, tuple[int, ...] | None]]:
    """Receptive field by dotted name."""
    analysis = analyse(graph)
    flat = analysis.expansion.graph
    return analysis, {node.name: analysis.reports[node.id].receptive_field for node in flat.nodes.values()}


def test_field_of_two_windows_by_hand() -> None:
    builder = Network()
    builder.input((1, 32, 32))
    builder.chain("Conv2d", "conv1", kernel_size=5, stride=2)  # 5
    builder.chain("ReLU", "relu")
    builder.chain("Conv2d", "conv2", kernel_size=(3, 1), dilation=2)  # 5 + 2·2·2 = 13, and 5
    builder.chain("AdaptiveAvgPool2d", "gap")
    _, found = fields(builder.graph())
    assert found["conv1"] == found["relu"] == (5, 5)
    assert found["conv2"] == (13, 5)
    assert found["gap"] is None


@pytest.mark.parametrize(
    ("template", "arguments", "node", "size"),
    [
        # Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019
        ("alexnet_torchvision", {}, "features.12", 195),
        ("vgg16", {}, "features.30", 212),
        ("resnet50", {"stride_in": "paper"}, "layer4.2.relu_out", 483),
        ("resnet101", {"stride_in": "paper"}, "layer4.2.relu_out", 1027),
        ("resnet152", {"stride_in": "paper"}, "layer4.2.relu_out", 1507),
    ],
)
def test_field_of_a_published_network(template: str, arguments: dict[str, Any], node: str, size: int) -> None:
    _, found = fields(zoo.build(template, **arguments))
    assert found[node] == (size, size)


@pytest.mark.parametrize(
    ("template", "arguments", "depth"),
    [
        ("alexnet", {}, 8),
        ("vgg16", {}, 16),
        ("vgg19", {}, 19),
        ("googlenet", {"aux": False}, 22),
        ("resnet34", {}, 34),
        ("resnet152", {}, 152),
        ("cifar_resnet", {"n": 3}, 20),
        ("lenet5", {}, 5),
    ],
)
def test_depth_is_the_number_in_the_name(template: str, arguments: dict[str, Any], depth: int) -> None:
    assert analyse(zoo.build(template, **arguments)).totals.depth == depth


def test_field_of_a_layer_of_the_catalog_never_fails() -> None:
    for kind in registry.layers():
        spec = registry.get(kind)
        if spec.argument("kernel_size") is not None and spec.role == "layer":
            builder = Network()
            builder.input((4, 12, 12))
            builder.chain(kind, "it")
            analyse(builder.graph())
