"""What one sample of a data set is like."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """Shape and truth of one sample.

    Attributes:
        shape: (C, H, W) for pictures, (E,) for rows; empty for a single number.
        classes: Names of the classes, by label; none where the truth is a value.
        dtype: torch's name: ``float32`` for measurements, ``int64`` for whole numbers such as tokens.
        vocabulary: Whole numbers lie in [0, vocabulary); 0 for measurements.
        tokens: What each whole number stands for, where they are words or characters.
        next_token: The classes are those tokens, too: the one that comes next is to be told.
    """

    shape: tuple[int, ...]
    classes: tuple[str, ...]
    dtype: str = "float32"
    vocabulary: int = 0
    tokens: tuple[str, ...] = ()
    next_token: bool = False

    @property
    def num_bytes(self) -> int:
        """Memory of one sample."""
        return math.prod(self.shape) * (8 if self.dtype == "int64" else 4)
