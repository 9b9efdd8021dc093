"""The usual mistakes of people who draw networks: said with both ends and both shapes, mended by a button.

Each row is one mistake. The message names the layers at both ends and what is on both sides; the fixes are
offered in this order, and with any of them the mistake is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from studio.catalog.registry import signatures
from studio.compiler.analysis import analyse
from studio.compiler.types import TargetType
from studio.graph import fixes
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from tests.helpers.drawing import Line, draw

IMAGE = ("image", "ImageInput", {"channels": 1, "height": 28, "width": 28})
ROW = ("row", "VectorInput", {"features": 16})
TEXT = ("text", "TokenInput", {"length": 12})
SERIES = ("series", "TensorInput", {"shape": (5, 20)})
WORDS = ("words", "Embedding", "text", {"num_embeddings": 100, "embedding_dim": 30})
CONV = ("conv", "Conv2d", "image", {"out_channels": 8})
FLAT = ("flat", "Flatten", "image")
SCORES = ("scores", "Linear", "row", {"out_features": 10})
TRUTH = ("truth", "Target")


def loss(of: str, kind: str = "CrossEntropyLoss") -> tuple[Line, Line]:
    return TRUTH, ("loss", kind, f"{of} truth")


def trunk(**branch: object) -> tuple[Line, Line]:
    """A layer with 16 maps of 28×28, and one behind it, which an Add puts together."""
    return (
        ("stem", "Conv2d", "image", {"out_channels": 16, "padding": 1}),
        ("branch", "Conv2d", "stem", branch),
    )


@dataclass(frozen=True)
class Mistake:
    """A drawing, words that the message must have, and the labels of the fixes."""

    lines: tuple[Line, ...]
    words: tuple[str, ...]
    fixes: tuple[str, ...]
    classes: int = 0


SHORTCUT = "Add 1×1 convolution on the shortcut"
GLOBAL = "Add Global Average Pool and Flatten"

MISTAKES = {
    "linear behind maps": Mistake(
        (IMAGE, CONV, ("fc", "Linear", "conv", {"in_features": 5408})),
        ('"fc"', '"conv"', "5408 features", "8×26×26"),
        ("Insert Flatten", f"{GLOBAL}, set in_features to 8"),
    ),
    "linear behind maps, other size": Mistake(
        (IMAGE, CONV, ("fc", "Linear", "conv", {"in_features": 3136})),
        ('"fc"', '"conv"', "3136 features", "8×26×26"),
        ("Insert Flatten, set in_features to 5408", f"{GLOBAL}, set in_features to 8"),
    ),
    "classifier on maps": Mistake(
        (IMAGE, CONV, ("fc", "Linear", "conv", {"out_features": 10}), *loss("fc")),
        ('"loss"', '"fc"', "(N, C)", "(N, 8, 26, 10)"),
        ('Insert Flatten before "fc"', f'{GLOBAL} before "fc"'),
    ),
    "wrong in_features": Mistake(
        (IMAGE, FLAT, ("fc", "Linear", "flat", {"in_features": 100})),
        ('"fc"', '"flat"', "100", "784"),
        ("Set in_features to 784",),
    ),
    "wrong in_channels": Mistake(
        (IMAGE, ("conv", "Conv2d", "image", {"in_channels": 3})),
        ('"conv"', '"image"', "3 channels", "got 1"),
        ("Set in_channels to 1",),
    ),
    "wrong in_channels of a transposed convolution": Mistake(
        (IMAGE, CONV, ("up", "ConvTranspose2d", "conv", {"in_channels": 16})),
        ('"up"', '"conv"', "16 channels", "got 8"),
        ("Set in_channels to 8",),
    ),
    "output_padding without stride": Mistake(
        (IMAGE, ("up", "ConvTranspose2d", "image", {"output_padding": 1})),
        ('"up"', "output_padding 1", "stride"),
        ("Set output_padding to 0",),
    ),
    "shortcut with fewer channels": Mistake(
        (IMAGE, *trunk(out_channels=32, padding=1), ("sum", "Add", "branch stem")),
        ('"sum"', '32×28×28 from "branch"', '16×28×28 from "stem"'),
        (SHORTCUT, 'Set out_channels of "branch" to 16'),
    ),
    "shortcut wired first": Mistake(
        (IMAGE, *trunk(out_channels=32, padding=1), ("sum", "Add", "stem branch")),
        ('"sum"', '16×28×28 from "stem"', '32×28×28 from "branch"'),
        (SHORTCUT, 'Set out_channels of "branch" to 16'),
    ),
    "shortcut past a stride": Mistake(
        (IMAGE, *trunk(out_channels=32, padding=1, stride=2), ("sum", "Add", "branch stem")),
        ('"sum"', '32×14×14 from "branch"', '16×28×28 from "stem"'),
        ("Add 1×1 convolution of stride 2 on the shortcut",),
    ),
    "shortcut past a stride, same channels": Mistake(
        (IMAGE, *trunk(out_channels=16, padding=1, stride=2), ("sum", "Add", "branch stem")),
        ('16×14×14 from "branch"', '16×28×28 from "stem"'),
        (
            "Add 1×1 convolution of stride 2 on the shortcut",
            'Insert Upsample to 28×28 behind "branch"',
            'Insert AdaptiveAvgPool2d to 14×14 behind "stem"',
        ),
    ),
    "shortcut past an unpadded convolution": Mistake(
        (IMAGE, *trunk(out_channels=16), ("sum", "Add", "branch stem")),
        ('16×26×26 from "branch"', '16×28×28 from "stem"'),
        (
            'Set padding of "branch" to 1',
            'Insert Upsample to 28×28 behind "branch"',
            'Insert AdaptiveAvgPool2d to 26×26 behind "stem"',
        ),
    ),
    "shortcut past two unpadded convolutions": Mistake(
        (
            IMAGE,
            ("stem", "Conv2d", "image", {"out_channels": 16, "padding": 1}),
            ("conv1", "Conv2d", "stem", {"out_channels": 16}),
            ("norm1", "BatchNorm2d", "conv1"),
            ("conv2", "Conv2d", "norm1", {"out_channels": 16}),
            ("norm2", "BatchNorm2d", "conv2"),
            ("sum", "Add", "norm2 stem"),
        ),
        ('16×24×24 from "norm2"', '16×28×28 from "stem"'),
        (
            'Set padding of "conv1" and "conv2" to 1',
            'Insert Upsample to 28×28 behind "norm2"',
            'Insert AdaptiveAvgPool2d to 24×24 behind "stem"',
        ),
    ),
    "shortcut past unpadded convolutions of two sizes": Mistake(
        (
            IMAGE,
            ("stem", "Conv2d", "image", {"out_channels": 16, "padding": 1}),
            ("wide", "Conv2d", "stem", {"out_channels": 16, "kernel_size": 5}),
            ("narrow", "Conv2d", "wide", {"out_channels": 16}),
            ("sum", "Add", "narrow stem"),
        ),
        ('16×22×22 from "narrow"', '16×28×28 from "stem"'),
        (
            'Set padding of "wide" and "narrow" to same',
            'Insert Upsample to 28×28 behind "narrow"',
            'Insert AdaptiveAvgPool2d to 22×22 behind "stem"',
        ),
    ),
    "shortcut of another size and width": Mistake(
        (IMAGE, *trunk(out_channels=32), ("sum", "Add", "branch stem")),
        ('32×26×26 from "branch"', '16×28×28 from "stem"'),
        ("Insert AdaptiveAvgPool2d and 1×1 convolution on the shortcut",),
    ),
    "branches of other widths": Mistake(
        (
            IMAGE,
            ("left", "Conv2d", "image", {"out_channels": 4}),
            ("right", "Conv2d", "image", {"out_channels": 6}),
            ("sum", "Add", "left right"),
        ),
        ('4×26×26 from "left"', '6×26×26 from "right"'),
        ('Set out_channels of "right" to 4', 'Add 1×1 convolution behind "right"'),
    ),
    "rows of other widths": Mistake(
        (ROW, SCORES, ("sum", "Add", "scores row")),
        ('10 from "scores"', '16 from "row"'),
        ("Insert Linear to 10 on the shortcut", 'Set out_features of "scores" to 16'),
    ),
    "gate that is a row": Mistake(
        (
            IMAGE,
            CONV,
            ("pool", "AdaptiveAvgPool2d", "conv", {"output_size": 1}),
            ("gate", "Flatten", "pool"),
            ("scaled", "Multiply", "conv gate"),
        ),
        ('8×26×26 from "conv"', '8 from "gate"'),
        ('Insert Reshape 8×1×1 behind "gate"',),
    ),
    "concat of other sizes": Mistake(
        (IMAGE, *trunk(out_channels=16), ("cat", "Concat", "stem branch")),
        ('"cat"', '16×28×28 from "stem"', '16×26×26 from "branch"'),
        (
            'Set padding of "branch" to 1',
            'Insert Upsample to 28×28 behind "branch"',
            'Insert AdaptiveAvgPool2d to 26×26 behind "stem"',
        ),
    ),
    "concat of maps and a row": Mistake(
        (IMAGE, CONV, FLAT, ("cat", "Concat", "conv flat")),
        ('8×26×26 from "conv"', '784 from "flat"'),
        ("Insert Flatten", GLOBAL),
    ),
    "kernel larger than the maps": Mistake(
        (IMAGE, ("conv", "Conv2d", "image", {"kernel_size": 33})),
        ('"conv"', '"image"', "33×33", "28×28"),
        ("Set kernel_size to 28", "Set padding to 3"),
    ),
    "pooled down to nothing": Mistake(
        (("image", "ImageInput", {"height": 3, "width": 3}), CONV, ("pool", "MaxPool2d", "conv")),
        ('"pool"', '"conv"', "2×2", "1×1"),
        ('Remove "pool"', "Set padding to 1"),
    ),
    "maps instead of scores, channels are classes": Mistake(
        (IMAGE, CONV, *loss("conv")),
        ('"loss"', '"conv"', "(N, C)", "(N, 8, 26, 26)"),
        (GLOBAL, "Insert Flatten and Linear to 8"),
    ),
    "maps instead of scores": Mistake(
        (IMAGE, CONV, *loss("conv")),
        ('"loss"', '"conv"', "(N, C)", "(N, 8, 26, 26)"),
        ("Add Global Average Pool, Flatten and Linear to 10", "Insert Flatten and Linear to 10"),
        classes=10,
    ),
    "too few classes": Mistake(
        (ROW, ("fc", "Linear", "row", {"out_features": 3}), *loss("fc")),
        ('"loss"', '"fc"', "expected 10 scores", "got 3"),
        ('Set out_features of "fc" to 10',),
        classes=10,
    ),
    "too many classes": Mistake(
        (ROW, ("fc", "Linear", "row", {"out_features": 1000}), *loss("fc")),
        ('"loss"', '"fc"', "1000 scores", "10 classes"),
        ('Set out_features of "fc" to 10',),
        classes=10,
    ),
    "one score for classes": Mistake(
        (ROW, ("fc", "Linear", "row", {"out_features": 1}), *loss("fc")),
        ('"loss"', '"fc"', "one score"),
        ('Set out_features of "fc" to 2', "Replace by BCEWithLogitsLoss"),
    ),
    "BatchNorm1d on maps": Mistake(
        (IMAGE, CONV, ("bn", "BatchNorm1d", "conv")),
        ('"bn"', '"conv"', "(N, C) or (N, C, L)", "(N, 8, 26, 26)"),
        ("Replace by BatchNorm2d",),
    ),
    "BatchNorm2d on a row": Mistake(
        (ROW, ("bn", "BatchNorm2d", "row")),
        ('"bn"', '"row"', "(N, C, H, W)", "(N, 16)"),
        ("Replace by BatchNorm1d", "Insert Reshape 1×4×4"),
    ),
    "BatchNorm3d on maps": Mistake(
        (IMAGE, CONV, ("bn", "BatchNorm3d", "conv")),
        ('"bn"', '"conv"', "(N, C, D, H, W)", "(N, 8, 26, 26)"),
        ("Replace by BatchNorm2d",),
    ),
    "Conv1d on maps": Mistake(
        (IMAGE, ("conv", "Conv1d", "image", {"kernel_size": (5,)})),
        ('"conv"', '"image"', "(N, C, L)", "(N, 1, 28, 28)"),
        ("Replace by Conv2d",),
    ),
    "Conv2d on a series": Mistake(
        (SERIES, ("conv", "Conv2d", "series", {"kernel_size": (3, 1)})),
        ('"conv"', '"series"', "(N, C, H, W)", "(N, 5, 20)"),
        ("Replace by Conv1d",),
    ),
    "Conv3d on maps": Mistake(
        (IMAGE, ("conv", "Conv3d", "image")),
        ('"conv"', '"image"', "(N, C, D, H, W)", "(N, 1, 28, 28)"),
        ("Replace by Conv2d",),
    ),
    "Flatten too early": Mistake(
        (IMAGE, FLAT, ("conv", "Conv2d", "flat")),
        ('"conv"', '"flat"', "(N, C, H, W)", "(N, 784)"),
        ('Remove "flat"', "Insert Reshape 1×28×28"),
    ),
    "a code that maps are to grow from": Mistake(
        (ROW, ("grow", "ConvTranspose2d", "row")),
        ('"grow"', '"row"', "(N, C, H, W)", "(N, 16)"),
        ("Insert Reshape 16×1×1", "Insert Reshape 1×4×4"),
    ),
    "Dropout2d on a row": Mistake(
        (ROW, ("drop", "Dropout2d", "row")),
        ('"drop"', '"row"', "(N, C, H, W)", "(N, 16)"),
        ("Replace by Dropout", "Insert Reshape 1×4×4"),
    ),
    "groups that do not divide": Mistake(
        (IMAGE, CONV, ("deep", "Conv2d", "conv", {"out_channels": 6, "groups": 4})),
        ('"deep"', "out_channels is 6", "4 groups"),
        ("Set groups to 2",),
    ),
    "groups of a GroupNorm": Mistake(
        (IMAGE, CONV, ("norm", "GroupNorm", "conv", {"num_groups": 3})),
        ('"norm"', '"conv"', "8 channels", "3 groups"),
        ("Set num_groups to 1",),
    ),
    "embedding fed measurements": Mistake(
        (ROW, ("words", "Embedding", "row", {"num_embeddings": 9, "embedding_dim": 4})),
        ('"words"', '"row"', "whole numbers", "float32"),
        ('Replace "row" by a TokenInput of 16',),
    ),
    "tokens without an embedding": Mistake(
        (TEXT, ("fc", "Linear", "text")),
        ('"fc"', '"text"', "float32", "whole numbers"),
        ("Insert Embedding",),
    ),
    "convolution over an embedding's features": Mistake(
        (TEXT, WORDS, ("conv", "Conv1d", "words", {"in_channels": 30})),
        ('"conv"', '"words"', "30 channels", "got 12"),
        ("Insert Transpose", "Set in_channels to 12"),
    ),
    "heads that do not divide": Mistake(
        (TEXT, WORDS, ("attention", "MultiheadAttention", "words", {"num_heads": 8})),
        ('"attention"', '"words"', "30 features", "8 heads"),
        ("Set num_heads to 2",),
    ),
    "wrong embed_dim": Mistake(
        (TEXT, WORDS, ("attention", "MultiheadAttention", "words", {"embed_dim": 64, "num_heads": 2})),
        ('"attention"', '"words"', "64 features", "got 30"),
        ("Set embed_dim to 30",),
    ),
    "LSTM's steps into a classifier": Mistake(
        (
            TEXT,
            WORDS,
            ("lstm", "LSTM", "words", {"hidden_size": 20}),
            ("fc", "Linear", "lstm", {"out_features": 10}),
            *loss("fc"),
        ),
        ('"loss"', '"fc"', "(N, C)", "(N, 12, 10)"),
        (
            'Insert Select of the last step before "fc"',
            'Insert Mean over the steps before "fc"',
            'Insert Flatten before "fc"',
        ),
    ),
    "LSTM on a row": Mistake(
        (ROW, ("lstm", "LSTM", "row")),
        ('"lstm"', '"row"', "(N, L, E)", "(N, 16)"),
        ("Insert Reshape 16×1: 16 steps", "Insert Reshape 1×16: one step"),
    ),
    "LSTM on an image": Mistake(
        (IMAGE, ("lstm", "LSTM", "image")),
        ('"lstm"', '"image"', "(N, L, E)", "(N, 1, 28, 28)"),
        ("Insert Reshape 28×28: row by row", "Insert Flatten and Transpose: 784 places of 1"),
    ),
    "attention on maps": Mistake(
        (IMAGE, CONV, ("attention", "MultiheadAttention", "conv", {"num_heads": 2})),
        ('"attention"', '"conv"', "(N, L, E)", "(N, 8, 26, 26)"),
        ("Insert Flatten and Transpose: 676 places of 8",),
    ),
    "no target": Mistake(
        (ROW, SCORES, ("loss", "CrossEntropyLoss", "scores")), ('"target" of "loss"',), ("Add a Target",)
    ),
    "no target at a loss of values": Mistake(
        (ROW, SCORES, ("loss", "MSELoss", "scores")), ('"target" of "loss"',), ("Add a Target",)
    ),
    "target left loose": Mistake(
        (ROW, SCORES, TRUTH, ("loss", "CrossEntropyLoss", "scores")),
        ('"target" of "loss"',),
        ("Wire the Target to it",),
    ),
    "layer left loose": Mistake(
        (IMAGE, FLAT, ("fc", "Linear")), ('"input" of "fc"',), ('Wire "flat" to it',)
    ),
    "Add with one wire": Mistake(
        (ROW, SCORES, ("sum", "Add", "scores")), ('"sum"', "at least 2 wires", "has 1"), ('Remove "sum"',)
    ),
    "layer that leads nowhere": Mistake(
        (ROW, SCORES, ("lost", "ReLU", "row"), *loss("scores")),
        ('"lost" leads to nothing',),
        ('Remove "lost"',),
    ),
    "softmax before the loss": Mistake(
        (ROW, SCORES, ("soft", "Softmax", "scores"), *loss("soft")),
        ('"loss" applies a softmax', '"soft"'),
        ('Remove "soft"',),
    ),
    "sigmoid before the loss": Mistake(
        (
            ROW,
            ("fc", "Linear", "row", {"out_features": 1}),
            ("squash", "Sigmoid", "fc"),
            ("truth", "Target", {"encoding": "float"}),
            ("loss", "BCEWithLogitsLoss", "squash truth"),
        ),
        ('"loss" applies a sigmoid', '"squash"'),
        ('Remove "squash"',),
    ),
    "softmax before NLLLoss": Mistake(
        (ROW, SCORES, ("soft", "Softmax", "scores"), *loss("soft", "NLLLoss")),
        ('NLLLoss "loss"', '"soft" is a Softmax'),
        ('Replace "soft" by LogSoftmax',),
    ),
    "scores into NLLLoss": Mistake(
        (ROW, SCORES, *loss("scores", "NLLLoss")),
        ('NLLLoss "loss"', '"scores" is a Linear'),
        ("Insert LogSoftmax", "Replace by CrossEntropyLoss"),
    ),
    "classes into MSELoss": Mistake(
        (ROW, SCORES, *loss("scores", "MSELoss")),
        ('MSELoss "loss"', '"truth"', "(N,)", "(N, C)"),
        ("Set encoding to one_hot",),
    ),
    "autoencoder that ends in a row": Mistake(
        (IMAGE, FLAT, ("fc", "Linear", "flat", {"out_features": 784}), ("loss", "MSELoss", "fc image")),
        ('(N, 1, 28, 28) from "image"', '(N, 784) from "fc"'),
        ("Insert Reshape 1×28×28",),
    ),
    "autoencoder that ends in a short row": Mistake(
        (IMAGE, FLAT, ("fc", "Linear", "flat", {"out_features": 100}), ("loss", "MSELoss", "fc image")),
        ('(N, 1, 28, 28) from "image"', '(N, 100) from "fc"'),
        ('Set out_features of "fc" to 784', "Insert Linear to 784 and Reshape 1×28×28"),
    ),
    "autoencoder that ends in small maps": Mistake(
        (IMAGE, CONV, ("loss", "MSELoss", "conv image")),
        ('(N, 1, 28, 28) from "image"', '(N, 8, 26, 26) from "conv"'),
        ("Insert Upsample to 28×28 and 1×1 convolution to 1",),
    ),
    "Flatten over the batch": Mistake(
        (IMAGE, ("flat", "Flatten", "image", {"start_dim": 0})),
        ('"flat"', '"image"', "(N, 1, 28, 28)", "dimension 0"),
        ("Set start_dim to 1",),
    ),
    "Flatten of rows only": Mistake(
        (
            IMAGE,
            CONV,
            ("flat", "Flatten", "conv", {"start_dim": 2}),
            ("fc", "Linear", "flat", {"out_features": 10}),
            *loss("fc"),
        ),
        ('"loss"', '"fc"', "(N, 8, 10)"),
        ('Insert Flatten before "fc"', 'Insert Mean over the steps before "fc"'),
    ),
    "Reshape to another number": Mistake(
        (IMAGE, ("shaped", "Reshape", "image", {"shape": (16, 7, 8)})),
        ('"shaped"', '"image"', "16×7×8", "896", "784"),
        ("Set shape to 14×7×8", "Set shape to 16×7×7"),
    ),
    "Reshape that cannot be worked out": Mistake(
        (IMAGE, ("shaped", "Reshape", "image", {"shape": (16, -1, 5)})),
        ('"shaped"', '"image"', "16×-1×5", "784", "80"),
        ("Set shape to 16×-1×1",),
    ),
    "Unflatten to another number": Mistake(
        (IMAGE, FLAT, ("maps", "Unflatten", "flat", {"dim": 1, "unflattened_size": (16, 7, 8)})),
        ('"maps"', '"flat"', "16×7×8", "896", "784"),
        ("Set unflattened_size to 14×7×8", "Set unflattened_size to 16×7×7"),
    ),
    "bilinear upsampling of a series": Mistake(
        (SERIES, ("up", "Upsample", "series", {"mode": "bilinear"})),
        ('"up"', '"series"', "bilinear", "(N, 5, 20)"),
        ("Set mode to linear",),
    ),
    "normalized_shape of another size": Mistake(
        (TEXT, WORDS, ("norm", "LayerNorm", "words", {"normalized_shape": (64,)})),
        ('"norm"', '"words"', "64", "30"),
        ("Set normalized_shape to 30",),
    ),
    "padding same with a stride": Mistake(
        (IMAGE, ("conv", "Conv2d", "image", {"padding": "same", "stride": 2})),
        ('"conv"', "stride of 1"),
        ("Set stride to 1",),
    ),
    "matrices the wrong way round": Mistake(
        (SERIES, ("product", "MatMul", "series series")),
        ('"product"', '5×20 from "series"', "20", "5"),
        ("Insert Transpose -2 -1",),
    ),
}


def found(mistake: Mistake, graph: Graph) -> tuple[Problem, ...]:
    target = TargetType(mistake.classes) if mistake.classes else None
    return analyse(graph, target=target).problems


@pytest.fixture(params=MISTAKES, ids=list(MISTAKES))
def mistake(request: pytest.FixtureRequest) -> Mistake:
    return MISTAKES[request.param]


def test_the_message_names_both_ends_and_both_shapes(mistake: Mistake) -> None:
    problem = found(mistake, draw(*mistake.lines))[0]
    assert [word for word in mistake.words if word not in problem.message] == []
    assert problem.suggestion.endswith(".")


def test_each_fix_mends_the_mistake_in_one_step(mistake: Mistake) -> None:
    graph = draw(*mistake.lines)
    problem = found(mistake, graph)[0]
    assert tuple(fix.label for fix in problem.fixes) == mistake.fixes
    for fix in problem.fixes:
        mended = fixes.apply_fix(graph, fix, signatures(graph))
        assert problem.message not in [left.message for left in found(mistake, mended)]


def test_the_first_fixes_lead_to_a_network_without_problems(mistake: Mistake) -> None:
    graph = draw(*mistake.lines)
    for _ in range(3):
        mending = [problem.fixes[0] for problem in found(mistake, graph) if problem.fixes]
        if not mending:
            break
        graph = fixes.apply_fix(graph, mending[0], signatures(graph))
    assert found(mistake, graph) == ()
