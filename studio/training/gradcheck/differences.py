"""Finite differences of a function of tensors, coordinate by coordinate, against autograd.

A difference of fourth order with a step of 1e-3 is exact to about 1e-11 of a smooth function in float64. A
network with ReLU or max-pooling has kinks; where a step crosses one, a smaller step is tried, and where the
slopes at both sides differ however small it is, there is no gradient to compare with, and that is said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor

STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""Tried one after the other, times the larger of 1 and the coordinate's size."""

TOLERANCE = 1e-6
"""Relative error up to which a gradient is right."""

NOTHING = 1e-10
"""A gradient below this, either way, is 0 as far as differences can tell."""

Verdict: TypeAlias = Literal["right", "wrong", "unused"]
Report: TypeAlias = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TensorCheck:
    """How well the gradient of one tensor was met.

    Attributes:
        name: Of the tensor.
        shape: Of the tensor.
        checked: Coordinates compared.
        total: Coordinates there are.
        kinks: Coordinates left out because the function has a kink there.
        error: ‖a − n‖ / max(‖a‖, ‖n‖) over the coordinates compared, of autograd's a and the differences' n.
        worst: The largest |a − n|.
        verdict: ``unused``: nothing depends on it, either way.
    """

    name: str
    shape: tuple[int, ...]
    checked: int
    total: int
    kinks: int
    error: float
    worst: float
    verdict: Verdict


def compare(
    function: Callable[[], Tensor],
    tensors: Mapping[str, Tensor],
    *,
    coordinates: int = 20,
    seed: int = 0,
    report: Report = lambda done: None,
) -> list[TensorCheck]:
    """Compare the gradients of a function with finite differences.

    Args:
        function: Gives a number, () float64, and the same one each time as long as no tensor changes.
        tensors: Leaves with ``requires_grad`` that it depends on, float64, by their names. They are changed
            while this goes on, and put back.
        coordinates: Compared of each tensor at most; which, the seed says.
        seed: Of that choice.
        report: Is told how many coordinates are done; may raise to end it.
    """
    with torch.enable_grad():
        gradients = torch.autograd.grad(function(), list(tensors.values()), allow_unused=True)
    generator = torch.Generator().manual_seed(seed)
    found, done = [], 0
    for (name, tensor), gradient in zip(tensors.items(), gradients, strict=True):
        chosen = torch.randperm(tensor.numel(), generator=generator)[:coordinates].tolist()
        analytic = torch.zeros_like(tensor) if gradient is None else gradient
        pairs = []
        for place in chosen:
            pairs.append(_coordinate(function, tensor, place, float(analytic.reshape(-1)[place])))
            done += 1
            report(done)
        found.append(_judged(name, tensor, pairs))
    return found


def number_of(tensors: Mapping[str, Tensor], coordinates: int) -> int:
    """Return how many coordinates `compare` will look at."""
    return sum(min(tensor.numel(), coordinates) for tensor in tensors.values())


def _judged(name: str, tensor: Tensor, pairs: Sequence[tuple[float, float | None]]) -> TensorCheck:
    """Return what the pairs of autograd's numbers and the differences' say; None stands for a kink."""
    known = [(analytic, numeric) for analytic, numeric in pairs if numeric is not None]
    gap = math.hypot(*(analytic - numeric for analytic, numeric in known))
    size = max(math.hypot(*(pair[side] for pair in known)) for side in (0, 1))
    worst = max((abs(analytic - numeric) for analytic, numeric in known), default=0.0)
    error = gap / size if size > NOTHING else 0.0
    verdict: Verdict = "right" if error <= TOLERANCE else "wrong"
    if known and size <= NOTHING:
        verdict = "unused"
    if math.isnan(gap) or math.isnan(size):
        error, verdict = math.nan, "wrong"
    kinks = len(pairs) - len(known)
    shape, total = tuple(tensor.shape), tensor.numel()
    return TensorCheck(name, shape, len(known), total, kinks, error, worst, verdict)


def _coordinate(
    function: Callable[[], Tensor], tensor: Tensor, place: int, analytic: float
) -> tuple[float, float | None]:
    """Return autograd's derivative along a coordinate and the best difference; None for that at a kink."""
    flat = tensor.detach().reshape(-1)  # shares memory: leaves are contiguous
    start = float(flat[place])

    def at(shift: float) -> float:
        flat[place] = start + shift
        with torch.no_grad():
            return float(function())

    best = math.inf
    try:
        for step in STEPS:
            h = step * max(1.0, abs(start))
            up, down = at(h), at(-h)
            slope = (8 * (up - down) - (at(2 * h) - at(-2 * h))) / (12 * h)
            if abs(slope - analytic) < abs(best - analytic):
                best = slope
            if abs(best - analytic) <= 0.1 * TOLERANCE * max(abs(best), abs(analytic), NOTHING):
                return analytic, best
        if _is_kink(at, h):
            return analytic, None
    finally:
        flat[place] = start
    return analytic, best


def _is_kink(at: Callable[[float], float], h: float) -> bool:
    """Say whether the slopes to both sides differ.

    Autograd's may be any where several kinks meet (ties of a max-pooling over an even background).
    """
    here = at(0.0)
    right, left = (at(h) - here) / h, (here - at(-h)) / h
    apart = abs(right - left)
    return apart > 1e-3 * max(abs(left), abs(right)) and apart > 1e-8
