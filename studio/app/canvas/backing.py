"""The picture of ground, wires and cards, kept between frames.

Pushing the canvas shifts it and paints only the strips that come into view; a card that changes is painted
alone. Only a change of zoom, size, selection or scheme paints everything. Shifts are whole pixels of the
screen, so that what was kept and what is new fit together exactly.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

from studio.app.canvas.camera import Camera
from studio.app.canvas.ground import paint_ground
from studio.app.canvas.heat.scale import Steps
from studio.app.canvas.marks.mark_painting import paint_frames, paint_notes
from studio.app.canvas.node_layer import NodeLayer
from studio.app.canvas.scene import Scene
from studio.app.canvas.wire_layer import NO_STEPS, Mask, paint_wires
from studio.app.canvas.wires import Array
from studio.app.theme.measures import CARD_MARGIN as MARGIN
from studio.app.theme.theme import theme

LATE_A_FRAME = 12
"""So many cards that are not sharp yet get their turn in a frame."""

MAX_PARTS = 24
"""More changed places than this are painted as one."""


class Backing:
    """One pixmap of the widget's size, and how it came about.

    Attributes:
        nodes: The layer of cards, with its sprites.
    """

    def __init__(self) -> None:
        self.nodes = NodeLayer()
        self._pixmap = QPixmap()
        self._key: tuple[object, ...] = ()
        nothing = np.zeros(0, dtype=bool)
        self._masks: tuple[Mask, Mask, Steps] = nothing, nothing, NO_STEPS
        self._corner = QPoint()
        self._late: dict[str, None] = {}

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        camera: Camera,
        size: QSize,
        lit: Mask,
        hidden: Mask,
        *,
        settled: bool,
        heat: Steps = NO_STEPS,
    ) -> bool:
        """Bring the picture up to date and paint it; say whether cards in it are not sharp yet.

        Args:
            camera: As `snapped` returns it.
            size: Of the widget.
            lit: For each row of wires, whether it is in the accent colour.
            hidden: For each row of wires, whether to leave it out.
            settled: The zoom is not changing just now.
            heat: For each row of wires its step of the map of costs; empty without one.
        """
        ratio = painter.device().devicePixelRatioF()
        corner = QPoint(round(camera.x * camera.zoom * ratio), round(camera.y * camera.zoom * ratio))
        whole = QRegion(0, 0, size.width(), size.height())
        changed = self._changed(scene, camera)
        stale = whole
        self._late = {} if self._key[:1] != (camera.zoom,) else self._late
        if self._fits((camera.zoom, size, ratio, theme().scheme, settled), lit, hidden, heat):
            stale = (self._shift(corner, ratio, whole) | changed) & whole
        elif self._pixmap.size() != size * ratio:
            self._pixmap = QPixmap(size * ratio)
            self._pixmap.setDevicePixelRatio(ratio)
        self._corner = corner
        self.nodes.begin_frame(ratio)
        if not stale.isEmpty():
            self._repaint(stale, scene, camera, settled=settled)
        self._late = dict.fromkeys([*self._late, *self.nodes.missed])
        self.nodes.end_frame(scene, camera.zoom, camera.visible(size.toSizeF()))
        painter.drawPixmap(0, 0, self._pixmap)
        return bool(self._late)

    def clear(self) -> None:
        """Forget everything: colours have changed."""
        self._key = ()
        self.nodes.sprites.clear()

    def _fits(self, key: tuple[object, ...], lit: Mask, hidden: Mask, heat: Steps) -> bool:
        """Say whether the picture was made for this, perhaps at another place; from now on it is."""
        masks = (lit, hidden, heat)
        fits = key == self._key and all(a is b for a, b in zip(self._masks, masks, strict=True))
        self._key, self._masks = key, masks
        return fits

    def _shift(self, corner: QPoint, ratio: float, whole: QRegion) -> QRegion:
        """Shift the picture to a new corner; return what came into view."""
        way = self._corner - corner
        if way.isNull():
            return QRegion()
        bounds = self._pixmap.rect()
        if abs(way.x()) >= bounds.width() or abs(way.y()) >= bounds.height():
            return whole
        self._pixmap.scroll(way.x(), way.y(), bounds)
        kept = bounds.translated(way)
        return QRegion(_logical(bounds, ratio)) - QRegion(_logical(kept, ratio, inner=True))

    def _changed(self, scene: Scene, camera: Camera) -> QRegion:
        """Return where cards or wires have changed since the last frame, or were not sharp in it."""
        turn = list(self._late)[:LATE_A_FRAME]
        for node_id in turn:
            del self._late[node_id]
        scene.geometry.touch(node_id for node_id in turn if node_id in scene.geometry)
        return _region(scene.geometry.take_dirty(), camera)

    def _repaint(self, stale: QRegion, scene: Scene, camera: Camera, *, settled: bool) -> None:
        """Paint part of the picture anew."""
        ratio = self._pixmap.devicePixelRatio()
        painter = QPainter(self._pixmap)
        parts = _parts(stale)
        try:
            for part in parts:
                painter.setClipRect(part)
                reach = MARGIN * camera.zoom + 4
                around = QRectF(part).adjusted(-reach, -reach, reach, reach)
                area = QRectF(camera.to_canvas(around.topLeft()), around.size() / camera.zoom)
                paint_ground(painter, camera, part, ratio)
                paint_frames(painter, scene.marks, camera, area)
                paint_wires(painter, scene.geometry, camera, area, *self._masks)
                paint_notes(painter, scene.marks, camera, area)
                self.nodes.paint(painter, scene, camera, area, settled=settled)
        finally:
            painter.end()  # an exception that leaves a painter at work takes the program down


def _parts(region: QRegion) -> list[QRect]:
    """Return the rectangles of a region, or the one around it if they are too many."""
    if region.rectCount() > MAX_PARTS:
        return [region.boundingRect()]
    return list(region)  # type: ignore[call-overload]  # the stubs do not know that it can be iterated


def snapped(camera: Camera, ratio: float) -> Camera:
    """Return the camera with its corner on a whole pixel of the screen."""
    scale = camera.zoom * ratio
    return replace(camera, x=round(camera.x * scale) / scale, y=round(camera.y * scale) / scale)


def _region(boxes: Array, camera: Camera) -> QRegion:
    """Return where some boxes of the canvas are in the widget, with the margin of cards."""
    region = QRegion()
    if not len(boxes):
        return region
    if len(boxes) > 4 * MAX_PARTS:
        low, high = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
        rects = [[*low, *high]]
    else:
        rects = boxes.tolist()
    for left, top, right, bottom in rects:
        rect = QRectF(left, top, right - left, bottom - top).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        region |= QRegion(_clamped(camera.rect_to_screen(rect)))
    return region


def _clamped(rect: QRectF) -> QRect:
    """Return a rectangle in whole pixels, cut to what integers hold."""
    far = 1e6
    return rect.intersected(QRectF(-far, -far, 2 * far, 2 * far)).toAlignedRect().adjusted(-1, -1, 1, 1)


def _logical(rect: QRect, ratio: float, *, inner: bool = False) -> QRect:
    """Return a rectangle of screen pixels in logical ones: rounded outwards, or inwards."""
    scaled = QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)
    whole = scaled.toAlignedRect()
    if inner and QRectF(whole) != scaled:
        return whole.adjusted(1, 1, -1, -1)
    return whole
