"""Where an axis has its numbers."""

from __future__ import annotations

import math


def linear_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Return multiples of 1, 2 or 5 times a power of ten within [low, high], `at_most` or fewer."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low) or at_most < 1:
        return []
    rough = (high - low) / at_most
    power = 10.0 ** math.floor(math.log10(rough))
    slack = 1e-9 * (high - low)
    for factor in (1.0, 2.0, 5.0, 10.0, 20.0):
        spacing = factor * power
        first, last = math.ceil((low - slack) / spacing), math.floor((high + slack) / spacing)
        if last - first + 1 <= at_most:
            break
    return [index * spacing for index in range(first, last + 1)]


def log_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Return exponents within [low, high]: powers of ten, or 1, 2, 5 of each where few powers are in view."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low) or at_most < 1:
        return []
    powers = range(math.floor(low), math.ceil(high) + 1)
    fine = [power + math.log10(factor) for power in powers for factor in (1, 2, 5)]
    inside = [tick for tick in fine if low - 1e-9 <= tick <= high + 1e-9]
    if len(inside) <= at_most:
        return inside
    whole = [float(power) for power in powers if low - 1e-9 <= power <= high + 1e-9]
    return whole[:: max(1, math.ceil(len(whole) / at_most))]


def tick_text(value: float, spacing: float) -> str:
    """Return a tick's number with as many decimals as its spacing needs."""
    decimals = max(0, -math.floor(math.log10(spacing) + 1e-9)) if spacing > 0 else 0
    if abs(value) < spacing * 1e-6:
        value = 0.0
    if decimals > 5 or abs(value) >= 1e7:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
    return f"{value:,.{decimals}f}".replace("-", "−")
