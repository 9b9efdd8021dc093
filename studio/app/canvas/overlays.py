"""What lies over the canvas and does not move with it: where we are, what it costs, and how to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from studio.app.canvas.cards import font
from studio.app.theme.measures import OVERLAY_INSET as INSET
from studio.app.theme.measures import SPACE_STROKE
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, ICON, LABEL_PX, NOTE_PADDING, NOTE_WIDTH, RADIUS, SPACE
from studio.app.units import cost_name, cost_of, in_unit
from studio.graph.report import Totals

HINT_TITLE = "This block is empty"
HINT_LINES = (
    "Drag layers from the library into it, or double-click to search for one.",
    "Data come in and go out at block inputs and outputs: add them from the Graph menu.",
)


def human_count(number: int) -> str:
    """Return a count as people say it: ``149,514``, ``31.2 M``, ``4.1 G``."""
    for limit, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if number >= limit:
            return f"{number / limit:.3g} {unit}"
    return f"{number:,}"


def human_bytes(number: int) -> str:
    """Return a size in the units preferred: ``980 KiB``, ``212 MiB``, ``1.5 GB``."""
    size, unit = in_unit(number)
    return f"{size:.3g} {unit}" if size < 999.5 else f"{size:.0f} {unit}"


def totals_words(totals: Totals, batch_size: int) -> list[tuple[str, str]]:
    """Return the totals as pairs of a number and what it counts."""
    return [
        (human_count(totals.parameters), "parameter" if totals.parameters == 1 else "parameters"),
        (human_count(cost_of(totals.macs)), cost_name()),
        (human_bytes(totals.training_bytes), f"to train at batch {batch_size}"),
    ]


def paint_totals(painter: QPainter, size: QSize, words: list[tuple[str, str]], room: float) -> None:
    """Paint the totals in a box at the bottom left, as many of them as `room` takes."""
    bold, plain = font(LABEL_PX, "bold"), font(LABEL_PX, "plain")
    parts: list[tuple[str, str, tuple[float, float], float]] = []
    used = 2 * INSET
    for number, what in words:
        wide = QFontMetricsF(bold).horizontalAdvance(number), QFontMetricsF(plain).horizontalAdvance(what)
        gap = INSET if parts else 0.0
        if used + gap + sum(wide) + 4 > room:
            break
        parts.append((number, what, wide, used - INSET + gap))
        used += gap + sum(wide) + 4
    if not parts:
        return
    height = 32.0
    box = QRectF(INSET, size.height() - INSET - height, used, height)
    painter.setPen(QPen(theme().color("line"), 1.0))
    painter.setBrush(theme().color("panel"))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    middle = int(Qt.AlignmentFlag.AlignVCenter)
    for number, what, wide, left in parts:
        row = QRectF(box.left() + left, box.top(), wide[0] + wide[1] + 8, height)
        painter.setFont(bold)
        painter.setPen(theme().color("text"))
        painter.drawText(row, middle, number)
        painter.setFont(plain)
        painter.setPen(theme().color("dim"))
        painter.drawText(row.adjusted(wide[0] + 4, 0, 0, 0), middle, what)


def paint_hint(painter: QPainter, size: QSize) -> None:
    """Paint how to begin, in the middle of an empty block; an empty network has `studio.app.welcome`."""
    painter.setPen(theme().color("text"))
    painter.setFont(font(BODY_PX + 5, "bold"))
    top = size.height() / 2 - 56
    flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRectF(0, top, size.width(), 28), flags, HINT_TITLE)
    painter.setPen(theme().color("dim"))
    painter.setFont(font(BODY_PX, "plain"))
    for place, line in enumerate(HINT_LINES):
        shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, size.width() - 24)
        painter.drawText(QRectF(0, top + 40 + 22 * place, size.width(), 22), flags, shown)


def paint_note(
    painter: QPainter, at: QPointF, lines: Sequence[str], role: str, size: QSize, *, signed: bool = True
) -> None:
    """Paint words beside the cursor, kept inside the widget.

    Args:
        lines: One below the other; long ones are broken.
        role: Colours the edge.
        signed: ``warning`` and ``bad`` have a sign, too.
    """
    face, sign = font(LABEL_PX, "plain"), _SIGNS.get(role) if signed else None
    metrics, left = QFontMetricsF(face), NOTE_PADDING + (ICON + SPACE if sign else 0)
    room = max(min(NOTE_WIDTH, size.width() - 4 * NOTE_PADDING) - left - NOTE_PADDING, 1.0)
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap)
    boxes = [metrics.boundingRect(QRectF(0, 0, room, size.height()), flags, line) for line in lines]
    width = max(box.width() for box in boxes) + 1
    height = sum(box.height() for box in boxes)
    frame = QRectF(0, 0, left + width + NOTE_PADDING, height + 2 * NOTE_PADDING - 4)
    frame.moveLeft(max(min(at.x() + 18, size.width() - frame.width() - 8), 8.0))
    frame.moveTop(max(min(at.y() + 20, size.height() - frame.height() - 8), 8.0))
    painter.setPen(QPen(theme().color(role), 1.0))
    painter.setBrush(theme().color("panel"))
    painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
    top = frame.top() + NOTE_PADDING - 2
    if sign:
        theme().mark(sign).paint(painter, QRect(int(frame.left()) + NOTE_PADDING, int(top), ICON, ICON))
    painter.setFont(face)
    for place, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        painter.setPen(theme().color("dim" if place else "text"))
        painter.drawText(QRectF(frame.left() + left, top, width, box.height()), flags, line)
        top += box.height()


_SIGNS = {"warning": "warning", "bad": "error"}
"""The sign of a role, so that its colour is not all that tells it."""


def paint_space(painter: QPainter, gap: QLineF) -> None:
    """Paint a gap between two cards that is as wide as another: a line with a stroke at either end."""
    painter.setPen(QPen(theme().color("accent"), 1.0))
    painter.drawLine(gap)
    stroke = gap.normalVector()
    stroke.setLength(SPACE_STROKE)
    half = (stroke.p2() - stroke.p1()) / 2
    for end in (gap.p1(), gap.p2()):
        painter.drawLine(QLineF(end - half, end + half))
