from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.types import TargetType
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.zoo.builder import CARD_HEIGHT, CARD_WIDTH, GAP, LINE, MAX_IN_LINE

TEMPLATES = {template.name: template for template in zoo.templates()}


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.ordered()]


@pytest.mark.parametrize("name", TEMPLATES)
def test_defaults_build_a_network_without_problems(name: str) -> None:
    analysis = analyse(zoo.build(name), target=TargetType(10))
    assert analysis.problems == ()


@pytest.mark.parametrize(
    ("name", "arguments", "parameters"),
    [
        ("softmax_regression", {}, 784 * 10 + 10),
        ("softmax_regression", {"input_shape": (2,), "num_classes": 3}, 2 * 3 + 3),
        ("mlp", {}, 784 * 64 + 64 + 64 * 10 + 10),
        (
            "mlp",
            {"input_shape": [784], "hidden": [512, 256]},
            784 * 512 + 512 + 512 * 256 + 256 + 2560 + 10,
        ),
        (
            "mlp",
            {"input_shape": 2, "hidden": 8, "num_classes": 2, "batch_norm": True, "dropout": 0.2},
            2 * 8 + 8 + 16 + 8 * 2 + 2,
        ),
        ("mlp", {"input_shape": (3,), "hidden": (4,) * 50}, 3 * 4 + 4 + 49 * 20 + 4 * 10 + 10),
        ("lenet5", {}, 61_706),
        ("lenet5", {"input_shape": (1, 32, 32)}, 61_706),
        ("lenet5", {"pooling": "max", "activation": "ReLU"}, 61_706),
        ("small_cnn", {}, 288 + 64 + 18_432 + 128 + 650),
        (
            "small_cnn",
            {"input_shape": (3, 32, 32), "channels": (8,), "batch_norm": False},
            8 * 28 + 8 * 10 + 10,
        ),
    ],
)
def test_parameters_by_hand(name: str, arguments: dict[str, Any], parameters: int) -> None:
    assert analyse(zoo.build(name, **arguments)).totals.parameters == parameters


def test_mlp_puts_normalization_before_and_dropout_after_the_activation() -> None:
    graph = zoo.build("mlp", input_shape=(4,), batch_norm=True, dropout=0.1, activation="Tanh")
    assert kinds(graph) == [
        "VectorInput",
        "Linear",
        "BatchNorm1d",
        "Tanh",
        "Dropout",
        "Linear",
        "Target",
        "CrossEntropyLoss",
    ]


def test_lenet5_on_mnist_pads_to_the_papers_size() -> None:
    graph = zoo.build("lenet5")
    assert graph.named("conv1").arguments["padding"] == 2
    found = {report.node: report.shape for report in analyse(graph).nodes}
    assert found[graph.named("pool2").id] == (16, 5, 5)


def test_only_what_differs_from_the_defaults_is_written() -> None:
    graph = zoo.build("small_cnn", batch_norm=False)
    assert dict(graph.named("conv2").arguments) == {"out_channels": 64, "padding": 1}
    assert dict(graph.named("fc").arguments) == {}
    assert dict(graph.named("target").arguments) == {}


@pytest.mark.parametrize("name", TEMPLATES)
def test_cards_lie_in_lines_of_equal_length_without_touching(name: str) -> None:
    graph = zoo.build(name)
    chain = [(node.x, node.y) for node in graph.ordered() if node.kind != "Target"]
    in_line = len({x for x, _ in chain})
    assert in_line <= MAX_IN_LINE
    assert chain == [
        (place % in_line * (CARD_WIDTH + GAP), place // in_line * LINE) for place in range(len(chain))
    ]


@pytest.mark.parametrize("name", TEMPLATES)
def test_target_lies_under_the_layer_it_is_compared_with(name: str) -> None:
    graph = zoo.build(name)
    loss, target = graph.named("loss"), graph.named("target")
    last = graph.node(graph.inputs_of(loss.id, "input")[0].source)
    assert (target.x, target.y) == (last.x, last.y + CARD_HEIGHT + GAP)


@pytest.mark.parametrize("name", TEMPLATES)
def test_building_twice_gives_equal_graphs(name: str) -> None:
    assert zoo.build(name) == zoo.build(name)


@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "PReLU", "Identity"])
def test_activations_compile(activation: str) -> None:
    module = lower.compile(zoo.build("small_cnn", activation=activation))
    assert module(torch.randn(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("lenet", {}, 'no template "lenet"; did you mean "lenet5"'),
        ("transformer", {}, "There are softmax_regression, mlp, small_cnn, lenet5"),
        ("mlp", {"hiden": 3}, 'no argument "hiden"; did you mean "hidden"'),
        ("mlp", {"hidden": (0,)}, "hidden must be at least 1, not 0"),
        ("mlp", {"hidden": ()}, "hidden must be 1 to 200 numbers, not 0"),
        ("mlp", {"dropout": 1.0}, "dropout must be at most 0.99, not 1"),
        ("mlp", {"activation": "relu"}, "activation must be one of ReLU, "),
        ("mlp", {"input_shape": (8, 8)}, "input_shape must be 1 or 3 numbers, not 2"),
        ("mlp", {"num_classes": 1}, "num_classes must be at least 2, not 1"),
        ("lenet5", {"input_shape": (8,)}, "input_shape must be 3 numbers, not 1"),
        ("lenet5", {"input_shape": (1, 28, 8)}, "input_shape must be at least 12×12 images, not 28×8"),
        ("small_cnn", {"channels": (8,) * 5}, "input_shape must be at least 16×16 images, not 8×8"),
        ("small_cnn", {"batch_norm": "yes"}, 'batch_norm must be true or false, not the text "yes"'),
    ],
)
def test_what_cannot_be_built_is_explained(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ZooError) as caught:
        zoo.build(name, **arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("size", [12, 13, 28, 31, 32, 40])
def test_lenet5_builds_at_every_size_it_allows(size: int) -> None:
    assert analyse(zoo.build("lenet5", input_shape=(3, size, size))).problems == ()


@pytest.mark.parametrize("depth", [1, 2, 4, 6])
def test_small_cnn_builds_at_the_smallest_size_it_allows(depth: int) -> None:
    side = 2 ** (depth - 1)
    graph = zoo.build("small_cnn", input_shape=(1, side, side), channels=(2,) * depth)
    assert analyse(graph).problems == ()


def test_the_zoo_does_not_load_torch() -> None:
    code = "import sys; from studio import zoo; zoo.build('lenet5'); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
