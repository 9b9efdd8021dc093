"""Small drawings on the cards of the empty canvas: what each way to begin is like, in the theme's colours."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.app.theme.theme import theme
from studio.app.theme.tokens import RADIUS, SPACE, STRIPE, WIRE_WIDTH
from studio.catalog.spec import Family

Drawing: TypeAlias = Callable[[QPainter, QRectF], None]
"""Paints into a box, with antialiasing on."""

CARD = 13.0 * SPACE, 8.0 * SPACE
"""Width and height of a drawn layer."""

GAP = 6.0 * SPACE
DOT = 1.5 * SPACE
FADED = 0.35


def draw_tour(painter: QPainter, box: QRectF) -> None:
    """Draw a network with one layer in the light, and a note that says how far the tour is."""
    families: tuple[Family, ...] = ("input", "convolution", "activation")
    places = _row(box, len(families), lift=2.5 * SPACE)
    painter.setOpacity(FADED)
    _wires(painter, places)
    for place, family in zip(places, families, strict=True):
        _layer(painter, place, family)
    painter.setOpacity(1.0)
    _layer(painter, places[1], families[1])
    ring = places[1].adjusted(-SPACE, -SPACE, SPACE, SPACE)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().color("accent"), WIRE_WIDTH))
    painter.drawRoundedRect(ring, RADIUS + 2, RADIUS + 2)
    _note(painter, QPointF(ring.center().x(), ring.bottom() + SPACE))


def draw_gallery(painter: QPainter, box: QRectF) -> None:
    """Draw three sheets with a plain, a residual and a branching network on them."""
    width = min(box.width() / 3 - 2 * SPACE, 19.0 * SPACE)
    height = min(box.height() - 4 * SPACE, 17.0 * SPACE)
    for place, draw in enumerate((_chain, _shortcut, _branches)):
        left = box.center().x() + (place - 1.5) * (width + 2 * SPACE) + SPACE
        sheet = QRectF(left, box.center().y() - height / 2, width, height)
        painter.setPen(QPen(theme().color("line"), 1))
        painter.setBrush(theme().color("card"))
        painter.drawRoundedRect(sheet, RADIUS, RADIUS)
        draw(painter, sheet)


def draw_building(painter: QPainter, box: QRectF) -> None:
    """Draw an input, and after it the places of layers that are still to come."""
    places = _row(box, 3)
    dashed = QPen(theme().color("wire"), WIRE_WIDTH - 0.5, Qt.PenStyle.DashLine)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(dashed)
    _wires(painter, places, dashed)
    for place in places[1:]:
        painter.setPen(dashed)
        painter.drawRoundedRect(place, RADIUS, RADIUS)
        _plus(painter, place.center())
    _layer(painter, places[0], "input")


def _row(box: QRectF, count: int, lift: float = 0.0) -> list[QRectF]:
    """Return the boxes of layers in a row in the middle, as large as there is room."""
    scale = min(1.0, (box.width() - 4 * SPACE) / (count * CARD[0] + (count - 1) * GAP))
    width, height, gap = CARD[0] * scale, min(CARD[1], box.height() * 0.5), GAP * scale
    left = box.center().x() - (count * width + (count - 1) * gap) / 2
    top = box.center().y() - height / 2 - lift
    return [QRectF(left + place * (width + gap), top, width, height) for place in range(count)]


def _layer(painter: QPainter, place: QRectF, family: Family) -> None:
    painter.setPen(QPen(theme().color("line"), 1))
    painter.setBrush(theme().color("card"))
    painter.drawRoundedRect(place, RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_family(family))
    stripe = QRectF(place.left() + 1, place.top() + SPACE, STRIPE, place.height() - 2 * SPACE)
    painter.drawRoundedRect(stripe, STRIPE / 2, STRIPE / 2)
    painter.setBrush(theme().color("text"))
    words = QRectF(stripe.right() + 1.5 * SPACE, place.center().y() - 2 * SPACE, place.width() * 0.5, SPACE)
    painter.drawRoundedRect(words, SPACE / 2, SPACE / 2)
    painter.setBrush(theme().color("faint"))
    words = words.translated(0, 2.5 * SPACE)
    words.setWidth(place.width() * 0.35)
    painter.drawRoundedRect(words, SPACE / 2, SPACE / 2)


def _wires(painter: QPainter, places: list[QRectF], pen: QPen | None = None) -> None:
    painter.setPen(pen or QPen(theme().color("wire"), WIRE_WIDTH))
    for before, after in pairwise(places):
        level = before.center().y()
        painter.drawLine(QPointF(before.right(), level), QPointF(after.left(), level))


def _plus(painter: QPainter, centre: QPointF) -> None:
    painter.setPen(QPen(theme().color("accent"), WIRE_WIDTH, c=Qt.PenCapStyle.RoundCap))
    arm = 1.5 * SPACE
    painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
    painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))


def _note(painter: QPainter, tip: QPointF) -> None:
    """Draw the tour's note under a point, with three of five steps done."""
    sheet = QRectF(tip.x() - 9 * SPACE, tip.y() + 1.5 * SPACE, 18 * SPACE, 5 * SPACE)
    path = QPainterPath()
    path.addRoundedRect(sheet, RADIUS, RADIUS)
    beak = QPainterPath(tip)
    beak.lineTo(tip.x() + 1.5 * SPACE, sheet.top() + 1)
    beak.lineTo(tip.x() - 1.5 * SPACE, sheet.top() + 1)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillPath(path.united(beak), theme().color("accent"))
    for place in range(5):
        color = theme().color("on_accent")
        color.setAlphaF(1.0 if place < 3 else FADED)
        painter.setBrush(color)
        painter.drawEllipse(sheet.center() + QPointF((place - 2) * 2.5 * SPACE, 0), DOT / 2, DOT / 2)


def _chain(painter: QPainter, sheet: QRectF) -> None:
    families: tuple[Family, ...] = ("convolution", "activation", "pooling", "linear")
    places = [_spot(sheet, 0.5, (row + 1) / 5) for row in range(4)]
    _lines(painter, list(pairwise(places)))
    _dots(painter, places, families)


def _shortcut(painter: QPainter, sheet: QRectF) -> None:
    families: tuple[Family, ...] = ("convolution", "normalization", "activation", "convolution")
    places = [_spot(sheet, 0.4, (row + 1) / 5) for row in range(4)]
    _lines(painter, list(pairwise(places)))
    arc = QPainterPath(places[0])
    side = sheet.left() + sheet.width() * 0.85
    arc.cubicTo(QPointF(side, places[0].y()), QPointF(side, places[3].y()), places[3])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().color("accent"), WIRE_WIDTH - 0.5))
    painter.drawPath(arc)
    _dots(painter, places, families)


def _branches(painter: QPainter, sheet: QRectF) -> None:
    families: tuple[Family, ...] = ("input", "convolution", "convolution", "pooling", "merge")
    first, last = _spot(sheet, 0.5, 0.2), _spot(sheet, 0.5, 0.8)
    middle = [_spot(sheet, share, 0.5) for share in (0.22, 0.5, 0.78)]
    _lines(painter, [pair for spot in middle for pair in ((first, spot), (spot, last))])
    _dots(painter, [first, *middle, last], families)


def _spot(sheet: QRectF, across: float, down: float) -> QPointF:
    return QPointF(sheet.left() + across * sheet.width(), sheet.top() + down * sheet.height())


def _lines(painter: QPainter, pairs: list[tuple[QPointF, QPointF]]) -> None:
    painter.setPen(QPen(theme().color("wire"), WIRE_WIDTH - 0.5))
    for start, stop in pairs:
        painter.drawLine(start, stop)


def _dots(painter: QPainter, places: list[QPointF], families: tuple[Family, ...]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for place, family in zip(places, families, strict=True):
        painter.setBrush(_family(family))
        dot = QRectF(place.x() - DOT, place.y() - DOT * 0.75, 2 * DOT, 1.5 * DOT)
        painter.drawRoundedRect(dot, DOT / 3, DOT / 3)


def _family(family: Family) -> QColor:
    return QColor(theme().colors.families[family])
