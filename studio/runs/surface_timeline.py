"""What a network of one or two inputs computed over their range, over time."""

from __future__ import annotations

import numpy as np

from studio.runs.records import Array, LayerLook, Levels, Surface, SurfaceLook

MAX_SURFACES = 64
"""Kept of a run: of the two spirals and four layers of 16 units they take some 2 MB, see the tests."""

_NONE = Levels(np.zeros((0, 0), np.uint8), np.zeros(0, np.float32), np.zeros(0, np.float32))


def levels_of(values: Array, *, joint: bool = False) -> Levels:
    """Return curves or pictures in levels of their own ranges.

    Args:
        values: (N, S) or (N, S, S).
        joint: All share one range, so that they can be compared: probabilities of classes.
    """
    kind, most = (np.uint16, 65_535) if values.ndim == 2 else (np.uint8, 255)
    if not len(values):
        return Levels(values.astype(kind), np.zeros(0, np.float32), np.zeros(0, np.float32))
    flat = values.reshape(len(values), -1).astype(np.float32)
    known = np.isfinite(flat)
    if known.all():
        lows, highs = flat.min(axis=1), flat.max(axis=1)
    else:
        lows = np.where(known, flat, np.inf).min(axis=1)
        highs = np.where(known, flat, -np.inf).max(axis=1)
    if joint:
        lows, highs = np.full_like(lows, lows.min()), np.full_like(highs, highs.max())
    lows, highs = (np.where(np.isfinite(ends), ends, 0.0).astype(np.float32) for ends in (lows, highs))
    width = (highs.astype(np.float64) - lows)[:, None]
    scale = np.divide(most - 1, width, out=np.zeros_like(width), where=width > 0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        levels = 1.0 + np.rint((flat - lows[:, None]) * scale)
    if not known.all():
        levels[~known] = 0.0
    return Levels(levels.astype(kind).reshape(values.shape), lows, highs)


def values_of(kept: Levels) -> Array:
    """Return the numbers of levels, each to half a level; NaN for what was no finite number.

    Shape:
        returns: as the levels, float32
    """
    levels = kept.levels
    steps = np.iinfo(levels.dtype).max - 1
    ends = (-1, *[1] * (levels.ndim - 1))
    lows, highs = (side.astype(np.float64).reshape(ends) for side in (kept.lows, kept.highs))
    values = lows + (levels.astype(np.float64) - 1) / steps * (highs - lows)
    return np.where(levels > 0, values, np.nan).astype(np.float32)


class SurfaceTimeline:
    """The looks at one run's surface; what is old is kept more coarsely."""

    def __init__(self) -> None:
        self._looks: list[SurfaceLook] = []

    def __len__(self) -> int:
        return len(self._looks)

    @property
    def steps(self) -> list[int]:
        """Step of each look, ascending."""
        return [look.step for look in self._looks]

    def append(self, look: SurfaceLook) -> None:
        """Add the newest look. A run that was resumed goes back: later ones are dropped then."""
        while self._looks and self._looks[-1].step >= look.step:
            self._looks.pop()
        if len(self._looks) == MAX_SURFACES:
            del self._looks[1 : MAX_SURFACES // 2 : 2]
        self._looks.append(look)

    def layers_at(self, step: int) -> tuple[LayerLook, ...]:
        """Return the layers whose units were kept at the look last taken by a step."""
        look = self._look(step)
        return look.layers if look is not None else ()

    def at(self, step: int, node: str = "") -> Surface | None:
        """Return the surface as it was last seen by a step; the first before that; None without any.

        Args:
            step: Of the optimizer.
            node: Name of the node whose units are wanted; there are none in the surface where they were not
                kept.
        """
        look = self._look(step)
        return surface_of(look, node) if look is not None else None

    def _look(self, step: int) -> SurfaceLook | None:
        if not self._looks:
            return None
        found = [look for look in self._looks if look.step <= step]
        return found[-1] if found else self._looks[0]


def surface_of(look: SurfaceLook, node: str = "") -> Surface:
    """Return a kept look with the units of one node, or without any."""
    layer = _layer(look, node)
    before, after = (layer.before, layer.after) if layer is not None else (_NONE, _NONE)
    return Surface(
        look.run,
        look.step,
        node,
        look.lows,
        look.highs,
        look.classes,
        values_of(look.outputs),
        values_of(before),
        values_of(after),
        layer.before_name if layer is not None else "",
        layer.after_name if layer is not None else "",
        layer.total if layer is not None else 0,
        look.points,
        look.truth,
        look.held_out,
        look.said,
    )


def _layer(look: SurfaceLook, node: str) -> LayerLook | None:
    """Return the layer that a node is a part of: itself, its activation, or the last one in a block."""
    if not node:
        return None
    for layer in look.layers:
        if node in (layer.before_name, layer.after_name):
            return layer
    ends = f"{node}."
    inside = [
        one for one in look.layers if one.after_name.startswith(ends) or one.before_name.startswith(ends)
    ]
    return inside[-1] if inside else None
