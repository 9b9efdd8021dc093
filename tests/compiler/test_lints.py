from __future__ import annotations

import pytest

from studio import zoo
from studio.catalog.registry import signature
from studio.compiler.analysis import analyse
from studio.compiler.types import TargetType
from studio.graph import fixes
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.zoo.builder import Network


def warnings(graph: Graph, target: TargetType | None = None) -> list[Problem]:
    found = analyse(graph, target=target).problems
    assert [problem for problem in found if problem.severity == "error"] == []
    return list(found)


@pytest.mark.parametrize("name", ["mlp", "softmax_regression", "small_cnn", "lenet5"])
def test_templates_are_clean(name: str) -> None:
    assert warnings(zoo.build(name), TargetType(10)) == []


@pytest.mark.parametrize(
    ("layer", "loss", "encoding", "words"),
    [
        ("Softmax", "CrossEntropyLoss", "index", "applies a softmax itself"),
        ("Sigmoid", "BCEWithLogitsLoss", "float", "applies a sigmoid itself"),
        ("Softmax", "NLLLoss", "index", "takes log-probabilities"),
    ],
)
def test_a_function_too_much_or_too_little_before_the_loss(
    layer: str, loss: str, encoding: str, words: str
) -> None:
    builder = Network()
    builder.input((4,))
    builder.chain("Linear", "fc")
    last = builder.chain(layer, "last")
    builder.chain("Identity", "name_only")
    (problem,) = warnings(builder.finish(loss, encoding))
    assert words in problem.message
    assert problem.nodes == (last,)


def test_log_softmax_before_nll_loss_is_right() -> None:
    builder = Network()
    builder.input((4,))
    builder.chain("Linear", "fc")
    builder.chain("LogSoftmax", "last")
    assert warnings(builder.finish("NLLLoss")) == []


def test_overwriting_what_another_layer_reads_is_a_warning() -> None:
    builder = Network()
    builder.input((4,))
    fc = builder.chain("Linear", "fc", out_features=4)
    relu = builder.chain("ReLU", "relu", inplace=True)
    builder.chain("Add", "add", (relu, fc))
    graph = builder.finish()
    (problem,) = warnings(graph)
    assert problem.message == 'ReLU "relu" overwrites its input, which "add" reads too.'
    assert (problem.node, problem.argument) == (relu, "inplace")
    assert problem.fix is not None
    assert warnings(fixes.apply_fix(graph, problem.fix, signature)) == []


def test_overwriting_what_nobody_else_reads_is_fine() -> None:
    builder = Network()
    builder.input((4,))
    builder.chain("Linear", "fc")
    builder.chain("ReLU", "relu", inplace=True)
    assert warnings(builder.finish()) == []


def test_linear_on_maps_offers_a_flatten() -> None:
    builder = Network()
    builder.input((3, 8, 6))
    builder.chain("Linear", "fc", out_features=2)
    (problem,) = warnings(builder.graph())
    assert problem.message == (
        'Linear "fc" works on the last dimension (6) of the 3×8×6 maps from "image", on each row by itself.'
    )
    assert problem.fix is not None
    graph = fixes.apply_fix(builder.graph(), problem.fix, signature)
    assert warnings(graph) == []
    assert analyse(graph).nodes[1].inferred == (("in_features", 144),)


def test_scores_for_classes_the_data_do_not_have() -> None:
    (problem,) = warnings(zoo.build("mlp"), TargetType(3))
    assert problem.message == (
        'CrossEntropyLoss "loss" gets 10 scores from "fc2", and the data have 3 classes.'
    )
