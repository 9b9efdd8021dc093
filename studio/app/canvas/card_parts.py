"""Parts of cards that only some have: the pile under a block, names of ports, the way past what is off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.app.canvas.cards import NEAR_FROM
from studio.app.theme.measures import (
    FLAKE,
    FROST_INSET,
    FROST_OPACITY,
    FROST_STEP,
    SHEET_INSET,
    SHEET_STEP,
    SIGN_INSET,
    SIGN_RADIUS,
    STRIP,
)
from studio.app.theme.measures import PORT_DOT as DOT
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, PORT_RING, STRIPE, WIRE_WIDTH
from studio.graph.port import Flow
from studio.graph.problems import Severity


def paint_pile(painter: QPainter, body: QRectF, sheets: int, border: QPen) -> None:
    """Paint the edges of cards that lie under a card: it stands for more than one layer."""
    painter.setBrush(theme().color("card"))
    painter.setPen(border)
    for place in range(sheets, 0, -1):
        aside, down = place * SHEET_INSET, place * SHEET_STEP
        sheet = body.adjusted(aside, down, -aside, down).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(sheet, CARD_RADIUS, CARD_RADIUS)


def paint_strip(painter: QPainter, strip: QRectF, families: Sequence[str]) -> None:
    """Paint the colours of what is inside a block side by side, in the order in which data go through."""
    colors = theme().colors
    width = strip.width() / len(families)
    painter.setPen(Qt.PenStyle.NoPen)
    for place, family in enumerate(families):
        part = QRectF(strip.left() + place * width, strip.top(), width, strip.height())
        color = colors.families.get(family, colors.faint)  # type: ignore[call-overload]
        painter.fillRect(part, QColor(color))


def paint_lower_edge(painter: QPainter, shape: QPainterPath, families: Sequence[str], opacity: float) -> None:
    """Paint the colours of what is inside a block along the lower edge of its card."""
    box = shape.boundingRect()
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.setOpacity(opacity)
    strip = QRectF(box.left() + STRIPE, box.bottom() - STRIP, box.width() - STRIPE, STRIP)
    paint_strip(painter, strip, families)
    painter.restore()


def paint_dot(painter: QPainter, middle: QPointF, color: QColor) -> None:
    """Paint the mark of a block's port."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(middle, DOT, DOT)


def paint_through(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """Paint the way that data take through a card that is switched off."""
    painter.setPen(QPen(theme().color("wire"), WIRE_WIDTH))
    painter.drawLine(start, end)


def paint_frost(painter: QPainter, body: QRectF, zoom: float) -> None:
    """Paint fine slanted lines over a card: it is frozen. Their distance is the same at any zoom.

    They end inside the card by themselves: a picture of vectors knows no clipping.
    """
    color = theme().color("accent")
    color.setAlphaF(FROST_OPACITY)
    step, width = (FROST_STEP, 1.0) if zoom >= 1 else (FROST_STEP / zoom, 1.0 / zoom)
    painter.setPen(QPen(color, width))
    room = body.adjusted(FROST_INSET, FROST_INSET, -FROST_INSET, -FROST_INSET)
    foot = room.left() - room.height() + step
    while foot < room.right():
        start, stop = max(room.left() - foot, 0.0), min(room.right() - foot, room.height())
        painter.drawLine(
            QPointF(foot + start, room.bottom() - start), QPointF(foot + stop, room.bottom() - stop)
        )
        foot += step


def paint_snowflake(painter: QPainter, middle: QPointF) -> None:
    """Paint the mark of what is frozen: six arms with two twigs each."""
    painter.save()
    painter.setPen(QPen(theme().color("accent"), 1.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.translate(middle)
    arm, fork, twig = FLAKE / 2 - 2, FLAKE / 4, FLAKE / 8
    for _ in range(6):
        painter.drawLine(QPointF(0, 0), QPointF(0, -arm))
        for aside in (-twig, twig):
            painter.drawLine(QPointF(0, -fork), QPointF(aside, -fork - twig))
        painter.rotate(60)
    painter.restore()


FLOW_ROLES: dict[Flow, str] = {"tensor": "wire", "target": "target", "loss": "bad"}
"""Colour of a port by what flows through it; its shape says the same."""


def paint_port(
    painter: QPainter, middle: QPointF, flow: Flow, *, variadic: bool = False, down: bool = False
) -> None:
    """Paint a port: a ring for activations, a square for targets, a diamond for a loss.

    One that takes several wires is a pill along its side of the card: upright, or level where wires run down.
    """
    radius = PORT_RING / 2
    painter.setPen(QPen(theme().color(FLOW_ROLES[flow]), 1.5))
    if flow == "loss":
        reach = radius * 1.3
        corners = (QPointF(0, -reach), QPointF(reach, 0), QPointF(0, reach), QPointF(-reach, 0))
        painter.drawPolygon([middle + corner for corner in corners])
        return
    long = radius * 2 if variadic else radius
    wide, tall = (long, radius) if down else (radius, long)
    box = QRectF(middle.x() - wide, middle.y() - tall, 2 * wide, 2 * tall)
    rounding = 1.0 if flow == "target" else radius
    painter.drawRoundedRect(box, rounding, rounding)


def paint_port_names(
    painter: QPainter,
    face: QFont,
    names: Iterable[tuple[str, float]],
    left: float,
    room: float,
    *,
    right: bool,
) -> None:
    """Paint the names of one side's ports inside the card.

    Args:
        names: Each name with its height.
        left: Where the words begin, or for the right side end.
        room: How wide they may be.
    """
    painter.setFont(face)
    painter.setPen(theme().color("dim"))
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    for name, height in names:
        box = QRectF(left - room if right else left, height - 8, room, 16)
        shown = QFontMetricsF(face).elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(box, int(side | Qt.AlignmentFlag.AlignVCenter), shown)


def mark_scale(zoom: float) -> float:
    """Return how much larger marks are painted on small cards, so that they are seen and can be pressed."""
    return max(1.0, NEAR_FROM / zoom)


def _sign_scale(zoom: float) -> float:
    """Return the same of the sign of a problem, which has less room in a card's sprite."""
    return min(mark_scale(zoom), 1.25)


def badge_end(severity: Severity | None, zoom: float, width: float) -> float:
    """Return where a badge on a card's upper edge ends: left of the mark of a problem, if there is one."""
    if severity not in ("error", "warning"):
        return width + 8
    return width - SIGN_INSET - (20 - SIGN_INSET) * _sign_scale(zoom)


def paint_severity(painter: QPainter, severity: Severity | None, zoom: float, width: float) -> None:
    """Paint the mark of a problem on the top right corner."""
    if severity not in ("error", "warning"):
        return
    painter.save()
    painter.translate(width - SIGN_INSET, 0)
    painter.scale(_sign_scale(zoom), _sign_scale(zoom))
    centre = QPointF(0, 0)
    painter.setPen(QPen(theme().color("canvas"), 2))
    painter.setBrush(theme().color("bad" if severity == "error" else "warning"))
    if severity == "error":
        painter.drawEllipse(centre, SIGN_RADIUS, SIGN_RADIUS)
    else:
        painter.drawPolygon([centre + QPointF(0, -10), centre + QPointF(10.5, 8), centre + QPointF(-10.5, 8)])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color("on_accent"))
    top = -4.5 if severity == "error" else -3.5
    painter.drawRoundedRect(QRectF(centre.x() - 1, centre.y() + top, 2, 5.5), 1, 1)
    painter.drawEllipse(centre + QPointF(0, top + 8), 1.2, 1.2)
    painter.restore()
