"""Weights, buffers and constants of a module: their keys, and stand-ins without memory."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import ImportingError
from studio.graph.node import Value


def meta_copy(module: nn.Module) -> nn.Module:
    """Return a copy of a module whose weights have shapes but no memory; weights shared stay shared.

    Raises:
        ImportingError: It cannot be copied.
    """
    memo: dict[int, Any] = {}
    for tensor in [*module.parameters(), *module.buffers()]:
        memo[id(tensor)] = meta_like(tensor)
    try:
        copied: nn.Module = copy.deepcopy(module, memo)
    except Exception as error:  # copying runs the module's own code
        raise ImportingError(
            f"{type(module).__name__} cannot be copied, which is how it is looked at without being touched: "
            f"{type(error).__name__}: {str(error)[:200]}. Keep only modules, weights and plain values in it."
        ) from error
    return copied


def meta_like(tensor: Tensor, batch: int | None = None) -> Tensor:
    """Return a stand-in for a tensor, with another number of samples if one is given."""
    shape = tuple(tensor.shape) if batch is None else (batch, *tensor.shape[1:])
    stand = torch.empty(shape, dtype=tensor.dtype, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(stand, requires_grad=tensor.requires_grad)
    return stand


def keys_of(module: nn.Module) -> dict[int, str]:
    """Return what the tensors of a module are called, by their identity; the first name of a shared one."""
    found: dict[int, str] = {}
    for key, tensor in [*module.named_parameters(), *module.named_buffers()]:
        found.setdefault(id(tensor), key)
    return found


MAX_NUMBERS = 4096
"""Numbers that a Constant's argument holds."""


def filling(tensor: Tensor, shape: tuple[int, ...], kind: str) -> dict[str, Value] | None:
    """Return the arguments of a node whose tensor starts like this one.

    A Constant gets all numbers, a Parameter one number or noise of the same size.

    Args:
        tensor: The real one.
        shape: What the node's shape is to be.
        kind: ``Parameter`` or ``Constant``.

    Returns:
        None if a Constant cannot hold so many.
    """
    given: dict[str, Value] = {"shape": shape}
    values = tensor.detach().to(torch.float32).flatten()
    if values.numel() == 0 or values.is_meta or not bool(values.isfinite().all()):
        return given
    if bool((values == values[0]).all()):
        return {**given, "value": float(values[0])}
    if kind == "Constant":
        return {**given, "value": tuple(values.tolist())} if values.numel() <= MAX_NUMBERS else None
    # To one digit, so that blocks which differ only by chance are drawn alike.
    return {**given, "init": "normal", "value": float(f"{float(values.std()):.0e}")}
