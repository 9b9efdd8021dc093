"""Curves of layers that work on each number by itself: y = g(x) and its derivative, in NumPy.

The window never imports PyTorch, so g is written down again here; a test compares every one with torch.
The derivative is taken numerically, and is left out where g jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.catalog.spec import LayerSpec
from studio.graph.node import Value

Numbers: TypeAlias = NDArray[np.float64]
Function: TypeAlias = Callable[[Numbers, Mapping[str, Any]], Numbers]

LOW, HIGH = -5.0, 5.0
"""Part of the x axis that is drawn."""

POINTS = 401
STEP = 1e-5
"""Half the distance over which the derivative is taken: its error is some 1e-10 where g is smooth."""

JUMP = 0.02
"""More than this within two steps is a jump: even a slope of 900 makes less."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve at points from left to right.

    Attributes:
        x: Where.
        y: g(x); NaN where it is not defined.
        slope: g′(x); NaN where there is none.
    """

    x: Numbers
    y: Numbers
    slope: Numbers


def _sigmoid(x: Numbers) -> Numbers:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def _softplus(x: Numbers, beta: float = 1.0, threshold: float = math.inf) -> Numbers:
    scaled = beta * x
    return np.where(scaled > threshold, x, np.logaddexp(0.0, scaled) / beta)


def _gelu(x: Numbers, given: Mapping[str, Any]) -> Numbers:
    if given["approximate"] == "tanh":
        return 0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))
    erf = np.array([math.erf(value / math.sqrt(2.0)) for value in x.ravel()]).reshape(x.shape)
    return 0.5 * x * (1.0 + erf)


def _elu(x: Numbers, alpha: float) -> Numbers:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def _leaky(x: Numbers, slope: float) -> Numbers:
    return np.where(x >= 0, x, slope * x)


_SELU_SCALE, _SELU_ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717

FUNCTIONS: dict[str, Function] = {
    "ReLU": lambda x, _: np.maximum(x, 0.0),
    "LeakyReLU": lambda x, given: _leaky(x, given["negative_slope"]),
    "PReLU": lambda x, given: _leaky(x, given["init"]),
    "RReLU": lambda x, given: _leaky(x, (given["lower"] + given["upper"]) / 2),
    "ReLU6": lambda x, _: np.clip(x, 0.0, 6.0),
    "ELU": lambda x, given: _elu(x, given["alpha"]),
    "CELU": lambda x, given: (
        np.maximum(x, 0.0) + np.minimum(0.0, given["alpha"] * np.expm1(np.minimum(x, 0.0) / given["alpha"]))
    ),
    "SELU": lambda x, _: _SELU_SCALE * _elu(x, _SELU_ALPHA),
    "GELU": _gelu,
    "SiLU": lambda x, _: x * _sigmoid(x),
    "Mish": lambda x, _: x * np.tanh(_softplus(x)),
    "Hardswish": lambda x, _: x * np.clip(x + 3.0, 0.0, 6.0) / 6.0,
    "Sigmoid": lambda x, _: _sigmoid(x),
    "Hardsigmoid": lambda x, _: np.clip(x + 3.0, 0.0, 6.0) / 6.0,
    "Tanh": lambda x, _: np.tanh(x),
    "Hardtanh": lambda x, given: np.clip(x, given["min_val"], given["max_val"]),
    "Softsign": lambda x, _: x / (1.0 + np.abs(x)),
    "LogSigmoid": lambda x, _: -_softplus(-x),
    "Tanhshrink": lambda x, _: x - np.tanh(x),
    "Softshrink": lambda x, given: np.sign(x) * np.maximum(np.abs(x) - given["lambd"], 0.0),
    "Hardshrink": lambda x, given: np.where(np.abs(x) > given["lambd"], x, 0.0),
    "Threshold": lambda x, given: np.where(x > given["threshold"], x, given["value"]),
    "Softplus": lambda x, given: _softplus(x, given["beta"], given["threshold"]),
    "Identity": lambda x, _: x,
    "OneMinus": lambda x, _: 1.0 - x,
    "Affine": lambda x, given: given["scale"] * x + given["shift"],
    "Clamp": lambda x, given: np.clip(x, _bound(given["min"], -1), _bound(given["max"], 1)),
    "Exp": lambda x, _: np.exp(x),
    "Log": lambda x, _: np.log(x),
    "Sqrt": lambda x, _: np.sqrt(x),
    "Abs": lambda x, _: np.abs(x),
    "Pow": lambda x, given: np.power(x, given["exponent"]),
    "Sin": lambda x, _: np.sin(x),
    "Cos": lambda x, _: np.cos(x),
}
"""g by the layer's kind, with the layer's arguments; PReLU and RReLU as they start and as they are tested."""


def _bound(value: Any, side: int) -> float:
    return side * math.inf if value is None else float(value)


def evaluate(kind: str, x: Numbers, given: Mapping[str, Any]) -> Numbers:
    """Return g(x) of a layer with all its arguments; NaN where it has no finite value."""
    with np.errstate(all="ignore"):
        y = FUNCTIONS[kind](x, given)
    return np.where(np.isfinite(y), y, np.nan)


def derivative(kind: str, x: Numbers, given: Mapping[str, Any]) -> Numbers:
    """Return g′(x), taken over a small step; NaN where g jumps within it."""
    rise = evaluate(kind, x + STEP, given) - evaluate(kind, x - STEP, given)
    return np.where(np.abs(rise) > JUMP, np.nan, rise / (2 * STEP))


def curve(spec: LayerSpec, given: Mapping[str, Value]) -> Curve | None:
    """Return the curve of a layer with its arguments; None for one that does more than that.

    Args:
        spec: The layer.
        given: Its arguments; those missing, and those that are no numbers (a block's), are at their default.
    """
    if spec.kind not in FUNCTIONS:
        return None
    sound = {
        argument.name: given[argument.name]
        for argument in spec.arguments
        if argument.name in given and argument.why_not(given[argument.name]) is None
    }
    values = spec.values(sound)
    x = np.linspace(LOW, HIGH, POINTS)
    return Curve(x, evaluate(spec.kind, x, values), derivative(spec.kind, x, values))
