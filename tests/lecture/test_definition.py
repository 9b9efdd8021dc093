"""Groups B and C of the lecture: what a network is, and what its units do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import fx

from studio import zoo
from studio.app.search.matching import search
from studio.catalog.registry import layers
from studio.compiler import lower
from studio.compiler.summary import summary
from tests.helpers.drawing import draw


@pytest.mark.parametrize("last", ["Identity", "Sigmoid", "Tanh"])
def test_one_hidden_layer_is_its_formula_in_numpy(last: str) -> None:
    """Lecture row 19: o(x) = g_out(b + w·h), with (d + 1) h + (h + 1) o parameters."""
    graph = draw(
        ("x", "VectorInput", {"features": 3}),
        ("hidden", "Linear", "x", {"out_features": 5}),
        ("g", "Tanh", "hidden"),
        ("out", "Linear", "g", {"out_features": 2}),
        ("g_out", last, "out"),
    )
    module = lower.compile(graph).double()
    assert sum(parameter.numel() for parameter in module.parameters()) == (3 + 1) * 5 + (5 + 1) * 2
    x = np.random.default_rng(0).normal(size=(7, 3))
    w1, b1, w2, b2 = (value.numpy() for value in module.state_dict().values())
    out = np.tanh(x @ w1.T + b1) @ w2.T + b2
    wanted = {"Identity": out, "Sigmoid": 1 / (1 + np.exp(-out)), "Tanh": np.tanh(out)}[last]
    with torch.no_grad():
        assert module(torch.from_numpy(x)).numpy() == pytest.approx(wanted, abs=1e-14)


@pytest.mark.parametrize("depth", [1, 2, 7, 50])
def test_layers_of_a_width_are_built_as_counted(depth: int) -> None:
    """Lecture row 20."""
    graph = zoo.build("mlp", input_shape=(6,), hidden=(10,) * depth, num_classes=3)
    wanted = (6 + 1) * 10 + (depth - 1) * (10 + 1) * 10 + (10 + 1) * 3
    assert summary(graph).totals.parameters == wanted
    assert sum(node.kind == "Linear" for node in graph.nodes.values()) == depth + 1


def test_softmax_sums_to_one_and_does_not_see_a_constant() -> None:
    """Lecture row 21."""
    graph = draw(("x", "VectorInput", {"features": 4}), ("p", "Softmax", "x"))
    module = lower.compile(graph).double()
    logits = torch.randn(9, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    p = module(logits)
    assert p.sum(1).tolist() == pytest.approx([1.0] * 9, abs=1e-15)
    assert torch.allclose(module(logits + 123.0), p, rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("word", "kind"),
    [("identity", "Identity"), ("sigm", "Sigmoid"), ("tanh", "Tanh"), ("reclin", "ReLU")],
)
def test_units_are_found_by_the_lectures_names(word: str, kind: str) -> None:
    """Lecture row 22."""
    assert search(layers().values(), word)[0].kind == kind


@pytest.mark.parametrize("template", ["mlp", "small_cnn"])
def test_boxes_one_by_one_are_the_whole_forward_to_the_bit(template: str) -> None:
    """Lecture row 23: each box is an object with fprop."""
    module = lower.compile(zoo.build(template, input_shape=(1, 8, 8))).eval()
    inputs = torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    values: dict[fx.Node, object] = {}
    for node in module.graph.nodes:  # in topological order
        arguments = fx.node.map_arg(node.args, values.__getitem__)
        if node.op == "placeholder":
            values[node] = inputs
        elif node.op == "call_module":
            values[node] = module.get_submodule(str(node.target))(*arguments)
        elif node.op == "call_function":
            values[node] = node.target(*arguments, **node.kwargs)
        elif node.op == "output":
            (found,) = arguments
    with torch.no_grad():
        assert torch.equal(found, module(inputs))


def test_only_linear_layers_collapse_to_one_matrix() -> None:
    """Lecture row 29."""
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("a", "Linear", "x", {"out_features": 6}),
        ("g1", "Identity", "a"),
        ("b", "Linear", "g1", {"out_features": 5}),
        ("g2", "Identity", "b"),
        ("c", "Linear", "g2", {"out_features": 2}),
    )
    module = lower.compile(graph).double()
    a, b, c = (
        (layer.weight.detach().numpy(), layer.bias.detach().numpy())
        for layer in (module.a, module.b, module.c)
    )
    matrix = c[0] @ b[0] @ a[0]
    offset = c[0] @ (b[0] @ a[1] + b[1]) + c[1]
    x = np.random.default_rng(0).normal(size=(8, 4))
    with torch.no_grad():
        assert module(torch.from_numpy(x)).numpy() == pytest.approx(x @ matrix.T + offset, abs=1e-14)


def test_half_of_relus_activities_are_zero_without_bias() -> None:
    """Lecture row 30: 50 % ± 3 % at an initialization that is symmetric."""
    graph = draw(
        ("x", "VectorInput", {"features": 100}),
        ("fc", "Linear", "x", {"out_features": 200, "weight_init": "kaiming_normal", "bias_init": 0.0}),
        ("g", "ReLU", "fc"),
    )
    torch.manual_seed(0)
    h = lower.compile(graph)(torch.randn(500, 100))
    assert float((h == 0).double().mean()) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("shared", "more"), [(True, 1), (False, 12)])
def test_prelu_learns_a_slope_or_one_for_each_channel(shared: bool, more: int) -> None:
    """Lecture row 31: it begins at 0.25 and is trained."""
    graph = draw(
        ("x", "VectorInput", {"features": 3}),
        ("fc", "Linear", "x", {"out_features": 12}),
        ("g", "PReLU", "fc", {} if shared else {"num_parameters": 12}),
    )
    module = lower.compile(graph)
    assert sum(parameter.numel() for parameter in module.parameters()) == 4 * 12 + more
    assert module.g.weight.tolist() == [0.25] * more
    module(torch.randn(20, 3)).sum().backward()
    assert module.g.weight.grad is not None
