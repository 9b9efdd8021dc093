from __future__ import annotations

import pytest
import torch

from studio import zoo
from studio.compiler.shapes import ShapeEngine
from studio.compiler.types import TensorType
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.zoo.builder import Network


def shapes(graph: Graph) -> list[tuple[int, ...]]:
    found = ShapeEngine().infer(graph)
    assert found.problems == []
    return [found.outputs[node.id, "output"].shape for node in graph.ordered()]


def test_alexnet_sizes_by_hand() -> None:
    builder = Network()
    builder.input((3, 227, 227))
    builder.chain("Conv2d", "conv1", out_channels=96, kernel_size=11, stride=4)  # (227 - 11)/4 + 1 = 55
    builder.chain("MaxPool2d", "pool1", kernel_size=3, stride=2)  # (55 - 3)/2 + 1 = 27
    builder.chain("Conv2d", "conv2", out_channels=256, kernel_size=5, padding=2, groups=2)
    builder.chain("MaxPool2d", "pool2", kernel_size=3, stride=2)  # (27 - 3)/2 + 1 = 13
    builder.chain("Flatten", "flatten")
    assert shapes(builder.graph()) == [
        (3, 227, 227),
        (96, 55, 55),
        (96, 27, 27),
        (256, 27, 27),
        (256, 13, 13),
        (43264,),
    ]


def test_arguments_left_empty_are_read_off_the_wire() -> None:
    graph = zoo.build("small_cnn", channels=(4, 6))
    found = ShapeEngine().infer(graph).inferred
    assert found[graph.named("conv1").id] == {"in_channels": 1}
    assert found[graph.named("bn2").id] == {"num_features": 6}
    assert found[graph.named("fc").id] == {"in_features": 6}


def test_layer_norm_takes_whole_images_and_the_last_dimension_of_the_rest() -> None:
    builder = Network()
    builder.input((4, 5, 6))
    image = builder.chain("LayerNorm", "image_norm")
    builder.chain("Reshape", "tokens", shape=(20, 6))
    tokens = builder.chain("LayerNorm", "token_norm")
    found = ShapeEngine().infer(builder.graph()).inferred
    assert found[image] == {"normalized_shape": (4, 5, 6)}
    assert found[tokens] == {"normalized_shape": 6}


def test_an_edit_asks_only_about_what_is_downstream() -> None:
    graph = zoo.build("lenet5")
    engine = ShapeEngine()
    engine.infer(graph)
    assert engine.questions == 13  # 12 layers and the loss
    engine.infer(graph)
    assert engine.questions == 13
    changed = edits.set_argument(graph, graph.named("fc2").id, "out_features", 50)
    engine.infer(changed)
    assert engine.questions == 13 + 3  # fc2, tanh4, fc3; the loss still gets ten scores
    engine.infer(graph)
    assert engine.questions == 13 + 3


def test_moving_and_renaming_ask_nothing() -> None:
    graph = zoo.build("mlp")
    engine = ShapeEngine()
    engine.infer(graph)
    asked = engine.questions
    moved = edits.rename(edits.move(graph, {"n3": (5.0, 5.0)}), "n3", "hidden")
    engine.infer(moved)
    assert engine.questions == asked


def test_refusals_are_remembered_too() -> None:
    builder = Network()
    builder.input((1, 4, 4))
    builder.chain("Conv2d", "conv", kernel_size=5)
    engine = ShapeEngine()
    for _ in range(3):
        assert len(engine.infer(builder.graph()).problems) == 1
    assert engine.questions == 1


def test_the_least_used_answer_goes_first() -> None:
    engine = ShapeEngine(limit=2)
    graphs = [zoo.build("softmax_regression", input_shape=(size,)) for size in (3, 4, 5)]
    engine.infer(graphs[0])
    assert engine.questions == 2
    engine.infer(graphs[1])
    assert engine.questions == 3  # the loss is the same
    engine.infer(graphs[2])
    engine.infer(graphs[0])
    assert engine.questions == 5


def test_downstream_of_a_refusal_is_unknown_and_silent() -> None:
    builder = Network()
    builder.input((1, 4, 4))
    bad = builder.chain("Conv2d", "conv", kernel_size=9)
    builder.chain("ReLU", "relu")
    builder.chain("Flatten", "flatten")
    found = ShapeEngine().infer(builder.graph())
    assert [problem.node for problem in found.problems] == [bad]
    assert list(found.outputs) == [("n1", "output")]


def test_loose_ends_and_unknown_layers_are_silent() -> None:
    nodes = [
        Node("n1", "Linear", "loose"),
        Node("n2", "Warp", "unknown"),
        Node("n3", "ReLU", "behind"),
        Node("n4", "Add", "add"),
    ]
    graph = Graph.of(nodes, [Edge("n2", "output", "n3", "input"), Edge("n3", "output", "n4", "inputs")])
    found = ShapeEngine().infer(graph)
    assert (found.problems, found.outputs) == ([], {})


def test_a_cycle_gives_nothing() -> None:
    nodes = [Node("n1", "ReLU", "a"), Node("n2", "ReLU", "b")]
    graph = Graph.of(nodes, [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n1", "input")])
    assert ShapeEngine().infer(graph).outputs == {}


def test_an_enormous_layer_is_sized_without_memory() -> None:
    builder = Network()
    builder.input((10**9,))
    node_id = builder.chain("Linear", "fc", out_features=10**9)
    found = ShapeEngine().infer(builder.graph())
    assert found.outputs[node_id, "output"] == TensorType((10**9,))
    assert found.answers[node_id].parameters == 10**18 + 10**9


@pytest.mark.parametrize(
    ("shape", "kind", "arguments"),
    [
        ((2**40,), "Linear", {"out_features": 2**40}),
        ((2,), "Linear", {"out_features": 2**53}),
        ((1, 8, 8), "Conv2d", {"kernel_size": 3, "padding": 2**52}),
        ((2**50, 2**50, 2**50), "ReLU", {}),
    ],
    ids=["weights", "outputs", "padding", "input"],
)
def test_numbers_beyond_all_memory_are_a_problem(
    shape: tuple[int, ...], kind: str, arguments: dict[str, int]
) -> None:
    builder = Network()
    builder.input(shape)
    builder.chain(kind, "it", **arguments)
    (problem,) = ShapeEngine().infer(builder.graph()).problems
    assert problem.code == "size"
    assert "too large" in problem.message


def test_asking_draws_no_random_numbers() -> None:
    before = torch.get_rng_state()
    ShapeEngine().infer(zoo.build("mlp", dropout=0.5, batch_norm=True))
    assert torch.equal(before, torch.get_rng_state())


def test_a_network_training_elsewhere_is_not_hooked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a global module hook was set")

    for name in ("register_module_forward_pre_hook", "register_module_forward_hook"):
        monkeypatch.setattr(torch.nn.modules.module, name, refuse)
    assert ShapeEngine().infer(zoo.build("lenet5")).problems == []
