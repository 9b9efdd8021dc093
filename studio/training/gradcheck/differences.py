"""Finite differences of a function of tensors, coordinate by coordinate, against autograd.

A difference of fourth order with a step of 1e-3 is exact to about 1e-11 of a smooth function in float64. A
network with ReLU or max-pooling has kinks; where a step crosses one, a smaller step is tried, and where the
slopes at both sides differ however small it is, there is no gradient to compare with, and that is said.

The function's own rounding, divided by the step, is in each difference. How large it is, is measured. Where
gradients vanish, as in a deep network of sigmoids, nothing but it may be left, and that is said, too.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor

STEPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""Tried one after the other, times the larger of 1 and the coordinate's size."""

TOLERANCE = 1e-6
"""Relative error up to which a gradient is right."""

CAUTION = 8.0
"""How many times its usual size rounding may have, so that of thousands of differences none looks wrong."""

Verdict: TypeAlias = Literal["right", "wrong", "tiny", "unused"]
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
        verdict: ``unused``: autograd gives 0, and nothing was seen to depend on it. ``tiny``: too small to be
            told to `TOLERANCE`: all by which the two differ is no more than rounding.
    """

    name: str
    shape: tuple[int, ...]
    checked: int
    total: int
    kinks: int
    error: float
    worst: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Slopes:
    """The derivative along one coordinate, both ways.

    Attributes:
        analytic: Autograd's.
        numeric: Of the differences; None at a kink.
        rounding: By how much the function's rounding may have changed the latter.
    """

    analytic: float
    numeric: float | None
    rounding: float = 0.0

    @property
    def gap(self) -> float:
        """How far apart they are; 0 at a kink."""
        return 0.0 if self.numeric is None else abs(self.analytic - self.numeric)


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
    noise = _noise(function, list(tensors.values()))
    generator = torch.Generator().manual_seed(seed)
    found, done = [], 0
    for (name, tensor), gradient in zip(tensors.items(), gradients, strict=True):
        chosen = torch.randperm(tensor.numel(), generator=generator)[:coordinates].tolist()
        analytic = torch.zeros_like(tensor) if gradient is None else gradient
        slopes = []
        for place in chosen:
            slopes.append(_slopes(function, tensor, place, float(analytic.reshape(-1)[place]), noise))
            done += 1
            report(done)
        found.append(_judged(name, tensor, slopes))
    return found


def number_of(tensors: Mapping[str, Tensor], coordinates: int) -> int:
    """Return how many coordinates `compare` will look at."""
    return sum(min(tensor.numel(), coordinates) for tensor in tensors.values())


def _judged(name: str, tensor: Tensor, slopes: Sequence[_Slopes]) -> TensorCheck:
    """Return what the slopes along some coordinates of a tensor say together."""
    known = [one for one in slopes if one.numeric is not None]
    gap = math.hypot(*(one.gap for one in known))
    size = max(
        math.hypot(*(one.analytic for one in known)), math.hypot(*(one.numeric or 0.0 for one in known))
    )
    error = gap / size if size else 0.0
    return TensorCheck(
        name,
        tuple(tensor.shape),
        len(known),
        tensor.numel(),
        len(slopes) - len(known),
        error,
        max((one.gap for one in known), default=0.0),
        _verdict(known, size, error),
    )


def _verdict(known: Sequence[_Slopes], size: float, error: float) -> Verdict:
    if math.isnan(error):
        return "wrong"
    unexplained = math.hypot(*(max(0.0, one.gap - one.rounding) for one in known))
    if unexplained > TOLERANCE * size:
        return "wrong"
    if known and not any(one.analytic for one in known):
        return "unused"
    return "right" if error <= TOLERANCE else "tiny"


def _slopes(
    function: Callable[[], Tensor], tensor: Tensor, place: int, analytic: float, noise: float
) -> _Slopes:
    """Return autograd's derivative along a coordinate and the best difference.

    The largest step at which a smaller one makes no difference is the best: rounding is least in it.
    """
    flat = tensor.detach().reshape(-1)  # shares memory: leaves are contiguous
    start = float(flat[place])

    def at(shift: float) -> float:
        flat[place] = start + shift
        with torch.no_grad():
            return float(function())

    best = _Slopes(analytic, math.inf)
    before: _Slopes | None = None
    try:
        for step in STEPS:
            h = step * max(1.0, abs(start))
            up, down = at(h), at(-h)
            slope = (8 * (up - down) - (at(2 * h) - at(-2 * h))) / (12 * h)
            here = _Slopes(analytic, slope, CAUTION * noise / h)
            if before is not None and _agree(before, here):
                best = before
                break
            if not here.gap >= best.gap:
                best = here
            if here.gap <= max(here.rounding, 0.1 * TOLERANCE * max(abs(slope), abs(analytic))):
                return here
            before = here
        if _is_kink(at, STEPS[-1] * max(1.0, abs(start)), noise):
            return _Slopes(analytic, None)
    finally:
        flat[place] = start
    return best


def _agree(larger: _Slopes, smaller: _Slopes) -> bool:
    """Say whether a smaller step gave the same as the larger one before it."""
    one, other = larger.numeric or 0.0, smaller.numeric or 0.0
    small = 0.1 * TOLERANCE * max(abs(one), abs(other))
    return abs(one - other) <= max(small, larger.rounding + smaller.rounding)


def _is_kink(at: Callable[[float], float], h: float, noise: float) -> bool:
    """Say whether the slopes to both sides differ.

    Autograd's may be any where several kinks meet (ties of a max-pooling over an even background).
    """
    here = at(0.0)
    right, left = (at(h) - here) / h, (here - at(-h)) / h
    apart = abs(right - left)
    return apart > max(1e-3 * max(abs(left), abs(right)), CAUTION * noise / h)


def _noise(function: Callable[[], Tensor], tensors: Sequence[Tensor]) -> float:
    """Return the usual size of a function's rounding: its standard deviation over places next to each other.

    All numbers are moved a little. Over a way so short a smooth function is a straight line, of which third
    differences leave nothing, so that what they leave is rounding. The start itself is left out, because a
    kink may lie there, and one on the way does not move the median.

    Reference:
        Moré and Wild, Estimating Computational Noise, SIAM J. Sci. Comput. 33 (2011).
    """
    starts = [tensor.detach().clone() for tensor in tensors]
    values = []
    with torch.no_grad():
        try:
            for place in range(1, 13):
                for tensor, start in zip(tensors, starts, strict=True):
                    tensor.copy_(start + 1e-8 * place)
                values.append(float(function()))
        finally:
            for tensor, start in zip(tensors, starts, strict=True):
                tensor.copy_(start)
    left = float(np.median(np.abs(np.diff(values, n=3))))
    # The median of normal numbers is 0.67 of their deviation, and that of third differences is the root of
    # 1 + 9 + 9 + 1 times that of the values.
    spread = left / (0.6745 * math.sqrt(20))
    least = sys.float_info.epsilon * max(map(abs, values))
    return max(spread, least) if math.isfinite(spread) else least
