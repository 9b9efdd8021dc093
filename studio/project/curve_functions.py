"""The functions that curves are made of, in NumPy, for the data set and the window that approximates them.

Their names and formulas stand in `studio.project.curves`, which loads no NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Numbers: TypeAlias = npt.NDArray[np.float64]

FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "waves": lambda x: np.sin(3 * np.pi * x) + 0.5 * np.cos(5 * np.pi * x),
    "sine": lambda x: np.sin(2 * np.pi * x),
    "bump": lambda x: np.exp(-20 * x**2),
    "absolute": np.abs,
    "step": lambda x: (x > 0).astype(np.float64),
    "chirp": lambda x: np.sin(4 * np.pi * (x + 1) ** 2),
}
"""By the name in files."""
