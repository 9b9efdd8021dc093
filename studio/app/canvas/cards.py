"""What a node's card says, and how large it is; `studio.app.canvas.card_painting` paints it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage

from studio.app.canvas.inner import Inner
from studio.app.canvas.insides import Inside, inside
from studio.app.canvas.ports import Side, port_offsets, ports_of, shown_ports, spread_offsets
from studio.app.theme.measures import CARD_HEIGHT as HEIGHT
from studio.app.theme.measures import CARD_LEFT as LEFT
from studio.app.theme.measures import CARD_LINE as LINE
from studio.app.theme.measures import CARD_RIGHT as RIGHT
from studio.app.theme.measures import (
    COLLAPSED_HEIGHT,
    COLLAPSED_WIDTH,
    FLAKE,
    GRID,
    MAX_WIDTH,
    MIN_WIDTH,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    PORT_STEP,
)
from studio.app.theme.measures import WIDEST_CARD as WIDEST
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, CARD_RADIUS, LABEL_PX, SMALL_PX
from studio.catalog.registry import card_text, spec_of
from studio.graph.block import ENABLED, FROZEN, INPUT, OUTPUT, REPEAT, block_name
from studio.graph.expressions import Scope, evaluated
from studio.graph.graph import Graph
from studio.graph.node import PLAIN, Look, Node
from studio.graph.port import PortSpec
from studio.graph.problems import Severity
from studio.graph.report import NodeReport

Detail: TypeAlias = Literal["far", "middle", "near"]
"""``far``: coloured blocks. ``middle``: cards with a name large enough to read. ``near``: everything."""

FAR_BELOW = 0.34
NEAR_FROM = 0.6


MANY_PORTS = 4
"""A layer with so many ports in all, and several on a side, says their names."""


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
        frozen: Training leaves its weights alone.
        look: What a person has made of it.
        wired: Whether there is a wire at any input, and at any output; kept for a collapsed card.
        inner: What is inside a block that shows it in place.
        heat: Step of the colour map of costs, which goes before its own colour from afar; None without one.
        cost: What it costs, in words that stand in the place of `count` then; the card keeps its size.
        down: Its inputs are at its upper edge and its outputs at the lower one.
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
    frozen: bool = False
    look: Look = PLAIN
    wired: tuple[bool, bool] = (True, True)
    inner: Inner | None = None
    heat: int | None = None
    cost: str = ""
    down: bool = False

    @property
    def own_tint(self) -> str:
        """Name of its colour: the one a person chose, else its family's; empty for an unknown layer."""
        return self.look.color or self.family

    @property
    def tint(self) -> str:
        """Name of the colour that it has from afar: its own, or that of what it costs."""
        return self.own_tint if self.heat is None else f"heat.{self.heat}"

    @property
    def color(self) -> QColor:
        """Its colour."""
        return theme().named_color(self.own_tint, "faint")

    @property
    def figure(self) -> str:
        """The number beside its name."""
        return self.count if self.heat is None else self.cost

    @property
    def quiet(self) -> str:
        """Role of the words that matter less: on a coloured ground they must be as strong as the rest."""
        return "dim" if self.heat is None else "text"

    @property
    def given_width(self) -> float:
        """The width that a person gave it, within bounds; 0 for none."""
        return min(max(self.look.width, MIN_WIDTH), WIDEST) if self.look.width else 0.0

    @property
    def collapsed(self) -> bool:
        """Whether it is a single row with its name."""
        return self.look.collapsed

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
        if self.collapsed or self.inner is not None:
            return False
        several = max(len(self.inputs), len(self.outputs)) > 1
        return several and (self.copies > 0 or len(self.inputs) + len(self.outputs) >= MANY_PORTS)

    @property
    def head(self) -> float:
        """Height of what it says above pictures and named ports."""
        if self.collapsed:
            return COLLAPSED_HEIGHT
        return HEIGHT + (LINE if self.inside and self.inner is None else 0)

    def offsets(self, side: Side, width: float | None = None) -> tuple[float, ...]:
        """Return how far along its side each port sits: from the top, or where wires run down the left."""
        ports = self.inputs if side == "input" else self.outputs
        count = len(ports)
        if self.down:
            wide = width or self.size()[0]
            return (wide / 2,) * count if self.collapsed else spread_offsets(count, wide)
        if self.collapsed:
            return (COLLAPSED_HEIGHT / 2,) * count
        if self.inner is not None:
            return self.inner.offsets(side, [port.name for port in ports], self.head)
        if not self.labelled:
            return port_offsets(count)
        return tuple(self.head + LINE / 2 - 4 + place * PORT_STEP for place in range(count))

    def port_places(self, side: Side, size: tuple[float, float] | None = None) -> tuple[QPointF, ...]:
        """Return where each port of a side is, from the top left corner: on its own size, or another."""
        wide, high = size or self.size()
        if self.down:
            edge = high if side == "output" else 0.0
            return tuple(QPointF(along, edge) for along in self.offsets(side, wide))
        return tuple(QPointF(wide if side == "output" else 0.0, along) for along in self.offsets(side))

    @property
    def names_height(self) -> float:
        """Height of the row of names below its upper edge, and above its lower one."""
        return LINE if self.down and self.labelled else 0.0

    def picture_size(self) -> tuple[float, float]:
        """Return the size at which the picture is shown; zeros without one."""
        if self.picture is None or self.picture.isNull() or self.collapsed:
            return 0.0, 0.0
        wide = max(self.given_width, PICTURE_WIDTH)
        room, tall = wide - LEFT - RIGHT, PICTURE_HEIGHT * wide / PICTURE_WIDTH
        scale = min(room / self.picture.width(), tall / self.picture.height())
        return self.picture.width() * scale, self.picture.height() * scale

    def size(self) -> tuple[float, float]:
        """Return width and height on the canvas."""
        name = _metrics(BODY_PX, "bold").horizontalAdvance(self.name)
        if self.collapsed:
            width = self.left + name + RIGHT + (FLAKE if self.frozen else 0.0)
            return self._wide(min(max(width, COLLAPSED_WIDTH), MAX_WIDTH)), COLLAPSED_HEIGHT
        count = _metrics(SMALL_PX, "mono").horizontalAdvance(self.count) + 12 if self.count else 0.0
        text = _metrics(LABEL_PX, "plain").horizontalAdvance(self.text) + (FLAKE if self.frozen else 0.0)
        words = max(name + count, text, _metrics(SMALL_PX, "plain").horizontalAdvance(self.inside))
        if self.labelled and not self.down:
            words = max(words, widest_name(self.inputs) + widest_name(self.outputs) + LINE)
        width = self.given_width or min(max(self.left + words + RIGHT, MIN_WIDTH), MAX_WIDTH)
        if self.down:
            width = max(width, self._ports_width())
            lowest = self.head + 2 * self.names_height - (LINE if self.labelled else PORT_STEP)
        else:
            lowest = max((*self.offsets("input"), *self.offsets("output")), default=0.0)
        height = max(self.head, lowest + (LINE if self.labelled else PORT_STEP))
        if self.inner is not None:
            wide, tall = self.inner.size
            return self._wide(max(width, wide)), _up(max(height, self.head + tall, lowest + 2 * PORT_STEP))
        picture = self.picture_size()[1]
        if picture:
            tall = self.head - 4 + picture + 12 + 2 * self.names_height
            width, height = max(width, PICTURE_WIDTH), max(height, tall)
        return self._wide(width), _up(height)

    def _ports_width(self) -> float:
        """Return how wide it must be for the ports of its upper and lower edge, and their names."""
        step = PORT_STEP
        if self.labelled:
            step = max(step, widest_name((*self.inputs, *self.outputs)) + GRID)
        return step * (max(len(self.inputs), len(self.outputs)) + 1)

    def _wide(self, width: float) -> float:
        """Return a width rounded up to the grid; to twice that where a port is in its middle."""
        return _up(width / 2) * 2 if self.down else _up(width)


def card_of(
    node: Node,
    graph: Graph,
    report: NodeReport | None,
    severity: Severity | None,
    badge: Badge | None,
    picture: QImage | None,
    scope: Scope | None = None,
    *,
    all_ports: bool = False,
    inner: Inner | None = None,
    frozen: bool = False,
) -> Card:
    """Return what a node's card shows.

    Args:
        scope: What the names in expressions stand for, inside a block.
        all_ports: Show ports too that the node's look hides.
        inner: What is inside a block that shows it in place.
        frozen: A block that it lies in is frozen.
    """
    spec = spec_of(node, graph.blocks)
    block = graph.blocks.get(block_name(node) or "")
    settled, _ = evaluated(node, scope or {})
    repeat = settled.arguments.get(REPEAT)
    made_of = inside(block) if block is not None else Inside()
    inputs, outputs = ports_of(node, graph) if all_ports else shown_ports(node, graph)
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
        frozen=settled.arguments.get(FROZEN) is True
        or (frozen and spec is not None and spec.setting(FROZEN) is not None),
        look=node.look,
        inner=inner,
        down=graph.direction == "down",
        wired=_wired(node, graph) if node.look.collapsed else (True, True),
    )


def widest_name(ports: tuple[PortSpec, ...]) -> float:
    """Return how wide the longest of the names of some ports is."""
    metrics = _metrics(SMALL_PX, "plain")
    return max((metrics.horizontalAdvance(port.name) for port in ports), default=0.0)


def _wired(node: Node, graph: Graph) -> tuple[bool, bool]:
    """Return whether a node has wires in, and out."""
    return bool(graph.inputs_of(node.id)), bool(graph.outputs_of(node.id))


def detail_at(zoom: float) -> Detail:
    """Return how much is painted at a zoom."""
    if zoom < FAR_BELOW:
        return "far"
    return "middle" if zoom < NEAR_FROM else "near"


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
