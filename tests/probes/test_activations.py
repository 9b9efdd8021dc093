"""What a tapped network shows, and that looking changes nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.probes.activations import ActivationTap
from studio.probes.counting import NUM_BINS, stride_for
from tests.compiler.test_blocks import rows
from tests.compiler.test_heads import X, three_heads
from tests.helpers.drawing import draw


def network() -> torch.fx.GraphModule:
    torch.manual_seed(0)
    return lower.compile(zoo.build("small_cnn", input_shape=(1, 8, 8)))


def names(module: torch.fx.GraphModule) -> list[str]:
    return [node.meta["node"] for node in module.graph.nodes if "node" in node.meta]


def test_tapped_network_gives_the_same_outputs_and_gradients_to_the_bit() -> None:
    module = network()
    tap = ActivationTap(module, names(module))
    inputs = torch.randn(16, 1, 8, 8)
    grads = []
    for candidate in (module, tap.module):
        torch.manual_seed(1)
        module.zero_grad()
        candidate(inputs).square().sum().backward()
        grads.append([parameter.grad.clone() for parameter in module.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_histogram_counts_what_flowed() -> None:
    module = network()
    seen = {}
    first = names(module)[1]
    module.get_submodule(first).register_forward_hook(lambda layer, args, out: seen.update(out=out))
    tap = ActivationTap(module, [first], size=10**9)
    tap.module(torch.randn(4, 1, 8, 8))
    (found,) = tap.read("run-1", 12)
    values = seen["out"].detach().numpy().ravel()
    assert (found.run, found.node, found.step) == ("run-1", first, 12)
    assert found.counts.sum() == values.size
    assert (found.low, found.high) == pytest.approx((values.min(), values.max()))
    assert (found.mean, found.std) == pytest.approx((values.mean(), values.std()), rel=1e-4)
    expected = np.histogram(values, NUM_BINS, (found.low, found.high))[0]
    assert np.abs(found.counts - expected).sum() <= 0.01 * values.size


def test_several_nodes_are_counted_apart() -> None:
    module = network()
    tap = ActivationTap(module, names(module))
    tap.module(torch.randn(8, 1, 8, 8))
    found = tap.read("r", 1)
    assert [histogram.node for histogram in found] == list(tap.nodes) == names(module)
    for histogram in found:
        assert histogram.counts.shape == (NUM_BINS,)
        assert histogram.counts[0] > 0
        assert histogram.counts[-1] > 0


def test_the_gradient_that_comes_back_is_measured() -> None:
    module = network()
    nodes = names(module)
    tap = ActivationTap(module, nodes)
    kept: dict[str, torch.Tensor] = {}
    convolutions = [name for name, layer in module.named_modules() if isinstance(layer, torch.nn.Conv2d)]
    for name in convolutions:
        module.get_submodule(name).register_forward_hook(
            lambda _layer, _given, output, name=name: kept.update({name: output})
        )
    loss = tap.module(torch.randn(8, 1, 8, 8)).square().sum()
    expected = torch.autograd.grad(loss, [kept[name] for name in convolutions], retain_graph=True)
    loss.backward()
    found = {one.node: one.gradient for one in tap.read("r", 1)}
    for name, gradient in zip(convolutions, expected, strict=True):
        assert found[name] == pytest.approx(float(gradient.norm()), rel=1e-4)
    assert math.isnan(found[nodes[0]])  # the image: nothing asks for its gradient


def test_relu_shows_its_zeros() -> None:
    module = network()
    relu = next(name for name in names(module) if name.startswith("relu"))
    tap = ActivationTap(module, [relu])
    tap.module(torch.randn(8, 1, 8, 8))
    (found,) = tap.read("r", 1)
    assert found.low == 0.0
    assert 0.1 < found.zeros < 0.9


def test_reading_twice_gives_nothing_the_second_time() -> None:
    module = network()
    tap = ActivationTap(module, names(module)[:1])
    tap.module(torch.randn(2, 1, 8, 8))
    assert len(tap.read("r", 1)) == 1
    assert tap.read("r", 2) == []


def test_node_that_the_network_does_not_compute_is_left_out() -> None:
    assert ActivationTap(network(), ["loss", "nowhere"]).nodes == ()


def test_constant_activations_still_have_a_histogram() -> None:
    module = network()
    tap = ActivationTap(module, ["image"])
    tap.module(torch.full((2, 1, 8, 8), 3.0))
    (found,) = tap.read("r", 1)
    assert found.low < 3.0 < found.high
    assert found.counts.sum() == 128


def test_values_that_are_not_finite_are_left_out() -> None:
    module = network()
    tap = ActivationTap(module, ["image"], size=10**9)
    inputs = torch.zeros(2, 1, 8, 8)
    inputs[0] = math.nan
    inputs[1, 0, 0, 0] = math.inf
    tap.module(inputs)
    (found,) = tap.read("r", 1)
    assert found.counts.sum() == 63


def test_in_place_layer_does_not_change_what_was_seen_before_it() -> None:
    nodes = [
        Node("n1", "VectorInput", "vector").with_argument("features", 4),
        Node("n2", "Linear", "fc").with_argument("out_features", 64),
        Node("n3", "ReLU", "relu").with_argument("inplace", True),
    ]
    edges = [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")]
    tap = ActivationTap(lower.compile(Graph.of(nodes, edges)), ["fc"])
    tap.module(torch.randn(32, 4))
    (found,) = tap.read("r", 1)
    assert found.low < 0.0


@pytest.mark.parametrize(("total", "per_sample"), [(128 * 512, 512), (64 * 4608, 4608), (10, 10), (7, 1)])
def test_stride_meets_every_unit(total: int, per_sample: int) -> None:
    stride = stride_for(total, per_sample, 4096)
    picked = np.arange(0, total, stride)
    assert len(set(picked % per_sample)) == min(per_sample, len(picked))
    assert total / stride <= 4096 * 2


# Inside blocks -------------------------------------------------------------------------------------


def test_layers_inside_blocks_are_seen_by_their_dotted_names_and_blocks_by_theirs() -> None:
    module = lower.compile(rows())
    wanted = ["image", "layer1.0.conv1", "layer2.2.relu1", "layer1", "layer2.1", "fc"]
    tap = ActivationTap(module, [*wanted, "layer1.0.downsample", "layer9"], size=10**9)
    assert sorted(tap.nodes) == sorted(wanted)
    seen: dict[str, torch.Tensor] = {}
    for name in ("layer1.0.conv1", "layer1", "layer2.1"):
        module.get_submodule(name).register_forward_hook(
            lambda _, __, out, name=name: seen.update({name: out.detach()})
        )
    torch.manual_seed(0)
    images = torch.randn(4, 3, 8, 8)
    expected = module.eval()(images)
    assert torch.equal(tap.module.eval()(images), expected)
    found = {histogram.node: histogram for histogram in tap.read("r", 1)}
    for name, values in seen.items():
        assert found[name].mean == pytest.approx(float(values.mean()), abs=1e-5)
        assert found[name].counts.sum() == values.numel()


def test_a_tapped_network_with_blocks_trains_the_same_layers_to_the_bit() -> None:
    images, grads = torch.randn(4, 3, 8, 8), []
    module = lower.compile(rows())
    tap = ActivationTap(module, ["layer1.1.bn1", "layer2"])
    for candidate in (module, tap.module):
        module.zero_grad()
        candidate(images).square().sum().backward()
        grads.append([parameter.grad.clone() for parameter in module.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*grads, strict=True))


def test_heads_are_seen_in_training_and_still_left_out_in_evaluation() -> None:
    module = lower.compile(three_heads())
    tap = ActivationTap(module, ["aux1", "main"])
    assert len(tap.module(X)) == 3
    assert [histogram.node for histogram in tap.read("r", 1)] == ["main", "aux1"]
    assert torch.equal(tap.module.eval()(X), module.eval()(X))
    assert [histogram.node for histogram in tap.read("r", 2)] == ["main"]


def test_a_layer_called_samplers_is_no_trouble() -> None:
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("samplers", "Linear", "x"),
        ("samplers_", "Linear", "samplers"),
    )
    tap = ActivationTap(lower.compile(graph), ["samplers", "samplers_"])
    assert tap.module(torch.randn(2, 4)).shape == (2, 10)
    assert tap.nodes == ("samplers", "samplers_")
