"""What flows on a wire, as the compiler sees it: shapes without the batch dimension.

A learned or constant tensor has no batch dimension; its type is `fixed`, and its shape is all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ITEM_BYTES = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "bool": 1}
"""Bytes of one number."""


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape and number format of what a wire carries.

    Attributes:
        shape: Shape of one sample: (C, H, W), (E,) …; the batch dimension stands before it.
        dtype: torch's name: ``float32`` or ``int64``.
        fixed: There is no batch dimension before it: a parameter.
    """

    shape: tuple[int, ...]
    dtype: str = "float32"
    fixed: bool = False

    @property
    def numel(self) -> int:
        """Numbers of one sample."""
        return math.prod(self.shape)

    @property
    def num_bytes(self) -> int:
        """Memory of one sample."""
        return self.numel * ITEM_BYTES.get(self.dtype, 8)

    @property
    def sample(self) -> tuple[int, ...]:
        """All sizes but dimension 0: the shape of one sample, or of one row of a parameter."""
        return self.shape[1:] if self.fixed else self.shape

    @property
    def rank(self) -> int:
        """Number of dimensions, the batch among them."""
        return len(self.shape) + (not self.fixed)

    def __str__(self) -> str:
        """Return the shape as the canvas writes it: ``32×8×8``."""
        return "×".join(str(size) for size in self.shape) or "1"

    @property
    def batched(self) -> str:
        """The shape as torch writes it: ``(N, 32, 8, 8)``; a parameter's without N."""
        if self.fixed:
            return f"({', '.join(map(str, self.shape))}{',' if len(self.shape) == 1 else ''})"
        return f"({', '.join(['N', *map(str, self.shape)])}{'' if self.shape else ','})"


@dataclass(frozen=True, slots=True)
class TargetType:
    """What the data set gives as truth.

    Attributes:
        num_classes: Number of classes; 0 where the truth is a value.
        shape: Shape of one value where there are no classes.
    """

    num_classes: int = 0
    shape: tuple[int, ...] = (1,)
