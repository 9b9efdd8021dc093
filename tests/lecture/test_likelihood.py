"""Groups E and F of the lecture: gradients box by box, and the loss as a likelihood."""

from __future__ import annotations

import math

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.training.objective import Objective, as_tuple
from studio.zoo import shelf
from tests.helpers.drawing import draw


def test_the_product_of_the_boxes_jacobians_is_the_networks() -> None:
    """Lecture row 46."""
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("fc1", "Linear", "x", {"out_features": 5}),
        ("tanh", "Tanh", "fc1"),
        ("fc2", "Linear", "tanh", {"out_features": 3}),
    )
    torch.manual_seed(0)
    module = lower.compile(graph).double()
    value = inputs = torch.randn(4, dtype=torch.float64)
    product = torch.eye(4, dtype=torch.float64)
    for box in (module.fc1, module.tanh, module.fc2):
        product = torch.autograd.functional.jacobian(box, value) @ product
        value = box(value)
    assert torch.allclose(product, torch.autograd.functional.jacobian(module, inputs), atol=1e-12)


def test_the_mean_negative_log_likelihood_is_that_of_all_samples_together() -> None:
    """Lecture row 52: exp(-T · NLL) is the product of the probabilities."""
    network = lower.build(zoo.build("mlp", input_shape=(2,), hidden=(4,), num_classes=3))
    torch.manual_seed(0)
    inputs, targets = torch.randn(7, 2), torch.randint(0, 3, (7,))
    outputs = as_tuple(network.module(inputs))
    loss = float(Objective(network.losses).loss(outputs, targets).detach())
    right = torch.softmax(outputs[0], 1)[torch.arange(7), targets]
    assert math.exp(-7 * loss) == pytest.approx(float(right.prod().detach()), rel=1e-4)


def test_relu_is_what_a_new_perceptron_has() -> None:
    """Lecture row 117."""
    activation = next(one for one in shelf.get("mlp").arguments if one.name == "activation")
    assert activation.default == "ReLU"
