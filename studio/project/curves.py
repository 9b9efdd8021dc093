"""Curves as data sets: a value that depends on one number. Options and formulas; no data, no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.project.generators import SAMPLES, SEED, noise

KEY = "curve"
TITLE = "Curve"
SUMMARY = (
    "A value that depends on one number between -1 and 1: what a network makes of it can be drawn whole."
)

FORMULAS = {
    "waves": "sin(3πx) + ½ cos(5πx)",
    "sine": "sin(2πx)",
    "bump": "exp(-20 x²)",
    "absolute": "|x|",
    "step": "1 where x > 0, else 0",
    "chirp": "sin(4π (x + 1)²)",
}
"""Functions by the name that files have for them."""

OPTIONS = (
    ArgSpec(
        "function",
        "choice",
        "waves",
        "Which function: " + "; ".join(f"{name} is {formula}" for name, formula in FORMULAS.items()) + ".",
        choices=tuple(FORMULAS),
    ),
    SAMPLES,
    noise(0.0, "Standard deviation of what is added to the value."),
    SEED,
)
