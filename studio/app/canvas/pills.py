"""The shape of the tensor on each wire, as a small pill at its middle, where there is room for one."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import detail_at, font
from studio.app.canvas.scene import Scene
from studio.app.canvas.wires import Array
from studio.app.facts import Facts
from studio.app.theme.theme import theme
from studio.graph.node import Edge

TEXT_PX = 10
HEIGHT = 16.0
LIFT = 10.0
"""How far above the wire a pill sits, so that the wire stays visible."""

TOUCH = 2.0
"""By how much a pill may reach over the edge of a card, in canvas pixels."""


class PillLayer:
    """Pills, painted once for each text and zoom."""

    def __init__(self) -> None:
        self._pixmaps: dict[tuple[str, bool], QPixmap] = {}
        self._key: tuple[object, ...] = ()

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        facts: Facts,
        camera: Camera,
        area: QRectF,
        lit: Collection[Edge],
        hidden: Collection[Edge],
    ) -> None:
        """Paint the pills that there is room for."""
        if detail_at(camera.zoom) != "near":
            return
        ratio = painter.device().devicePixelRatioF()
        key = (camera.zoom, ratio, theme().scheme)
        if key != self._key:
            self._pixmaps.clear()
            self._key = key
        for edge, text, box in placed_pills(scene, facts, area, lit):
            if edge not in hidden:
                corner = camera.to_screen(box.topLeft())
                place = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
                painter.drawPixmap(place, self._pixmap(text, edge in lit, camera.zoom, ratio))

    def _pixmap(self, text: str, lit: bool, zoom: float, ratio: float) -> QPixmap:
        kept = self._pixmaps.get((text, lit))
        if kept is None:
            kept = self._pixmaps[text, lit] = _painted(text, lit, zoom, ratio)
        return kept


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return a shape as the canvas writes it: ``32×28×28``; a scalar is ``1``."""
    if shape is None:
        return ""
    return "×".join(str(size) for size in shape) or "1"


def placed_pills(
    scene: Scene, facts: Facts, area: QRectF, lit: Collection[Edge]
) -> list[tuple[Edge, str, QRectF]]:
    """Return wire, text and place of each pill in an area; where two meet, a lit wire's stays."""
    geometry = scene.geometry
    rows = geometry.edges_in(area).tolist()
    named = [(row, shape_text(facts.shape_on(scene.graph, geometry.edges[row]))) for row in rows]
    named = [(row, text) for row, text in named if text]
    named.sort(key=lambda item: geometry.edges[item[0]] not in lit)
    if not named:
        return []
    middles = geometry.points[[row for row, _ in named]][:, 3:5].mean(axis=1)
    boxes = np.array([_box(text, x, y) for (_, text), (x, y) in zip(named, middles.tolist(), strict=True)])
    cards = geometry.boxes[geometry.nodes_in(area.adjusted(-300, -300, 300, 300))]
    free = ~_overlap(boxes + np.array([TOUCH, 0.0, -TOUCH, 0.0]), cards).any(axis=1)
    kept: list[int] = []
    meets = _overlap(boxes, boxes)
    for place in np.flatnonzero(free).tolist():
        if not meets[place, kept].any():
            kept.append(place)
    found = []
    for place in kept:
        row, text = named[place]
        left, top, right, bottom = boxes[place].tolist()
        found.append((geometry.edges[row], text, QRectF(left, top, right - left, bottom - top)))
    return found


def _box(text: str, x: float, y: float) -> tuple[float, float, float, float]:
    """Return left, top, right, bottom of a pill at the middle of a wire."""
    half = _width(text) / 2
    return x - half, y - LIFT - HEIGHT / 2, x + half, y - LIFT + HEIGHT / 2


def _width(text: str) -> float:
    return QFontMetricsF(font(TEXT_PX, "mono")).horizontalAdvance(text) + 10.0


def _overlap(one: Array, other: Array) -> np.ndarray:
    """Say which boxes of one list overlap which of another, (len(one), len(other))."""
    a, b = one[:, None, :], other[None, :, :]
    return (
        (a[..., 0] < b[..., 2]) & (a[..., 2] > b[..., 0]) & (a[..., 1] < b[..., 3]) & (a[..., 3] > b[..., 1])
    )


def _painted(text: str, lit: bool, zoom: float, ratio: float) -> QPixmap:
    scale = zoom * ratio
    width = _width(text)
    pixmap = QPixmap(max(round(width * scale), 1), max(round(HEIGHT * scale), 1))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    paint_pill(painter, QRectF(0, 0, width, HEIGHT), text, theme().color("accent" if lit else "line"))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def paint_pill(painter: QPainter, box: QRectF, text: str, border: QColor) -> None:
    """Paint a pill with a few monospaced words."""
    painter.setPen(QPen(border, 1.0))
    painter.setBrush(theme().color("raised"))
    inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
    painter.setPen(theme().color("text"))
    painter.setFont(font(TEXT_PX, "mono"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
