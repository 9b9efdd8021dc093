from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import studio
from studio.compiler.importing.importer import import_module
from studio.errors import ImportingError
from tests.compiler.importing import modules


class Raw(nn.Module):
    """A convolution and a linear map whose weights are plain parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(4, 3, 3, 3))
        self.head = nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.conv2d(x, self.kernel, padding=1, stride=2)
        return functional.linear(x.mean((2, 3)), self.head.weight, self.head.bias)


def test_weights_used_in_functions_become_layers() -> None:
    imported = import_module(Raw(), torch.randn(2, 3, 8, 8))
    assert imported.is_bit_equal
    assert set(imported.weights) == {"kernel.weight", "head.weight", "head.bias"}
    assert dict(imported.graph.named("kernel").arguments) == {
        "out_channels": 4,
        "padding": 1,
        "stride": 2,
        "bias": False,
    }


def test_module_round_a_weighted_function_keeps_its_keys() -> None:
    module = nn.Sequential(modules.ChannelNorm(3), nn.Conv2d(3, 4, 3))
    imported = import_module(module, torch.randn(2, 3, 8, 8))
    assert imported.weights.keys() == module.state_dict().keys()
    assert imported.graph.named("0").kind == "LayerNorm"


def test_weight_turned_over_ties_the_layers() -> None:
    imported = import_module(modules.Autoencoder(), torch.randn(2, 6))
    decoder = imported.graph.named("linear")
    assert imported.is_bit_equal
    assert decoder.arguments["tied_as"] == "transposed"
    assert decoder.arguments["tied_to"] == imported.graph.named("enc").id


def test_shared_weight_ties_the_layers() -> None:
    network = studio.compile(studio.from_module(modules.Tied(), torch.randn(2, 6)))
    assert network.two.weight is network.one.weight
    assert network.two.bias is not network.one.bias


def test_second_call_of_a_layer_uses_its_weights() -> None:
    graph = studio.from_module(modules.SharedLayer(), torch.randn(2, 6))
    assert sum(parameter.numel() for parameter in studio.compile(graph).parameters()) == 42
    assert graph.named("fc1").arguments["tied_as"] == "all"
    assert "tied_to" not in graph.named("act1").arguments


def test_computed_weight_is_refused() -> None:
    class Normed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.randn(4, 6))

        def forward(self, x: Tensor) -> Tensor:
            return functional.linear(x, self.weight * 2)

    with pytest.raises(ImportingError, match="Normed itself calls linear with a weight that is computed"):
        import_module(Normed(), torch.randn(2, 6))


def test_parameters_become_nodes_that_start_alike() -> None:
    graph = studio.from_module(modules.Tokens(), torch.randn(3, 5, 8))
    assert dict(graph.named("scale").arguments) == {"shape": (8,), "value": 0.5}
    assert graph.named("position").arguments["init"] == "normal"
    assert graph.named("position").arguments["value"] == pytest.approx(0.02, abs=0.006)


def test_buffer_becomes_a_constant_with_its_numbers() -> None:
    class Centred(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mean", torch.tensor([1.0, 2.0]))

        def forward(self, x: Tensor) -> Tensor:
            return x - self.mean

    imported = import_module(Centred(), torch.randn(3, 2))
    assert imported.weights.keys() == {"mean"}
    assert imported.graph.named("mean").arguments["value"] == (1.0, 2.0)
