"""How a card is painted once; sprites keep the result."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.app.canvas.card_parts import (
    badge_end,
    mark_scale,
    paint_dot,
    paint_frost,
    paint_lower_edge,
    paint_pile,
    paint_port,
    paint_port_names,
    paint_severity,
    paint_snowflake,
    paint_through,
)
from studio.app.canvas.cards import Card, detail_at, font, widest_name
from studio.app.canvas.courses import Course
from studio.app.canvas.inner import Inner
from studio.app.canvas.ports import Side
from studio.app.canvas.wire_layer import wire_pen
from studio.app.theme.measures import BADGE_DOT, FLAKE, READABLE_PX, SHADOW_DROP
from studio.app.theme.measures import CARD_LEFT as LEFT
from studio.app.theme.measures import CARD_LINE as LINE
from studio.app.theme.measures import CARD_RIGHT as RIGHT
from studio.app.theme.measures import CARD_SHADOW as SHADOW
from studio.app.theme.measures import INNER_WELL as WELL
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    BODY_PX,
    CARD_RADIUS,
    HEAT_TINT,
    LABEL_PX,
    PORT_RING,
    RADIUS,
    SMALL_PX,
    STRIPE,
)
from studio.graph.port import PortSpec

OFF_OPACITY = 0.6
"""Of the words on a card that is switched off."""


LEAST_LETTERS = 4
"""A name of which no more letters than this would be left is not painted."""


def paint_card(painter: QPainter, card: Card, zoom: float, width: float, height: float) -> None:
    """Paint a card with its top left corner at the origin, in canvas pixels; not for detail ``far``."""
    body = QRectF(0, 0, width, height)
    _paint_body(painter, card, body)
    if card.frozen:
        paint_frost(painter, body, zoom)
    if card.off:
        _paint_way_past(painter, card, body)
        painter.setOpacity(OFF_OPACITY)
    if card.collapsed:
        _paint_row(painter, card, body, zoom)
    elif detail_at(zoom) == "middle":
        _paint_large_name(painter, card, body, zoom)
    else:
        _paint_text(painter, card, body, zoom)
    _paint_picture(painter, card, body)
    if card.inner is not None:
        paint_inner(painter, card, card.inner, zoom, body)
    painter.setOpacity(1.0)
    _paint_ports(painter, card, body)
    paint_marks(painter, card, zoom, width)


def paint_marks(painter: QPainter, card: Card, zoom: float, width: float) -> None:
    """Paint what lies on the upper edge of a card: the mark of a problem, and a badge."""
    paint_severity(painter, card.severity, zoom, width)
    _paint_badge(painter, card, zoom, width)


def paint_inner(painter: QPainter, card: Card, inner: Inner, zoom: float, body: QRectF) -> None:
    """Paint what is inside a block on its card: as its own canvas does, a little smaller."""
    zoom *= inner.scale
    corner = inner.corner(card, body.width())
    painter.setPen(QPen(theme().color("line"), 1.0))
    painter.setBrush(theme().color("canvas"))
    painter.drawRoundedRect(body.adjusted(STRIPE + WELL, card.head, -WELL, -WELL), RADIUS, RADIUS)
    painter.save()
    painter.translate(corner)
    painter.scale(inner.scale, inner.scale)
    painter.translate(-inner.area.topLeft())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _paint_ends(painter, card, inner, zoom, body.width())
    painter.setPen(wire_pen(theme().color("wire"), zoom))
    for wire in inner.wires:
        painter.drawPath(wire)
    for shown, (left, top, wide, tall) in zip(inner.cards, inner.boxes, strict=True):
        painter.save()
        painter.translate(left, top)
        if detail_at(zoom) == "far":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shown.color)
            painter.drawRoundedRect(QRectF(0, 0, wide, tall), CARD_RADIUS, CARD_RADIUS)
        else:
            paint_card(painter, shown, zoom, wide, tall)
        painter.restore()
    painter.restore()


def _paint_ends(painter: QPainter, card: Card, inner: Inner, zoom: float, width: float) -> None:
    """Paint the ways from the block's ports to what stands for them inside."""
    painter.setPen(wire_pen(theme().color("wire"), zoom, Qt.PenStyle.DotLine))
    corner = inner.corner(card, width)
    course = Course(inner.style, card.down)
    for port, place in zip(card.inputs, card.port_places("input"), strict=True):
        start, end = inner.to_inner(place, corner), inner.entries[port.name]
        painter.drawPath(course.loose_path(start.x(), start.y(), end.x(), end.y()))
    for port, place in zip(card.outputs, card.port_places("output"), strict=True):
        start, end = inner.exits[port.name], inner.to_inner(place, corner)
        painter.drawPath(course.loose_path(start.x(), start.y(), end.x(), end.y()))


def _paint_body(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint shadow, background, stripe and border."""
    shape = QPainterPath()
    shape.addRoundedRect(body, card.radius, card.radius)
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = theme().color("shadow")
    shadow.setAlphaF(0.04 if theme().scheme == "dark" else 0.011)
    painter.setBrush(shadow)
    for spread in SHADOW:
        soft = body.adjusted(-spread, -spread, spread, spread).translated(0, SHADOW_DROP)
        painter.drawRoundedRect(soft, card.radius + spread, card.radius + spread)
    if card.copies:
        paint_pile(painter, body, 2 if card.copies > 1 else 1, QPen(theme().color("line"), 1.0))
    painter.fillPath(shape, theme().color("card"))
    if card.heat is not None and card.heat >= 0:
        painter.fillPath(shape, heat_tint(card.heat))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_border(card))
    inset = painter.pen().widthF() / 2
    painter.drawRoundedRect(body.adjusted(inset, inset, -inset, -inset), card.radius, card.radius)
    if card.form == "port":
        paint_dot(painter, QPointF(body.left() + 16, body.center().y()), card.color)
    elif card.family:
        color = card.color
        color.setAlphaF(OFF_OPACITY if card.off else 1.0)
        painter.fillPath(shape.intersected(_left(body)), color)
    if card.parts and card.inner is None:
        paint_lower_edge(painter, shape, card.parts, OFF_OPACITY if card.off else 1.0)


def heat_tint(step: int) -> QColor:
    """Return the colour that a card takes on at a step of the map of costs: words on it stay readable."""
    color = theme().heat_color(step)
    color.setAlphaF(HEAT_TINT)
    return color


def _paint_way_past(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the line from the first input to the first output."""
    size = body.width(), body.height()
    starts, ends = card.port_places("input", size), card.port_places("output", size)
    if starts and ends:
        paint_through(painter, starts[0], ends[0])


def _left(body: QRectF) -> QPainterPath:
    """Return where the stripe is, apart from the card's round corners."""
    stripe = QPainterPath()
    stripe.addRect(QRectF(body.left(), body.top(), STRIPE, body.height()))
    return stripe


def _border(card: Card) -> QPen:
    """Return the outline: red or amber for a problem, dashed for an unknown layer."""
    if card.severity in ("error", "warning"):
        pen = QPen(theme().color("bad" if card.severity == "error" else "warning"), 1.5)
    else:
        pen = QPen(theme().color("line" if card.family else "dim"), 1.0)
        if card.heat is not None and card.heat >= 0:
            pen = QPen(theme().heat_color(card.heat), 2.0)
    if not card.family or card.off:
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def _paint_text(painter: QPainter, card: Card, body: QRectF, zoom: float) -> None:
    """Paint name, parameter count and what the layer is; nothing leaves the card."""
    inner = body.adjusted(card.left, 0, -RIGHT, 0)
    painter.translate(0, card.names_height)
    bold = font(max(BODY_PX, math.ceil(READABLE_PX / zoom)), "bold")
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    count_font = font(SMALL_PX, "mono")
    count_width = QFontMetricsF(count_font).horizontalAdvance(card.figure) + 8 if card.figure else 0.0
    if QFontMetricsF(bold).horizontalAdvance(card.name) + count_width > inner.width() + 0.5 and zoom < 1:
        count_width = 0.0  # the name is enlarged to stay readable, and goes first
    row = QRectF(inner.left(), 8, inner.width(), 20)
    painter.setPen(theme().color("text"))
    _text(painter, row.adjusted(0, 0, -count_width, 0), card.name, bold, left)
    painter.setPen(theme().color(card.quiet))
    if count_width:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        _text(painter, row, card.figure, count_font, right)
    line = QRectF(inner.left(), 28, inner.width(), 18)
    if card.frozen:
        line.setRight(line.right() - FLAKE)
        paint_snowflake(painter, QPointF(inner.right() - FLAKE / 2 + 2, line.center().y()))
    _text(painter, line, card.text, font(LABEL_PX, "plain"), left)
    if card.inside and card.inner is None:
        small = font(SMALL_PX, "plain")
        _text(painter, QRectF(inner.left(), 46, inner.width(), LINE), card.inside, small, left)
    painter.translate(0, -card.names_height)
    if card.labelled and card.down:
        _paint_names_along(painter, card, body)
    elif card.labelled:
        _paint_port_names(painter, card, body)


def _paint_row(painter: QPainter, card: Card, body: QRectF, zoom: float) -> None:
    """Paint the name of a collapsed card, if the row is high enough for words that can be read."""
    face = font(max(BODY_PX, math.ceil(READABLE_PX / zoom)), "bold")
    if QFontMetricsF(face).height() > body.height() + 2:
        return
    row = body.adjusted(card.left, 0, -RIGHT, 0)
    if card.frozen:
        paint_snowflake(painter, QPointF(row.right() - FLAKE / 2 + 2, row.center().y()))
        row.setRight(row.right() - FLAKE)
    shown = QFontMetricsF(face).elidedText(card.name, Qt.TextElideMode.ElideRight, row.width() + 0.5)
    if shown == card.name or len(shown) > LEAST_LETTERS:
        painter.setPen(theme().color("text"))
        _text(painter, row, card.name, face, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _paint_port_names(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the names of ports on both sides, each side on as much room as it needs and there is."""
    face, room = font(SMALL_PX, "plain"), body.width() - LEFT - RIGHT - 8
    sides: tuple[tuple[Side, float], ...] = (("input", LEFT), ("output", body.width() - RIGHT))
    for side, edge in sides:
        own, other = (card.inputs, card.outputs)[:: 1 if side == "input" else -1]
        names = zip((port.name for port in own), card.offsets(side), strict=True)
        width = min(widest_name(own), max(room - widest_name(other), room / 2))
        paint_port_names(painter, face, names, edge, width, right=side == "output")


def _paint_names_along(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the names of ports inside the upper and the lower edge, each in the middle of its port."""
    painter.setPen(theme().color("dim"))
    face = font(SMALL_PX, "plain")
    sides: tuple[tuple[tuple[PortSpec, ...], Side], ...] = ((card.inputs, "input"), (card.outputs, "output"))
    for ports, side in sides:
        room = body.width() / (len(ports) + 1)
        places = card.port_places(side, (body.width(), body.height()))
        for port, place in zip(ports, places, strict=True):
            top = 5.0 if side == "input" else body.height() - 5 - LINE
            box = QRectF(place.x() - room / 2, top, room, LINE)
            _text(painter, box, port.name, face, Qt.AlignmentFlag.AlignCenter)


def _paint_large_name(painter: QPainter, card: Card, body: QRectF, zoom: float) -> None:
    """Paint the name alone, large enough to read from afar, if enough of it fits."""
    large = font(math.ceil(READABLE_PX / zoom), "bold")
    room = body.adjusted(card.left - 4, 0, -4, 0)
    if card.inner is not None:
        room.setBottom(card.head)
    elif card.off and not card.down:
        line = card.offsets("input")[0] if card.inputs else room.bottom()
        # Over the way past, or under it where there is no room above.
        room.setBottom(line) if line >= QFontMetricsF(large).height() else room.setTop(line)
    elif card.picture is not None:
        room.setBottom(body.height() - card.picture_size()[1] - 8)
    metrics = QFontMetricsF(large)
    row = f"{card.name} × {card.copies}"
    name = row if card.copies > 1 and metrics.horizontalAdvance(row) <= room.width() else card.name
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
    if shown == name or len(shown) > LEAST_LETTERS:
        painter.setPen(theme().color("text"))
        _text(painter, room, shown, large, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


def _text(painter: QPainter, box: QRectF, words: str, face: QFont, flags: Qt.AlignmentFlag) -> None:
    painter.setFont(face)
    shown = QFontMetricsF(face).elidedText(words, Qt.TextElideMode.ElideRight, box.width() + 0.5)
    painter.drawText(box, int(flags) | int(Qt.TextFlag.TextSingleLine), shown)


def _paint_picture(painter: QPainter, card: Card, body: QRectF) -> None:
    width, height = card.picture_size()
    if card.picture is None or not width:
        return
    crisp = card.picture.width() < width * 1.5
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not crisp)
    top = body.height() - height - 10 - card.names_height
    painter.drawImage(QRectF(LEFT, top, width, height), card.picture)


def _paint_ports(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the ports; one that takes several wires is an upright pill."""
    painter.setPen(QPen(theme().color("wire"), 1.5))
    painter.setBrush(theme().color("card"))
    radius = PORT_RING / 2
    sides: tuple[tuple[tuple[PortSpec, ...], Side], ...] = ((card.inputs, "input"), (card.outputs, "output"))
    for wired, (specs, side) in zip(card.wired, sides, strict=True):
        places = card.port_places(side, (body.width(), body.height()))
        if card.collapsed:
            for place in places[:1] if wired else ():
                painter.drawEllipse(place, radius, radius)
            continue
        for spec, place in zip(specs, places, strict=True):
            paint_port(painter, place, spec.carries, variadic=spec.variadic, down=card.down)


def _is_dot(card: Card, zoom: float) -> bool:
    """Say whether a badge has no words: they would lie on the name, or be too small to be read."""
    return card.collapsed or detail_at(zoom) != "near"


def badge_rect(card: Card, zoom: float, width: float) -> QRectF:
    """Return where a card's badge is, from the card's corner; a card without one has none there.

    Args:
        card: The card.
        zoom: How large it is shown.
        width: Of the card.
    """
    if card.badge is None:
        return QRectF()
    right = badge_end(card.severity, zoom, width)
    if _is_dot(card, zoom):
        radius = BADGE_DOT * mark_scale(zoom)
        return QRectF(right - 2 * radius, -radius, 2 * radius, 2 * radius)
    metrics = QFontMetricsF(font(SMALL_PX, "bold"))
    shown = metrics.elidedText(card.badge.text, Qt.TextElideMode.ElideRight, right - 24)
    width = metrics.horizontalAdvance(shown) + 16
    return QRectF(right - width, -9, width, 18)


def _paint_badge(painter: QPainter, card: Card, zoom: float, width: float) -> None:
    """Paint a few words in a pill on the top edge, or a dot where there is no room for words."""
    if card.badge is None:
        return
    pill = badge_rect(card, zoom, width)
    if _is_dot(card, zoom):
        painter.setPen(QPen(theme().color("canvas"), 2))
        painter.setBrush(theme().color(card.badge.role))
        painter.drawEllipse(pill)
        return
    face = font(SMALL_PX, "bold")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color(card.badge.role))
    painter.drawRoundedRect(pill, 9, 9)
    painter.setPen(theme().color("on_accent"))
    painter.setFont(face)
    shown = QFontMetricsF(face).elidedText(card.badge.text, Qt.TextElideMode.ElideRight, pill.width() - 15)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)
