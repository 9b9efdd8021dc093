"""Layers that rearrange, reduce or map numbers give what torch's functions give, and say what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from studio.catalog.registry import signature
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.graph import fixes
from tests.helpers.drawing import draw

X = torch.randn(2, 4, 6, 5)
ROWS = torch.rand(2, 3) + 0.5


def compiled(kind: str, arguments: dict[str, Any], shape: tuple[int, ...] = (4, 6, 5)) -> Any:
    return lower.compile(draw(("x", "TensorInput", {"shape": shape}), ("it", kind, "x", arguments)))


@pytest.mark.parametrize(
    ("kind", "arguments", "wanted"),
    [
        ("Permute", {"dims": (0, 2, 3, 1)}, lambda x: x.permute(0, 2, 3, 1)),
        ("Permute", {"dims": (0, -1, 1, 2)}, lambda x: x.permute(0, 3, 1, 2)),
        ("Transpose", {"dim0": -1, "dim1": 1}, lambda x: x.transpose(1, 3)),
        ("Unsqueeze", {"dim": 4}, lambda x: x[..., None]),
        ("Unsqueeze", {"dim": -1}, lambda x: x[..., None]),
        ("Unsqueeze", {"dim": 1}, lambda x: x[:, None]),
        ("Slice", {"dim": 1, "start": 1, "stop": -1, "step": 2}, lambda x: x[:, 1:-1:2]),
        ("Slice", {"dim": -1, "start": 1}, lambda x: x[..., 1:]),
        ("Slice", {"dim": -2, "stop": 3}, lambda x: x[..., :3, :]),
        ("Select", {"dim": 2, "index": -1}, lambda x: x[:, :, -1]),
        ("Select", {"dim": -1, "index": 2}, lambda x: x[..., 2]),
        ("Pad", {"pad": (1, 2, 0, 1), "value": 3.0}, lambda x: functional.pad(x, (1, 2, 0, 1), value=3.0)),
        ("Pad", {"pad": (2, -1), "mode": "constant"}, lambda x: functional.pad(x, (2, -1))),
        ("Pad", {"pad": (1, 1, 2, 2), "mode": "reflect"},
         lambda x: functional.pad(x, (1, 1, 2, 2), "reflect")),
        ("Roll", {"shifts": (1, -2), "dims": (1, 3)}, lambda x: x.roll((1, -2), (1, 3))),
        ("Interpolate", {"scale_factor": 2.0}, lambda x: functional.interpolate(x, scale_factor=2.0)),
        ("Interpolate", {"size": (3, 7), "scale_factor": None, "mode": "bicubic", "antialias": True},
         lambda x: functional.interpolate(x, (3, 7), mode="bicubic", antialias=True)),
        ("Interpolate", {"scale_factor": 0.5, "mode": "area"},
         lambda x: functional.interpolate(x, scale_factor=0.5, mode="area")),
        ("Mean", {"dim": (2, 3)}, lambda x: x.mean((2, 3))),
        ("Mean", {"dim": (-1,), "keepdim": True}, lambda x: x.mean(-1, keepdim=True)),
        ("Sum", {"dim": (1, 3)}, lambda x: x.sum((1, 3))),
        ("AMax", {"dim": 1}, lambda x: x.amax(1)),
        ("VectorNorm", {"dim": (2, 3), "ord": 1.0}, lambda x: x.abs().sum((2, 3))),
        ("OneMinus", {}, lambda x: 1 - x),
        ("Affine", {"scale": -2.0, "shift": 3.0}, lambda x: -2 * x + 3),
        ("Clamp", {"min": -0.5, "max": 0.5}, lambda x: x.clamp(-0.5, 0.5)),
        ("Exp", {}, torch.exp),
        ("Abs", {}, torch.abs),
        ("Sin", {}, torch.sin),
        ("Cos", {}, torch.cos),
        ("Pow", {"exponent": 3.0}, lambda x: x**3),
    ],
    ids=lambda value: "" if callable(value) else str(value),
)  # fmt: skip
def test_it_is_torchs_function(
    kind: str, arguments: dict[str, Any], wanted: Callable[[Tensor], Tensor]
) -> None:
    assert torch.allclose(compiled(kind, arguments)(X.clone()), wanted(X), atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("Subtract", lambda a, b, c: a - b - c),
        ("Divide", lambda a, b, c: a / b / c),
        ("Maximum", lambda a, b, c: torch.stack([a, b, c]).amax(0)),
        ("Minimum", lambda a, b, c: torch.stack([a, b, c]).amin(0)),
        ("Average", lambda a, b, c: (a + b + c) / 3),
        ("Stack", lambda a, b, c: torch.stack([a, b, c], 1)),
    ],
)
def test_several_wires_are_taken_in_order(kind: str, wanted: Callable[..., Tensor]) -> None:
    lines = [(name, "VectorInput", {"features": 3}) for name in "abc"]
    network = lower.compile(draw(*lines, ("it", kind, "a b c")))
    values = [ROWS, ROWS.flip(1), ROWS.sqrt()]
    assert torch.allclose(network(*values), wanted(*values))


@pytest.mark.parametrize(("kind", "wanted"), [("Log", torch.log), ("Sqrt", torch.sqrt)])
def test_functions_of_positive_numbers(kind: str, wanted: Callable[[Tensor], Tensor]) -> None:
    assert torch.equal(compiled(kind, {}, (3,))(ROWS), wanted(ROWS))


@pytest.mark.parametrize(
    ("kind", "arguments", "sizes"),
    [("Chunk", {"chunks": 2}, (2, 2)), ("Chunk", {"chunks": 3, "dim": 3}, (2, 2, 1)),
     ("Split", {"split_sizes": (1, 3)}, (1, 3)), ("Split", {"split_sizes": (4, 1, 1), "dim": -2}, (4, 1, 1))],
    ids=lambda value: "" if callable(value) else str(value),
)  # fmt: skip
def test_parts_come_out_at_ports_of_their_own(
    kind: str, arguments: dict[str, Any], sizes: tuple[int, ...]
) -> None:
    parts = compiled(kind, arguments)(X)
    dim = arguments.get("dim", 1)
    assert tuple(part.shape[dim] for part in parts) == sizes
    assert torch.equal(torch.cat(parts, dim), X)


def test_a_gate_of_two_halves() -> None:
    network = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 6}),
            ("halves", "Chunk", "x"),
            ("gate", "Sigmoid", "halves.output1"),
            ("it", "Multiply", "halves gate"),
        )
    )
    x = torch.randn(2, 6)
    assert torch.equal(network(x), functional.glu(x))


@pytest.mark.parametrize(("position", "before"), [("end", 0), ("both", 1)])
def test_the_shortcut_without_weights_by_hand(position: str, before: int) -> None:
    network = compiled("ZeroPadShortcut", {"out_channels": 7, "position": position})
    found = network(X)
    assert found.shape == (2, 7, 3, 3)
    assert torch.equal(found[:, before : before + 4], X[:, :, ::2, ::2])
    assert found.count_nonzero() == 2 * 4 * 3 * 3
    assert list(network.parameters()) == []


def test_one_hot_is_a_row_of_floats() -> None:
    network = lower.compile(
        draw(("x", "TokenInput", {"length": 2}), ("it", "OneHot", "x", {"num_classes": 3}))
    )
    assert torch.equal(network(torch.tensor([[2, 0]])), torch.tensor([[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]]))


def test_nothing_is_learned_through_a_stop() -> None:
    network = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 3}),
            ("before", "Linear", "x", {"out_features": 3}),
            ("stop", "Detach", "before"),
            ("after", "Linear", "stop", {"out_features": 2}),
        )
    )
    network(ROWS).sum().backward()
    assert network.before.weight.grad is None
    assert network.after.weight.grad is not None


def test_squeeze_drops_a_side_of_one_only() -> None:
    assert compiled("Squeeze", {}, (3, 1))(torch.zeros(2, 3, 1)).shape == (2, 3)
    assert compiled("Squeeze", {}, (3, 2))(torch.zeros(2, 3, 2)).shape == (2, 3, 2)


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("Permute", {"dims": (1, 0, 2, 3)},
     "mixes the samples of a batch: dimension 1 comes first, where the batch has to stay.",
     "Set dims to 0, 1, 2, 3."),
    ("Permute", {"dims": (0, 2, 1)},
     'dims 0×2×1 must name each dimension of (N, 4, 6, 5) from "x" once: 0 to 3 in any order.',
     "Set dims to 0, 2, 3, 1."),
    ("Transpose", {"dim0": 0, "dim1": 1}, "mixes the samples of a batch: dimension 0 is the batch.",
     "Set dim0 to 2."),
    ("Transpose", {"dim1": 4}, 'has no dimension 4: (N, 4, 6, 5) from "x" has 0 to 3.', "Set dim1 to 2."),
    ("Mean", {"dim": (0, 2)}, "mixes the samples of a batch: dimension 0 is the batch.", "Set dim to 2."),
    ("Sum", {"dim": (-4,)}, "mixes the samples of a batch: dimension -4 is the batch.", "Set dim to 1."),
    ("Unsqueeze", {"dim": 5}, 'has no dimension 5: (N, 4, 6, 5) from "x" can get one at 0 to 4.',
     "Set dim to 1."),
    ("Unsqueeze", {"dim": -5}, "mixes the samples of a batch: dimension -5 is the batch.", "Set dim to 1."),
    ("Slice", {"start": 9}, "nothing of dimension 1 is left: it has 4 places, and start is 9.",
     "Set start to less than stop, both within the dimension; negative ones count from the end."),
    ("Slice", {"dim": 0}, "mixes the samples of a batch: dimension 0 is the batch.", "Set dim to 1."),
    ("Select", {"index": 4}, 'dimension 1 of (N, 4, 6, 5) from "x" has places 0 to 3, not 4.',
     "Set index to 3 or less; -1 is the last."),
    ("Chunk", {"chunks": 3},
     'dimension 1 of (N, 4, 6, 5) from "x" has 4 places: 3 parts would be 2 each, and 2 of them are enough.',
     "Set chunks to 2."),
    ("Split", {"split_sizes": (1, 2)},
     'split_sizes 1×2 are 3 places together, and dimension 1 of what comes from "x" has 4.',
     "Set split_sizes to 1×3."),
    ("Roll", {"shifts": (1, 2)}, "has 2 shifts for 1 dims.", "Set shifts to 1, one for each of dims."),
    ("Roll", {"dims": (0,)}, "mixes the samples of a batch: dimension 0 is the batch.", "Set dims to 1."),
    ("Pad", {"pad": (1, 1, 1)}, "pad 1×1×1 is 3 numbers, and each dimension takes two: before and behind.",
     "Give an even number of them."),
    ("Pad", {"pad": (0, 0, 0, 0, 0, 0, 1, 1)},
     'pad 0×0×0×0×0×0×1×1 is for 4 dimensions, and a sample of "x" has 3.', "Give 6 numbers at most."),
    ("Pad", {"pad": (5, 5), "mode": "reflect"},
     'mode reflect cannot make a border of 5×5 around (N, 4, 6, 5) from "x": it pads all but the first two '
     "dimensions, and needs places enough to fill the border from.",
     "Set mode to constant, or make pad smaller."),
    ("ZeroPadShortcut", {"out_channels": 3},
     'adds channels of zeros and drops none: out_channels is 3, and "x" gives 4.',
     "Set out_channels to 4 or more."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "arguments", "message", "suggestion"), BAD, ids=str)
def test_what_cannot_be_is_told_and_mended(
    kind: str, arguments: dict[str, Any], message: str, suggestion: str
) -> None:
    graph = draw(("x", "TensorInput", {"shape": (4, 6, 5)}), ("it", kind, "x", arguments))
    (problem,) = analyse(graph).problems
    assert (problem.node, problem.message) == ("it", f'{kind} "it": {message}')
    assert problem.suggestion == suggestion
    assert problem.fix is not None
    assert analyse(fixes.apply_fix(graph, problem.fix, signature)).problems == ()


@pytest.mark.parametrize(
    ("shape", "other", "message", "label"),
    [
        ((4, 6, 6), (6, 5),
         'cannot multiply 4×6×6 from "x" and 6×5 from "y": samples would meet, for one has a dimension more.',
         None),
        ((4, 6, 5), (4, 6, 5),
         'cannot multiply 4×6×5 from "x" and 4×6×5 from "y": columns of the one, 5, must be as many as rows '
         "of the other, 6.", "Insert Transpose -2 -1"),
        ((4, 6, 5), (5,), '"y" gives (N, 5): a sample of it is no matrix.', "Insert Unsqueeze"),
    ],
)  # fmt: skip
def test_matrices_that_cannot_be_multiplied(
    shape: tuple[int, ...], other: tuple[int, ...], message: str, label: str | None
) -> None:
    feeds = [("x", "TensorInput", {"shape": shape}), ("y", "TensorInput", {"shape": other})]
    (problem,) = analyse(draw(*feeds, ("it", "MatMul", "x y"))).problems
    assert problem.message == f'MatMul "it": {message}'
    assert (problem.fix and problem.fix.label) == label
