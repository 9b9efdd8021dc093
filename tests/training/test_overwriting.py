"""ReLUs that write over what they get: the same numbers, and only where nobody else needs them."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from studio import zoo
from studio.compiler import lower
from studio.graph.graph import Graph
from studio.training.overwriting import overwriting

SIZES: dict[str, dict[str, Any]] = {
    "mlp": {"input_shape": (8,), "hidden": (16, 8), "num_classes": 4},
    "small_cnn": {"input_shape": (1, 12, 12), "num_classes": 4},
    "vgg16": {"input_shape": (3, 32, 32), "num_classes": 4},
    "cifar_resnet": {"input_shape": (3, 32, 32), "num_classes": 4, "n": 1},
    "googlenet": {"input_shape": (3, 96, 96), "num_classes": 4},
}


def passes(network: nn.Module, inputs: Tensor) -> list[Tensor]:
    """Return outputs and gradients of a training step."""
    torch.manual_seed(1)
    outputs = network(inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    loss = sum(((output - 0.5) ** 2).mean() for output in outputs)
    assert isinstance(loss, Tensor)
    loss.backward()
    gradients = [one.grad for one in network.parameters() if one.grad is not None]
    return [*(output.detach() for output in outputs), *gradients, *(one.clone() for one in network.buffers())]


def without_loss(graph: Graph) -> nn.Module:
    return lower.build(graph).module.train()


def overwrites(network: nn.Module) -> int:
    graph = getattr(network, "graph", None)
    return 0 if graph is None else sum(node.kwargs.get("inplace") is True for node in graph.nodes)


@pytest.mark.parametrize("template", SIZES)
def test_numbers_are_the_same_to_the_bit(template: str) -> None:
    arguments = SIZES[template]
    torch.manual_seed(0)
    network = without_loss(zoo.build(template, **arguments))
    other = overwriting(copy.deepcopy(network))
    assert overwrites(other) > 0
    inputs = torch.randn(4, *arguments["input_shape"])
    for one, two in itertools.zip_longest(passes(network, inputs.clone()), passes(other, inputs.clone())):
        assert torch.equal(one, two)


def test_less_is_kept_and_the_parameters_are_shared() -> None:
    network = without_loss(zoo.build("small_cnn", input_shape=(1, 12, 12), num_classes=4))
    other = overwriting(network)
    assert dict(other.named_parameters()).keys() == dict(network.named_parameters()).keys()
    assert all(one is two for one, two in zip(network.parameters(), other.parameters(), strict=True))

    def kept(module: nn.Module) -> int:
        places: dict[int, int] = {}

        def keep(value: Tensor) -> Tensor:
            places[value.untyped_storage().data_ptr()] = value.untyped_storage().nbytes()
            return value

        with saved_tensors_hooks(keep, lambda value: value):
            module(torch.randn(4, 1, 12, 12))
        return sum(places.values())

    assert kept(other) <= kept(network)


class Shared(nn.Module):
    """The ReLU's input is needed a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.relu, self.last = nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        before = self.fc(x)
        return self.last(self.relu(before) + before)


class AfterTanh(nn.Module):
    """The gradient of tanh needs what it gave."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.tanh, self.relu = nn.Linear(4, 4), nn.Tanh(), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.tanh(self.fc(x)))


class OfTheInput(nn.Module):
    """The input belongs to the caller."""

    def __init__(self) -> None:
        super().__init__()
        self.relu, self.fc = nn.ReLU(), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.relu(x))


class Both(nn.Module):
    """What comes before the ReLU is a result, too."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.relu = nn.Linear(4, 4), nn.ReLU()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        before = self.fc(x)
        return before, self.relu(before)


@pytest.mark.parametrize("kind", [Shared, AfterTanh, OfTheInput, Both])
def test_what_is_needed_stays(kind: type[nn.Module]) -> None:
    network = torch.fx.symbolic_trace(kind()).train()
    assert overwriting(network) is network


def test_a_layer_that_is_listened_to_stays() -> None:
    network = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    assert overwriting(network) is not network
    network.get_submodule("0").register_forward_hook(lambda *_: None)
    assert overwriting(network) is network
