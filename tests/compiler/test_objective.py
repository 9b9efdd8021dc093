"""Losses against outputs and data: what does not fit is explained in plain words."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from studio.catalog.registry import get, signature
from studio.compiler import lower
from studio.compiler.shapes import ShapeEngine
from studio.compiler.types import TargetType, TensorType
from studio.graph import fixes
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from tests.helpers.drawing import Line, draw

TEN, TWO, VALUE = TargetType(10), TargetType(2), TargetType(0, (1,))


def head(width: int, loss: str, encoding: str = "index", **arguments: Any) -> Graph:
    return draw(
        ("x", "VectorInput", {"features": 12}),
        ("fc", "Linear", "x", {"out_features": width}),
        ("drop", "Dropout", "fc"),
        ("target", "Target", {"encoding": encoding}),
        ("loss", loss, "drop target", arguments),
    )


def problems(graph: Graph, target: TargetType | None = None) -> list[Problem]:
    return ShapeEngine().infer(graph, target).problems


@pytest.mark.parametrize(
    ("width", "loss", "encoding", "target"),
    [
        (10, "CrossEntropyLoss", "index", TEN),
        (10, "CrossEntropyLoss", "index", None),
        (10, "CrossEntropyLoss", "one_hot", TEN),
        (10, "CrossEntropyLoss", "one_hot", None),
        (12, "CrossEntropyLoss", "index", TEN),
        (10, "NLLLoss", "index", TEN),
        (10, "MSELoss", "one_hot", TEN),
        (1, "MSELoss", "float", TEN),
        (1, "MSELoss", "float", VALUE),
        (3, "MSELoss", "float", TargetType(0, (3,))),
        (1, "BCEWithLogitsLoss", "float", TWO),
        (10, "BCEWithLogitsLoss", "one_hot", TEN),
        (7, "HuberLoss", "float", None),
        (10, "MultiMarginLoss", "index", TEN),
        (10, "MultiLabelSoftMarginLoss", "one_hot", TEN),
        (10, "KLDivLoss", "one_hot", TEN),
        (1, "PoissonNLLLoss", "float", VALUE),
    ],
)
def test_fitting_pairs_pass(width: int, loss: str, encoding: str, target: TargetType | None) -> None:
    assert problems(head(width, loss, encoding), target) == []


@pytest.mark.parametrize(
    ("width", "loss", "encoding", "target", "message", "suggestion"),
    [
        (
            8,
            "CrossEntropyLoss",
            "index",
            TEN,
            'expected 10 scores, one for each class of the data, got 8 from "drop".',
            'Set out_features of "fc" to 10.',
        ),
        (
            12,
            "CrossEntropyLoss",
            "one_hot",
            TEN,
            'expected 10 scores, one for each class of the data, got 12 from "drop".',
            'Set out_features of "fc" to 10.',
        ),
        (
            10,
            "CrossEntropyLoss",
            "float",
            TEN,
            '"target" gives a value, (N, 1); it needs the number of a class, (N,).',
            'Set encoding of "target" to index.',
        ),
        (
            10,
            "NLLLoss",
            "one_hot",
            TEN,
            '"target" gives a 1 for the class among zeros, (N, C); it needs the number of a class, (N,).',
            'Set encoding of "target" to index.',
        ),
        (
            1,
            "CrossEntropyLoss",
            "index",
            None,
            'one score from "drop" cannot tell classes apart.',
            "Let the last layer give one output for each class, or use BCEWithLogitsLoss.",
        ),
        (
            10,
            "CrossEntropyLoss",
            "index",
            VALUE,
            "needs classes, and the data set gives values.",
            "Use MSELoss, or a data set with classes.",
        ),
        (
            10,
            "MSELoss",
            "index",
            None,
            '"target" gives the number of a class, (N,); it needs a 1 for the class among zeros, (N, C).',
            'Set encoding of "target" to one_hot.',
        ),
        (
            10,
            "MSELoss",
            "float",
            TEN,
            '"target" gives a value, (N, 1); it needs a 1 for the class among zeros, (N, C).',
            'Set encoding of "target" to one_hot.',
        ),
        (
            1,
            "BCEWithLogitsLoss",
            "index",
            TWO,
            '"target" gives the number of a class, (N,); it needs a value, (N, 1).',
            'Set encoding of "target" to float.',
        ),
        (
            1,
            "BCEWithLogitsLoss",
            "float",
            TEN,
            '"target" gives a value, (N, 1); it needs a 1 for the class among zeros, (N, C).',
            'Set encoding of "target" to one_hot.',
        ),
        (
            4,
            "L1Loss",
            "float",
            VALUE,
            'expected the shape of the target, (N, 1) from "target", got (N, 4) from "drop".',
            'Set out_features of "fc" to 1.',
        ),
        (
            4,
            "MSELoss",
            "one_hot",
            VALUE,
            '"target" gives a 1 for the class among zeros, (N, C); it needs a value, (N, 1).',
            'Set encoding of "target" to float.',
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, str) and " " not in value else "",
)
def test_misfits_are_explained(
    width: int, loss: str, encoding: str, target: TargetType | None, message: str, suggestion: str
) -> None:
    graph = head(width, loss, encoding)
    (problem,) = problems(graph, target)
    assert problem.message == f'{loss} "loss": {message}'
    assert problem.suggestion == suggestion
    assert problem.node == graph.named("loss").id
    if suggestion.startswith("Set "):
        assert problem.fix is not None
        mended = fixes.apply_fix(graph, problem.fix, signature)
        left = [other.message for other in problems(mended, target)]
        assert f'{loss} "loss": {message}' not in left


def test_maps_into_cross_entropy_ask_for_flatten_and_linear() -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("conv", "Conv2d", "image", {"padding": 1}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "conv target"),
    )
    (problem,) = problems(graph)
    assert (
        problem.message
        == 'CrossEntropyLoss "loss": expected (N, C) at "input", got (N, 32, 8, 8) from "conv".'
    )
    assert "Insert a Flatten and a Linear layer" in problem.suggestion
    assert "AdaptiveAvgPool2d" in problem.suggestion
    assert problem.fix is not None
    assert problem.fix.label == "Add Global Average Pool and Flatten"


def test_a_linear_layer_on_maps_gets_the_flatten_before_it() -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("fc", "Linear", "image"),
        ("relu", "ReLU", "fc"),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "relu target"),
    )
    (problem,) = problems(graph)
    assert problem.suggestion == 'Insert Flatten before "fc".'
    assert problem.fix is not None
    assert problems(fixes.apply_fix(graph, problem.fix, signature), TEN) == []


def autoencoder(*, flat: bool) -> Graph:
    """Return image → code → picture, compared with the image itself."""
    picture: list[Line] = [] if flat else [("picture", "Reshape", "decoder", {"shape": (1, 4, 4)})]
    return draw(
        ("image", "ImageInput", {"channels": 1, "height": 4, "width": 4}),
        ("flatten", "Flatten", "image"),
        ("decoder", "Linear", "flatten", {"out_features": 16}),
        *picture,
        ("loss", "MSELoss", f"{'decoder' if flat else 'picture'} image"),
    )


def test_an_output_may_be_compared_with_the_input() -> None:
    assert problems(autoencoder(flat=False)) == []


def test_a_flat_picture_against_an_image_asks_for_a_reshape() -> None:
    graph = autoencoder(flat=True)
    (problem,) = problems(graph)
    assert problem.message == (
        'MSELoss "loss": expected the shape of the target, (N, 1, 4, 4) from "image", '
        'got (N, 16) from "decoder".'
    )
    assert problem.fix is not None
    assert problem.fix.label == "Insert Reshape 1×4×4"
    assert problems(fixes.apply_fix(graph, problem.fix, signature)) == []


def test_the_loss_is_a_single_number() -> None:
    graph = head(10, "CrossEntropyLoss")
    found = ShapeEngine().infer(graph)
    assert found.outputs[graph.named("loss").id, "loss"] == TensorType(())


@pytest.mark.parametrize(
    ("loss", "encoding", "argument", "value", "message"),
    [
        (
            "CrossEntropyLoss",
            "index",
            "weight",
            (1.0, 2.0),
            'weight holds 2 numbers, and "drop" gives 3 scores.',
        ),
        ("MultiMarginLoss", "index", "weight", 2.0, 'weight holds 1 numbers, and "drop" gives 3 scores.'),
        (
            "BCEWithLogitsLoss",
            "one_hot",
            "pos_weight",
            (1.0, 2.0),
            'pos_weight holds 2 numbers, and "drop" gives 3 outputs.',
        ),
    ],
)
def test_numbers_for_each_class_must_be_as_many_as_the_classes(
    loss: str, encoding: str, argument: str, value: Any, message: str
) -> None:
    graph = head(3, loss, encoding, **{argument: value})
    (problem,) = problems(graph, TargetType(3))
    assert problem.message == f'{loss} "loss": {message}'
    assert problem.argument == argument
    assert problem.fix is not None
    assert problems(fixes.apply_fix(graph, problem.fix, signature), TargetType(3)) == []


SCORES = torch.tensor([[2.0, 0.0, -1.0], [0.5, 1.0, 0.0]])
CLASSES, TAGS = torch.tensor([0, 2]), torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


@pytest.mark.parametrize(
    ("kind", "encoding", "arguments", "truth", "expected"),
    [
        (
            "CrossEntropyLoss",
            "index",
            {"weight": (1.0, 2.0, 3.0), "label_smoothing": 0.1},
            CLASSES,
            nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1),
        ),
        ("CrossEntropyLoss", "index", {"ignore_index": 0}, CLASSES, nn.CrossEntropyLoss(ignore_index=0)),
        ("NLLLoss", "index", {"weight": (1.0, 2.0, 3.0)}, CLASSES, nn.NLLLoss(torch.tensor([1.0, 2.0, 3.0]))),
        (
            "BCEWithLogitsLoss",
            "one_hot",
            {"pos_weight": (1.0, 5.0, 2.0)},
            TAGS,
            nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 5.0, 2.0])),
        ),
        ("MultiMarginLoss", "index", {"p": 2, "margin": 0.5}, CLASSES, nn.MultiMarginLoss(2, 0.5)),
        ("MultiLabelSoftMarginLoss", "one_hot", {}, TAGS, nn.MultiLabelSoftMarginLoss()),
        ("KLDivLoss", "one_hot", {}, TAGS, nn.KLDivLoss(reduction="batchmean")),
        ("PoissonNLLLoss", "float", {"full": True}, TAGS, nn.PoissonNLLLoss(full=True)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_losses_compute_what_torchs_do(
    kind: str, encoding: str, arguments: dict[str, Any], truth: torch.Tensor, expected: nn.Module
) -> None:
    (term,) = lower.build(head(3, kind, encoding, **arguments)).losses
    assert torch.equal(term.module(SCORES, truth), expected(SCORES, truth))


def test_the_lectures_sum_of_squares_is_the_mean_times_the_number_of_values() -> None:
    mean, total = (lower.build(head(3, "MSELoss", "one_hot", reduction=r)).losses[0] for r in ("mean", "sum"))
    assert float(total.module(SCORES, TAGS)) == pytest.approx(6 * float(mean.module(SCORES, TAGS)))
    assert float(total.module(SCORES, TAGS)) == pytest.approx(1 + 0 + 4 + 0.25 + 0 + 0)
    summary = get("MSELoss").summary
    assert "sum" in summary
    assert "times the number of values" in summary


def test_the_hinge_by_hand() -> None:
    (term,) = lower.build(head(3, "MultiMarginLoss")).losses
    # The right score of the second row is 0; the others come to 1 + 0.5 and 1 + 1. The first row costs 0.
    assert float(term.module(SCORES, CLASSES)) == pytest.approx((1.5 + 2.0) / 3 / 2)
