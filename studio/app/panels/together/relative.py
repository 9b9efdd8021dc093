"""Edits that say how a number changes, not what it becomes: ``*2``, ``/2``, ``+8``, ``-=8``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from studio.app.panels.value_text import step_of, write
from studio.catalog.spec import ArgSpec
from studio.graph.node import Value

HINT = "*2 doubles it, /2 halves it, +1 adds 1 and -=1 takes 1 away: for each layer by itself"

_EDIT = re.compile(r"(\*|/|\+|[*/+-]=)\s*(([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Relative:
    """A change of numbers.

    Attributes:
        sign: ``*``, ``/``, ``+`` or ``-``.
        number: What they are multiplied by, and so on.
    """

    sign: str
    number: Decimal

    @classmethod
    def read(cls, text: str) -> Relative | None:
        """Return the change that a text stands for; None if it is none. A plain ``-1`` is a number."""
        found = _EDIT.fullmatch(text.strip())
        return cls(found[1][0], Decimal(found[2])) if found is not None else None

    @property
    def text(self) -> str:
        """The change as one types it."""
        sign = "-=" if self.sign == "-" else self.sign
        return f"{sign}{self.number.normalize():f}"

    def of(self, spec: ArgSpec, value: Value) -> Value:
        """Return what becomes of an argument's value.

        Raises:
            ValueError: It cannot be changed so; the reason is to be read after the argument's name.
        """
        if isinstance(value, tuple):
            new: Value = tuple(None if item is None else self._of_one(spec, item) for item in value)
        else:
            new = self._of_one(spec, value)
        new = spec.coerce(new)
        reason = spec.why_not(new)
        if reason is not None:
            raise ValueError(reason)
        return new

    def _of_one(self, spec: ArgSpec, value: Value) -> Value:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"is {write(value) or 'auto'}, which is no number to change")
        if self.sign == "/" and not self.number:
            raise ValueError("cannot be divided by 0")
        old = Decimal(repr(value))
        result = {
            "*": lambda: old * self.number,
            "/": lambda: old / self.number,
            "+": lambda: old + self.number,
            "-": lambda: old - self.number,
        }[self.sign]()
        if spec.type in ("float", "floats"):
            return float(result)
        if result != result.to_integral_value():
            raise ValueError(f"would be {float(result):g}, which is no whole number")
        return int(result)


def nudged(spec: ArgSpec, before: Relative | None, steps: int) -> Relative:
    """Return the change that presses of an arrow make where layers differ.

    Args:
        spec: Says what a press adds, or that it multiplies by ten.
        before: What the presses before came to.
        steps: How many presses there are now; down is negative.
    """
    step = Decimal(repr(step_of(spec)))
    down = before is not None and before.sign in "-/"
    if step:
        done = before.number if before is not None and before.sign in "+-" else Decimal(0)
        total = (-done if down else done) + steps * step
        return Relative("-" if total < 0 else "+", abs(total))
    power = before.number.adjusted() if before is not None and before.sign in "*/" else 0
    power = (-power if down else power) + steps
    return Relative("/" if power < 0 else "*", Decimal(1).scaleb(abs(power)))
