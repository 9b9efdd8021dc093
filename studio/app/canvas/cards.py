"""What a node's card says, how large it is, and how it is painted once; sprites keep the result."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from studio.app.canvas.card_parts import (
    paint_dot,
    paint_lower_edge,
    paint_pile,
    paint_port_names,
    paint_severity,
    paint_through,
)
from studio.app.canvas.insides import Inside, inside
from studio.app.canvas.ports import PORT_STEP, Side, port_offsets, ports_of
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, CARD_RADIUS, LABEL_PX, PORT_RING, SMALL_PX, STRIPE
from studio.catalog.registry import card_text, spec_of
from studio.graph.block import ENABLED, INPUT, OUTPUT, REPEAT, block_name
from studio.graph.expressions import Scope, evaluated
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.port import PortSpec
from studio.graph.problems import Severity
from studio.graph.report import NodeReport

Detail: TypeAlias = Literal["far", "middle", "near"]
"""``far``: coloured blocks. ``middle``: cards with a name large enough to read. ``near``: everything."""

FAR_BELOW = 0.34
NEAR_FROM = 0.6
READABLE_PX = 10
"""No name is painted smaller than this on screen."""

GRID = 8
"""Cards are whole multiples of it, and snap to it."""

MIN_WIDTH, MAX_WIDTH, HEIGHT = 112, 208, 56
PICTURE_WIDTH, PICTURE_HEIGHT = 160, 72
LEFT, RIGHT = STRIPE + 10, 12
LINE = 16
"""Height of each further line of small words."""

MANY_PORTS = 4
"""A layer with so many ports in all, and several on a side, says their names."""

OFF_OPACITY = 0.45
"""Of the words on a card that is switched off."""

SHADOW = (7.0, 5.5, 4.2, 3.0, 2.0, 1.0, 0.4)
"""How far the layers of a card's shadow spread."""

MARGIN = 14
"""Room around a card in its sprite, for shadow, rings and badges."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A few words on a card's corner, in the colour of a role."""

    text: str
    role: str


@dataclass(frozen=True, slots=True)
class Card:
    """All that decides how a node looks, apart from where it is.

    Attributes:
        family: Whose colour it has; empty for an unknown layer.
        count: Number of parameters as text; empty for none.
        severity: Of its worst problem.
        picture_key: Identity of `picture`, which itself is not compared.
        inside: What a block is made of, in words.
        parts: The families of what it is made of.
        form: ``port`` is a block's own port, seen from inside.
        copies: How many blocks it stands for; 0 for a layer.
        off: It is switched off: data go past it.
    """

    name: str
    text: str
    count: str
    family: str
    inputs: tuple[PortSpec, ...]
    outputs: tuple[PortSpec, ...]
    severity: Severity | None = None
    badge: Badge | None = None
    picture_key: int = 0
    picture: QImage | None = field(default=None, compare=False, repr=False)
    inside: str = ""
    parts: tuple[str, ...] = ()
    form: Literal["layer", "port"] = "layer"
    copies: int = 0
    off: bool = False

    @property
    def color(self) -> QColor:
        """The colour of its family."""
        colors = theme().colors
        return QColor(colors.families.get(self.family, colors.faint))  # type: ignore[call-overload]

    @property
    def radius(self) -> float:
        """How round its corners are."""
        return HEIGHT / 2 if self.form == "port" else CARD_RADIUS

    @property
    def left(self) -> float:
        """Where its words begin."""
        return HEIGHT / 2 if self.form == "port" else LEFT

    @property
    def labelled(self) -> bool:
        """Whether it says the names of its ports."""
        several = max(len(self.inputs), len(self.outputs)) > 1
        return several and (self.copies > 0 or len(self.inputs) + len(self.outputs) >= MANY_PORTS)

    @property
    def head(self) -> float:
        """Height of what it says above pictures and named ports."""
        return HEIGHT + (LINE if self.inside else 0)

    def offsets(self, side: Side) -> tuple[float, ...]:
        """Return how far below its top each port of a side sits."""
        count = len(self.inputs if side == "input" else self.outputs)
        if not self.labelled:
            return port_offsets(count)
        return tuple(self.head + LINE / 2 - 4 + place * PORT_STEP for place in range(count))

    def picture_size(self) -> tuple[float, float]:
        """Return the size at which the picture is shown; zeros without one."""
        if self.picture is None or self.picture.isNull():
            return 0.0, 0.0
        room = PICTURE_WIDTH - LEFT - RIGHT
        scale = min(room / self.picture.width(), PICTURE_HEIGHT / self.picture.height())
        return self.picture.width() * scale, self.picture.height() * scale

    def size(self) -> tuple[float, float]:
        """Return width and height on the canvas."""
        name = _metrics(BODY_PX, "bold").horizontalAdvance(self.name)
        count = _metrics(SMALL_PX, "mono").horizontalAdvance(self.count) + 12 if self.count else 0.0
        text = _metrics(LABEL_PX, "plain").horizontalAdvance(self.text)
        words = max(name + count, text, _metrics(SMALL_PX, "plain").horizontalAdvance(self.inside))
        if self.labelled:
            words = max(words, self._label_width(self.inputs) + self._label_width(self.outputs) + LINE)
        width = min(max(self.left + words + RIGHT, MIN_WIDTH), MAX_WIDTH)
        lowest = max((*self.offsets("input"), *self.offsets("output")), default=0.0)
        height = max(self.head, lowest + (LINE if self.labelled else PORT_STEP))
        picture = self.picture_size()[1]
        if picture:
            width, height = max(width, PICTURE_WIDTH), max(height, self.head - 4 + picture + 12)
        return _up(width), _up(height)

    def _label_width(self, ports: tuple[PortSpec, ...]) -> float:
        metrics = _metrics(SMALL_PX, "plain")
        return max((metrics.horizontalAdvance(port.name) for port in ports), default=0.0)


def card_of(
    node: Node,
    graph: Graph,
    report: NodeReport | None,
    severity: Severity | None,
    badge: Badge | None,
    picture: QImage | None,
    scope: Scope | None = None,
) -> Card:
    """Return what a node's card shows.

    Args:
        scope: What the names in expressions stand for, inside a block.
    """
    spec = spec_of(node, graph.blocks)
    block = graph.blocks.get(block_name(node) or "")
    settled, _ = evaluated(node, scope or {})
    repeat = settled.arguments.get(REPEAT)
    made_of = inside(block) if block is not None else Inside()
    inputs, outputs = ports_of(node, graph)
    return Card(
        name=node.name,
        text=card_text(node, report.inferred if report is not None else (), graph.blocks),
        count=f"{report.parameters:,}" if report is not None and report.parameters else "",
        family=spec.family if spec is not None else "",
        inputs=inputs,
        outputs=outputs,
        severity=severity,
        badge=badge,
        picture_key=picture.cacheKey() if picture is not None else 0,
        picture=picture,
        inside=made_of.words,
        parts=made_of.families,
        form="port" if node.kind in (INPUT, OUTPUT) else "layer",
        copies=0 if block is None else repeat if isinstance(repeat, int) else 1,
        off=settled.arguments.get(ENABLED) is False,
    )


def detail_at(zoom: float) -> Detail:
    """Return how much is painted at a zoom."""
    if zoom < FAR_BELOW:
        return "far"
    return "middle" if zoom < NEAR_FROM else "near"


def paint_card(painter: QPainter, card: Card, zoom: float, width: float, height: float) -> None:
    """Paint a card with its top left corner at the origin, in canvas pixels; not for detail ``far``."""
    body = QRectF(0, 0, width, height)
    _paint_body(painter, card, body)
    if card.off:
        _paint_way_past(painter, card, width)
        painter.setOpacity(OFF_OPACITY)
    if detail_at(zoom) == "middle":
        _paint_large_name(painter, card, body, zoom)
    else:
        _paint_text(painter, card, body, zoom)
    _paint_picture(painter, card, body)
    painter.setOpacity(1.0)
    _paint_ports(painter, card, body)
    if detail_at(zoom) == "near":
        right = paint_severity(painter, card.severity, body.width())
        _paint_badge(painter, card, right)


def _paint_body(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint shadow, background, stripe and border."""
    shape = QPainterPath()
    shape.addRoundedRect(body, card.radius, card.radius)
    painter.setPen(Qt.PenStyle.NoPen)
    shadow = theme().color("shadow")
    shadow.setAlphaF(0.05 if theme().scheme == "dark" else 0.014)
    painter.setBrush(shadow)
    for spread in SHADOW:
        soft = body.adjusted(-spread, -spread, spread, spread).translated(0, 2.0)
        painter.drawRoundedRect(soft, card.radius + spread, card.radius + spread)
    if card.copies:
        paint_pile(painter, body, 2 if card.copies > 1 else 1, QPen(theme().color("line"), 1.0))
    painter.fillPath(shape, theme().color("card"))
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
    if card.parts:
        paint_lower_edge(painter, shape, card.parts, OFF_OPACITY if card.off else 1.0)


def _paint_way_past(painter: QPainter, card: Card, width: float) -> None:
    """Paint the line from the first input to the first output."""
    starts, ends = card.offsets("input"), card.offsets("output")
    if starts and ends:
        paint_through(painter, width, starts[0], ends[0])


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
    if not card.family or card.off:
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def _paint_text(painter: QPainter, card: Card, body: QRectF, zoom: float) -> None:
    """Paint name, parameter count and what the layer is; nothing leaves the card."""
    inner = body.adjusted(card.left, 0, -RIGHT, 0)
    bold = font(max(BODY_PX, math.ceil(READABLE_PX / zoom)), "bold")
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    count_font = font(SMALL_PX, "mono")
    count_width = QFontMetricsF(count_font).horizontalAdvance(card.count) + 8 if card.count else 0.0
    if QFontMetricsF(bold).horizontalAdvance(card.name) + count_width > inner.width() + 0.5 and zoom < 1:
        count_width = 0.0  # the name is enlarged to stay readable, and goes first
    row = QRectF(inner.left(), 8, inner.width(), 20)
    painter.setPen(theme().color("text"))
    _text(painter, row.adjusted(0, 0, -count_width, 0), card.name, bold, left)
    painter.setPen(theme().color("dim"))
    if count_width:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        _text(painter, row, card.count, count_font, right)
    _text(painter, QRectF(inner.left(), 28, inner.width(), 18), card.text, font(LABEL_PX, "plain"), left)
    if card.inside:
        small = font(SMALL_PX, "plain")
        _text(painter, QRectF(inner.left(), 46, inner.width(), LINE), card.inside, small, left)
    if card.labelled:
        _paint_port_names(painter, card, body)


def _paint_port_names(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the names of ports on both sides, each side on as much room as it needs."""
    face, room = font(SMALL_PX, "plain"), body.width() - LEFT - RIGHT - 8
    sides: tuple[tuple[Side, tuple[PortSpec, ...]], ...] = (("input", card.inputs), ("output", card.outputs))
    for side, ports in sides:
        names = zip((port.name for port in ports), card.offsets(side), strict=True)
        at_right = side == "output"
        edge = body.width() - RIGHT if at_right else LEFT
        paint_port_names(painter, face, names, edge, room * 0.62, right=at_right)


def _paint_large_name(painter: QPainter, card: Card, body: QRectF, zoom: float) -> None:
    """Paint the name alone, large enough to read from afar, if enough of it fits."""
    large = font(math.ceil(READABLE_PX / zoom), "bold")
    room = body.adjusted(card.left - 4, 0, -4, 0)
    if card.off:
        room.setBottom(card.offsets("input")[0] if card.inputs else room.bottom())
    elif card.picture is not None:
        room.setBottom(body.height() - card.picture_size()[1] - 8)
    metrics = QFontMetricsF(large)
    row = f"{card.name} × {card.copies}"
    name = row if card.copies > 1 and metrics.horizontalAdvance(row) <= room.width() else card.name
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room.width())
    if shown == name or len(shown) > 4:
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
    painter.drawImage(QRectF(LEFT, body.height() - height - 10, width, height), card.picture)


def _paint_ports(painter: QPainter, card: Card, body: QRectF) -> None:
    """Paint the rings; a port that takes several wires is an upright pill."""
    painter.setPen(QPen(theme().color("wire"), 1.5))
    painter.setBrush(theme().color("card"))
    radius = PORT_RING / 2
    sides: tuple[tuple[tuple[PortSpec, ...], Side, float], ...] = (
        (card.inputs, "input", 0.0),
        (card.outputs, "output", body.width()),
    )
    for specs, side, x in sides:
        for spec, y in zip(specs, card.offsets(side), strict=True):
            tall = radius * 2 if spec.variadic else radius
            box = QRectF(x - radius, y - tall, 2 * radius, 2 * tall)
            painter.drawRoundedRect(box, radius, radius)


def _paint_badge(painter: QPainter, card: Card, right: float) -> None:
    """Paint a few words in a pill on the top edge, ending at `right`."""
    if card.badge is None:
        return
    face = font(SMALL_PX, "bold")
    shown = QFontMetricsF(face).elidedText(card.badge.text, Qt.TextElideMode.ElideRight, right - 24)
    width = QFontMetricsF(face).horizontalAdvance(shown) + 16
    pill = QRectF(right - width, -9, width, 18)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().color(card.badge.role))
    painter.drawRoundedRect(pill, 9, 9)
    painter.setPen(theme().color("on_accent"))
    painter.setFont(face)
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, shown)


@cache
def font(px: int, style: Literal["plain", "bold", "mono"]) -> QFont:
    """Return a font of the canvas: unhinted, so that its widths scale with the zoom."""
    face = theme().mono(px) if style == "mono" else theme().font(px, bold=style == "bold")
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return face


@cache
def _metrics(px: int, style: Literal["plain", "bold", "mono"]) -> QFontMetricsF:
    return QFontMetricsF(font(px, style))


def _up(length: float) -> float:
    """Round up to the grid."""
    return float(math.ceil(length / GRID) * GRID)
