"""Marks: what people put beside a network to explain it. They compute nothing and no wire ends at them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

MarkKind: TypeAlias = Literal["frame", "note", "arrow"]
MARK_KINDS: tuple[MarkKind, ...] = ("frame", "note", "arrow")

MAX_TEXT = 20_000
"""Longest text of a mark, in characters."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame, a note or an arrow on the canvas.

    What lies in a frame moves with it; that is seen from the places and kept nowhere, so a node belongs to
    a frame by being dragged into it.

    Attributes:
        id: Stable identity among the marks of its level, such as ``m3``.
        kind: ``frame`` has a title and a ground, ``note`` a text, ``arrow`` points from its corner to the
            one opposite, with a few words at its middle.
        text: Title, text or words.
        x: Left edge, in canvas pixels; of an arrow where it begins.
        y: Top edge; of an arrow where it begins.
        width: Of an arrow how far it reaches to the right; negative to the left.
        height: Of an arrow how far it reaches down; negative up.
        color: Name of a colour (`studio.graph.node.COLOR_PATTERN`); empty for the usual one.
    """

    id: str
    kind: MarkKind
    text: str
    x: float
    y: float
    width: float
    height: float
    color: str = ""

    def at(self, x: float, y: float) -> Mark:
        """Return this mark at another place."""
        return replace(self, x=x, y=y)

    def encloses(self, x: float, y: float) -> bool:
        """Say whether a point lies in it."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height
