"""What recurrent layers, attention, embeddings and windows cannot do is told, and the fix mends it."""

from __future__ import annotations

from typing import Any

import pytest

from studio.catalog.registry import signature
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.graph import fixes
from tests.helpers.drawing import Line, draw

STEPS: Line = ("x", "SequenceInput", {"length": 5, "features": 8})
OTHER: Line = ("y", "SequenceInput", {"length": 7, "features": 6})
SHORT: Line = ("z", "SequenceInput", {"length": 3, "features": 6})
TOKENS: Line = ("x", "TokenInput", {"length": 5})
GROUPS: Line = ("x", "TensorInput", {"shape": (2, 9, 8)})
IMAGE: Line = ("x", "ImageInput", {"channels": 8, "height": 12, "width": 18})


@pytest.mark.parametrize(
    ("lines", "message", "suggestion"),
    [
        ([STEPS, ("it", "MultiheadAttention", "x", {"num_heads": 3})],
         '8 features from "x" cannot be split into 3 heads.',
         "Set num_heads to 2, or to another divisor of 8."),
        ([STEPS, ("it", "TransformerEncoderLayer", "x", {"nhead": 6})],
         '8 features from "x" cannot be split into 6 heads.', "Set nhead to 2, or to another divisor of 8."),
        ([STEPS, OTHER, SHORT, ("it", "MultiheadAttention", "x y z")],
         'compares 7 steps of the key from "y" and mixes 3 of the value from "z".',
         "Give key and value the same number of steps."),
        ([STEPS, OTHER, ("it", "ScaledDotProductAttention", "x y")],
         'compares rows of 8 features from "x" with rows of 6 from "y".',
         "Give query and key the same number of features."),
        ([STEPS, OTHER, ("it", "TransformerDecoderLayer", "x y")],
         '"y" gives 6 features at "memory", and "x" 8 at "tgt".',
         "Insert a Linear with 8 outputs before memory."),
        ([STEPS, ("it", "MultiheadAttention", "x", {"embed_dim": 6, "num_heads": 2})],
         'expected 6 features at "query", got 8 from "x".', "Set embed_dim to 8."),
        ([STEPS, ("it", "LSTM", "x", {"proj_size": 64})],
         "proj_size 64 must be smaller than hidden_size, which is 64.",
         "Set proj_size to 0, which leaves the state as it is."),
        ([STEPS, ("it", "GRU", "x", {"input_size": 7})], 'expected 7 features at "input", got 8 from "x".',
         "Set input_size to 8."),
        ([TOKENS, ("it", "Embedding", "x", {"num_embeddings": 4, "padding_idx": 4})],
         "padding_idx 4 is no row of a table of 4.", "Set padding_idx to 3 or less, or clear it."),
        ([GROUPS, ("it", "RelativePositionalMultiHeadAttention", "x", {"head_dim": 4})],
         'its table is for groups of 49 places, and those from "x" have 9.', "Set max_seq_len to 9."),
        ([GROUPS, ("it", "RelativePositionalMultiHeadAttention", "x", {"head_dim": 3, "max_seq_len": 9})],
         '8 features from "x" cannot be split into heads of 3.',
         "Set head_dim to 1, or to another divisor of 8."),
        ([GROUPS, ("it", "ShiftedWindowAttention", "x", {"window_size": (3,)})],
         "window_size must be two numbers, height and width.", "Set window_size to 3×3."),
        ([IMAGE, ("it", "WindowPartition", "x", {"p": 7})],
         'windows of 7×7 do not fill the 12×18 maps from "x".', "Set p to 6, or to another divisor of 6."),
        ([GROUPS, ("it", "WindowDepartition", "x", {"p": 4, "h_partitions": 2})],
         'windows of 4×4 have 16 places, and those from "x" have 9.', "Set p to 3."),
        ([GROUPS, ("it", "WindowDepartition", "x", {"p": 3})], '1×1 windows are asked for, and "x" gives 2.',
         "Set h_partitions and w_partitions to their number from top to bottom and from left to right."),
    ],
    ids=lambda item: item[-1][1] if isinstance(item, list) else "",
)  # fmt: skip
def test_message_suggestion_and_fix(lines: list[Line], message: str, suggestion: str) -> None:
    graph = draw(*lines)
    (problem,) = analyse(graph).problems
    spec = signature(graph.node("it"))
    assert spec is not None
    assert (problem.node, problem.message) == ("it", f'{spec.title} "it": {message}')
    assert problem.suggestion == suggestion
    if problem.fix is not None:
        assert analyse(fixes.apply_fix(graph, problem.fix, signature)).problems == ()


def test_weights_that_are_not_given_cannot_be_wired_however_often_it_was_asked() -> None:
    attention: Line = ("it", "MultiheadAttention", "x", {"num_heads": 2})
    engine = ShapeEngine()
    assert engine.infer(draw(STEPS, attention)).problems == []
    graph = draw(STEPS, attention, ("weights", "Output", "it.weights"))
    (problem,) = engine.infer(graph).problems
    assert (
        problem.message
        == 'Attention "it" gives no weights while need_weights is off, and "weights" has a wire.'
    )
    assert problem.fix is not None
    assert engine.infer(fixes.apply_fix(graph, problem.fix, signature)).problems == []


@pytest.mark.parametrize("kind", ["LSTM", "MultiheadAttention", "TransformerEncoderLayer"])
def test_maps_are_no_sequences(kind: str) -> None:
    graph: Any = draw(IMAGE, ("it", kind, "x"))
    (problem,) = analyse(graph).problems
    assert "expected (N, L, E)" in problem.message
    assert "got (N, 8, 12, 18)" in problem.message
