"""Where the eye is: pan and zoom as a value, so that it can be compared, animated and tested."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QTransform

MIN_ZOOM = 0.02
MAX_ZOOM = 4.0
NOTCH = 2**0.25
"""Zoom of one notch of the wheel: four of them double."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Which part of the canvas is on screen.

    Attributes:
        x: Canvas coordinate at the left edge of the widget.
        y: Canvas coordinate at its top edge.
        zoom: Screen pixels for one canvas pixel.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0

    def to_screen(self, point: QPointF) -> QPointF:
        """Return where a canvas point is in the widget."""
        return QPointF((point.x() - self.x) * self.zoom, (point.y() - self.y) * self.zoom)

    def to_canvas(self, point: QPointF) -> QPointF:
        """Return what canvas point is at a place in the widget."""
        return QPointF(point.x() / self.zoom + self.x, point.y() / self.zoom + self.y)

    def rect_to_screen(self, rect: QRectF) -> QRectF:
        """Return where a canvas rectangle is in the widget."""
        return QRectF(self.to_screen(rect.topLeft()), rect.size() * self.zoom)

    def rect_to_canvas(self, rect: QRectF) -> QRectF:
        """Return the canvas area under a rectangle of the screen."""
        return QRectF(self.to_canvas(rect.topLeft()), self.to_canvas(rect.bottomRight()))

    def visible(self, size: QSizeF) -> QRectF:
        """Return the part of the canvas that a widget of this size shows."""
        return QRectF(self.x, self.y, size.width() / self.zoom, size.height() / self.zoom)

    def transform(self) -> QTransform:
        """Return the painter transform from canvas to widget."""
        return QTransform(self.zoom, 0.0, 0.0, self.zoom, -self.x * self.zoom, -self.y * self.zoom)

    def panned(self, dx: float, dy: float) -> Camera:
        """Return the camera after the canvas was pushed by some screen pixels."""
        return Camera(self.x - dx / self.zoom, self.y - dy / self.zoom, self.zoom)

    def zoomed(self, factor: float, about: QPointF) -> Camera:
        """Return the camera at another zoom, with the canvas point under `about` kept there."""
        return self.at_zoom(self.zoom * factor, about)

    def at_zoom(self, zoom: float, about: QPointF) -> Camera:
        """Return the camera at exactly this zoom, with the canvas point under `about` kept there."""
        zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        fixed = self.to_canvas(about)
        return Camera(fixed.x() - about.x() / zoom, fixed.y() - about.y() / zoom, zoom)

    def centred(self, point: QPointF, size: QSizeF) -> Camera:
        """Return the camera with a canvas point in the middle of the widget."""
        return Camera(
            point.x() - size.width() / self.zoom / 2, point.y() - size.height() / self.zoom / 2, self.zoom
        )

    def fitted(self, rect: QRectF, size: QSizeF, margin: float = 64.0, largest: float = 1.0) -> Camera:
        """Return the camera that shows a whole canvas rectangle, never larger than `largest`."""
        if rect.isEmpty():
            return Camera(zoom=largest).centred(rect.center(), size)
        room_x, room_y = max(size.width() - 2 * margin, 16.0), max(size.height() - 2 * margin, 16.0)
        zoom = min(room_x / rect.width(), room_y / rect.height(), largest)
        return Camera(zoom=min(max(zoom, MIN_ZOOM), MAX_ZOOM)).centred(rect.center(), size)

    def towards(self, other: Camera, part: float) -> Camera:
        """Return a camera on the way to another: 0 is here, 1 is there; zoom goes by equal ratios."""
        if part >= 1.0:
            return other
        zoom = self.zoom * (other.zoom / self.zoom) ** part
        return Camera(
            self.x + (other.x - self.x) * part,
            self.y + (other.y - self.y) * part,
            zoom,
        )
