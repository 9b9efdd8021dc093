from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import studio
from studio.compiler.importing import parity
from studio.compiler.importing.importer import import_module
from studio.errors import ImportingError
from tests.compiler.importing.modules import Pair

X = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))


def test_loaded_network_shares_the_weights() -> None:
    module = Pair()
    network = parity.loaded(studio.from_module(module, X), module.state_dict())
    assert network.fc.weight.data_ptr() == module.fc.weight.data_ptr()
    assert not network.training


def test_weights_that_do_not_fit_are_named() -> None:
    module = Pair()
    graph = studio.from_module(module, X)
    with pytest.raises(ImportingError, match=r'Missing key.*"bn.weight"'):
        parity.loaded(graph, {key: value for key, value in module.state_dict().items() if key != "bn.weight"})


def test_first_layer_that_differs_is_named() -> None:
    module = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6))
    graph = studio.from_module(module, X)
    changed = {key: value.clone() for key, value in module.state_dict().items()}
    changed["2.bias"][3] += 0.5
    found = parity.compare(module, parity.loaded(graph, changed), [X], [0])
    assert found.difference == pytest.approx(0.5)
    assert found.first == "2"
    assert not found.is_close


def test_module_that_changes_with_every_call_is_refused() -> None:
    class Counting(nn.Module):
        calls = 0

        def forward(self, x: Tensor) -> Tensor:
            type(self).calls += 1
            return x * self.calls

    with pytest.raises(ImportingError, match="does not compute what Counting computes: the outputs differ"):
        import_module(Counting(), X)


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ([1.0, 2.0], [1.0, 2.5], 0.5),
        ([float("nan")], [float("nan")], 0.0),
        ([float("nan")], [1.0], float("inf")),
    ],
)
def test_difference_of_outputs(one: list[float], other: list[float], difference: float) -> None:
    class Gives(nn.Module):
        def __init__(self, values: list[float]) -> None:
            super().__init__()
            self.values = torch.tensor(values)

        def forward(self, x: Tensor) -> Tensor:
            return self.values

    assert parity.compare(Gives(one), Gives(other), [X], [0]).difference == difference


def test_parts_go_back_to_the_mode_they_were_in() -> None:
    module = Pair()
    module.bn.eval()
    with parity.evaluating(module):
        assert not any(part.training for part in module.modules())
    assert (module.training, module.bn.training) == (True, False)
