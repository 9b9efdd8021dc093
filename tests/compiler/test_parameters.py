"""Tensors without a batch: learned, constant, repeated for every sample, stretched over a batch."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from studio.catalog.registry import signature
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.explain_merge import stretch
from studio.compiler.types import TensorType
from studio.graph import fixes
from studio.graph.problems import Problem
from tests.helpers.drawing import Line, block, draw

MAPS: Line = ("x", "TensorInput", {"shape": (3, 4, 5)})
TOKENS: Line = ("x", "SequenceInput", {"length": 3, "features": 4})


def only_problem(*lines: Line) -> Problem:
    (problem,) = [problem for problem in analyse(draw(*lines)).problems if problem.severity == "error"]
    return problem


@pytest.mark.parametrize("batch", [1, 2, 7])
def test_a_class_token_and_positions_as_a_vision_transformer_has_them(batch: int) -> None:
    network = lower.compile(
        draw(
            TOKENS,
            ("token", "Parameter", {"shape": (1, 1, 4), "init": "normal", "value": 1.0}),
            ("place", "Parameter", {"shape": (1, 4, 4), "init": "uniform", "value": 1.0}),
            ("all", "ExpandToBatch", "token x"),
            ("joined", "Concat", "all x"),
            ("sum", "Add", "joined place"),
            ("first", "Select", "sum"),
        )
    )
    x = torch.randn(batch, 3, 4)
    assert network.state_dict().keys() == {"token", "place"}
    wanted = torch.cat([network.token.expand(batch, -1, -1), x], 1) + network.place
    assert torch.equal(network(x), wanted[:, 0])


def test_a_layer_scale_multiplies_every_channel_and_learns() -> None:
    network = lower.compile(
        draw(MAPS, ("scale", "Parameter", {"shape": (3, 1, 1), "value": 1e-6}), ("it", "Multiply", "scale x"))
    )
    x = torch.randn(2, 3, 4, 5)
    network(x).sum().backward()
    assert torch.allclose(network(x), x * 1e-6)
    assert torch.allclose(network.scale.grad, x.sum((0, 2, 3)).reshape(3, 1, 1), atol=1e-5)


def test_a_constant_is_kept_and_never_learned() -> None:
    network = lower.compile(
        draw(
            MAPS, ("mean", "Constant", {"shape": (3, 1, 1), "value": (1, 2, 3)}), ("it", "Subtract", "x mean")
        )
    )
    x = torch.randn(2, 3, 4, 5)
    assert torch.equal(network(x), x - torch.tensor([1.0, 2.0, 3.0]).reshape(3, 1, 1))
    assert list(network.state_dict()) == ["mean"]
    assert [name for name, _ in network.named_buffers()] == ["mean"]
    assert list(network.parameters()) == []


@pytest.mark.parametrize(
    ("init", "value", "low", "high", "std"),
    [
        ("constant", 2.5, 2.5, 2.5, 0.0),
        ("normal", 0.5, -4, 4, 0.5),
        ("uniform", 3.0, -3, 3, 3**0.5),
        # Of a normal cut off at twice its deviation 0.88 of the deviation is left.
        ("trunc_normal", 0.5, -1, 1, 0.44),
        ("trunc_normal", 0.0, 0, 0, 0.0),
        ("normal", -0.5, -4, 4, 0.5),
    ],
)
def test_a_parameter_starts_as_it_says(init: str, value: float, low: float, high: float, std: float) -> None:
    torch.manual_seed(0)
    arguments = {"shape": (40, 50), "init": init, "value": value}
    graph = draw(
        ("x", "VectorInput", {"features": 40}), ("it", "Parameter", arguments), ("y", "MatMul", "x it")
    )
    tensor = lower.compile(graph).it
    assert isinstance(tensor, nn.Parameter)
    assert low <= tensor.min() <= tensor.max() <= high
    assert tensor.std().item() == pytest.approx(std, rel=0.05)


def test_a_frozen_parameter_is_counted_and_does_not_learn() -> None:
    arguments = {"shape": (3, 1, 1), "frozen": True}
    graph = draw(MAPS, ("it", "Parameter", arguments), ("y", "Add", "x it"))
    assert analyse(graph).totals.parameters == 3
    assert not lower.compile(graph).it.requires_grad


def test_a_learned_map_is_a_linear_layer() -> None:
    graph = draw(
        TOKENS, ("w", "Parameter", {"shape": (4, 6), "init": "normal", "value": 1.0}), ("y", "MatMul", "x w")
    )
    network, x = lower.compile(graph), torch.randn(2, 3, 4)
    assert torch.allclose(network(x), nn.functional.linear(x, network.w.t()), atol=1e-6)
    assert analyse(graph).totals.macs == 3 * 4 * 6


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (TensorType((3, 4)), TensorType((3, 1)), TensorType((3, 4))),
        (TensorType((3, 4)), TensorType((4,)), None),
        (TensorType((3, 4)), TensorType((4,), fixed=True), TensorType((3, 4))),
        (TensorType((4,), fixed=True), TensorType((3, 4)), TensorType((3, 4))),
        (TensorType((1, 4)), TensorType((1, 5, 4), fixed=True), TensorType((5, 4))),
        (TensorType((3, 4)), TensorType((2, 3, 4), fixed=True), None),
        (TensorType((4,)), TensorType((1, 3, 4), fixed=True), None),
        (TensorType((3, 1), fixed=True), TensorType((4,), fixed=True), TensorType((3, 4), fixed=True)),
        (TensorType(()), TensorType((1,), fixed=True), TensorType(())),
    ],
    ids=str,
)
def test_what_is_stretched_is_what_torch_stretches_batch_by_batch(
    one: TensorType, other: TensorType, wanted: TensorType | None
) -> None:
    assert stretch(one, other) == wanted
    if wanted is not None:
        sizes = [kind.shape if kind.fixed else (7, *kind.shape) for kind in (one, other, wanted)]
        assert torch.broadcast_shapes(*sizes[:2]) == sizes[2]


CASES: list[tuple[list[Line], str, str]] = [
    (
        [("p", "Parameter", {"shape": (2, 1, 1)}), ("it", "Multiply", "x p")],
        'Multiply "it": cannot multiply 3×4×5 from "x" and the parameter (2, 1, 1) from "p".',
        'Set shape of "p" to 3×4×5.',
    ),
    (
        [("p", "Parameter", {"shape": (1, 4, 5)}), ("it", "Concat", "p x")],
        'Concat "it": cannot join the parameter (1, 4, 5) from "p", which has no batch dimension, and '
        '(N, 3, 4, 5) from "x".',
        'Put an ExpandToBatch behind "p", and wire "x" to its like.',
    ),
    (
        [("p", "Parameter", {"shape": (4, 5)}), ("it", "ExpandToBatch", "p x")],
        'Expand "it": repeats dimension 0, which must be 1, and "p" gives (4, 5).',
        'Let "p" give 1×4×5.',
    ),
    (
        [("it", "ExpandToBatch", "x x")],
        'Expand "it": "x" gives (N, 3, 4, 5), one for each sample already.',
        "Remove this node, or wire a Parameter or a Constant to its input.",
    ),
    (
        [("p", "Parameter"), ("it", "ExpandToBatch", "p p"), ("y", "Add", "it x")],
        'Expand "it": "p" has no batch dimension, so it does not tell how many samples there are.',
        "Wire a layer that an input leads to.",
    ),
    (
        [("it", "Constant", {"shape": (3, 1, 1), "value": (1, 2)}), ("y", "Add", "it x")],
        'Constant "it": value has 2 numbers, and shape 3×1×1 has 3 places.',
        "Give one number for all places, or one for each.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "message", "suggestion"), CASES, ids=[case[0][-1][1] for case in CASES])
def test_what_does_not_fit_is_told(lines: list[Line], message: str, suggestion: str) -> None:
    problem = only_problem(MAPS, *lines)
    assert (problem.node, problem.message, problem.suggestion) == ("it", message, suggestion)


@pytest.mark.parametrize("lines", [CASES[0][0], CASES[2][0]], ids=str)
def test_the_shape_that_is_offered_fits(lines: list[Line]) -> None:
    graph = draw(MAPS, *lines)
    (problem,) = analyse(graph).problems
    assert problem.fix is not None
    assert analyse(fixes.apply_fix(graph, problem.fix, signature)).problems == ()


def test_a_parameter_cannot_be_switched_off_or_given_an_init_of_weights() -> None:
    settings: dict[str, Any] = {"enabled": False, "weight_init": "xavier_uniform"}
    problems = analyse(draw(MAPS, ("it", "Parameter", settings), ("y", "Add", "x it"))).problems
    assert [problem.argument for problem in problems] == ["enabled", "weight_init"]


def test_parameters_and_masks_inside_a_row_of_blocks() -> None:
    layer = block(
        "Layer",
        ("entry", "BlockInput"),
        ("scale", "Parameter", {"shape": "=(width,)", "value": "=0.5 + index"}),
        ("attention", "MultiheadAttention", "entry", {"num_heads": 2, "is_causal": True}),
        ("scaled", "Multiply", "attention scale"),
        ("sum", "Add", "entry scaled"),
        ("out", "BlockOutput", "sum"),
        arguments={"width": 4},
    )
    graph = draw(TOKENS, ("layers", "block:Layer", "x", {"repeat": 2}), blocks=[layer])
    network, x = lower.compile(graph), torch.randn(2, 3, 4)
    assert [network.get_parameter(f"layers.{place}.scale").tolist() for place in (0, 1)] == [
        [0.5] * 4,
        [1.5] * 4,
    ]
    changed = torch.cat([x[:, :2], torch.randn(2, 1, 4)], 1)
    assert torch.allclose(network(x)[:, :2], network(changed)[:, :2], atol=1e-6)


def test_a_constant_that_is_not_persistent_is_in_no_state_dict() -> None:
    network = lower.compile(
        draw(MAPS, ("two", "Constant", {"value": 2.0, "persistent": False}), ("it", "Multiply", "x two"))
    )
    assert network.state_dict() == {}
    assert torch.equal(network(torch.ones(1, 3, 4, 5)), torch.full((1, 3, 4, 5), 2.0))
