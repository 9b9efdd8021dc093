"""Norms and histograms of parameters against a recomputation, and that looking changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import fx

from studio import zoo
from studio.compiler import lower
from studio.probes.parameters import ParameterTap


def network() -> fx.GraphModule:
    torch.manual_seed(0)
    return lower.compile(zoo.build("small_cnn", input_shape=(1, 8, 8)))


def step(module: fx.GraphModule, tap: ParameterTap | None = None) -> torch.optim.Optimizer:
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    torch.manual_seed(1)
    for _ in range(2):
        if tap is not None:
            tap.start()
        optimizer.zero_grad()
        module(torch.randn(16, 1, 8, 8)).square().sum().backward()
        optimizer.step()
    return optimizer


def test_norms_are_those_of_weights_gradients_and_changes() -> None:
    module = network()
    tap = ParameterTap(module)
    optimizer = step(module)
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    tap.start()
    optimizer.step()
    found = tap.norms("run-1", 3)
    assert found is not None
    assert (found.run, found.step) == ("run-1", 3)
    for column, name in enumerate(found.parameters):
        now = module.get_parameter(name)
        assert now.grad is not None
        assert found.sizes[column] == now.numel()
        assert found.weights[column] == pytest.approx(float(now.detach().norm()), rel=1e-5)
        assert found.gradients[column] == pytest.approx(float(now.grad.norm()), rel=1e-5)
        assert found.updates[column] == pytest.approx(float((now.detach() - before[name]).norm()), rel=1e-5)


def test_looking_changes_no_weight() -> None:
    watched, other = network(), network()
    step(watched, ParameterTap(watched))
    step(other)
    pairs = zip(watched.parameters(), other.parameters(), strict=True)
    assert all(torch.equal(mine, theirs) for mine, theirs in pairs)


def test_parameters_stand_in_the_order_of_computation() -> None:
    graph = zoo.build("resnet18", num_classes=10)
    names = ParameterTap(lower.compile(graph)).names
    assert names[0] == "conv1.weight"
    assert names[-2:] == ("fc.weight", "fc.bias")
    places = [names.index(f"layer{number}.0.conv1.weight") for number in (1, 2, 3, 4)]
    assert places == sorted(places)


def test_without_a_gradient_its_norm_is_no_number() -> None:
    module = network()
    first = next(iter(module.parameters()))
    first.requires_grad_(False)
    tap = ParameterTap(module)
    tap.start()
    module(torch.randn(4, 1, 8, 8)).sum().backward()
    found = tap.norms("run-1", 1)
    assert found is not None
    assert np.isnan(found.gradients[0])
    assert np.isfinite(found.gradients[1:]).all()
    assert found.updates.tolist() == [0.0] * len(found.parameters)


def test_histograms_count_weights_and_gradients() -> None:
    module = network()
    step(module)
    node = next(name for name, layer in module.named_modules() if isinstance(layer, torch.nn.Conv2d))
    weight, gradient = ParameterTap(module).histograms([node, "gone"], "run-1", 5)
    layer = module.get_submodule(node)
    assert isinstance(layer, torch.nn.Conv2d)
    values = layer.weight.detach().numpy().ravel()
    assert (weight.node, weight.quantity, weight.step) == (node, "weight", 5)
    expected = np.histogram(values, len(weight.counts), (weight.low, weight.high))[0]
    assert np.abs(weight.counts - expected).sum() <= 2
    assert gradient.quantity == "gradient"
    assert layer.weight.grad is not None
    assert gradient.mean == pytest.approx(float(layer.weight.grad.mean()), rel=1e-4, abs=1e-7)


def test_a_network_without_parameters_has_no_norms() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(4,), hidden=(3,), num_classes=2))
    for name in list(module._modules):
        module._modules[name] = torch.nn.Identity()
    assert ParameterTap(module).norms("run-1", 1) is None
