from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from studio.catalog import registry
from studio.compiler.importing.importer import import_module
from studio.compiler.importing.layers import layer_of
from studio.compiler.modules import make_module
from studio.errors import ImportingError

UNUSUAL: dict[str, Any] = {
    "conv": lambda: nn.Conv2d(4, 8, (3, 5), (2, 1), "valid", 2, 2, False, "reflect"),
    "same": lambda: nn.Conv1d(4, 8, 3, padding="same"),
    "transposed": lambda: nn.ConvTranspose2d(4, 8, 3, 2, 1, 1, 2),
    "batch norm": lambda: nn.BatchNorm2d(5, 1e-3, None, False, False),
    "layer norm": lambda: nn.LayerNorm((3, 4), 1e-6, bias=False),
    "pool": lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True),
    "adaptive": lambda: nn.AdaptiveAvgPool2d((None, 7)),
    "linear": lambda: nn.Linear(3, 4, bias=False),
    "embedding": lambda: nn.Embedding(10, 4, padding_idx=2, max_norm=1.0),
    "lstm": lambda: nn.LSTM(3, 4, 2, bias=False, batch_first=True, dropout=0.1, bidirectional=True),
    "attention": lambda: nn.MultiheadAttention(8, 2, 0.1, False, kdim=4, vdim=6, batch_first=True),
    "encoder": lambda: nn.TransformerEncoderLayer(8, 2, 16, 0.2, "gelu", norm_first=True, batch_first=True),
    "prelu": lambda: nn.PReLU(5),
}


@pytest.mark.parametrize("make", UNUSUAL.values(), ids=UNUSUAL)
def test_arguments_of_a_module_make_one_like_it(make: Any) -> None:
    module = make()
    found = layer_of(module)
    assert found is not None
    again = make_module(*found)
    assert repr(again) == repr(module)
    assert {k: v.shape for k, v in again.state_dict().items()} == {
        k: v.shape for k, v in module.state_dict().items()
    }


@pytest.mark.parametrize("kind", ["Conv2d", "Linear", "GELU", "GroupNorm", "Dropout", "Upsample"])
def test_defaults_of_the_catalog_are_read_back(kind: str) -> None:
    spec = registry.get(kind)
    sizes = {"in_channels": 4, "in_features": 4, "num_channels": 8}
    given = {**spec.values({}), **{name: size for name, size in sizes.items() if spec.argument(name)}}
    found = layer_of(make_module(spec, given))
    assert found == (spec, spec.values(given))


def test_subclass_that_computes_the_same_is_its_base() -> None:
    class Mine(nn.Linear):
        pass

    found = layer_of(Mine(2, 3))
    assert found is not None
    assert found[0].kind == "Linear"


def test_subclass_that_computes_something_else_is_entered() -> None:
    class Twice(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return super().forward(x) * 2

    assert layer_of(Twice(2, 3)) is None
    assert import_module(nn.Sequential(Twice(6, 3)), torch.randn(2, 6)).is_bit_equal


def test_layer_that_cannot_be_set_up_so_is_named() -> None:
    module = nn.Sequential(nn.Linear(6, 6), nn.LSTM(6, 6))
    with pytest.raises(ImportingError, match='holds LSTM "1", and batch_first must be True, not False'):
        import_module(module, torch.randn(2, 5, 6))
