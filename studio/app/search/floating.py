"""Where something that floats over the window goes: near a point, beside it, or clear of a box."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize

from studio.app.theme.tokens import SEARCH_GAP, SEARCH_LEAST, SEARCH_LOWEST


def placed(place: QPoint, size: QSize, room: QRect, *, beside: bool) -> QRect:
    """Return where something of a size goes, as near to a point as it can be inside some room.

    Args:
        beside: It must not cover the point: it goes right of it or left, where there is more room, and is
            narrower if it has to be.
    """
    width, left = size.width(), place.x()
    if beside:
        before, behind = left - SEARCH_GAP - room.left(), room.right() + 1 - left - SEARCH_GAP
        to_the_right = behind >= width or behind >= before
        width = max(min(width, behind if to_the_right else before), min(width, SEARCH_LEAST))
        left = left + SEARCH_GAP if to_the_right else left - SEARCH_GAP - width
    left = max(min(left, room.right() + 1 - width), room.left())
    top = max(min(place.y(), room.bottom() + 1 - size.height()), room.top())
    return QRect(left, top, width, size.height())


def clear_of(box: QRect, now: QRect, room: QRect) -> QRect:
    """Return where something goes so that it does not cover a box: perhaps lower than it was.

    It stays where it is if it does not cover the box, or has to.
    """
    wide = box.adjusted(-SEARCH_GAP, -SEARCH_GAP, SEARCH_GAP, SEARCH_GAP)
    if not now.intersects(wide):
        return now
    aligned = placed(box.topLeft(), now.size(), room, beside=False)
    for corner in (
        QPoint(aligned.left(), wide.bottom() + 1),
        QPoint(aligned.left(), wide.top() - now.height()),
        QPoint(wide.right() + 1, aligned.top()),
        QPoint(wide.left() - now.width(), aligned.top()),
    ):
        moved = QRect(corner, now.size())
        if room.contains(moved):
            return moved
    over, under = wide.top() - room.top(), room.bottom() - wide.bottom()
    if max(over, under) < SEARCH_LOWEST:
        return now
    top = wide.bottom() + 1 if under >= over else room.top()
    return QRect(aligned.left(), top, now.width(), max(over, under))
