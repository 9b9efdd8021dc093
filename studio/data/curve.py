"""Curves: numbers between -1 and 1, and the value that a function gives them.

Drawn with NumPy's PCG64, so that a seed gives the same points on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from studio.data.source import Options, RawData, Source

Numbers: TypeAlias = npt.NDArray[np.float64]

FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "waves": lambda x: np.sin(3 * np.pi * x) + 0.5 * np.cos(5 * np.pi * x),
    "sine": lambda x: np.sin(2 * np.pi * x),
    "bump": lambda x: np.exp(-20 * x**2),
    "absolute": np.abs,
    "step": lambda x: (x > 0).astype(np.float64),
    "chirp": lambda x: np.sin(4 * np.pi * (x + 1) ** 2),
}
"""By the name in files; `studio.project.curves` has the formulas in words."""


def _load(options: Options, folder: Path) -> RawData:
    generator = np.random.Generator(np.random.PCG64(options["seed"]))
    places: Numbers = generator.uniform(-1.0, 1.0, (options["samples"],))
    values = FUNCTIONS[options["function"]](places)
    values = values + generator.normal(0.0, options["noise"], len(values))
    return RawData(places.astype(np.float32)[:, None], values.astype(np.float32)[:, None])


CURVE = Source(lambda options, folder: (options["samples"], 0), _load)
