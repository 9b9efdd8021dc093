"""Refusals of layers over sequences, maps and volumes: named, explained, and mended by the offered edit."""

from __future__ import annotations

import pytest

from studio.catalog.registry import signature
from studio.compiler.shapes import ShapeEngine
from studio.graph import fixes
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.graph.problems import Problem
from tests.helpers.drawing import draw

Arguments = dict[str, Value]

SEQUENCE, MAPS, VOLUME, ROW = (6, 8), (6, 8, 5), (6, 4, 8, 5), (64,)


def around(shape: tuple[int, ...], kind: str, arguments: Arguments) -> Graph:
    return draw(("data", "TensorInput", {"shape": shape}), ("it", kind, "data", arguments))


def only_problem(graph: Graph) -> Problem:
    (problem,) = ShapeEngine().infer(graph).problems
    assert (problem.severity, problem.node) == ("error", "it")
    assert problem.suggestion
    return problem


CASES: list[tuple[tuple[int, ...], str, Arguments, str, str]] = [
    (
        SEQUENCE,
        "Conv1d",
        {"kernel_size": 9},
        'Conv1d "it": its 9 window is larger than the 8 sequences from "data".',
        "Set kernel_size to 8 or less, add padding, or shrink the sequences less before it.",
    ),
    (
        VOLUME,
        "Conv3d",
        {"kernel_size": (3, 3, 9), "padding": (0, 0, 1)},
        'Conv3d "it": its 3×3×9 window is larger than the 4×8×5 volumes from "data", 4×8×7 with padding.',
        "Set kernel_size to 4 or less, add padding, or shrink the volumes less before it.",
    ),
    (
        VOLUME,
        "Conv3d",
        {"groups": 4},
        'Conv3d "it": in_channels is 6, which cannot be split into 4 groups.',
        "Set groups to 2, or to another divisor of 2.",
    ),
    (
        SEQUENCE,
        "Conv1d",
        {"kernel_size": 17, "padding": "same", "padding_mode": "reflect"},
        'Conv1d "it": a border of 8 cannot be filled from the 6×8 sequences of "data" with padding_mode '
        "reflect.",
        "Set padding to 7 or less, or padding_mode to zeros.",
    ),
    (
        SEQUENCE,
        "ConvTranspose1d",
        {"in_channels": 4},
        'ConvTranspose1d "it": expected 4 channels at "input", got 6 from "data".',
        "Set in_channels to 6.",
    ),
    (
        VOLUME,
        "ConvTranspose3d",
        {"output_padding": (0, 1, 0)},
        'ConvTranspose3d "it": output_padding 0×1×0 must be smaller than the stride or the dilation.',
        "Set output_padding to 0.",
    ),
    (
        SEQUENCE,
        "ConvTranspose1d",
        {"padding": 9},
        'ConvTranspose1d "it": padding of 9 takes everything off its 9 output.',
        "Set padding to 4 or less.",
    ),
    (
        SEQUENCE,
        "MaxPool1d",
        {"kernel_size": 2, "padding": 2},
        'MaxPool1d "it": padding of 2 is more than half of its kernel_size of 2.',
        "Set padding to 1 or less.",
    ),
    (
        VOLUME,
        "AvgPool3d",
        {"kernel_size": 5},
        'AvgPool3d "it": its 5×5×5 window is larger than the 4×8×5 volumes from "data".',
        "Set kernel_size to 4 or less, add padding, or shrink the volumes less before it.",
    ),
    (
        MAPS,
        "LPPool2d",
        {"kernel_size": 6},
        'LPPool2d "it": its 6×6 window is larger than the 8×5 maps from "data".',
        "Set kernel_size to 5 or less, add padding, or shrink the maps less before it.",
    ),
    (
        MAPS,
        "FractionalMaxPool2d",
        {"output_size": 5, "output_ratio": None},
        'FractionalMaxPool2d "it": 5×5 windows of 2×2 do not fit into the 8×5 maps from "data": at least 1 '
        "and at most 7×4 do.",
        "Set output_size to 5×4.",
    ),
    (
        MAPS,
        "FractionalMaxPool2d",
        {"output_size": 3},
        'FractionalMaxPool2d "it": output_size and output_ratio are both given, and say the same thing '
        "twice.",
        "Clear output_ratio, or clear output_size.",
    ),
    (
        MAPS,
        "Upsample",
        {"mode": "linear"},
        'Upsample "it": mode linear is not for maps, and "data" gives (N, 6, 8, 5).',
        "Set mode to bilinear or bicubic or nearest.",
    ),
    (
        SEQUENCE,
        "Upsample",
        {"align_corners": True},
        'Upsample "it": align_corners means nothing where mode is nearest.',
        "Clear align_corners, or set mode to linear.",
    ),
    (
        MAPS,
        "Upsample",
        {"scale_factor": (2.0, 2.0, 1.0)},
        'Upsample "it": scale_factor has 3 numbers, and maps from "data" have 2 sides.',
        "Set scale_factor to 2, or give 2 numbers.",
    ),
    (
        MAPS,
        "UpsamplingNearest2d",
        {"scale_factor": None},
        'UpsamplingNearest2d "it": size and scale_factor are both empty.',
        "Set scale_factor to 2, or give size.",
    ),
    (
        MAPS,
        "Upsample",
        {"scale_factor": 0.1},
        'Upsample "it": scale_factor 0.1 leaves nothing of the 8×5 maps from "data".',
        "Set scale_factor to 1 or more.",
    ),
    (
        MAPS,
        "ReflectionPad2d",
        {"padding": (1, 5, 0, 8)},
        'ReflectionPad2d "it": a border of 1×5×0×8 cannot be filled from the 6×8×5 maps of "data".',
        "Set padding to 1×4×0×7 or less.",
    ),
    (
        SEQUENCE,
        "CircularPad1d",
        {"padding": 9},
        'CircularPad1d "it": a border of 9 cannot be filled from the 6×8 sequences of "data".',
        "Set padding to 8 or less.",
    ),
    (
        VOLUME,
        "ZeroPad3d",
        {"padding": -2},
        'ZeroPad3d "it": padding -2 cuts everything off the 6×4×8×5 volumes from "data".',
        "Set padding to 0 or more.",
    ),
    (
        MAPS,
        "PixelShuffle",
        {},
        'PixelShuffle "it": 6 channels from "data" cannot be dealt out to 2×2 pixels.',
        "Set upscale_factor to 1, or give it a multiple of 4 channels.",
    ),
    (
        MAPS,
        "PixelUnshuffle",
        {},
        'PixelUnshuffle "it": the 8×5 maps from "data" cannot be cut into squares of 2×2.',
        "Set downscale_factor to 1, or to another divisor of 1.",
    ),
    (
        SEQUENCE,
        "ChannelShuffle",
        {"groups": 4},
        'ChannelShuffle "it": 6 channels from "data" cannot be split into 4 groups.',
        "Set groups to 2, or to another divisor of 6.",
    ),
    (
        MAPS,
        "Unfold",
        {"kernel_size": 6},
        'Unfold "it": its 6×6 window is larger than the 8×5 maps from "data".',
        "Set kernel_size to 5 or less, add padding, or shrink the maps less before it.",
    ),
    (
        SEQUENCE,
        "Fold",
        {"output_size": 5},
        'Fold "it": columns of 6 numbers from "data" are no patches of 2×2, which have a multiple of 4.',
        "Set kernel_size to that of the Unfold before it.",
    ),
    (
        (8, 9),
        "Fold",
        {"output_size": 5},
        'Fold "it": maps of 5×5 are made of 16 patches, got 9 from "data".',
        "Set output_size to what the Unfold before it took in, and the rest as it is there.",
    ),
    (
        (6, 1),
        "InstanceNorm1d",
        {},
        'InstanceNorm1d "it": normalizes each channel over its places, and (N, 6, 1) from "data" has one '
        "only.",
        "Put it before the maps shrink to one place, or use LayerNorm.",
    ),
    (
        MAPS,
        "GLU",
        {},
        'GLU "it": halves dimension -1, and that of (N, 6, 8, 5) from "data" is 5, which is odd.',
        "Give it an even size, or set dim to another dimension.",
    ),
    (
        MAPS,
        "RReLU",
        {"lower": 0.5},
        'RReLU "it": lower is 0.5, and upper is 0.333333: lower must be the smaller.',
        "Set lower to 0.125.",
    ),
    (
        MAPS,
        "Hardtanh",
        {"max_val": -2.0},
        'Hardtanh "it": min_val is -1, and max_val is -2: min_val must be the smaller.',
        "Set min_val to -3.",
    ),
    (
        MAPS,
        "ELU",
        {"alpha": -1.0, "inplace": True},
        'ELU "it": cannot learn with inplace and a negative alpha (-1): the gradient needs the input.',
        "Set inplace to off.",
    ),
    (
        VOLUME,
        "Conv2d",
        {},
        'Conv2d "it": expected (N, C, H, W) at "input", got (N, 6, 4, 8, 5) from "data".',
        "Use Conv3d here.",
    ),
    (
        SEQUENCE,
        "BatchNorm2d",
        {},
        'BatchNorm2d "it": expected (N, C, H, W) at "input", got (N, 6, 8) from "data".',
        "Use BatchNorm1d here.",
    ),
]


@pytest.mark.parametrize(
    ("shape", "kind", "arguments", "message", "suggestion"), CASES, ids=[case[1] for case in CASES]
)
def test_message_and_suggestion(
    shape: tuple[int, ...], kind: str, arguments: Arguments, message: str, suggestion: str
) -> None:
    problem = only_problem(around(shape, kind, arguments))
    assert problem.message == message
    assert problem.suggestion == suggestion


@pytest.mark.parametrize(
    ("shape", "kind", "arguments", "message", "suggestion"), CASES, ids=[case[1] for case in CASES]
)
def test_the_fix_mends_it_where_there_is_one(
    shape: tuple[int, ...], kind: str, arguments: Arguments, message: str, suggestion: str
) -> None:
    graph = around(shape, kind, arguments)
    fix = only_problem(graph).fix
    if fix is None:
        assert suggestion.startswith(
            ("Set kernel_size to that", "Set output_size to what", "Put", "Give", "Use")
        )
        return
    assert ShapeEngine().infer(fixes.apply_fix(graph, fix, signature)).problems == []


def unpooled(pool: Arguments, unpool: Arguments) -> Graph:
    return draw(
        ("data", "TensorInput", {"shape": (2, 6, 7)}),
        ("pool", "MaxPool2dWithIndices", "data", pool),
        ("it", "MaxUnpool2d", "pool pool.indices", unpool),
    )


def test_unpooling_of_another_size_than_was_pooled_is_mended() -> None:
    graph = unpooled({}, {})
    problem = only_problem(graph)
    assert problem.message == (
        'MaxUnpool2d "it": gives 6×6 maps, and the indices are of the 6×7 that "pool" took in.'
    )
    assert problem.fix is not None
    assert ShapeEngine().infer(fixes.apply_fix(graph, problem.fix, signature)).problems == []


def test_unpooling_with_another_window_than_the_pools_is_mended() -> None:
    graph = unpooled({}, {"kernel_size": 5, "padding": 2, "output_size": (6, 7)})
    rounds = 0
    while problems := ShapeEngine().infer(graph).problems:
        assert problems[0].fix is not None
        graph = fixes.apply_fix(graph, problems[0].fix, signature)
        rounds += 1
    assert rounds == 2


def test_unpooling_needs_the_indices_of_a_pool() -> None:
    graph = draw(
        ("data", "TensorInput", {"shape": (2, 6, 6)}),
        ("whole", "TensorInput", {"shape": (2, 6, 6), "dtype": "int64"}),
        ("it", "MaxUnpool2d", "data whole"),
    )
    problem = only_problem(graph)
    assert "needs the indices of a MaxPool2d with indices" in problem.message
    assert problem.port == "indices"


def test_a_port_for_whole_numbers_refuses_others() -> None:
    graph = draw(("data", "TensorInput", {"shape": (2, 6, 6)}), ("it", "MaxUnpool2d", "data data"))
    message = (
        'MaxUnpool2d "it": expected whole numbers (int64) at "indices", got numbers (float32) from "data".'
    )
    assert only_problem(graph).message == message
