"""What is refused is named, with what was expected, what was found, where from, and what to do."""

from __future__ import annotations

import pytest

from studio.catalog.registry import signature
from studio.compiler.analysis import check
from studio.compiler.shapes import ShapeEngine
from studio.graph import edits, fixes
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.graph.port import suits
from studio.graph.problems import Problem
from tests.helpers.drawing import Line, draw

Layer = tuple[str, dict[str, Value]]

ROW, MAPS = (64,), (30, 8, 6)


def source(shape: tuple[int, ...]) -> Line:
    """Return the input that gives samples of a shape; its name tells which it is."""
    if len(shape) == 1:
        return ("vector", "VectorInput", {"features": shape[0]})
    if len(shape) == 3:
        return ("image", "ImageInput", dict(zip(("channels", "height", "width"), shape, strict=True)))
    return ("data", "TensorInput", {"shape": shape})


def chain(shape: tuple[int, ...], *layers: Layer) -> Graph:
    lines = [source(shape)]
    for number, (kind, arguments) in enumerate(layers):
        lines.append((f"it{number or ''}", kind, lines[-1][0], arguments))
    return draw(*lines)


def only_problem(graph: Graph) -> Problem:
    (problem,) = ShapeEngine().infer(graph).problems
    assert (problem.severity, problem.node) == ("error", graph.named("it").id)
    assert problem.suggestion
    return problem


@pytest.mark.parametrize(
    ("shape", "layer", "message", "suggestion"),
    [
        (
            (1, 28, 28),
            ("Conv2d", {"in_channels": 3}),
            'Conv2d "it": expected 3 channels at "input", got 1 from "image".',
            "Set in_channels to 1.",
        ),
        (
            ROW,
            ("Linear", {"in_features": 7}),
            'Linear "it": expected 7 features at "input", got 64 from "vector".',
            "Set in_features to 64.",
        ),
        (
            MAPS,
            ("Linear", {"in_features": 1440}),
            'Linear "it": expected 1440 features at "input", got 30×8×6 maps from "image", which are 1440 '
            "numbers.",
            "Insert a Flatten before it.",
        ),
        (
            ROW,
            ("Conv2d", {}),
            'Conv2d "it": expected (N, C, H, W) at "input", got (N, 64) from "vector".',
            "Insert Reshape 1×8×8 before it to make maps of the row.",
        ),
        (
            (60,),
            ("MaxPool2d", {}),
            'MaxPool2d "it": expected (N, C, H, W) at "input", got (N, 60) from "vector".',
            "Insert a Reshape to channels × height × width before it.",
        ),
        (
            MAPS,
            ("BatchNorm1d", {}),
            'BatchNorm1d "it": expected (N, C) or (N, C, L) at "input", got (N, 30, 8, 6) from "image".',
            "Use BatchNorm2d here.",
        ),
        (
            ROW,
            ("BatchNorm2d", {}),
            'BatchNorm2d "it": expected (N, C, H, W) at "input", got (N, 64) from "vector".',
            "Use BatchNorm1d here.",
        ),
        (
            MAPS,
            ("BatchNorm2d", {"num_features": 8}),
            'BatchNorm2d "it": expected 8 channels at "input", got 30 from "image".',
            "Set num_features to 30.",
        ),
        (
            MAPS,
            ("LayerNorm", {"normalized_shape": (30, 8)}),
            'LayerNorm "it": expected 30×8 sizes at "input", got 8×6 from "image".',
            "Set normalized_shape to 8×6.",
        ),
        (
            MAPS,
            ("GroupNorm", {}),
            'GroupNorm "it": 30 channels from "image" cannot be split into 8 groups.',
            "Set num_groups to 2, or to another divisor of 30.",
        ),
        (
            MAPS,
            ("Conv2d", {"groups": 4}),
            'Conv2d "it": in_channels is 30, which cannot be split into 4 groups.',
            "Set groups to 2, or to another divisor of 2.",
        ),
        (
            MAPS,
            ("Conv2d", {"kernel_size": 9, "padding": 1}),
            'Conv2d "it": its 9×9 window is larger than the 8×6 maps from "image", 10×8 with padding.',
            "Set kernel_size to 8 or less, add padding, or shrink the maps less before it.",
        ),
        (
            MAPS,
            ("Conv2d", {"kernel_size": 3, "dilation": 4}),
            'Conv2d "it": its 9×9 window (kernel 3×3, dilated) is larger than the 8×6 maps from "image".',
            "Set kernel_size to 6 or less, add padding, or shrink the maps less before it.",
        ),
        (
            MAPS,
            ("ConvTranspose2d", {"stride": 2, "output_padding": 2}),
            'ConvTranspose2d "it": output_padding 2 must be smaller than the stride or the dilation.',
            "Set output_padding to 1.",
        ),
        (
            MAPS,
            ("Conv2d", {"padding": "same", "stride": 2}),
            'Conv2d "it": padding "same" needs a stride of 1.',
            "Set stride to 1, or give padding as a number.",
        ),
        (
            MAPS,
            ("Conv2d", {"padding": 6, "padding_mode": "reflect"}),
            'Conv2d "it": a border of 6×6 cannot be filled from the 30×8×6 maps of "image" with padding_mode '
            "reflect.",
            "Set padding to 5 or less, or padding_mode to zeros.",
        ),
        (
            MAPS,
            ("AvgPool2d", {"kernel_size": 7}),
            'AvgPool2d "it": its 7×7 window is larger than the 8×6 maps from "image".',
            "Set kernel_size to 6 or less, add padding, or shrink the maps less before it.",
        ),
        (
            MAPS,
            ("MaxPool2d", {"kernel_size": 3, "padding": 2}),
            'MaxPool2d "it": padding of 2 is more than half of its kernel_size of 3×3.',
            "Set padding to 1 or less.",
        ),
        (
            MAPS,
            ("PReLU", {"num_parameters": 4}),
            'PReLU "it": has 4 slopes, and "image" gives 30 channels.',
            "Set num_parameters to 1 or 30.",
        ),
        (
            ROW,
            ("Reshape", {"shape": (3, 5)}),
            'Reshape "it": shape 3×5 takes 15 numbers, got 64 from "vector".',
            "Use sizes whose product is the same; one of them may be -1 and is worked out.",
        ),
        (
            ROW,
            ("Reshape", {"shape": (-1, 5)}),
            'Reshape "it": shape -1×5: 64 numbers from "vector" cannot be divided by 5.',
            "Use sizes whose product is the same; one of them may be -1 and is worked out.",
        ),
        (
            ROW,
            ("Reshape", {"shape": (-1, -1)}),
            'Reshape "it": shape -1×-1 leaves 2 sizes open.',
            "Leave at most one -1.",
        ),
        (
            ROW,
            ("Unflatten", {"unflattened_size": (3, 5)}),
            'Unflatten "it": unflattened_size 3×5 takes 15 numbers, got 64 from "vector".',
            "Use sizes whose product is the same; one of them may be -1 and is worked out.",
        ),
        (
            MAPS,
            ("Flatten", {"start_dim": 0}),
            'Flatten "it": mixes the samples of a batch: it joins (N, 30, 8, 6) from "image" beginning with '
            "dimension 0.",
            "Set start_dim to 1.",
        ),
        (
            ROW,
            ("Softmax", {"dim": 0}),
            'Softmax "it": mixes the samples of a batch: dimension 0 is the batch.',
            "Set dim to 1.",
        ),
        (
            ROW,
            ("Softmax", {"dim": -2}),
            'Softmax "it": mixes the samples of a batch: dimension -2 is the batch.',
            "Set dim to 1.",
        ),
        (
            ROW,
            ("Softmax", {"dim": 3}),
            'Softmax "it": has no dimension 3: (N, 64) from "vector" has 0 to 1.',
            "Set dim to 1.",
        ),
        (
            ROW,
            ("Flatten", {"end_dim": 3}),
            'Flatten "it": PyTorch refuses 64 from "vector": Dimension out of range (expected to be in range '
            "of [-2, 1], but got 3).",
            "Change its arguments.",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_message_and_suggestion(shape: tuple[int, ...], layer: Layer, message: str, suggestion: str) -> None:
    problem = only_problem(chain(shape, layer))
    assert problem.message == message
    assert problem.suggestion == suggestion


@pytest.mark.parametrize(
    ("shape", "layer", "rounds"),
    [
        ((1, 28, 28), ("Conv2d", {"in_channels": 3}), 1),
        (ROW, ("Conv2d", {}), 1),
        (MAPS, ("Linear", {"in_features": 1440}), 1),
        (MAPS, ("Linear", {"in_features": 99}), 1),
        (MAPS, ("LayerNorm", {"normalized_shape": (30, 8)}), 1),
        (MAPS, ("GroupNorm", {}), 1),
        (MAPS, ("Conv2d", {"groups": 4}), 1),
        (MAPS, ("Conv2d", {"kernel_size": 9}), 1),
        (MAPS, ("MaxPool2d", {"kernel_size": 3, "padding": 2}), 1),
        (MAPS, ("PReLU", {"num_parameters": 4}), 1),
        (MAPS, ("Conv2d", {"padding": 6, "padding_mode": "reflect"}), 1),
        (MAPS, ("ConvTranspose2d", {"in_channels": 4}), 1),
        (MAPS, ("Flatten", {"start_dim": 0}), 1),
        (ROW, ("Softmax", {"dim": 0}), 1),
        (MAPS, ("Conv2d", {"padding": "same", "stride": 2}), 1),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) and isinstance(value[0], str) else "",
)
def test_the_fixes_mend_it(shape: tuple[int, ...], layer: Layer, rounds: int) -> None:
    graph = chain(shape, layer)
    for _ in range(rounds):
        problem = only_problem(graph)
        assert problem.fix is not None
        graph = fixes.apply_fix(graph, problem.fix, signature)
    assert ShapeEngine().infer(graph).problems == []


def two_paths(kind: str, first: Layer, second: Layer, **arguments: Value) -> Graph:
    """Return image → first and image → second, both into one merging layer."""
    return draw(
        source(MAPS),
        ("left", first[0], "image", first[1]),
        ("right", second[0], "image", second[1]),
        ("it", kind, "left right", arguments),
    )


def test_add_names_both_sources_and_offers_the_width() -> None:
    graph = two_paths("Add", ("Conv2d", {"padding": 1}), ("Conv2d", {"padding": 1, "out_channels": 64}))
    problem = only_problem(graph)
    assert problem.message == 'Add "it": cannot add 32×8×6 from "left" and 64×8×6 from "right".'
    assert problem.suggestion == 'Set out_channels of "right" to 32.'
    assert problem.nodes == (graph.named("left").id, graph.named("right").id)
    assert problem.fix is not None
    assert ShapeEngine().infer(fixes.apply_fix(graph, problem.fix, signature)).problems == []


def test_multiply_of_different_sizes_offers_to_keep_the_size() -> None:
    problem = only_problem(two_paths("Multiply", ("Conv2d", {}), ("Conv2d", {"padding": 1})))
    assert problem.message == 'Multiply "it": cannot multiply 32×6×4 from "left" and 32×8×6 from "right".'
    assert problem.fix is not None
    assert problem.fix.label == 'Set padding of "left" to 1'


def test_add_does_not_stretch_one_sample_over_another() -> None:
    """Torch would make (N, N, 1) of (N, 1, 1) and (N, 1)."""
    graph = draw(
        source((1,)), ("reshape", "Reshape", "vector", {"shape": (1, 1)}), ("it", "Add", "reshape vector")
    )
    assert only_problem(graph).message == 'Add "it": cannot add 1×1 from "reshape" and 1 from "vector".'


def test_multiply_by_a_gate_of_one_number_a_channel_is_fine() -> None:
    graph = two_paths("Multiply", ("Identity", {}), ("AdaptiveAvgPool2d", {}))
    found = ShapeEngine().infer(graph)
    assert found.problems == []
    assert found.outputs[graph.named("it").id, "output"].shape == MAPS


def test_concat_says_which_dimension_may_differ() -> None:
    problem = only_problem(two_paths("Concat", ("Conv2d", {}), ("Conv2d", {"padding": 1})))
    assert problem.message == (
        'Concat "it": cannot join 32×6×4 from "left" and 32×8×6 from "right": they may differ in dimension 1 '
        "only."
    )
    assert problem.suggestion == "Give both the same height and width."


@pytest.mark.parametrize(
    ("dim", "message"),
    [(0, "dimension 0 is the batch"), (4, "has no dimension 4"), (-4, "dimension -4 is the batch")],
)
def test_concat_along_a_dimension_that_is_not_there(dim: int, message: str) -> None:
    problem = only_problem(two_paths("Concat", ("Identity", {}), ("Identity", {}), dim=dim))
    assert message in problem.message
    assert (problem.argument, problem.suggestion) == ("dim", "Set dim to 1.")


def test_a_batch_without_a_dimension_is_not_taken_for_one_sample() -> None:
    """Torch would pool (N, C, L) as one image of N channels."""
    problem = only_problem(chain(ROW, ("MaxPool2d", {})))
    graph = chain((8, 4, 4), ("Reshape", {"shape": (8, 16)}), ("MaxPool2d", {}))
    (other,) = ShapeEngine().infer(graph).problems
    assert "expected (N, C, H, W)" in problem.message
    assert other.message == 'MaxPool2d "it1": expected (N, C, H, W) at "input", got (N, 8, 16) from "it".'


@pytest.mark.parametrize(
    ("layout", "rank", "answer"),
    [
        ("", 7, True),
        ("N, C, H, W", 4, True),
        ("N, C, H, W", 3, False),
        ("N, C or N, C, L", 3, True),
        ("N, C or N, C, L", 4, False),
        ("N, C, *", 2, True),
        ("N, C, *", 1, False),
        ("N, *, E", 5, True),
        ("N, *, E", 2, True),
    ],
)
def test_fits(layout: str, rank: int, answer: bool) -> None:
    assert suits(layout, rank) is answer


def test_check_puts_errors_first() -> None:
    graph = chain((1, 4, 4), ("Conv2d", {"kernel_size": 5}))
    loose = edits.add_node(graph, edits.new_node(graph, "ReLU", name="loose"))
    severities = [problem.severity for problem in check(loose)]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert "error" in severities
