"""Sizes of 600 random convolutions and pools over sequences, maps and volumes against torch's own."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from torch import nn

from studio.catalog.spaces import SPACES, Space
from studio.compiler.shapes import ShapeEngine
from studio.graph.node import Value
from tests.helpers.drawing import draw

ENGINE = ShapeEngine()


def numbers(rng: random.Random, dims: int, low: int, high: int) -> Value:
    """Return one number for all sides, or one for each: (1, 7)."""
    if rng.random() < 0.4:
        return rng.randint(low, high)
    return tuple(rng.choice([low, high, rng.randint(low, high)]) for _ in range(dims))


def convolution(rng: random.Random, dims: int, channels: int) -> dict[str, Value]:
    groups = rng.choice([1, 1, 2, channels])
    return {
        "out_channels": groups * rng.randint(1, 3),
        "kernel_size": numbers(rng, dims, 1, 7),
        "stride": numbers(rng, dims, 1, 4),
        "padding": numbers(rng, dims, 0, 4),
        "dilation": numbers(rng, dims, 1, 3),
        "groups": groups,
        "bias": rng.random() < 0.5,
    }


def transposed(rng: random.Random, dims: int, channels: int) -> dict[str, Value]:
    return {**convolution(rng, dims, channels), "output_padding": numbers(rng, dims, 0, 3)}


def pool(rng: random.Random, dims: int, channels: int) -> dict[str, Value]:
    return {
        "kernel_size": numbers(rng, dims, 1, 5),
        "stride": rng.choice([None, numbers(rng, dims, 1, 4)]),
        "padding": numbers(rng, dims, 0, 2),
        "ceil_mode": rng.random() < 0.5,
    }


def max_pool(rng: random.Random, dims: int, channels: int) -> dict[str, Value]:
    return {**pool(rng, dims, channels), "dilation": numbers(rng, dims, 1, 3)}


RECIPES = {"Conv": convolution, "ConvTranspose": transposed, "MaxPool": max_pool, "AvgPool": pool}


def said(kind: str, shape: tuple[int, ...], arguments: dict[str, Value]) -> tuple[int, ...] | None:
    """Return the shape that the studio says comes out; None if it refuses."""
    graph = draw(("x", "TensorInput", {"shape": shape}), ("it", kind, "x", arguments))
    found = ENGINE.infer(graph).outputs.get(("it", "output"))
    return found.shape if found is not None else None


def real(kind: str, shape: tuple[int, ...], arguments: dict[str, Any]) -> tuple[int, ...] | None:
    """Return the shape that torch gives on the CPU; None if it refuses."""
    if kind.startswith("Conv"):
        arguments = {"in_channels": shape[0], **arguments}
    try:
        return tuple(getattr(nn, kind)(**arguments)(torch.zeros(2, *shape)).shape[1:])
    except (RuntimeError, ValueError):
        return None


@pytest.mark.parametrize("stem", RECIPES)
@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.noun)
def test_sizes_are_torchs(stem: str, space: Space) -> None:
    rng = random.Random(f"{stem} {space.dims}")
    kind, accepted = space.kind(stem), 0
    for _ in range(50):
        shape = (rng.choice([2, 4, 6]), *(rng.randint(4, 16) for _ in range(space.dims)))
        arguments = RECIPES[stem](rng, space.dims, shape[0])
        wanted = real(kind, shape, arguments)
        assert said(kind, shape, arguments) == wanted, (shape, arguments)
        accepted += wanted is not None
    assert accepted >= 10


@pytest.mark.parametrize(
    ("kind", "shape", "arguments", "wanted"),
    [
        # AlexNet 2012: 227 → 55 → 27; GoogLeNet's ceil; a row of Inception v3.
        ("Conv2d", (3, 227, 227), {"out_channels": 96, "kernel_size": 11, "stride": 4}, (96, 55, 55)),
        ("MaxPool2d", (96, 55, 55), {"kernel_size": 3, "stride": 2}, (96, 27, 27)),
        ("MaxPool2d", (64, 112, 112), {"kernel_size": 3, "stride": 2, "ceil_mode": True}, (64, 56, 56)),
        (
            "Conv2d",
            (768, 17, 17),
            {"out_channels": 192, "kernel_size": (1, 7), "padding": (0, 3)},
            (192, 17, 17),
        ),
        ("Conv1d", (1, 16000), {"kernel_size": 400, "stride": 160}, (32, 98)),
        ("Conv3d", (3, 16, 112, 112), {"padding": 1, "stride": (1, 2, 2)}, (32, 16, 56, 56)),
        ("ConvTranspose2d", (8, 7, 7), {"kernel_size": 3, "stride": 2, "padding": 1}, (32, 13, 13)),
    ],
)
def test_sizes_by_hand(
    kind: str, shape: tuple[int, ...], arguments: dict[str, Value], wanted: tuple[int, ...]
) -> None:
    assert said(kind, shape, arguments) == wanted
