"""Paints frames under the wires, and notes and arrows between wires and cards."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTextLayout,
    QTextOption,
)

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import detail_at, font
from studio.app.canvas.marks.mark_scene import MarkScene, bounds, box
from studio.app.theme.measures import ARROW_HEAD as HEAD
from studio.app.theme.measures import READABLE_PX
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    BODY_PX,
    CARD_RADIUS,
    FRAME_FILL,
    FRAME_LINE,
    HANDLE,
    LABEL_PX,
    MARK_TITLE,
    NOTE_FILL,
    SPACE,
    WIRE_WIDTH,
)
from studio.graph.mark import Mark

PADDING = 3.0 * SPACE
MOST_LINES = 200


def paint_frames(painter: QPainter, marks: MarkScene, camera: Camera, area: QRectF) -> None:
    """Paint the frames that `area` shows: a tinted ground and a title."""
    _paint(painter, marks.kind("frame"), camera, area)


def paint_notes(painter: QPainter, marks: MarkScene, camera: Camera, area: QRectF) -> None:
    """Paint the notes and arrows that `area` shows."""
    _paint(painter, marks.kind("note", "arrow"), camera, area)


def _paint(painter: QPainter, marks: Iterable[Mark], camera: Camera, area: QRectF) -> None:
    shown = [mark for mark in marks if bounds(mark).intersects(area)]
    if not shown:
        return
    painter.save()
    painter.setTransform(camera.transform(), combine=True)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    for mark in shown:
        paint_mark(painter, mark, camera.zoom)
    painter.restore()


def paint_mark(painter: QPainter, mark: Mark, zoom: float) -> None:
    """Paint one mark, in canvas pixels."""
    if mark.kind == "frame":
        _paint_frame(painter, mark, zoom)
    elif mark.kind == "note":
        _paint_note(painter, mark, zoom)
    else:
        _paint_arrow(painter, mark, zoom)


def _paint_frame(painter: QPainter, mark: Mark, zoom: float) -> None:
    place, color = box(mark), theme().named_color(mark.color, "dim")
    painter.setBrush(_with_alpha(color, FRAME_FILL))
    painter.setPen(QPen(_with_alpha(color, FRAME_LINE), 1.0 if detail_at(zoom) == "near" else 0.0))
    painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)
    face = font(max(BODY_PX, math.ceil(READABLE_PX / zoom)), "bold")
    title = QRectF(place.left() + PADDING, place.top(), place.width() - 2 * PADDING, title_height(zoom))
    if title.width() > 0 and title.height() <= place.height():
        _line(painter, title, mark.text, face, "text")


def title_height(zoom: float) -> float:
    """Return how high the title of a frame is, in canvas pixels: it stays readable from afar."""
    return max(float(MARK_TITLE), 2.0 * READABLE_PX / zoom)


def _paint_note(painter: QPainter, mark: Mark, zoom: float) -> None:
    place, color = box(mark), theme().named_color(mark.color, "warning")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("card"))
    painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)
    painter.setBrush(_with_alpha(color, NOTE_FILL))
    painter.setPen(QPen(_with_alpha(color, FRAME_LINE), 1.0 if detail_at(zoom) == "near" else 0.0))
    painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)
    words = place.adjusted(PADDING, 2 * SPACE, -PADDING, -2 * SPACE)
    if detail_at(zoom) == "near":
        paint_words(painter, words, mark.text, font(LABEL_PX, "plain"))
    else:
        _paint_strokes(painter, words, mark.text)


def _paint_arrow(painter: QPainter, mark: Mark, zoom: float) -> None:
    line = QLineF(mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
    color = theme().named_color(mark.color, "dim")
    pen = QPen(color, WIRE_WIDTH if detail_at(zoom) == "near" else 0.0)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawLine(line)
    if line.length() > HEAD:
        painter.setBrush(color)
        painter.drawPolygon(_head(line))
    if mark.text and detail_at(zoom) == "near":
        face = font(LABEL_PX, "plain")
        width = QFontMetricsF(face).horizontalAdvance(mark.text) + 2 * SPACE
        middle = line.center()
        words = QRectF(middle.x() - width / 2, middle.y() - HEAD, width, 2 * HEAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().color("canvas"))
        painter.drawRoundedRect(words, HEAD, HEAD)
        _line(painter, words, mark.text, face, "text", Qt.AlignmentFlag.AlignCenter)


def _head(line: QLineF) -> QPolygonF:
    """Return the head of an arrow."""
    back = line.unitVector()
    x, y = back.dx(), back.dy()
    root = QPointF(line.x2() - HEAD * x, line.y2() - HEAD * y)
    side = HEAD / 2.4
    return QPolygonF(
        [
            line.p2(),
            QPointF(root.x() - side * y, root.y() + side * x),
            QPointF(root.x() + side * y, root.y() - side * x),
        ]
    )


def _line(
    painter: QPainter,
    room: QRectF,
    words: str,
    face: QFont,
    role: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
) -> None:
    """Paint a single line, cut to its room."""
    shown = QFontMetricsF(face).elidedText(
        " ".join(words.split()), Qt.TextElideMode.ElideRight, room.width() + 0.5
    )
    painter.setPen(theme().color(role))
    painter.setFont(face)
    painter.drawText(room, int(align) | int(Qt.TextFlag.TextSingleLine), shown)


def paint_words(painter: QPainter, room: QRectF, words: str, face: QFont) -> None:
    """Paint some lines in a rectangle; what there is no room for is left out, with three dots to say so."""
    metrics = QFontMetricsF(face)
    most = max(int(room.height() / metrics.lineSpacing()), 0)
    lines = wrapped(words, face, room.width())
    if len(lines) > most > 0:
        rest = " ".join(lines[most - 1 :])
        lines = [
            *lines[: most - 1],
            metrics.elidedText(rest + "…", Qt.TextElideMode.ElideRight, room.width()),
        ]
    painter.setFont(face)
    painter.setPen(theme().color("text"))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
    for place, line in enumerate(lines[:most]):
        row = QRectF(
            room.left(), room.top() + place * metrics.lineSpacing(), room.width(), metrics.lineSpacing()
        )
        painter.drawText(row, flags, line)


def wrapped(words: str, face: QFont, width: float) -> list[str]:
    """Return a text in lines no wider than `width`; words longer than a line are broken."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    lines: list[str] = []
    for paragraph in words.split("\n"):
        layout = QTextLayout(paragraph, face)
        layout.setTextOption(option)
        layout.beginLayout()
        before = len(lines)
        while len(lines) < MOST_LINES and (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1.0))
            lines.append(paragraph[line.textStart() : line.textStart() + line.textLength()].rstrip())
        layout.endLayout()
        if len(lines) == before:
            lines.append("")
    return lines


def needed_height(words: str, width: float) -> float:
    """Return how high a note of a width must be for all its words."""
    face = font(LABEL_PX, "plain")
    lines = wrapped(words, face, width - 2 * PADDING)
    return math.ceil(len(lines) * QFontMetricsF(face).lineSpacing()) + 4 * SPACE


def _paint_strokes(painter: QPainter, room: QRectF, words: str) -> None:
    """Paint lines for words that are too far off to be read."""
    pitch = QFontMetricsF(font(LABEL_PX, "plain")).lineSpacing()
    color = _with_alpha(theme().color("dim"), FRAME_LINE)
    lengths = [max(min(len(line) * LABEL_PX / 2, room.width()), 0.0) for line in words.split("\n")]
    for place, length in enumerate(lengths[: max(int(room.height() / pitch), 0)]):
        y = room.top() + (place + 0.5) * pitch
        painter.fillRect(QRectF(room.left(), y - 1.0, length, 2.0), color)


def paint_mark_outlines(
    painter: QPainter, marks: MarkScene, camera: Camera, area: QRectF, selected: Collection[str]
) -> None:
    """Paint the accent around selected marks, and handles to pull at, in widget coordinates."""
    accent = theme().color("accent")
    for mark_id in sorted(selected):
        if mark_id not in marks or not bounds(marks[mark_id]).intersects(area):
            continue
        mark = marks[mark_id]
        painter.setPen(QPen(accent, WIRE_WIDTH))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        place = camera.rect_to_screen(box(mark))
        if mark.kind == "arrow":
            ends = [QPointF(mark.x, mark.y), QPointF(mark.x + mark.width, mark.y + mark.height)]
            handles = [camera.to_screen(end) for end in ends]
            path = QPainterPath(handles[0])
            path.lineTo(handles[1])
            painter.drawPath(path)
        else:
            painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), CARD_RADIUS, CARD_RADIUS)
            handles = [place.topLeft(), place.topRight(), place.bottomLeft(), place.bottomRight()]
        painter.setBrush(theme().color("card"))
        for handle in handles:
            painter.drawRect(QRectF(handle.x() - HANDLE / 2, handle.y() - HANDLE / 2, HANDLE, HANDLE))


def _with_alpha(color: QColor, alpha: float) -> QColor:
    color = QColor(color)
    color.setAlphaF(alpha)
    return color
