"""Group H of the lecture: gradients that vanish, and representations that are distributed."""

from __future__ import annotations

from typing import Any

import torch

from studio.compiler import lower
from studio.graph.graph import Graph
from tests.helpers.drawing import draw


def deep(activation: str, way: str) -> Graph:
    """Return 20 layers of 100 units."""
    lines: list[tuple[Any, ...]] = [("h0", "VectorInput", {"features": 100})]
    for number in range(1, 21):
        settings = {"out_features": 100, "weight_init": way, "bias_init": 0.0}
        lines.append((f"fc{number}", "Linear", f"h{number - 1}", settings))
        lines.append((f"h{number}", activation, f"fc{number}"))
    return draw(*lines)


def ratio(activation: str, way: str) -> float:
    """Return the norm of the last layer's gradient over that of the first's."""
    torch.manual_seed(0)
    module = lower.compile(deep(activation, way)).double()
    module(torch.randn(64, 100, dtype=torch.float64)).square().mean().backward()
    first, last = module.fc1.weight.grad, module.fc20.weight.grad
    assert first is not None
    assert last is not None
    return float(last.norm() / first.norm())


def test_gradients_vanish_behind_sigmoids_and_not_behind_he_and_relu() -> None:
    """Lecture row 65: by about 10¹¹ through 20 layers."""
    assert 1e9 < ratio("Sigmoid", "xavier_normal") < 1e13
    assert 0.05 < ratio("ReLU", "kaiming_normal") < 20.0


def test_gradients_through_time_die_out_with_the_spectral_radius() -> None:
    """Lecture row 66: a tanh RNN of radius one half forgets."""
    graph = draw(
        ("x", "SequenceInput", {"length": 20, "features": 4}), ("rnn", "RNN", "x", {"hidden_size": 16})
    )
    torch.manual_seed(0)
    module = lower.compile(graph)
    rnn = next(layer for layer in module.modules() if isinstance(layer, torch.nn.RNN))
    own = rnn.weight_hh_l0.data
    own.mul_(0.5 / float(torch.linalg.eigvals(own).abs().max()))
    inputs = torch.randn(8, 20, 4, requires_grad=True)
    rnn(inputs)[0][:, -1].sum().backward()
    assert inputs.grad is not None
    norms = inputs.grad.norm(dim=2).mean(0)
    assert float(norms[0]) < 1e-3 * float(norms[-1])
    assert float(norms[5]) < float(norms[10]) < float(norms[15]) < float(norms[19])


def test_several_units_are_active_for_one_sample() -> None:
    """Lecture row 63: unlike the one cluster that a sample belongs to."""
    torch.manual_seed(0)
    graph = draw(
        ("x", "VectorInput", {"features": 10}),
        ("fc", "Linear", "x", {"out_features": 32}),
        ("relu", "ReLU", "fc"),
    )
    active = (lower.compile(graph)(torch.randn(100, 10)) > 0).sum(1)
    assert float(active.double().mean()) > 1.0
