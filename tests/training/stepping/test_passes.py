"""A batch box by box: values, loss and gradients are those of a whole pass, to the bit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from studio import zoo
from studio.compiler import lower
from studio.graph.graph import Graph
from studio.training.fit import input_sample
from studio.training.objective import Objective, as_tuple
from studio.training.stepping.passes import BoxByBox
from tests.helpers.drawing import draw

SEED = 5
END = (("target", "Target"), ("loss", "CrossEntropyLoss", "fc target"))

GRAPHS: dict[str, Callable[[], Graph]] = {
    "mlp": lambda: zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16, 12), dropout=0.4, batch_norm=True),
    "lenet5": lambda: zoo.build("lenet5"),
    "resnet": lambda: zoo.build("resnet18", input_shape=(3, 32, 32), num_classes=10),
    "heads": lambda: zoo.build("googlenet", input_shape=(3, 96, 96), num_classes=10),
    "branches": lambda: draw(
        ("x", "VectorInput", {"features": 12}),
        ("a", "Linear", "x", {"out_features": 12}),
        ("h", "Tanh", "a"),
        ("b", "Linear", "h", {"out_features": 12}),
        ("square", "Multiply", "h h"),
        ("c", "Linear", "h", {"out_features": 12}),
        ("sum", "Add", "h b square c h"),
        ("same", "Identity", "h"),
        ("d", "Linear", "same", {"out_features": 12}),
        ("all", "Add", "sum same d h"),
        ("fc", "Linear", "all", {"out_features": 10}),
        *END,
    ),
    "in_place": lambda: draw(
        ("x", "VectorInput", {"features": 12}),
        ("a", "Linear", "x", {"out_features": 12}),
        ("relu", "ReLU", "a", {"inplace": True}),
        ("b", "Linear", "relu", {"out_features": 12}),
        ("sum", "Add", "a b"),
        ("fc", "Linear", "sum", {"out_features": 10}),
        *END,
    ),
    "lstm": lambda: draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("rows", "Reshape", "image", {"shape": (8, 8)}),
        ("lstm", "LSTM", "rows", {"hidden_size": 5, "num_layers": 2, "dropout": 0.5}),
        ("flat", "Flatten", "lstm"),
        ("last", "Flatten", "lstm.h_n"),
        ("both", "Concat", "flat last"),
        ("fc", "Linear", "both", {"out_features": 10}),
        *END,
    ),
    "attention": lambda: draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("rows", "Reshape", "image", {"shape": (8, 8)}),
        ("attention", "MultiheadAttention", "rows rows rows", {"embed_dim": 8, "num_heads": 2}),
        ("sum", "Add", "attention rows"),
        ("norm", "LayerNorm", "sum"),
        ("flat", "Flatten", "norm"),
        ("fc", "Linear", "flat", {"out_features": 10}),
        *END,
    ),
    "tied": lambda: draw(
        ("x", "VectorInput", {"features": 12}),
        ("a", "Linear", "x", {"out_features": 8}),
        ("h", "Tanh", "a"),
        ("back", "Linear", "h", {"out_features": 12, "tied_to": "a", "tied_as": "transposed"}),
        ("g", "Tanh", "back"),
        ("again", "Linear", "g", {"out_features": 8, "tied_to": "a"}),
        ("fc", "Linear", "again", {"out_features": 10}),
        *END,
    ),
}

Whole = tuple[tuple[Tensor, ...], Tensor, dict[str, Tensor], dict[str, Tensor]]


def made(name: str) -> tuple[lower.Network, Objective, Tensor, Tensor]:
    torch.manual_seed(0)
    graph = GRAPHS[name]()
    network = lower.build(graph)
    wanted = input_sample(graph)
    assert wanted is not None
    inputs = torch.randn(6, *wanted.shape)
    return network, Objective(network.losses), inputs, torch.randint(0, 10, (6,))


def whole(name: str) -> Whole:
    """Outputs, loss, gradients and buffers of one ordinary pass."""
    network, objective, inputs, targets = made(name)
    torch.manual_seed(SEED)
    outputs = as_tuple(network.module(inputs))
    loss = objective.loss(outputs, targets)
    loss.backward()
    module = network.module
    gradients = {key: value.grad for key, value in module.named_parameters() if value.grad is not None}
    return outputs, loss, gradients, dict(module.named_buffers())


def boxes(name: str) -> BoxByBox:
    network, objective, inputs, targets = made(name)
    return BoxByBox(network.module, (inputs,), lambda outputs: objective.loss(outputs, targets), seed=SEED)


@pytest.mark.parametrize("name", list(GRAPHS))
def test_all_numbers_are_those_of_a_whole_pass(name: str) -> None:
    outputs, loss, gradients, buffers = whole(name)
    steps = boxes(name)
    for _ in steps.boxes:
        steps.forward()
    assert steps.loss is not None
    assert torch.equal(steps.loss, loss.detach())
    given = steps.computed[-1].inputs
    assert all(torch.equal(one.leaf, output) for one, output in zip(given, outputs, strict=True))
    for _ in steps.boxes:
        steps.backward()
    assert steps.gradients.keys() == gradients.keys()
    wrong = [key for key, value in gradients.items() if not torch.equal(value, steps.gradients[key])]
    assert not wrong
    assert all(torch.equal(value, buffers[key]) for key, value in steps.flat.named_buffers())
