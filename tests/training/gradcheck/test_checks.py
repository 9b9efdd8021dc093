"""Networks whose gradients are right, and one whose custom function is wrong and is found where it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import studio
from studio import zoo
from studio.compiler import lower
from studio.errors import ProbeError, TrainingError
from studio.graph.graph import Graph
from studio.project import trust
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.gradcheck.checks import GradientCheck, check_gradients, check_module
from studio.training.objective import Objective
from tests.helpers.custom_code import around_code, layer
from tests.helpers.drawing import draw

DIGITS = DataConfig(dataset="digits")


def project(graph: Graph, **settings: Any) -> Project:
    return Project("checked", graph, DIGITS, TrainingConfig(**settings))


GRAPHS: dict[str, Callable[[], Graph]] = {
    "mlp": lambda: zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16,), dropout=0.3, batch_norm=True),
    "tanh": lambda: zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16, 8), activation="Tanh"),
    "small_cnn": lambda: zoo.build("small_cnn", input_shape=(1, 8, 8), channels=(4, 8)),
    "lstm": lambda: draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("rows", "Reshape", "image", {"shape": (8, 8)}),
        ("lstm", "LSTM", "rows", {"hidden_size": 5}),
        ("flat", "Flatten", "lstm"),
        ("fc", "Linear", "flat", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    ),
    "attention": lambda: draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("rows", "Reshape", "image", {"shape": (8, 8)}),
        ("attention", "MultiheadAttention", "rows rows rows", {"embed_dim": 8, "num_heads": 2}),
        ("norm", "LayerNorm", "attention"),
        ("flat", "Flatten", "norm"),
        ("fc", "Linear", "flat", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    ),
}


@pytest.mark.parametrize("alone", [False, True], ids=["whole", "alone"])
@pytest.mark.parametrize("name", list(GRAPHS))
def test_gradients_of_torchs_layers_are_right(name: str, alone: bool) -> None:
    found = check_gradients(project(GRAPHS[name]()), alone=alone, coordinates=6)
    assert found.is_right, [node for node in found.nodes if not node.is_right]
    errors = [tensor.error for node in found.nodes for tensor in node.tensors if tensor.verdict == "right"]
    assert errors
    assert max(errors) < 1e-7
    assert sorted(errors)[len(errors) // 2] < 1e-8


def test_every_parameter_is_compared() -> None:
    graph = GRAPHS["small_cnn"]()
    found = check_gradients(project(graph), coordinates=2)
    names = {tensor.name for node in found.nodes for tensor in node.tensors}
    assert names == {"input", *(name for name, _ in lower.compile(graph).named_parameters())}
    assert found.nodes[0].node == ""


def test_a_recurrent_layer_alone_has_its_weights() -> None:
    (found,) = check_gradients(project(GRAPHS["lstm"]()), node="lstm", coordinates=3).nodes
    names = [tensor.name for tensor in found.tensors]
    assert names == ["input", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    assert found.is_right


class Careless(torch.autograd.Function):
    """max(x, 0) whose backward pass lets everything through."""

    @staticmethod
    def forward(context, values):
        return values.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        return gradient


class CarelessReLU(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        return Careless.apply(values)


def planted(alone: bool) -> GradientCheck:
    torch.manual_seed(0)
    network = lower.build(zoo.build("mlp", input_shape=(12,), hidden=(8, 8, 8), num_classes=3))
    network.module.set_submodule("relu2", CarelessReLU())
    inputs, targets = torch.randn(6, 12), torch.tensor([0, 1, 2, 0, 1, 2])
    return check_module(network.module, Objective(network.losses), (inputs,), targets, alone=alone)


def test_a_wrong_custom_function_is_caught_at_its_node() -> None:
    wrong = [node.node for node in planted(alone=True).nodes if not node.is_right]
    assert wrong == ["relu2"]


def test_through_the_loss_all_that_lies_before_it_is_wrong() -> None:
    found = planted(alone=False)
    wrong = {tensor.name for node in found.nodes for tensor in node.tensors if tensor.verdict == "wrong"}
    assert wrong == {"input", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"}


class Forgetful(torch.autograd.Function):
    """The sigmoid y, whose backward pass multiplies by y and forgets (1 - y)."""

    @staticmethod
    def forward(context, values):
        context.save_for_backward(values.sigmoid())
        return values.sigmoid()

    @staticmethod
    def backward(context, gradient):
        (values,) = context.saved_tensors
        return gradient * values


class ForgetfulSigmoid(nn.Module):
    def forward(self, values: Tensor) -> Tensor:
        return Forgetful.apply(values)


def deep_sigmoid() -> lower.Network:
    """A network of ten layers of sigmoids, in which the first ones' gradients all but vanish."""
    torch.manual_seed(0)
    return lower.build(
        zoo.build("mlp", input_shape=(12,), hidden=(4,) * 10, num_classes=3, activation="Sigmoid")
    )


def verdicts(network: lower.Network) -> dict[str, str]:
    generator = torch.Generator().manual_seed(1)
    inputs, targets = torch.randn(6, 12, generator=generator), torch.tensor([0, 1, 2, 0, 1, 2])
    found = check_module(network.module, Objective(network.losses), (inputs,), targets, coordinates=2)
    return {tensor.name: tensor.verdict for node in found.nodes for tensor in node.tensors}


def test_gradients_that_vanish_are_not_called_wrong() -> None:
    found = verdicts(deep_sigmoid())
    assert set(found.values()) == {"right", "tiny"}
    assert found["fc1.weight"] == found["input"] == "tiny"
    assert found["fc10.weight"] == "right"


def test_a_wrong_function_before_vanishing_gradients_is_still_found() -> None:
    network = deep_sigmoid()
    network.module.set_submodule("sigmoid6", ForgetfulSigmoid())
    found = verdicts(network)
    assert found["fc6.weight"] == "wrong"
    assert found["fc10.weight"] == "right"


def test_one_node_and_a_name_that_is_none() -> None:
    design = project(GRAPHS["tanh"]())
    found = check_gradients(design, node="fc2")
    assert [(node.node, [one.name for one in node.tensors]) for node in found.nodes] == [
        ("fc2", ["input", "weight", "bias"])
    ]
    with pytest.raises(ProbeError, match='"fc9" is nothing'):
        check_gradients(design, node="fc9")


def test_tokens_have_no_gradient_and_it_is_said() -> None:
    graph = draw(
        ("words", "TokenInput", {"length": 5}),
        ("table", "Embedding", "words", {"num_embeddings": 7, "embedding_dim": 4}),
        ("flat", "Flatten", "table"),
        ("fc", "Linear", "flat", {"out_features": 2}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    )
    network = lower.build(graph)
    tokens, targets = torch.randint(0, 7, (3, 5)), torch.tensor([0, 1, 1])
    whole = check_module(network.module, Objective(network.losses), (tokens,), targets)
    assert whole.is_right
    assert "input" not in {tensor.name for node in whole.nodes for tensor in node.tensors}


def test_it_can_be_cancelled_and_tells_how_far_it_is() -> None:
    seen: list[tuple[float, float, str]] = []
    design = project(GRAPHS["tanh"]())
    check_gradients(design, coordinates=2, report=lambda *told: seen.append(told))
    assert seen[-1][0] == seen[-1][1]
    with pytest.raises(TrainingError, match="Cancelled"):
        check_gradients(design, cancelled=lambda: True)


def test_the_callers_random_numbers_are_left_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    check_gradients(project(GRAPHS["mlp"]()), coordinates=1)
    assert torch.equal(torch.rand(3), expected)


def test_python_has_it_too() -> None:
    found = studio.check_gradients(project(GRAPHS["tanh"]()), node="fc1")
    assert found.is_right


RIGHT = layer("return Double.apply(x)").replace(
    "class Mine",
    "class Double(torch.autograd.Function):\n"
    "    @staticmethod\n    def forward(ctx, x):\n        return 2 * x\n"
    "    @staticmethod\n    def backward(ctx, gradient):\n        return 2 * gradient\nclass Mine",
)
"""A custom layer with a backward pass of its own."""


@pytest.mark.parametrize("alone", [False, True], ids=["whole", "alone"])
def test_a_wrong_backward_of_a_custom_layer_is_caught_at_it(alone: bool) -> None:
    found = check_gradients(project(around_code(RIGHT)), alone=True, coordinates=4)
    assert found.is_right
    # Something learned stands before it, so that the wrong gradient shows in the whole network too.
    wrong = RIGHT.replace("2 * gradient", "3 * gradient")
    trust.store().trust(wrong)
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("conv", "Conv2d", "image", {"out_channels": 2}),
        ("mine", "Custom", "conv", {"code": wrong}),
        ("flat", "Flatten", "mine"),
        ("fc", "Linear", "flat", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    )
    found = check_gradients(project(graph), alone=alone, coordinates=4)
    wrong_nodes = [node.node for node in found.nodes if not node.is_right]
    assert wrong_nodes == (["mine"] if alone else ["", "conv"])
