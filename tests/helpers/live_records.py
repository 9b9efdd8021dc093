"""Records of a run that never was, for tests of what shows them."""

from __future__ import annotations

import math

import numpy as np

from studio.runs.records import (
    CheckpointWritten,
    EpochEnded,
    Filters,
    Histogram,
    LayerLook,
    Norms,
    RunChanged,
    RunProgress,
    RunState,
    Steps,
    SurfaceLook,
)
from studio.runs.surface_timeline import levels_of


def state(name: RunState, run: str = "run-1", step: int = 0) -> RunChanged:
    return RunChanged(run, name, step, 0, device="cpu")


def steps(first: int, losses: list[float], run: str = "run-1", accuracy: float = math.nan) -> Steps:
    numbers = np.arange(first, first + len(losses), dtype=np.int64)
    return Steps(run, numbers, np.array(losses, np.float32), np.full(len(losses), accuracy, np.float32))


def epoch(number: int, step: int, val_loss: float = 0.5, val_accuracy: float = 0.9) -> EpochEnded:
    return EpochEnded("run-1", number, step, 0.4, val_loss, 0.95, val_accuracy, True)


def checkpoint(step: int, run: str = "run-1") -> CheckpointWritten:
    return CheckpointWritten(run, step)


def progress(step: int, total_steps: int = 100, epochs: int = 10) -> RunProgress:
    return RunProgress(
        "run-1", step, total_steps, step * epochs // total_steps, epochs, 5.0, 72.0, 31420.0, 0.01
    )


def histogram(
    step: int, counts: list[int], low: float = 0.0, high: float = 1.0, node: str = "relu1"
) -> Histogram:
    return Histogram("run-1", node, step, low, high, np.array(counts, np.int64), 0.41, 0.25, 0.125)


def norms(step: int, scale: float = 1.0, names: tuple[str, ...] = ("fc1.weight", "fc2.weight")) -> Norms:
    """Return norms that grow with `scale`: updates are a thousandth of the weights."""
    weights = np.arange(1, 1 + len(names), dtype=np.float32)
    sizes = np.full(len(names), 100, np.int64)
    return Norms("run-1", step, names, sizes, weights, scale * weights, weights / 1000)


def filters(pictures: np.ndarray, scale: float = 1.0, node: str = "conv1", total: int = 64) -> Filters:
    order = tuple(range(10, 10 + len(pictures)))
    return Filters("run-1", node, 7, pictures.astype(np.float32), scale, total, order)


def surface_look(step: int, run: str = "run-1", shift: float = 0.0) -> SurfaceLook:
    """Return a look at two classes, the first at the left, and at the units of two layers, ramps."""
    x = np.tile(np.linspace(0.0, 1.0, 97, dtype=np.float32), (97, 1))
    left = np.clip(x + shift, 0.0, 1.0)
    ramps = np.stack([left[::2, ::2] - number / 4 for number in range(3)])
    nothing = ramps[:0]
    return SurfaceLook(
        run,
        step,
        (-1.0, -2.0),
        (1.0, 2.0),
        ("left", "right"),
        np.array([[-0.5, 0.0], [0.5, 1.0]], np.float32),
        np.array([0.0, 1.0], np.float32),
        np.array([False, True]),
        levels_of(np.stack([1 - left, left]), joint=True),
        np.array([0.0, 1.0], np.float32),
        (
            LayerLook("fc1", "relu1", 3, levels_of(ramps), levels_of(np.maximum(ramps, 0.0))),
            LayerLook("", "fc2", 2, levels_of(nothing), levels_of(ramps[:2])),
        ),
    )
