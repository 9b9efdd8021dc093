"""Numbers as people read them."""

from __future__ import annotations

import math


def number(value: float, digits: int = 3) -> str:
    """Return a value with so many significant digits: ``0.061``, ``−12.3``, ``4.1e−7``."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}"
    if 1e3 <= abs(value) < 1e6:
        text = f"{value:,.0f}"
    return text.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")


def percent(share: float) -> str:
    """Return a share as ``98.3 %``, and all of it as ``100 %``."""
    if math.isnan(share):
        return "not a number"
    return f"{100 * share:.1f} %".replace("100.0", "100")


def count(value: int) -> str:
    """Return a whole number with separators: ``3,280``."""
    return f"{value:,}"


def clock(seconds: float) -> str:
    """Return a duration as ``1:12`` or ``2:03:40``."""
    if not math.isfinite(seconds):
        return "–"
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
