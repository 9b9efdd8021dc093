"""Truth tables as data sets: points around the corners of a square. Options; no data, no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.project.generators import SAMPLES, SEED, noise

KEY = "logic"
TITLE = "AND, OR, XOR"
SUMMARY = "Points around the four corners of a square; the class is what AND, OR or XOR says of the corner."
CLASSES = ("false", "true")

TABLES = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "xor": (0, 1, 1, 0),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xnor": (1, 0, 0, 1),
}
"""What a function says of the corners (0, 0), (0, 1), (1, 0) and (1, 1)."""

OPTIONS = (
    ArgSpec(
        "function",
        "choice",
        "xor",
        "Whose truth table it is. One neuron learns all but xor and xnor.",
        choices=tuple(TABLES),
    ),
    SAMPLES,
    noise(0.05),
    SEED,
)
