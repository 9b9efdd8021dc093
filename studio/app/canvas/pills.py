"""The shape of the tensor on each wire, as a small pill at its middle, where there is room for one."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import font
from studio.app.canvas.scene import Scene
from studio.app.canvas.wire_layer import Mask
from studio.app.canvas.wires import Array
from studio.app.facts import Facts
from studio.app.theme.measures import PILL_HEIGHT as HEIGHT
from studio.app.theme.measures import PILL_LIFT as LIFT
from studio.app.theme.measures import PILL_TEXT_PX as TEXT_PX
from studio.app.theme.measures import PILL_TOUCH as TOUCH
from studio.app.theme.theme import theme

FROM_ZOOM = 0.7
"""Further off they cannot be read, and are left out."""


TILE = 256.0
"""Pills are placed for an area rounded up to this, so that not every frame of a pan places them anew."""

Pill = tuple[int, str, QRectF]
"""Row of the wire, text, and place."""


class PillLayer:
    """Pills, placed once for each state of the design and painted once for each text and zoom."""

    def __init__(self) -> None:
        self._pixmaps: dict[tuple[str, bool], QPixmap] = {}
        self._key: tuple[object, ...] = ()
        self._pills: list[Pill] = []
        self._placed: tuple[object, ...] = ()
        self._lit: Mask | None = None

    def forget_places(self) -> None:
        """Place pills anew: shapes have changed."""
        self._placed = ()

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        facts: Facts,
        camera: Camera,
        area: QRectF,
        lit: Mask,
        hidden: Mask,
    ) -> None:
        """Paint the pills that there is room for."""
        if camera.zoom < FROM_ZOOM:
            return
        wide = _tiled(area)
        placed = (scene.revision, wide)
        if placed != self._placed or lit is not self._lit:
            self._pills = placed_pills(scene, facts, wide, lit)
            self._placed, self._lit = placed, lit
        ratio = painter.device().devicePixelRatioF()
        key = (camera.zoom, ratio, theme().scheme)
        if key != self._key:
            self._pixmaps.clear()
            self._key = key
        for row, text, box in self._pills:
            if not hidden[row] and box.intersects(area):
                corner = camera.to_screen(box.topLeft())
                place = QPointF(round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio)
                painter.drawPixmap(place, self._pixmap(text, bool(lit[row]), camera.zoom, ratio))

    def _pixmap(self, text: str, lit: bool, zoom: float, ratio: float) -> QPixmap:
        kept = self._pixmaps.get((text, lit))
        if kept is None:
            kept = self._pixmaps[text, lit] = _painted(text, lit, zoom, ratio)
        return kept


@lru_cache(maxsize=4096)
def shape_text(shape: tuple[int, ...] | None) -> str:
    """Return a shape as the canvas writes it: ``32×28×28``; a scalar is ``1``."""
    if shape is None:
        return ""
    return "×".join(str(size) for size in shape) or "1"


def placed_pills(scene: Scene, facts: Facts, area: QRectF, lit: Mask) -> list[Pill]:
    """Return the pills of an area; where two meet, a lit wire's stays, else that of the earlier row."""
    geometry = scene.geometry
    named = [
        (row, shape_text(facts.shape_on(scene.graph, geometry.edges[row])))
        for row in geometry.edges_in(area).tolist()
    ]
    named = sorted(((row, text) for row, text in named if text), key=lambda item: not lit[item[0]])
    if not named:
        return []
    half = geometry.samples.shape[1] // 2
    middles = geometry.samples[[row for row, _ in named]][:, half - 1 : half + 1].mean(axis=1)
    half = np.array([_width(text) / 2 for _, text in named])
    x, y = middles[:, 0], middles[:, 1] - LIFT
    boxes = np.stack([x - half, y - HEIGHT / 2, x + half, y + HEIGHT / 2], axis=1)
    cards = geometry.boxes[geometry.nodes_in(area.adjusted(-TILE, -TILE, TILE, TILE))]
    free = ~_overlap(boxes + np.array([TOUCH, 0.0, -TOUCH, 0.0]), cards).any(axis=1)
    return [
        (*named[place], QRectF(left, top, right - left, bottom - top))
        for place in _without_overlaps(boxes, np.flatnonzero(free))
        for left, top, right, bottom in [boxes[place].tolist()]
    ]


def _without_overlaps(boxes: Array, candidates: np.ndarray) -> list[int]:
    """Return those candidates that overlap none kept before them."""
    meets = _overlap(boxes[candidates], boxes[candidates])
    np.fill_diagonal(meets, val=False)
    crowded = meets.sum(axis=1) > 0
    kept = np.zeros(len(candidates), dtype=bool)
    for place in range(len(candidates)):
        kept[place] = not crowded[place] or not (meets[place] & kept).any()
    found: list[int] = candidates[kept].tolist()
    return found


def _tiled(area: QRectF) -> QRectF:
    """Return an area rounded up to whole tiles."""
    left, top = (np.floor(place / TILE) * TILE for place in (area.left(), area.top()))
    right, bottom = (np.ceil(place / TILE) * TILE for place in (area.right(), area.bottom()))
    return QRectF(left, top, right - left, bottom - top)


@lru_cache(maxsize=4096)
def _width(text: str) -> float:
    return QFontMetricsF(font(TEXT_PX, "mono")).horizontalAdvance(text) + 10.0


def _overlap(one: Array, other: Array) -> Mask:
    """Say which boxes of one list overlap which of another, (len(one), len(other))."""
    a, b = one[:, None, :], other[None, :, :]
    found: Mask = (
        (a[..., 0] < b[..., 2]) & (a[..., 2] > b[..., 0]) & (a[..., 1] < b[..., 3]) & (a[..., 3] > b[..., 1])
    )
    return found


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
