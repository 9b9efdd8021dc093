"""Amounts as panels write them: shapes, counts, memory."""

from __future__ import annotations


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return a shape without its batch dimension: ``32 × 28 × 28``."""
    if shape is None:
        return "unknown"
    return " × ".join(f"{size}" for size in shape) or "one number"


def count_text(count: int) -> str:
    """Return a count with its thousands apart: ``149,514``."""
    return f"{count:,}"


def memory_text(size_bytes: int) -> str:
    """Return an amount of memory in binary units: ``98.0 KiB``."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    size, unit = size_bytes / 1024, "KiB"
    for larger in ("MiB", "GiB", "TiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:,.1f} {unit}"


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 layer``, ``3 layers``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
