"""Losses against outputs and data: what does not fit is explained in plain words."""

from __future__ import annotations

import pytest

from studio.catalog.registry import signature
from studio.compiler.shapes import ShapeEngine
from studio.compiler.types import TargetType, TensorType
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.zoo.builder import Builder

TEN, TWO, VALUE = TargetType(10), TargetType(2), TargetType(0, (1,))


def head(width: int, loss: str, encoding: str = "index") -> Graph:
    builder = Builder()
    builder.input((12,))
    builder.chain("Linear", "fc", out_features=width)
    builder.chain("Dropout", "drop")
    return builder.finish(loss, encoding)


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
        mended = edits.apply_fix(graph, problem.fix, signature)
        left = [other.message for other in problems(mended, target)]
        assert f'{loss} "loss": {message}' not in left


def test_maps_into_cross_entropy_ask_for_flatten_and_linear() -> None:
    builder = Builder()
    builder.input((1, 8, 8))
    builder.chain("Conv2d", "conv", padding=1)
    (problem,) = problems(builder.finish())
    assert (
        problem.message
        == 'CrossEntropyLoss "loss": expected (N, C) at "input", got (N, 32, 8, 8) from "conv".'
    )
    assert "Insert a Flatten and a Linear layer" in problem.suggestion
    assert "AdaptiveAvgPool2d" in problem.suggestion
    assert problem.fix is not None
    assert problem.fix.label == "Insert Flatten"


def test_a_linear_layer_on_maps_gets_the_flatten_before_it() -> None:
    builder = Builder()
    builder.input((1, 8, 8))
    builder.chain("Linear", "fc")
    builder.chain("ReLU", "relu")
    graph = builder.finish()
    (problem,) = problems(graph)
    assert problem.suggestion == 'Insert Flatten before "fc".'
    assert problem.fix is not None
    assert problems(edits.apply_fix(graph, problem.fix, signature), TEN) == []


def autoencoder(*, flat: bool) -> Graph:
    """Return image → code → picture, compared with the image itself."""
    builder = Builder()
    image = builder.input((1, 4, 4))
    builder.chain("Flatten", "flatten")
    builder.chain("Linear", "decoder", out_features=16)
    if not flat:
        builder.chain("Reshape", "picture", shape=(1, 4, 4))
    loss = builder.chain("MSELoss", "loss")
    builder.connect(image, loss, "target")
    return builder.graph


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
    assert problems(edits.apply_fix(graph, problem.fix, signature)) == []


def test_the_loss_is_a_single_number() -> None:
    graph = head(10, "CrossEntropyLoss")
    found = ShapeEngine().infer(graph)
    assert found.outputs[graph.named("loss").id, "loss"] == TensorType(())
