"""The grid of the canvas: where what is moved comes to rest, and where dots are."""

from __future__ import annotations

from studio.app.in_force import preferred

DOT_EVERY = 3
"""Every third step of the grid has a dot: at each they would be too many to look at."""


def step() -> int:
    """Return the step of the grid, in canvas units."""
    return preferred().grid_size


def snapped(length: float) -> float:
    """Return the place on the grid that is nearest; the place itself where nothing is to snap."""
    if not preferred().grid_snaps:
        return length
    size = step()
    return float(round(length / size) * size)


def dot_step() -> float:
    """Return the distance between two dots, in canvas units; 0 where none are to be seen."""
    return float(DOT_EVERY * step()) if preferred().grid_visible else 0.0
