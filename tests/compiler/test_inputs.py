"""What enters a network and what leaves it: shapes, number formats, names."""

from __future__ import annotations

import pytest
import torch

from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from tests.helpers.drawing import draw


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("ImageInput", {"channels": 3, "height": 5, "width": 6}, "(N, 3, 5, 6)"),
        ("VectorInput", {"features": 5}, "(N, 5)"),
        ("SignalInput", {"channels": 2, "length": 9}, "(N, 2, 9)"),
        ("VolumeInput", {"channels": 2, "depth": 3, "height": 4, "width": 5}, "(N, 2, 3, 4, 5)"),
        ("SequenceInput", {"length": 9, "features": 2}, "(N, 9, 2)"),
        ("TensorInput", {"shape": (2, 3, 4, 5, 6)}, "(N, 2, 3, 4, 5, 6)"),
        ("TensorInput", {"shape": 4}, "(N, 4)"),
    ],
)
def test_sizes_are_a_samples_shape_in_order(kind: str, arguments: dict[str, object], shape: str) -> None:
    found = ShapeEngine().infer(draw(("it", kind, arguments))).outputs["it", "output"]
    assert (found.batched, found.dtype) == (shape, "float32")


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("TokenInput", {"length": 7}, "(N, 7)"),
        ("IndexInput", {}, "(N,)"),
        ("TensorInput", {"shape": (2, 3), "dtype": "int64"}, "(N, 2, 3)"),
    ],
)
def test_tokens_and_indices_are_whole_numbers(kind: str, arguments: dict[str, object], shape: str) -> None:
    found = ShapeEngine().infer(draw(("it", kind, arguments))).outputs["it", "output"]
    assert (found.batched, found.dtype) == (shape, "int64")


def test_two_indices_make_a_matrix_factorization() -> None:
    rows = {"num_embeddings": 6, "embedding_dim": 3}
    network = lower.build(
        draw(
            ("item", "IndexInput"), ("user", "IndexInput"),
            ("items", "Embedding", "item", rows), ("users", "Embedding", "user", rows),
            ("score", "DotProduct", "users items", {"keepdim": True}),
        )
    )  # fmt: skip
    assert network.inputs == ("item", "user")
    module, numbers = network.module, torch.arange(6)
    wanted = (module.users.weight * module.items.weight.flip(0)).sum(1, keepdim=True)
    assert torch.allclose(module(numbers.flip(0), numbers), wanted)


def test_outputs_are_named_by_their_nodes_and_give_any_port() -> None:
    network = lower.build(
        draw(
            ("x", "SequenceInput", {"length": 4, "features": 2}),
            ("lstm", "LSTM", "x", {"hidden_size": 3}),
            ("scores", "Output", "lstm"),
            ("state", "Output", "lstm.c_n"),
        )
    )
    assert network.outputs == ("scores", "state")
    scores, state = network.module(torch.randn(5, 4, 2))
    assert (scores.shape, state.shape) == ((5, 4, 3), (5, 1, 3))


@pytest.mark.parametrize(
    ("lines", "message", "suggestion"),
    [
        (
            (("x", "VectorInput", {"features": 4}), ("it", "Embedding", "x")),
            'Embedding "it": expected whole numbers (int64) at "input", got numbers (float32) from "x".',
            'Replace "x" by a TokenInput for texts, or an IndexInput for one number a sample.',
        ),
        (
            (("x", "TensorInput", {"shape": (4,)}), ("it", "EmbeddingBag", "x")),
            'EmbeddingBag "it": expected whole numbers (int64) at "input", got numbers (float32) from "x".',
            'Set dtype of "x" to int64.',
        ),
        (
            (("x", "VectorInput", {"features": 4}), ("r", "ReLU", "x"), ("it", "OneHot", "r")),
            'OneHot "it": expected whole numbers (int64) at "input", got numbers (float32) from "r".',
            "Wire it to an input that gives whole numbers: TokenInput, IndexInput.",
        ),
        *(
            (
                (("x", "TokenInput", {"length": 4}), ("it", kind, "x")),
                f'{kind} "it": expected numbers (float32) at "input", got whole numbers (int64) from "x".',
                "Insert Embedding before it, which looks up a learned row for each number, or OneHot.",
            )
            for kind in ("Linear", "Softmax", "Dropout", "GELU")
        ),
    ],
)
def test_the_wrong_kind_of_numbers_is_told(lines: tuple[object, ...], message: str, suggestion: str) -> None:
    (problem,) = analyse(draw(*lines)).problems  # type: ignore[arg-type]
    assert (problem.code, problem.message, problem.suggestion) == ("dtype", message, suggestion)


@pytest.mark.parametrize("kind", ["Flatten", "Concat", "Add", "Slice", "Identity"])
def test_whole_numbers_may_be_rearranged(kind: str) -> None:
    graph = draw(
        ("x", "TokenInput", {"length": 4}), ("it", kind, "x x" if kind in ("Add", "Concat") else "x")
    )
    assert analyse(graph).problems == ()
    assert lower.compile(graph)(torch.arange(8).reshape(2, 4)).dtype == torch.int64
