"""Every layer of torch's own files is in the catalog, or left out for a reason."""

from __future__ import annotations

import importlib
import inspect

import pytest
from torch import nn

from studio.catalog import registry
from studio.catalog.spaces import SPACES, Space

FILES = (
    "conv",
    "pooling",
    "padding",
    "batchnorm",
    "instancenorm",
    "normalization",
    "activation",
    "dropout",
    "upsampling",
    "pixelshuffle",
    "channelshuffle",
    "fold",
)
"""Of torch.nn.modules."""

LEFT_OUT = {
    # Refuses to train on anything but GPUs; several processes turn BatchNorm into it by themselves.
    "SyncBatchNorm",
    # LocalResponseNorm under another name, without a vectorised kernel.
    "CrossMapLRN2d",
}


def classes(file: str) -> list[str]:
    module = importlib.import_module(f"torch.nn.modules.{file}")
    return [
        name
        for name, found in vars(module).items()
        if inspect.isclass(found)
        and issubclass(found, nn.Module)
        and found.__module__ == module.__name__
        and hasattr(nn, name)
        and not name.startswith(("_", "Lazy"))
    ]


@pytest.mark.parametrize("file", FILES)
def test_every_layer_of_torch_can_be_drawn(file: str) -> None:
    targets = {spec.target for spec in registry.layers().values()}
    missing = {name for name in classes(file) if f"torch.nn.{name}" not in targets}
    assert missing <= LEFT_OUT


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_what_is_left_out_is_torchs(name: str) -> None:
    assert hasattr(nn, name) or hasattr(importlib.import_module("torch.nn.modules.normalization"), name)
    assert registry.find(name) is None


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.noun)
def test_windows_take_one_number_a_side(space: Space) -> None:
    for stem in ("Conv", "ConvTranspose", "MaxPool", "AvgPool", "LPPool"):
        kernel = registry.get(space.kind(stem)).argument("kernel_size")
        assert kernel is not None
        assert kernel.items == space.dims
