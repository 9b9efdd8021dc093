"""Which marks are on the canvas now, and which of them lies under a point."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from immutables import Map
from PySide6.QtCore import QPointF, QRectF

from studio.app.theme.measures import ARROW_HEAD as HEAD
from studio.app.theme.tokens import MARK_TITLE
from studio.graph.mark import Mark, MarkKind
from studio.graph.node import id_key

Part: TypeAlias = Literal[
    "body", "left", "right", "top", "bottom", "top_left", "top_right", "bottom_left", "bottom_right", "start",
    "tip",
]  # fmt: skip
"""What of a mark is held: all of it, an edge or a corner, or an end of an arrow."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A part of a mark under the mouse."""

    mark: str
    part: Part


class MarkScene:
    """The marks of the level on show, in painting order, some of them perhaps at a place being tried."""

    def __init__(self) -> None:
        self._marks: Map[str, Mark] = Map()
        self._ordered: list[Mark] = []
        self._preview: dict[str, Mark] = {}

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, mark_id: object) -> bool:
        return mark_id in self._marks

    def __getitem__(self, mark_id: str) -> Mark:
        return self._preview.get(mark_id) or self._marks[mark_id]

    def show(self, marks: Map[str, Mark]) -> list[QRectF]:
        """Go from the marks shown to others; return what of the canvas has to be painted anew."""
        old, self._marks = self._marks, marks
        if old is marks:
            return []
        self._preview = {mark_id: mark for mark_id, mark in self._preview.items() if mark_id in marks}
        self._order()
        ids = [mark_id for mark_id in {*old, *marks} if old.get(mark_id) is not marks.get(mark_id)]
        return [bounds(mark) for mark_id in ids for mark in (old.get(mark_id), marks.get(mark_id)) if mark]

    def preview(self, marks: Iterable[Mark]) -> list[QRectF]:
        """Show some marks otherwise than the design says, until the next call; return what to paint anew."""
        touched = [bounds(mark) for mark in self._preview.values()]
        touched += [bounds(self._marks[mark_id]) for mark_id in self._preview if mark_id in self._marks]
        self._preview = {mark.id: mark for mark in marks if mark.id in self._marks}
        self._order()
        touched += [bounds(self._marks[mark_id]) for mark_id in self._preview]
        return [*touched, *(bounds(mark) for mark in self._preview.values())]

    def _order(self) -> None:
        """Sort for painting: large frames lie under the small ones in them, then by age."""
        shown = [self[mark_id] for mark_id in sorted(self._marks, key=id_key)]
        self._ordered = sorted(shown, key=lambda m: -abs(m.width * m.height) if m.kind == "frame" else 0.0)

    def kind(self, *kinds: MarkKind) -> list[Mark]:
        """Return the marks of some kinds, in painting order."""
        return [mark for mark in self._ordered if mark.kind in kinds]

    def extent(self, mark_ids: Collection[str] | None = None) -> QRectF:
        """Return the rectangle around some marks, or around all."""
        found = QRectF()
        for mark in self._ordered:
            if mark_ids is None or mark.id in mark_ids:
                found = found.united(box(mark))
        return found

    def inside(self, area: QRectF) -> list[str]:
        """Return the marks that lie wholly in a rectangle."""
        return [mark.id for mark in self._ordered if area.contains(box(mark))]

    def covered(self, area: QRectF) -> bool:
        """Say whether a note or an arrow lies in an area; frames are only ground."""
        return any(box(mark).intersects(area) for mark in self._ordered if mark.kind != "frame")

    def at(self, point: QPointF, reach: float, *kinds: MarkKind) -> Hit | None:
        """Return what of the topmost mark lies under a point; a frame is held by its title and its edges.

        Args:
            point: On the canvas.
            reach: How near to an edge or a line takes it.
            kinds: Which marks to look at.
        """
        for mark in reversed(self._ordered):
            part = part_at(mark, point, reach) if mark.kind in kinds else None
            if part is not None:
                return Hit(mark.id, part)
        return None


def box(mark: Mark) -> QRectF:
    """Return the place of a mark; of an arrow, around its ends."""
    return QRectF(mark.x, mark.y, mark.width, mark.height).normalized()


def bounds(mark: Mark) -> QRectF:
    """Return where a mark paints."""
    words = 8.0 * len(mark.text) if mark.kind == "arrow" else 0.0
    return box(mark).adjusted(-HEAD - words, -2 * HEAD, HEAD + words, 2 * HEAD)


def part_at(mark: Mark, point: QPointF, reach: float) -> Part | None:
    """Return what of a mark lies under a point."""
    if mark.kind == "arrow":
        return _part_of_arrow(mark, point, reach)
    place = box(mark)
    if not place.adjusted(-reach, -reach, reach, reach).contains(point):
        return None
    edge = _edge(place, point, min(reach, place.width() / 4, place.height() / 4))
    if edge is not None:
        return edge
    in_title = point.y() <= place.top() + MARK_TITLE
    return "body" if mark.kind == "note" or in_title else None


def _edge(place: QRectF, point: QPointF, reach: float) -> Part | None:
    """Return the edge or corner of a rectangle near a point."""
    across = (
        "left" if point.x() <= place.left() + reach else "right" if point.x() >= place.right() - reach else ""
    )
    down = (
        "top" if point.y() <= place.top() + reach else "bottom" if point.y() >= place.bottom() - reach else ""
    )
    found = "_".join(filter(None, (down, across)))
    return found or None  # type: ignore[return-value]


def _part_of_arrow(mark: Mark, point: QPointF, reach: float) -> Part | None:
    start, way = np.array([mark.x, mark.y]), np.array([mark.width, mark.height])
    at = np.array([point.x(), point.y()])
    for part, end in (("tip", start + way), ("start", start)):
        if np.hypot(*(at - end)) <= 2 * reach:
            return part  # type: ignore[return-value]
    along = float(np.clip((at - start) @ way / max(way @ way, 1e-9), 0.0, 1.0))
    return "body" if np.hypot(*(at - start - along * way)) <= reach else None


def contents(mark: Mark, cards: Mapping[str, QRectF], marks: Iterable[Mark]) -> tuple[set[str], set[str]]:
    """Return the nodes and the marks that lie in a frame: those whose middle does.

    Args:
        mark: The frame; another kind of mark holds nothing.
        cards: Cards by node id.
        marks: All marks. Only smaller ones can lie in a frame.
    """
    if mark.kind != "frame":
        return set(), set()
    place = box(mark)
    nodes = {node_id for node_id, card in cards.items() if place.contains(card.center())}
    size = place.width() * place.height()
    inner = {
        other.id
        for other in marks
        if other.id != mark.id
        and place.contains(box(other).center())
        and box(other).width() * box(other).height() < size
    }
    return nodes, inner
