"""Frames, notes and arrows as a search offers them: they are no layers, and take no wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from studio.catalog.spec import LayerSpec

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

MARK = "mark:"
"""Begins the kinds of what is no layer."""


def _offer(kind: str, title: str, summary: str, *synonyms: str) -> LayerSpec:
    return LayerSpec(
        f"{MARK}{kind}", title, "shape", "", summary, inputs=(), outputs=(), call="none", synonyms=synonyms
    )


MARKS = (
    _offer("note", "Note", "Words on the canvas.", "comment", "text", "sticky", "remark"),
    _offer("frame", "Frame", "A box around what is selected, with a title.", "group", "box", "region"),
    _offer("arrow", "Arrow", "Points at something.", "pointer", "annotation"),
)

DRAW: dict[str, Callable[[CanvasView, QPointF], object]] = {
    f"{MARK}note": lambda view, place: view.marks.note(place),
    f"{MARK}frame": lambda view, place: view.marks.frame(),
    f"{MARK}arrow": lambda view, place: view.marks.arrow(place),
}
"""What draws each, at a canvas point."""
