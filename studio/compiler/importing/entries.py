"""The input node that gives tensors like an example."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.errors import ImportingError
from studio.graph.node import Value

_FLOATS = {
    1: ("VectorInput", ("features",)),
    2: ("SequenceInput", ("length", "features")),
    3: ("ImageInput", ("channels", "height", "width")),
    4: ("VolumeInput", ("channels", "depth", "height", "width")),
}
_INTEGERS: dict[int, tuple[str, tuple[str, ...]]] = {0: ("IndexInput", ()), 1: ("TokenInput", ("length",))}


def entry(example: Tensor) -> tuple[str, dict[str, Value]]:
    """Return the kind and arguments of the input node for tensors like this one.

    Raises:
        ImportingError: No input of the catalog gives its number format.
    """
    shape = tuple(example.shape[1:])
    if example.dtype not in (torch.float32, torch.int64):
        found = str(example.dtype).removeprefix("torch.")
        raise ImportingError(
            f"An example input holds {found}, and inputs give float32 or int64. Convert the module and the "
            "example first: module.float()."
        )
    is_float = example.dtype == torch.float32
    kind, names = (_FLOATS if is_float else _INTEGERS).get(len(shape), ("TensorInput", ()))
    if kind == "TensorInput":
        return kind, {"shape": shape or (1,), "dtype": "float32" if is_float else "int64"}
    return kind, dict(zip(names, shape, strict=True))
