"""Every layer is timed and nothing of the network is changed."""

from __future__ import annotations

import pytest
import torch
from torch import fx

from studio import zoo
from studio.compiler import lower
from studio.probes.profiling import LayerProfile, profile
from tests.compiler.test_heads import X, three_heads
from tests.helpers.drawing import draw


def measured(module: fx.GraphModule, *inputs: torch.Tensor) -> dict[str, LayerProfile]:
    return {one.node: one for one in profile(module, inputs, repeats=2)}


def test_every_layer_is_timed_in_order() -> None:
    module = lower.compile(zoo.build("small_cnn", input_shape=(1, 8, 8)))
    found = profile(module, (torch.randn(4, 1, 8, 8),), repeats=2)
    names = [str(node.meta["node"]) for node in module.graph.nodes if node.op == "call_module"]
    assert [one.node for one in found] == names
    assert all(one.forward_s > 0.0 for one in found)
    assert all(one.backward_s > 0.0 for one in found if one.node.startswith(("conv", "fc", "relu")))


def test_bytes_are_those_of_the_tensors() -> None:
    graph = draw(
        ("x", "VectorInput", {"features": 10}),
        ("fc", "Linear", "x", {"out_features": 6}),
        ("act", "Sigmoid", "fc"),
    )
    found = measured(lower.compile(graph), torch.randn(8, 10))
    assert found["fc"].output_bytes == found["act"].output_bytes == 8 * 6 * 4
    assert found["fc"].kept_bytes == 8 * 10 * 4  # its input; the weight is a parameter
    assert found["act"].kept_bytes == 8 * 6 * 4  # its output


def test_weights_statistics_and_mode_stay() -> None:
    module = lower.compile(zoo.build("small_cnn", input_shape=(1, 8, 8))).train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    profile(module, (torch.randn(4, 1, 8, 8),), repeats=1)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert module.training
    assert all(parameter.grad is None for parameter in module.parameters())


@pytest.mark.parametrize("kind", ["ReLU", "LeakyReLU"])
def test_layers_that_work_in_place_are_timed_too(kind: str) -> None:
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("fc", "Linear", "x", {"out_features": 3}),
        ("act", kind, "fc", {"inplace": True}),
    )
    assert measured(lower.compile(graph), torch.randn(5, 4))["act"].backward_s > 0.0


def test_blocks_heads_and_recurrent_layers() -> None:
    assert "layer1.0.conv1" in measured(lower.compile(zoo.build("resnet18")), torch.randn(1, 3, 64, 64))
    assert measured(lower.compile(three_heads()), X)
    lstm = draw(
        ("x", "SequenceInput", {"length": 5, "features": 4}),
        ("lstm", "LSTM", "x", {"hidden_size": 3}),
        ("flat", "Flatten", "lstm"),
    )
    assert measured(lower.compile(lstm), torch.randn(2, 5, 4))["lstm"].kept_bytes > 0


def test_whoever_is_told_may_end_it() -> None:
    def stop(done: int, total: int, _label: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        profile(lower.compile(zoo.build("mlp")), (torch.randn(2, 1, 28, 28),), repeats=1, report=stop)
