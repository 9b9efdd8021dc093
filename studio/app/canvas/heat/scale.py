"""From amounts to steps of a colour map, and back to the numbers that a legend writes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.app.theme.tokens import HEAT_STEPS

Amounts = NDArray[np.float64]
Steps = NDArray[np.int8]

NOTHING = -1
"""The step of what costs nothing, or of what nothing is known."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A logarithmic scale from the least to the most of what is on show.

    Attributes:
        title: What is counted.
        low: The least above nothing.
        high: The most.
        write: Writes an amount.
    """

    title: str
    low: float
    high: float
    write: Callable[[Any], str] = field(compare=False)

    def step(self, amount: float) -> int:
        """Return the step of an amount: 0 for the least, the last for the most."""
        if amount <= 0:
            return NOTHING
        if self.high <= self.low:
            return HEAT_STEPS - 1
        share = math.log(amount / self.low) / math.log(self.high / self.low)
        return max(0, min(int(share * HEAT_STEPS), HEAT_STEPS - 1))

    def steps(self, amounts: Amounts) -> Steps:
        """Return the steps of many amounts at once."""
        found = np.full(len(amounts), NOTHING, dtype=np.int8)
        some = amounts > 0
        if self.high <= self.low:
            found[some] = HEAT_STEPS - 1
            return found
        share = np.log(amounts[some] / self.low) / math.log(self.high / self.low)
        found[some] = np.clip((share * HEAT_STEPS).astype(np.int64), 0, HEAT_STEPS - 1)
        return found

    @property
    def marks(self) -> list[tuple[float, str]]:
        """Numbers for a legend, with where they stand from 0 to 1; equal ones are written once."""
        middle = math.sqrt(self.low * self.high)
        if isinstance(self.low, int):
            middle = round(middle)
        written = [(0.0, self.write(self.low)), (0.5, self.write(middle)), (1.0, self.write(self.high))]
        return written if self.high > self.low else written[2:]


def scale_of(title: str, amounts: Iterable[float], write: Callable[[Any], str]) -> Scale | None:
    """Return the scale of some amounts; None if all are nothing."""
    found = [amount for amount in amounts if amount > 0]
    return Scale(title, min(found), max(found), write) if found else None
