"""Numbers as findings say them."""

from __future__ import annotations

import math


def number(value: float) -> str:
    """Return a value with three significant digits."""
    return "not a number" if math.isnan(value) else f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e")


def percent(share: float) -> str:
    """Return a share in whole percent."""
    return f"{100 * share:.0f} %"
