from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import fx, nn

from studio import zoo
from studio.catalog.registry import signature
from studio.compiler import lower
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.names import RESERVED
from studio.graph.node import Edge, Node
from tests.helpers.drawing import draw


def residual() -> Graph:
    """Return conv → bn → relu with a shortcut around it, and a head."""
    return draw(
        ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8}),
        ("conv1", "Conv2d", "image", {"out_channels": 3, "padding": 1, "bias": False}),
        ("bn1", "BatchNorm2d", "conv1"),
        ("add", "Add", "bn1 image"),
        ("relu", "ReLU", "add"),
        ("flatten", "Flatten", "relu"),
        ("fc", "Linear", "flatten", {"out_features": 5}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    )


class Residual(nn.Module):
    """The same by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.fc = nn.Linear(192, 5)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.fc(torch.relu(self.bn1(self.conv1(image)) + image).flatten(1))


def test_output_and_weights_equal_those_of_a_module_written_by_hand() -> None:
    images = torch.randn(4, 3, 8, 8)
    torch.manual_seed(7)
    ours = lower.compile(residual())
    torch.manual_seed(7)
    theirs = Residual()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], value), name
    assert torch.equal(ours(images), theirs(images))


def test_a_seed_gives_the_weights_of_a_sequential() -> None:
    torch.manual_seed(3)
    ours = lower.compile(zoo.build("mlp", input_shape=(20,), hidden=(16, 8), num_classes=3))
    torch.manual_seed(3)
    theirs = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3))
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_module_is_in_training_mode_on_the_cpu_in_float32() -> None:
    module = lower.compile(zoo.build("small_cnn"))
    assert module.training
    assert all(child.training for child in module.modules())
    assert {(p.device.type, p.dtype, p.requires_grad) for p in module.parameters()} == {
        ("cpu", torch.float32, True)
    }


def test_network_says_what_goes_in_and_out() -> None:
    network = lower.build(zoo.build("lenet5"))
    (term,) = network.losses
    assert (network.inputs, network.outputs) == (("image",), ("fc3",))
    assert (term.name, term.output, term.target, term.encoding) == ("loss", 0, None, "index")
    assert isinstance(term.module, nn.CrossEntropyLoss)
    assert "loss" not in dict(network.module.named_modules())


def test_an_autoencoders_image_comes_out_behind_its_picture() -> None:
    network = lower.build(
        draw(
            ("image", "ImageInput", {"channels": 1, "height": 4, "width": 4}),
            ("flatten", "Flatten", "image"),
            ("encoder", "Linear", "flatten", {"out_features": 2}),
            ("decoder", "Linear", "encoder", {"out_features": 16}),
            ("picture", "Reshape", "decoder", {"shape": (1, 4, 4)}),
            ("loss", "MSELoss", "picture image"),
        )
    )
    images = torch.randn(3, 1, 4, 4)
    picture, original = network.module(images)
    assert network.outputs == ("picture", "image")
    assert (network.losses[0].output, network.losses[0].target) == (0, 1)
    assert torch.equal(original, images)
    assert picture.shape == images.shape


def test_two_losses_share_an_output() -> None:
    graph = zoo.build("softmax_regression", input_shape=(4,), num_classes=3)
    for name in ("second", "third"):
        graph = edits.add_node(graph, edits.new_node(graph, "CrossEntropyLoss", name=name))
        loss = graph.named(name).id
        graph = edits.connect(graph, graph.named("fc").id, "output", loss, "input", signature)
        graph = edits.connect(graph, graph.named("target").id, "target", loss, "target", signature)
    network = lower.build(graph)
    assert network.outputs == ("fc",)
    assert [term.output for term in network.losses] == [0, 0, 0]


def test_without_a_loss_every_loose_end_comes_out() -> None:
    network = lower.build(
        draw(
            ("vector", "VectorInput", {"features": 4}),
            ("left", "Linear", "vector", {"out_features": 2}),
            ("right", "Linear", "vector", {"out_features": 3}),
        )
    )
    assert network.outputs == ("left", "right")
    assert [tuple(output.shape) for output in network.module(torch.randn(5, 4))] == [(5, 2), (5, 3)]


def test_dead_branches_are_left_out() -> None:
    graph = zoo.build("mlp")
    dead = edits.new_node(graph, "Linear", name="dead")
    graph = edits.add_node(graph, dead)
    graph = edits.connect(graph, graph.named("relu1").id, "output", dead.id, "input", signature)
    module = lower.compile(graph)
    assert list(dict(module.named_children())) == ["flatten", "fc1", "relu1", "fc2"]


def test_folding_three_inputs_and_joining_in_wire_order() -> None:
    graph = draw(
        ("vector", "VectorInput", {"features": 2}),
        ("relay1", "Identity", "vector"),
        ("relay2", "Identity", "vector"),
        ("triple", "Add", "vector relay1 relay2"),
        ("joined", "Concat", "triple vector"),
    )
    rows = torch.tensor([[1.0, 2.0]])
    assert lower.compile(graph)(rows).tolist() == [[3.0, 6.0, 1.0, 2.0]]


def test_source_reads_like_the_drawing() -> None:
    code = lower.compile(residual()).code
    assert "conv1 = self.conv1(image)" in code
    assert "add = torch.add(bn1, image)" in code
    assert "return fc" in code


def test_fx_nodes_know_the_drawn_node() -> None:
    module = lower.compile(residual())
    named = {fx_node.meta["node"] for fx_node in module.graph.nodes if "node" in fx_node.meta}
    assert named == {"image", "conv1", "bn1", "add", "relu", "flatten", "fc"}


@pytest.mark.parametrize("name", ["small_cnn", "mlp"])
def test_copies_and_pickles_compute_the_same(name: str) -> None:
    module = lower.compile(zoo.build(name)).eval()
    shape = (1, 8, 8) if name == "small_cnn" else (1, 28, 28)
    images = torch.randn(2, *shape)
    expected = module(images)
    for twin in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert isinstance(twin, fx.GraphModule)
        assert torch.equal(twin(images), expected)


def test_the_batch_may_have_any_size() -> None:
    module = lower.compile(
        draw(("x", "VectorInput", {"features": 6}), ("reshape", "Reshape", "x", {"shape": (2, 3)}))
    )
    assert [tuple(module(torch.randn(size, 6)).shape) for size in (1, 7)] == [(1, 2, 3), (7, 2, 3)]


def test_the_order_of_drawing_decides_nothing_but_ties() -> None:
    nodes = [
        Node("n1", "Linear", "second"),
        Node("n2", "Linear", "first"),
        Node("n3", "VectorInput", "vector"),
    ]
    graph = Graph.of(nodes, [Edge("n3", "output", "n2", "input"), Edge("n2", "output", "n1", "input")])
    assert list(lower.compile(graph).state_dict()) == [
        "first.weight",
        "first.bias",
        "second.weight",
        "second.bias",
    ]


def test_errors_come_along_with_the_exception() -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 4, "width": 4}),
        ("conv", "Conv2d", "image", {"kernel_size": 5}),
        ("fc", "Linear", "conv", {"in_features": 0}),
    )
    with pytest.raises(
        CompileError, match=r"cannot be compiled\. .*Clear in_features\. \(1 more\)"
    ) as caught:
        lower.compile(graph)
    assert {problem.code for problem in caught.value.problems} == {"shape", "argument"}
    assert caught.value.node_id in ("conv", "fc")


def test_an_empty_graph_does_not_compile() -> None:
    with pytest.raises(CompileError, match="empty"):
        lower.compile(Graph())


@pytest.mark.parametrize("name", ["forward", "training", "type", "class"])
def test_a_name_the_module_needs_does_not_compile(name: str) -> None:
    graph = draw(("x", "VectorInput", {"features": 4}), (name, "Linear", "x"))
    with pytest.raises(CompileError, match=f'"{name}" is a .* cannot be a layer\'s name'):
        lower.compile(graph)


@pytest.mark.parametrize("name", ["torch", "device", "inf", "print", "conv_1", "image_1", "add", "Linear"])
def test_names_that_mean_something_elsewhere_work(name: str) -> None:
    module = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 4}),
            (name, "Linear", "x", {"out_features": 4}),
            ("sum", "Add", f"{name} x"),
        )
    )
    rows = torch.randn(3, 4)
    assert torch.equal(module(rows), module.get_submodule(name)(rows) + rows)
    assert list(module.state_dict()) == [f"{name}.weight", f"{name}.bias"]


def test_an_engine_that_checked_the_graph_is_not_asked_again() -> None:
    graph, engine = zoo.build("mlp"), ShapeEngine()
    engine.infer(graph)
    asked = engine.questions
    lower.build(graph, engine)
    assert engine.questions == asked


@pytest.mark.slow
def test_torch_compile_takes_the_module_whole() -> None:
    module = lower.compile(residual()).eval()
    images = torch.randn(2, 3, 8, 8)
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    assert torch.equal(compiled(images), module(images))


def test_every_attribute_of_a_module_is_a_reserved_name() -> None:
    module = lower.compile(zoo.build("softmax_regression"))
    own = set(dict(module.named_children()))
    taken = {name for name in dir(module) if not name.startswith("_")} - own
    assert taken <= RESERVED
