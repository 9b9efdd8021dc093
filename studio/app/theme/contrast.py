"""Contrast of two colours, and colours that are changed until they have enough of it."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QColor

MARK_CONTRAST = 3.0
"""What WCAG 2.2 (success criterion 1.4.11) asks of marks and lines that a person must see."""

STEP = 0.02


def luminance(color: QColor) -> float:
    """Return the relative luminance of a colour, 0 to 1, as WCAG 2.2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two colours, 1 to 21, as WCAG 2.2 defines it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@cache
def seen_on(color: str, ground: str, least: float = MARK_CONTRAST) -> str:
    """Return a colour, made darker on light ground or lighter on dark until it can be seen there."""
    below, found = QColor(ground), QColor(color)
    step = STEP if luminance(below) < 0.18 else -STEP
    lightness = found.lightnessF()
    while contrast(found, below) < least and 0.0 < lightness < 1.0:
        lightness = min(max(lightness + step, 0.0), 1.0)
        found = QColor.fromHslF(max(found.hslHueF(), 0.0), found.hslSaturationF(), lightness)
    return str(found.name())
