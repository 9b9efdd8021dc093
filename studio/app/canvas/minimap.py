"""The whole network in a corner: where the eye is, and a way to jump."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QWidget

from studio.app.canvas.camera import Camera
from studio.app.canvas.marks.mark_scene import box
from studio.app.canvas.minimap_blocks import blocks_image
from studio.app.canvas.node_layer import tint_color
from studio.app.canvas.scene import Scene
from studio.app.theme.measures import MAP_PADDING as PADDING
from studio.app.theme.theme import theme
from studio.app.theme.tokens import FRAME_MAP, RADIUS

SIZE = QSize(170, 96)
REDRAW_MS = 100
"""The map of a large network follows so much later, and at most so often."""

FEW = 1_000
"""Up to so many nodes the map follows at once."""


class MiniMap(QWidget):
    """Blocks in the colours of their families, and a frame around what the canvas shows."""

    centre_requested = Signal(QPointF)
    """The canvas point that was clicked or dragged to."""

    def __init__(self, scene: Scene, view_area: Callable[[], QRectF], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas.minimap")
        self.setAccessibleName("Overview of the network")
        self.setToolTip("Click or drag to move the view")
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._scene = scene
        self._view_area = view_area
        self._pixmap = QPixmap()
        self._drawn: tuple[object, ...] = ()
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._redraw.timeout.connect(self._redraw_now)
        self._due = False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the kept map, and the frame over it."""
        painter = QPainter(self)
        world = self._world()
        ratio = self.devicePixelRatioF()
        key = (self._scene.revision, world, ratio, theme().scheme)
        if self._drawn[2:] != key[2:] or (self._drawn != key and (self._due or self._is_small)):
            self._pixmap, self._drawn = self._map(world, ratio), key
        elif self._drawn != key and not self._redraw.isActive():
            self._redraw.start()  # after an edit of a large network, not in the frame that shows the edit
        self._due = False
        painter.drawPixmap(0, 0, self._pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("accent"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = self._camera(world).rect_to_screen(self._view_area())
        painter.drawRoundedRect(frame.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2)), 3, 3)

    @property
    def _is_small(self) -> bool:
        """Whether the map is drawn in no time."""
        return len(self._scene.geometry.ids) <= FEW

    def _redraw_now(self) -> None:
        self._due = True
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the view to the place clicked."""
        self.centre_requested.emit(self._camera(self._world()).to_canvas(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the view along while dragging."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.centre_requested.emit(self._camera(self._world()).to_canvas(event.position()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to nobody: a map has one size."""
        event.accept()

    def _world(self) -> QRectF:
        """Return what the map shows: the network."""
        return self._scene.extent()

    def _camera(self, world: QRectF) -> Camera:
        return Camera().fitted(world, self.size().toSizeF(), PADDING, largest=0.2)

    def _map(self, world: QRectF, ratio: float) -> QPixmap:
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        camera = self._camera(world)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().color("line"), 1.0))
        painter.setBrush(theme().color("panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for mark in self._scene.marks.kind("frame"):
            color = theme().named_color(mark.color, "dim")
            color.setAlphaF(FRAME_MAP)
            painter.fillRect(camera.rect_to_screen(box(mark)), color)
        painter.drawImage(QRectF(self.rect()), self._blocks(camera, ratio))
        painter.end()
        return pixmap

    def _blocks(self, camera: Camera, ratio: float) -> QImage:
        """Return all cards as blocks, in pixels of the screen."""
        geometry, cards = self._scene.geometry, self._scene.cards
        corner = np.array([camera.x, camera.y] * 2)
        boxes = (geometry.boxes - corner) * (camera.zoom * ratio)
        tints = [cards[node_id].tint for node_id in geometry.ids]
        colors = {tint: tint_color(tint) for tint in sorted(set(tints))}
        return blocks_image(boxes, tints, colors, self.size() * ratio)
