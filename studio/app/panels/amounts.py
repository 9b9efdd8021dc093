"""Amounts as panels write them: shapes, counts, memory."""

from __future__ import annotations

from studio.app.units import cost_of, in_unit


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return a shape without its batch dimension: ``32 × 28 × 28``."""
    if shape is None:
        return "unknown"
    return " × ".join(f"{size}" for size in shape) or "one number"


def count_text(count: int) -> str:
    """Return a count with its thousands apart: ``149,514``."""
    return f"{count:,}"


def memory_text(size_bytes: int) -> str:
    """Return an amount of memory in the units preferred: ``98.0 KiB``, ``100.4 kB``."""
    size, unit = in_unit(size_bytes)
    return f"{size_bytes} B" if unit == "B" else f"{size:,.1f} {unit}"


def cost_text(macs: int) -> str:
    """Return a number of multiply-accumulates, counted as preferred, with its thousands apart."""
    return count_text(cost_of(macs))


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 layer``, ``3 layers``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
