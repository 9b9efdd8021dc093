"""Layers that share a weight: what they compute, how they learn, and what does not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.runs import checkpoints
from studio.training.snapshot import to_arrays
from tests.helpers.drawing import Line, block, draw


def autoencoder(tied: bool = True, features: int = 784, hidden: int = 500) -> Graph:
    settings = {"tied_to": "encoder", "tied_as": "transposed"} if tied else {}
    return draw(
        ("x", "VectorInput", {"features": features}),
        ("encoder", "Linear", "x", {"out_features": hidden}),
        ("hidden", "Sigmoid", "encoder"),
        ("decoder", "Linear", "hidden", {"out_features": features, **settings}),
        ("loss", "MSELoss", "decoder x"),
    )


@pytest.mark.parametrize(("tied", "expected"), [(True, 393_284), (False, 785_284)])
def test_parameters_of_the_lectures_autoencoder(tied: bool, expected: int) -> None:
    graph = autoencoder(tied)
    assert analyse(graph).totals.parameters == expected
    assert sum(parameter.numel() for parameter in lower.compile(graph).parameters()) == expected


def test_a_tied_decoder_computes_with_the_weight_turned_over() -> None:
    module = lower.compile(autoencoder(features=6, hidden=4))
    x = torch.randn(3, 6)
    code = torch.sigmoid(module.encoder(x))
    decoded, original = module(x)
    assert torch.equal(decoded, nn.functional.linear(code, module.encoder.weight.t(), module.decoder.bias))
    assert torch.equal(original, x)
    assert sorted(module.state_dict()) == ["decoder.bias", "encoder.bias", "encoder.weight"]


def test_the_gradient_of_a_tied_weight_is_the_encoders_and_the_decoders_part() -> None:
    tied = lower.compile(autoencoder(features=6, hidden=4)).double()
    untied = lower.compile(autoencoder(False, 6, 4)).double()
    state = tied.state_dict()
    untied.load_state_dict({**state, "decoder.weight": state["encoder.weight"].t()})
    x = torch.randn(5, 6, dtype=torch.float64)
    for module in (tied, untied):
        nn.functional.mse_loss(module(x)[0], x).backward()
    expected = untied.encoder.weight.grad + untied.decoder.weight.grad.t()
    assert torch.allclose(tied.encoder.weight.grad, expected, atol=1e-14)
    assert untied.decoder.weight.grad.abs().max() > 1e-3


def chain(*lines: Line) -> nn.Module:
    return lower.compile(draw(("x", "VectorInput", {"features": 4}), *lines))


def test_a_plain_tie_shares_the_weight_and_keeps_its_own_bias() -> None:
    module = chain(
        ("a", "Linear", "x", {"out_features": 4}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "a"}),
    )
    assert module.b.weight is module.a.weight
    assert module.b.bias is not module.a.bias
    assert len(list(module.parameters())) == 3


def test_all_is_the_same_layer_once_more() -> None:
    module = chain(
        ("a", "Linear", "x", {"out_features": 4}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "a", "tied_as": "all"}),
    )
    x = torch.randn(2, 4)
    assert list(module.state_dict()) == ["a.weight", "a.bias"]
    assert torch.equal(module(x), module.a(module.a(x)))


def test_a_chain_of_ties_ends_at_one_weight() -> None:
    module = chain(
        ("a", "Linear", "x", {"out_features": 3}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "a", "tied_as": "transposed"}),
        ("c", "Linear", "b", {"out_features": 3, "tied_to": "b", "tied_as": "transposed"}),
        ("d", "Linear", "c", {"out_features": 4, "tied_to": "b", "tied_as": "all"}),
        ("e", "Linear", "d", {"out_features": 3, "tied_to": "c"}),
    )
    assert module.c.weight is module.a.weight is module.e.weight
    x, linear = torch.randn(2, 4), nn.functional.linear
    turned, bias = module.a.weight.t(), module.b.bias
    d = linear(module.c(linear(module.a(x), turned, bias)), turned, bias)
    assert torch.equal(module(x), module.e(d))


def test_a_layer_may_use_the_weight_of_one_that_comes_later_or_leads_nowhere() -> None:
    module = chain(
        ("a", "Linear", "x", {"out_features": 4, "tied_to": "z"}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "dead", "tied_as": "transposed"}),
        ("z", "Linear", "b", {"out_features": 4}),
        ("dead", "Linear", "x", {"out_features": 4}),
        ("y", "Output", "z"),
    )
    assert module.a.weight is module.z.weight
    x, linear = torch.randn(2, 4), nn.functional.linear
    assert torch.equal(module(x), module.z(linear(module.a(x), module.dead.weight.t(), module.b.bias)))


def test_a_transposed_convolution_uses_its_counterparts_weight_as_it_is() -> None:
    module = lower.compile(
        draw(
            ("x", "ImageInput", {"channels": 2, "height": 6, "width": 6}),
            ("conv", "Conv2d", "x", {"out_channels": 5}),
            ("back", "ConvTranspose2d", "conv", {"out_channels": 2, "kernel_size": 3, "tied_to": "conv"}),
        )
    )
    x = torch.randn(1, 2, 6, 6)
    found = nn.functional.conv_transpose2d(module.conv(x), module.conv.weight, module.back.bias)
    assert torch.equal(module(x), found)


def test_every_copy_of_a_repeated_block_has_a_tie_of_its_own() -> None:
    pair = block(
        "Pair",
        ("x", "BlockInput"),
        ("enc", "Linear", "x", {"out_features": 3}),
        ("dec", "Linear", "enc", {"out_features": 4, "tied_to": "enc", "tied_as": "transposed"}),
        ("y", "BlockOutput", "dec"),
    )
    graph = draw(
        ("x", "VectorInput", {"features": 4}), ("row", "block:Pair", "x", {"repeat": 2}), blocks=[pair]
    )
    assert analyse(graph).totals.parameters == 2 * (4 * 3 + 3 + 4)
    module = lower.compile(graph)
    x = found = torch.randn(2, 4)
    for one in module.row:
        found = nn.functional.linear(one.enc(found), one.enc.weight.t(), one.dec.bias)
    assert torch.equal(module(x), found)
    assert module.row[0].enc.weight is not module.row[1].enc.weight


def test_shared_weights_are_kept_and_restored(tmp_path: Path) -> None:
    lines: tuple[Line, ...] = (
        ("a", "Linear", "x", {"out_features": 4}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "a"}),
    )
    first, second = chain(*lines), chain(*lines)
    checkpoints.save(tmp_path / "it.safetensors", to_arrays(first.state_dict()), {})
    loaded = checkpoints.load(tmp_path / "it.safetensors").tensors
    second.load_state_dict({name: torch.tensor(array) for name, array in loaded.items()})
    x = torch.randn(2, 4)
    assert torch.equal(first(x), second(x))
    assert second.b.weight is second.a.weight


def test_start_freezing_and_penalty_of_a_shared_weight_are_those_of_its_owner() -> None:
    own = {"frozen": True, "l2": 9.0, "weight_init": "normal", "bias_init": 1.0}
    network = lower.build(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("a", "Linear", "x", {"out_features": 4, "weight_init": "constant", "init_gain": 2.0, "l2": 0.5}),
            ("b", "Linear", "a", {"out_features": 4, "tied_to": "a", **own}),
        )
    )
    module = network.module
    assert module.a.weight.unique().tolist() == [2.0]
    assert module.a.weight.requires_grad
    assert not module.b.bias.requires_grad
    assert module.b.bias.unique().tolist() == [1.0]
    assert [(p.parameter, p.l2) for p in network.penalties] == [("a.weight", 0.5)]


# What does not fit ---------------------------------------------------------------------------------

VECTOR: Line = ("x", "VectorInput", {"features": 4})
WIDE: Line = ("a", "Linear", "x", {"out_features": 3})


def ties(*lines: Line, **more: Any) -> list[Problem]:
    return [problem for problem in analyse(draw(*lines, **more)).problems if problem.code == "tie"]


@pytest.mark.parametrize(
    ("lines", "message", "suggestion"),
    [
        (
            [VECTOR, ("b", "Linear", "x", {"tied_to": "nobody"})],
            'Linear "b": it is tied to the node "nobody", which does not exist here.',
            "Choose a layer of the same graph, or clear tied_to.",
        ),
        (
            [VECTOR, ("b", "Linear", "x", {"tied_to": "b"})],
            'Linear "b": it is tied to itself.',
            "Clear tied_to.",
        ),
        (
            [VECTOR, ("r", "ReLU", "x"), ("b", "Linear", "r", {"tied_to": "r"})],
            'Linear "b": "r" is a ReLU and has no weight that could be shared.',
            "Tie it to a layer that has one, or clear tied_to.",
        ),
        (
            [VECTOR, WIDE, ("b", "Linear", "a", {"out_features": 4, "tied_to": "a"})],
            'Linear "b": its weight is 4×3, and that of "a" is 3×4.',
            "Set tied_as to transposed.",
        ),
        (
            [
                VECTOR,
                WIDE,
                ("b", "Linear", "x", {"out_features": 3, "tied_to": "a", "tied_as": "transposed"}),
            ],
            'Linear "b": its weight is 3×4, and that of "a" turned over is 4×3.',
            "Set tied_as to weight.",
        ),
        (
            [
                VECTOR,
                WIDE,
                ("b", "Linear", "a", {"out_features": 9, "tied_to": "a", "tied_as": "transposed"}),
            ],
            'Linear "b": its weight is 9×3, and that of "a" turned over is 4×3.',
            "Set out_features to 4.",
        ),
        (
            [VECTOR, WIDE, ("b", "Linear", "x", {"out_features": 7, "tied_to": "a", "tied_as": "all"})],
            'Linear "b": it cannot be "a" once more: out_features is 7 here and 3 there.',
            "Set out_features to 3.",
        ),
        (
            [VECTOR, WIDE, ("b", "PReLU", "a", {"tied_to": "a", "tied_as": "all"})],
            'PReLU "b": it cannot be "a" once more, which is a Linear.',
            "Tie it to a layer of the same kind, or clear tied_to.",
        ),
        (
            [VECTOR, ("a", "Linear", "x", {"enabled": False}), ("b", "Linear", "a", {"tied_to": "a"})],
            'Linear "b": it is tied to the node "a", which is switched off.',
            "Switch it on. Choose a layer of the same graph, or clear tied_to.",
        ),
        (
            [
                ("x", "ImageInput", {"channels": 2, "height": 6, "width": 6}),
                ("c", "Conv2d", "x", {"out_channels": 2}),
                ("d", "ConvTranspose2d", "c", {"out_channels": 2, "tied_to": "c", "tied_as": "transposed"}),
            ],
            'ConvTranspose2d "d": only the weight of a Linear layer can be used transposed.',
            "Set tied_as to weight. A transposed convolution is the convolution's counterpart with the same "
            "weight, as it is.",
        ),
    ],
    ids=["gone", "itself", "no-weight", "turned", "not-turned", "width", "all", "kind", "off", "conv"],
)
def test_a_tie_that_does_not_fit_is_a_problem_with_a_fix(
    lines: list[Line], message: str, suggestion: str
) -> None:
    (problem,) = ties(*lines)
    assert (problem.severity, problem.message, problem.suggestion) == ("error", message, suggestion)
    assert problem.node == lines[-1][0]
    assert problem.fix is not None


def test_a_circle_of_ties_is_told_at_each_of_its_nodes_and_no_other() -> None:
    found = ties(
        VECTOR,
        ("a", "Linear", "x", {"out_features": 4, "tied_to": "b"}),
        ("b", "Linear", "a", {"out_features": 4, "tied_to": "c"}),
        ("c", "Linear", "b", {"out_features": 4, "tied_to": "a"}),
        ("d", "Linear", "c", {"out_features": 4, "tied_to": "a"}),
    )
    assert sorted(problem.node for problem in found) == ["a", "b", "c"]
    assert 'in a circle, "a" → "b" → "c" → "a"' in next(p for p in found if p.node == "a").message


def test_a_block_is_no_layer_to_be_tied_to() -> None:
    cell = block("Cell", ("x", "BlockInput"), ("fc", "Linear", "x"), ("y", "BlockOutput", "fc"))
    lines: list[Line] = [VECTOR, ("cell", "block:Cell", "x")]
    (problem,) = ties(*lines, ("b", "Linear", "cell", {"tied_to": "cell"}), blocks=[cell])
    assert 'tied to "cell", which is a block and no layer' in problem.message
    (problem,) = ties(*lines, ("b", "Linear", "cell", {"tied_to": "cell/fc"}), blocks=[cell])
    assert "tied to a layer inside a block" in problem.message


def test_fixes_of_ties_make_the_network_compile() -> None:
    graph = draw(VECTOR, WIDE, ("b", "Linear", "a", {"out_features": 4, "tied_to": "a"}))
    (problem,) = analyse(graph).problems
    assert problem.fix is not None
    node = graph.node("b").with_argument(problem.fix.argument, problem.fix.value)
    mended = Graph.of([*(n for n in graph.ordered() if n.id != "b"), node], graph.edges())
    assert lower.compile(mended)(torch.randn(2, 4)).shape == (2, 4)
