"""Functions of our own that a compiled network calls.

Each stands by itself and uses nothing but torch, because an exported source holds a copy of those it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def dot_product(x1: Tensor, x2: Tensor, dim: int = -1, keepdim: bool = False) -> Tensor:
    """Return the sum of the products of two tensors along a dimension."""
    return (x1 * x2).sum(dim, keepdim=keepdim)


def average(tensors: Sequence[Tensor]) -> Tensor:
    """Return the mean of tensors of the same shape, number by number."""
    return torch.stack(list(tensors)).mean(0)


def affine(input: Tensor, scale: float, shift: float) -> Tensor:
    """Return ``scale · input + shift``."""
    return input * scale + shift


def one_hot(input: Tensor, num_classes: int) -> Tensor:
    """Return a 1 at each number's place, as floats.

    Shape:
        input: (N, *), int64. Output: (N, *, num_classes).
    """
    return torch.nn.functional.one_hot(input, num_classes).to(torch.get_default_dtype())


def zero_pad_shortcut(input: Tensor, out_channels: int, stride: int, position: str) -> Tensor:
    """Return every stride-th place, with channels of zeros behind (or also before) the others.

    Shape:
        input: (N, C, H, W). Output: (N, out_channels, ⌈H/stride⌉, ⌈W/stride⌉).

    Raises:
        ValueError: There are more channels than `out_channels`.
    """
    extra = out_channels - input.shape[1]
    if extra < 0:
        raise ValueError(f"{input.shape[1]} channels are more than out_channels, which is {out_channels}")
    before = extra // 2 if position == "both" else 0
    kept = input[:, :, ::stride, ::stride]
    return torch.nn.functional.pad(kept, (0, 0, 0, 0, before, extra - before))


def positional_encoding(input: Tensor, max_period: float = 10_000.0) -> Tensor:
    """Return sequences with waves added that tell each step its place (Vaswani et al. 2017).

    Shape:
        input and output: (N, L, E).
    """
    length, width = input.shape[1], input.shape[2]
    steps = torch.arange(length, device=input.device, dtype=input.dtype)
    pairs = torch.arange(0, width, 2, device=input.device, dtype=input.dtype)
    angles = steps[:, None] / max_period ** (pairs / width)
    waves = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
    return input + waves[:, :width]


def causal_mask(query: Tensor, key: Tensor) -> Tensor:
    """Return what each step of the query must not see of the key: all that comes after it.

    Shape:
        query: (N, L, E). key: (N, S, E). Output: (L, S), True where it must not look.
    """
    steps, seen = query.shape[1], key.shape[1]
    return torch.ones(steps, seen, dtype=torch.bool, device=query.device).triu(1)
