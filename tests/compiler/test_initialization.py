"""How weights start: torch's own draw by default, and what the settings of a node ask for otherwise."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from studio.compiler import lower
from studio.compiler.lsuv import TOLERANCE, scale_to_unit_variance
from studio.graph.graph import Graph
from tests.helpers.drawing import draw


def conv(**settings: Any) -> nn.Module:
    """Return a convolution 16 → 32, 3×3, with some settings, drawn under seed 0."""
    graph = draw(
        ("image", "ImageInput", {"channels": 16, "height": 5, "width": 5}),
        ("conv", "Conv2d", "image", {"out_channels": 32, **settings}),
    )
    torch.manual_seed(0)
    return lower.compile(graph).get_submodule("conv")


def expected(fill: Any, **arguments: Any) -> Tensor:
    """Return the weight of the same convolution filled by a function of torch's."""
    torch.manual_seed(0)
    weight = nn.Conv2d(16, 32, 3).weight
    fill(weight, **arguments)
    return weight


def test_by_default_the_weights_are_torchs_own_draw_to_the_bit() -> None:
    found = conv()
    torch.manual_seed(0)
    theirs = nn.Conv2d(16, 32, 3)
    assert torch.equal(found.weight, theirs.weight)
    assert torch.equal(found.bias, theirs.bias)


@pytest.mark.parametrize(
    ("settings", "fill", "arguments"),
    [
        ({"weight_init": "xavier_uniform"}, nn.init.xavier_uniform_, {}),
        ({"weight_init": "xavier_normal", "init_gain": 2.0}, nn.init.xavier_normal_, {"gain": 2.0}),
        ({"weight_init": "kaiming_uniform"}, nn.init.kaiming_uniform_, {"nonlinearity": "relu"}),
        ({"weight_init": "kaiming_normal"}, nn.init.kaiming_normal_, {"nonlinearity": "relu"}),
        (
            {"weight_init": "kaiming_normal", "init_mode": "fan_out"},
            nn.init.kaiming_normal_,
            {"mode": "fan_out", "nonlinearity": "relu"},
        ),
        (
            {"weight_init": "kaiming_uniform", "init_gain": 1.0},
            nn.init.kaiming_uniform_,
            {"nonlinearity": "linear"},
        ),
        ({"weight_init": "orthogonal", "init_gain": 1.5}, nn.init.orthogonal_, {"gain": 1.5}),
        ({"weight_init": "lsuv"}, nn.init.orthogonal_, {}),
        ({"weight_init": "normal", "init_gain": 0.3}, nn.init.normal_, {"std": 0.3}),
        ({"weight_init": "normal"}, nn.init.normal_, {"std": 0.01}),
        ({"weight_init": "uniform", "init_gain": 0.3}, nn.init.uniform_, {"a": -0.3, "b": 0.3}),
        ({"weight_init": "constant", "init_gain": 0.25}, nn.init.constant_, {"val": 0.25}),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_weights_equal_torchs_initializers_under_the_same_seed(
    settings: dict[str, Any], fill: Any, arguments: dict[str, Any]
) -> None:
    assert torch.equal(conv(**settings).weight, expected(fill, **arguments))


@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 16 * 9), ("fan_out", 32 * 9)])
def test_he_gives_the_standard_deviation_of_root_two_over_fan(mode: str, fan: int) -> None:
    std = conv(weight_init="kaiming_normal", init_mode=mode).weight.detach().std()
    assert float(std) == pytest.approx(math.sqrt(2 / fan), rel=0.03)


def test_one_seed_gives_one_set_of_weights_and_another_seed_others() -> None:
    first, again = conv(weight_init="kaiming_normal"), conv(weight_init="kaiming_normal")
    assert torch.equal(first.weight, again.weight)
    torch.manual_seed(1)
    graph = draw(
        ("x", "VectorInput", {"features": 8}), ("fc", "Linear", "x", {"weight_init": "xavier_uniform"})
    )
    other = lower.compile(graph).fc.weight
    torch.manual_seed(2)
    assert not torch.equal(other, lower.compile(graph).fc.weight)


def test_a_bias_starts_as_asked_and_the_weight_is_left_alone() -> None:
    found = conv(bias_init=0.5)
    assert found.bias.tolist() == [0.5] * 32
    assert torch.equal(found.weight, expected(lambda weight: None))


@pytest.mark.parametrize("way", ["xavier_uniform", "kaiming_normal", "orthogonal", "lsuv"])
def test_what_needs_a_fan_leaves_scales_of_a_normalization_alone(way: str) -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 4, "height": 3, "width": 3}),
        ("bn", "BatchNorm2d", "image", {"weight_init": way}),
        ("ln", "LayerNorm", "bn", {"normalized_shape": (4, 3, 3), "weight_init": way}),
    )
    module = lower.compile(graph)
    assert module.bn.weight.unique().tolist() == [1.0]
    assert module.ln.weight.unique().tolist() == [1.0]


def test_a_constant_0_switches_a_residual_branch_off_at_first() -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 4, "height": 3, "width": 3}),
        ("bn", "BatchNorm2d", "image", {"weight_init": "constant"}),
        ("add", "Add", "image bn"),
    )
    image = torch.randn(6, 4, 3, 3)
    assert torch.equal(lower.compile(graph)(image), image)


def he_net(depth: int = 20, width: int = 512, **settings: Any) -> Graph:
    """Return a chain of Linear and ReLU layers."""
    lines: list[tuple[Any, ...]] = [("h0", "VectorInput", {"features": width})]
    for number in range(1, depth + 1):
        lines.append((f"fc{number}", "Linear", f"h{number - 1}", {"out_features": width, **settings}))
        lines.append((f"h{number}", "ReLU", f"fc{number}"))
    return draw(*lines)


def moments(module: nn.Module, inputs: Tensor) -> list[float]:
    """Return the second moment behind each ReLU, over that of the input."""
    found: list[float] = []
    handles = [
        layer.register_forward_hook(lambda _, __, out: found.append(float(out.detach().square().mean())))
        for layer in module.children()
        if isinstance(layer, nn.ReLU)
    ]
    module(inputs)
    for handle in handles:
        handle.remove()
    return [moment / float(inputs.square().mean()) for moment in found]


def test_he_keeps_the_second_moment_through_20_layers_and_torchs_default_does_not() -> None:
    graph, found = he_net(weight_init="kaiming_normal", bias_init=0.0), []
    for seed in range(8):
        torch.manual_seed(seed)
        inputs = torch.randn(128, 512)
        with torch.no_grad():
            found.append(moments(lower.compile(graph), inputs))
    he = torch.tensor(found).mean(0)  # one network wanders: the statement is about the mean
    assert he.shape == (20,)
    assert 0.82 <= float(he.min()) <= float(he.max()) <= 1.27
    assert moments(lower.compile(he_net()), inputs)[-1] < 1e-3


# LSUV ---------------------------------------------------------------------------------------------


def lsuv_net() -> Graph:
    return draw(
        ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8}),
        ("conv1", "Conv2d", "image", {"out_channels": 8, "weight_init": "lsuv"}),
        ("bn", "BatchNorm2d", "conv1"),
        ("tanh", "Tanh", "bn"),
        ("conv2", "Conv2d", "tanh", {"out_channels": 8, "weight_init": "lsuv"}),
        ("relu", "ReLU", "conv2"),
        ("drop", "Dropout", "relu", {"p": 0.2}),
        ("flatten", "Flatten", "drop"),
        ("fc1", "Linear", "flatten", {"out_features": 32, "weight_init": "lsuv"}),
        ("fc2", "Linear", "fc1", {"out_features": 10}),
    )


def test_lsuv_leaves_every_layer_with_unit_variance_on_the_batch() -> None:
    torch.manual_seed(0)
    network = lower.build(lsuv_net())
    assert network.lsuv == ("conv1", "conv2", "fc1")
    images = 5.0 * torch.randn(64, 3, 8, 8)
    kept = network.module.fc2.weight.clone()
    variances = scale_to_unit_variance(network.module, network.lsuv, (images,))
    assert list(variances) == ["conv1", "conv2", "fc1"]
    assert all(abs(variance - 1.0) <= TOLERANCE for variance in variances.values())
    seen: dict[str, float] = {}
    for name in ("conv1", "conv2"):
        network.module.get_submodule(name).register_forward_hook(
            lambda _, __, out, name=name: seen.update({name: float(out.detach().var())})
        )
    network.module(images)
    assert list(seen.values()) == pytest.approx([1.0, 1.0], abs=2 * TOLERANCE)
    assert torch.equal(network.module.fc2.weight, kept)


def test_lsuv_leaves_statistics_random_numbers_and_mode_as_they_were() -> None:
    network = lower.build(lsuv_net())
    images = torch.randn(8, 3, 8, 8)
    before, state = {n: b.clone() for n, b in network.module.named_buffers()}, torch.get_rng_state()
    network.module.eval()
    scale_to_unit_variance(network.module, network.lsuv, (images,))
    assert all(torch.equal(before[name], buffer) for name, buffer in network.module.named_buffers())
    assert torch.equal(torch.get_rng_state(), state)
    assert not network.module.training
    assert not network.module.bn.training


def test_lsuv_gives_up_on_a_layer_that_says_nothing() -> None:
    network = lower.build(
        draw(
            ("x", "VectorInput", {"features": 3}),
            ("fc", "Linear", "x", {"weight_init": "lsuv", "bias": False}),
        )
    )
    kept = network.module.fc.weight.clone()
    assert scale_to_unit_variance(network.module, network.lsuv, (torch.zeros(4, 3),)) == {"fc": 0.0}
    assert torch.equal(network.module.fc.weight, kept)
