"""What one node gives is what the network itself computes there."""

from __future__ import annotations

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.errors import ProbeError
from studio.probes.outputs import output_of


@pytest.fixture
def images() -> torch.Tensor:
    return torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


def test_a_layer_inside_a_block_gives_what_a_hook_sees(images: torch.Tensor) -> None:
    network = lower.compile(zoo.build("resnet18", num_classes=10)).eval()
    seen: list[torch.Tensor] = []
    handle = network.get_submodule("layer2.0.conv1").register_forward_hook(
        lambda _m, _i, out: seen.append(out)
    )
    with torch.inference_mode():
        network(images)
    handle.remove()
    assert torch.equal(output_of(network, "layer2.0.conv1", [images]), seen[0])


def test_the_last_node_gives_what_the_network_gives(images: torch.Tensor) -> None:
    network = lower.compile(zoo.build("resnet18", num_classes=10)).eval()
    with torch.inference_mode():
        assert torch.equal(output_of(network, "fc", [images]), network(images))


def test_what_comes_after_is_not_run(images: torch.Tensor) -> None:
    network = lower.compile(zoo.build("resnet18", num_classes=10)).eval()
    calls: list[int] = []
    network.get_submodule("fc").register_forward_hook(lambda *_: calls.append(1))
    output_of(network, "conv1", [images])
    assert not calls


def test_a_node_that_computes_nothing_is_named(images: torch.Tensor) -> None:
    network = lower.compile(zoo.build("resnet18", num_classes=10)).eval()
    with pytest.raises(ProbeError, match='"loss" is nothing that the network computes'):
        output_of(network, "loss", [images])
