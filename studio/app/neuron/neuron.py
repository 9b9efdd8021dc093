"""A single neuron in formulas: a(x) = b + w₁x₁ + w₂x₂ and h(x) = g(a(x)), in NumPy.

The window never imports PyTorch; tests compare every g and g′ with torch's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studio.app.help.curves import Numbers, evaluate
from studio.project.logic import TABLES

INF = math.inf


@dataclass(frozen=True, slots=True)
class Activation:
    """One g.

    Attributes:
        kind: The layer's, as the catalog has it.
        title: Its name on screen.
        formula: g as people write it.
        slope_formula: Likewise g′.
        low: What g is never below; with `has_low` it takes this value.
        high: Likewise above.
        growth: Whether it is increasing, in words.
        slope: g′ of a, given g(a) and the arguments.
        given: Arguments of the layer.
        has_low: g takes its lowest value.
        has_high: Likewise its highest.
    """

    kind: str
    title: str
    formula: str
    slope_formula: str
    low: float
    high: float
    growth: str
    slope: Callable[[Numbers, Numbers, Mapping[str, Any]], Numbers]
    given: Mapping[str, Any] = field(default_factory=dict)
    has_low: bool = False
    has_high: bool = False

    @property
    def range_text(self) -> str:
        """All values of g, as an interval."""
        ends = (
            f"{'[' if self.has_low else '('}{_end(self.low)}",
            f"{_end(self.high)}{']' if self.has_high else ')'}",
        )
        return ", ".join(ends)


def _end(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:g}".replace("-", "−")


_STRICTLY, _NEVER_FALLS = "strictly increasing", "non-decreasing, and not strictly increasing"

ACTIVATIONS = (
    Activation(
        "Identity", "Linear", "a", "1", -INF, INF, _STRICTLY, lambda a, g, given: np.ones_like(a)
    ),
    Activation(
        "Sigmoid", "Sigmoid", "1 / (1 + e⁻ᵃ)", "g (1 − g)", 0.0, 1.0, _STRICTLY,
        lambda a, g, given: g * (1.0 - g),
    ),
    Activation(
        "Tanh", "Tanh", "(eᵃ − e⁻ᵃ) / (eᵃ + e⁻ᵃ) = (e²ᵃ − 1) / (e²ᵃ + 1)", "1 − g²", -1.0, 1.0, _STRICTLY,
        lambda a, g, given: 1.0 - g * g,
    ),
    Activation(
        "ReLU", "ReLU", "max(0, a)", "1 where a > 0, else 0", 0.0, INF, _NEVER_FALLS,
        lambda a, g, given: (a > 0).astype(np.float64), has_low=True,
    ),
    Activation(
        "LeakyReLU", "Leaky ReLU", "a where a > 0, else 0.01 a", "1 where a > 0, else 0.01", -INF, INF,
        _STRICTLY, lambda a, g, given: np.where(a > 0, 1.0, given["negative_slope"]),
        {"negative_slope": 0.01},
    ),
    Activation(
        "PReLU", "PReLU", "a where a > 0, else slope · a", "1 where a > 0, else slope", -INF, INF,
        "as its learned slope is: 0 makes it ReLU, 1 linear",
        lambda a, g, given: np.where(a > 0, 1.0, given["init"]), {"init": 0.25},
    ),
    Activation(
        "ELU", "ELU", "a where a > 0, else eᵃ − 1", "1 where a > 0, else eᵃ", -1.0, INF, _STRICTLY,
        lambda a, g, given: np.where(a > 0, 1.0, g + given["alpha"]), {"alpha": 1.0},
    ),
    Activation(
        "Softplus", "Softplus", "log(1 + eᵃ)", "1 / (1 + e⁻ᵃ)", 0.0, INF, _STRICTLY,
        lambda a, g, given: 0.5 * (1.0 + np.tanh(0.5 * a)), {"beta": 1.0, "threshold": INF},
    ),
    Activation(
        "Hardtanh", "Hard tanh", "a within −1 and 1, else the nearer of both", "1 within, else 0", -1.0, 1.0,
        _NEVER_FALLS, lambda a, g, given: ((a > -1.0) & (a < 1.0)).astype(np.float64),
        {"min_val": -1.0, "max_val": 1.0}, has_low=True, has_high=True,
    ),
)  # fmt: skip
"""What a neuron can have for g, in the order of the list on screen."""

BY_KIND = {activation.kind: activation for activation in ACTIVATIONS}

CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))


@dataclass(frozen=True, slots=True)
class Neuron:
    """A neuron with two inputs.

    Attributes:
        w1: Weight of the first input.
        w2: Weight of the second.
        b: Bias.
        kind: Its g.
        slope: Of PReLU.
    """

    w1: float = 1.0
    w2: float = 1.0
    b: float = 0.0
    kind: str = "Sigmoid"
    slope: float = 0.25

    @property
    def activation(self) -> Activation:
        """Its g."""
        return BY_KIND[self.kind]

    def _given(self) -> Mapping[str, Any]:
        return {"init": self.slope} if self.kind == "PReLU" else self.activation.given

    def a(self, x1: float, x2: float) -> float:
        """Return the pre-activation at a place."""
        return self.b + self.w1 * x1 + self.w2 * x2

    def g(self, a: Numbers) -> Numbers:
        """Return g of some pre-activations."""
        return evaluate(self.kind, a, self._given())

    def g_slope(self, a: Numbers) -> Numbers:
        """Return g′ of some pre-activations; where g has a kink, what torch takes."""
        return self.activation.slope(a, self.g(a), self._given())

    def at(self, x1: float, x2: float) -> tuple[float, float, float]:
        """Return a, h and g′(a) at a place."""
        a = self.a(x1, x2)
        found = np.array([a])
        return a, float(self.g(found)[0]), float(self.g_slope(found)[0])

    def surface(self, x1: Numbers, x2: Numbers) -> tuple[Numbers, Numbers]:
        """Return a and h over a grid.

        Shape:
            x1: (W,) from left to right
            x2: (H,) from below
            returns: two of (H, W)
        """
        a = self.b + self.w1 * x1[None, :] + self.w2 * x2[:, None]
        return a, self.g(a)

    @property
    def distance(self) -> float | None:
        """How far along w from the origin the line a = 0 lies; None without weights: there is no line."""
        norm = math.hypot(self.w1, self.w2)
        return -self.b / norm if norm > 0.0 else None

    def right_corners(self, function: str) -> int:
        """Return of how many corners of the unit square a > 0 says what a truth table says."""
        said = [self.a(*corner) > 0 for corner in CORNERS]
        return sum(mine == bool(truth) for mine, truth in zip(said, TABLES[function], strict=True))
