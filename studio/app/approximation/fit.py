"""One hidden layer and a linear output that approximate a curve, without training.

The ridges of the hidden units stand evenly over the interval; how steep they are, and which way, is drawn.
What is left to be found are the output's weights, and that is a linear problem: least squares solves it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.app.help.curves import Numbers
from studio.app.neuron.neuron import Neuron
from studio.project.curve_functions import FUNCTIONS

SIZES = (2, 4, 8, 16, 32, 64, 128)
"""Numbers of hidden units of a sweep."""

PLACES = 2001
STEEPEST, FLATTEST = 6.0, 1.0
"""Slopes of the pre-activations; tanh turns within about a third to twice of the interval then."""

SMALLEST = 1e-15
"""Directions that are weaker than this, measured by the strongest, are rounding and left out."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A network with one hidden layer, and how close it comes to a function between -1 and 1.

    Attributes:
        weights: w of each hidden unit; (n,).
        biases: b of each; (n,).
        out_weights: Of the output; (n,).
        out_bias: Likewise.
        x: Places; (P,).
        truth: The function there; (P,).
        output: The network there; (P,).
        hidden: Each unit's activation there; (P, n).
    """

    weights: Numbers
    biases: Numbers
    out_weights: Numbers
    out_bias: float
    x: Numbers
    truth: Numbers
    output: Numbers
    hidden: Numbers

    @property
    def error(self) -> float:
        """Largest distance between the two."""
        return float(np.abs(self.output - self.truth).max())

    @property
    def worst(self) -> float:
        """Where that is."""
        return float(self.x[np.abs(self.output - self.truth).argmax()])


def fit(function: str, kind: str, units: int, seed: int = 0) -> Fit:
    """Return the network of so many hidden units.

    Args:
        function: Name of the curve.
        kind: The activation, as the catalog has it.
        units: How many.
        seed: Fixes the hidden layer.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    weights = generator.uniform(FLATTEST, STEEPEST, units) * generator.choice([-1.0, 1.0], units)
    biases = -weights * np.linspace(-1.0, 1.0, units)
    x = np.linspace(-1.0, 1.0, PLACES)
    truth = FUNCTIONS[function](x)
    hidden = Neuron(kind=kind).g(x[:, None] * weights + biases)
    terms = np.column_stack([hidden, np.ones_like(x)])
    found: Numbers = np.linalg.lstsq(terms, truth, rcond=SMALLEST)[0].astype(np.float64)
    output = hidden @ found[:-1] + found[-1]
    return Fit(weights, biases, found[:-1], float(found[-1]), x, truth, output, hidden)


def sweep(function: str, kind: str, seed: int = 0) -> tuple[float, ...]:
    """Return the largest error of each of `SIZES`."""
    return tuple(fit(function, kind, units, seed).error for units in SIZES)
