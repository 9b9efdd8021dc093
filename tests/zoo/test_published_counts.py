"""The counts of the papers, beyond the defaults that `test_templates` proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio.compiler.analysis import Analysis

Build = Callable[..., Analysis]


@pytest.mark.parametrize(
    ("name", "arguments", "parameters"),
    [
        ("vgg16", {"batch_norm": True}, 138_365_992),
        ("vgg19", {"batch_norm": True}, 143_678_248),
        ("googlenet", {"aux": False}, 6_998_552),
        ("googlenet_torchvision", {"aux": False}, 6_624_904),
        ("resnet18", {"shortcut": "none"}, 11_515_688),
        ("resnet34", {"shortcut": "A"}, 21_623_848),
        ("resnet34", {"shortcut": "C"}, 22_716_840),
        ("resnet50", {"shortcut": "C"}, 40_128_552),
        ("resnet50", {"shortcut": "A"}, 22_780_456),
        ("resnet50", {"stride_in": "paper"}, 25_557_032),
        ("resnet50", {"groups": 32, "width_per_group": 4}, 25_028_904),
        ("cifar_plain", {"n": 9}, 853_018),
        ("cifar_resnet", {"n": 200}, 19_421_274),
        ("autoencoder", {"tied": False}, 785_284),
        ("highway", {"depth": 1, "width": 7, "input_shape": (7,)}, 7 * 8 + 2 * (7 * 7 + 7) + 80),
        ("skip_mlp", {"hidden": (5,)}, 3 * 5 + 6 * 2 + 3 * 2),
        ("matrix_factorization", {"biases": False, "rank": 3, "num_users": 4, "num_items": 5}, 27),
        (
            "char_rnn",
            {"cell": "RNN", "hidden_size": 3, "embedding_dim": 2},
            65 * 2 + 3 * (2 + 3 + 2) + 4 * 65,
        ),
    ],
)
def test_parameters(name: str, arguments: dict[str, Any], parameters: int, analysed: Build) -> None:
    assert analysed(name, **arguments).totals.parameters == parameters


@pytest.mark.parametrize(
    ("n", "millions"), [(3, 0.27), (5, 0.46), (7, 0.66), (9, 0.85), (18, 1.7), (200, 19.4)]
)
def test_cifar_resnets_have_the_millions_of_the_paper(n: int, millions: float, analysed: Build) -> None:
    digits = 1 if millions > 1 else 2
    analysis = analysed("cifar_resnet", n=n)
    assert round(analysis.totals.parameters / 1e6, digits) == millions
    assert analysis.totals.depth == 6 * n + 2


@pytest.mark.parametrize(
    ("name", "arguments", "giga"),
    [
        ("vgg16", {}, 15.470),
        ("vgg19", {}, 19.632),
        ("plain34", {}, 3.6445),
        ("resnet34", {"shortcut": "A"}, 3.6445),
        ("resnet34", {}, 3.664),
        ("resnet50", {"stride_in": "paper"}, 3.858),
        ("resnet50", {}, 4.089),
        ("resnet152", {"stride_in": "paper"}, 11.28),
        ("googlenet_torchvision", {"aux": False}, 1.498),
    ],
)
def test_multiply_accumulates_in_billions(
    name: str, arguments: dict[str, Any], giga: float, analysed: Build
) -> None:
    digits = len(str(giga).partition(".")[2])
    assert round(analysed(name, **arguments).totals.macs / 1e9, digits) == giga


@pytest.mark.parametrize(
    ("name", "depth"),
    [("alexnet", 8), ("vgg16", 16), ("googlenet", 22), ("plain18", 18), ("resnet50", 50), ("resnet152", 152)],
)
def test_depth_counts_layers_with_weights(name: str, depth: int, analysed: Build) -> None:
    assert analysed(name).totals.depth == depth


def test_bottleneck_costs_no_more_than_a_basic_block_of_a_quarter_of_its_channels(analysed: Build) -> None:
    basic = _macs_of(analysed("resnet34"), "layer1.1") / 56**2
    deep = _macs_of(analysed("resnet50"), "layer1.1") / 56**2
    assert (basic, deep) == (73_728, 69_632)


def test_projections_double_the_cost_of_a_bottleneck(analysed: Build) -> None:
    identity = _macs_of(analysed("resnet50"), "layer1.1")
    projection = _macs_of(analysed("resnet50", shortcut="C"), "layer1.1")
    assert round(projection / identity, 2) == 1.94


def test_identity_shortcuts_cost_nothing(analysed: Build) -> None:
    plain, option_a = analysed("plain34").totals, analysed("resnet34", shortcut="A").totals
    assert (plain.parameters, plain.macs) == (option_a.parameters, option_a.macs)


def test_option_c_has_thirteen_projections_more_than_b(analysed: Build) -> None:
    counts = [
        sum(node.name.endswith("downsample.0") for node in found.expansion.graph.nodes.values())
        for found in (analysed("resnet34"), analysed("resnet34", shortcut="C"))
    ]
    assert counts == [3, 16]


def _macs_of(analysis: Analysis, block: str) -> int:
    """The multiply-accumulates of one block, found by its dotted name."""
    names = {node.id: node.name for node in analysis.expansion.graph.nodes.values()}
    return sum(
        report.macs
        for path, report in analysis.reports.items()
        if names.get(path, "").startswith(f"{block}.")
    )
