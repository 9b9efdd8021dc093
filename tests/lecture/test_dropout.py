"""Group J of the lecture: dropout as the catalog has it."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from studio.catalog import registry
from studio.compiler import lower
from tests.helpers.drawing import draw

P = 0.5


def network() -> torch.fx.GraphModule:
    """Return fc1 → ReLU → Dropout → fc2 in float64."""
    torch.manual_seed(0)
    graph = draw(
        ("x", "VectorInput", {"features": 5}),
        ("fc1", "Linear", "x", {"out_features": 10}),
        ("relu", "ReLU", "fc1"),
        ("drop", "Dropout", "relu", {"p": P}),
        ("fc2", "Linear", "drop", {"out_features": 3}),
    )
    return lower.compile(graph).double()


def hidden(module: torch.fx.GraphModule, inputs: torch.Tensor) -> torch.Tensor:
    return torch.relu(module.fc1(inputs))


def test_a_share_of_p_is_zero_and_each_step_has_a_mask_of_its_own() -> None:
    """Lecture rows 82 and 84: p is one half unless said otherwise."""
    argument = next(one for one in registry.get("Dropout").arguments if one.name == "p")
    layer, ones = nn.Dropout(argument.default), torch.ones(100, 100)
    torch.manual_seed(0)
    first, second = layer(ones), layer(ones)
    assert argument.default == P
    assert abs(float((first == 0).double().mean()) - P) < 3 * (P * (1 - P) / 10_000) ** 0.5
    assert not torch.equal(first, second)


def test_the_next_layer_sees_the_masked_activations() -> None:
    """Lecture row 85: a(k + 1) = W (h ⊙ m) + b, and outputs are not masked."""
    module, inputs = network(), torch.randn(4, 5, dtype=torch.float64)
    seen: list[torch.Tensor] = []
    module.drop.register_forward_hook(lambda _, given, out: seen.extend((given[0], out)))
    outputs = module(inputs)
    before, after = seen
    mask = (after != 0) | (before == 0)
    by_hand = (before * mask / (1 - P)) @ module.fc2.weight.T + module.fc2.bias
    assert torch.allclose(outputs, by_hand, atol=1e-12)


def test_classic_dropout_with_weights_of_twice_the_size_is_the_inverted_one() -> None:
    """Lecture row 86: in training under the same mask, and in evaluation."""
    module, inputs = network(), torch.randn(4, 5, dtype=torch.float64)
    doubled, bias = module.fc2.weight / (1 - P), module.fc2.bias
    torch.manual_seed(1)
    inverted = module(inputs)
    torch.manual_seed(1)
    mask = module.drop(torch.ones(4, 10, dtype=torch.float64)) * (1 - P)
    classic = (hidden(module, inputs) * mask) @ doubled.T + bias
    assert torch.allclose(inverted, classic, atol=1e-12)
    classic_at_test = (hidden(module, inputs) * (1 - P)) @ doubled.T + bias
    assert torch.allclose(module.eval()(inputs), classic_at_test, atol=1e-12)


def test_evaluation_is_the_geometric_mean_over_all_masks_of_one_hidden_layer() -> None:
    """Lecture rows 87 and 90: of the 2¹⁰ networks that ten units make, renormalized."""
    module, inputs = network().eval(), torch.randn(1, 5, dtype=torch.float64)
    masks = torch.tensor(list(itertools.product((0.0, 1.0), repeat=10)), dtype=torch.float64)
    assert len(masks) == 2**10
    every = (hidden(module, inputs) * masks / (1 - P)) @ module.fc2.weight.T + module.fc2.bias
    mean = torch.log_softmax(every, 1).mean(0).exp()
    assert torch.softmax(module(inputs), 1)[0].tolist() == pytest.approx((mean / mean.sum()).tolist(), 1e-12)
