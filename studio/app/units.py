"""Memory and cost in the units that the person prefers."""

from __future__ import annotations

from studio.app.in_force import preferred

BINARY = 1024.0, ("B", "KiB", "MiB", "GiB", "TiB")
DECIMAL = 1000.0, ("B", "kB", "MB", "GB", "TB")


def in_unit(size_bytes: int) -> tuple[float, str]:
    """Return a size in the largest unit of which there is at least one: (98.0, "KiB")."""
    step, names = DECIMAL if preferred().byte_units == "decimal" else BINARY
    size, place = float(size_bytes), 0
    while size >= step and place + 1 < len(names):
        size, place = size / step, place + 1
    return size, names[place]


def cost_name() -> str:
    """Return what the cost of a layer is counted in: ``MACs`` or ``FLOPs``."""
    return preferred().cost_units


def cost_of(macs: int) -> int:
    """Return a number of multiply-accumulates in that unit: each is two operations."""
    return 2 * macs if preferred().cost_units == "FLOPs" else macs
