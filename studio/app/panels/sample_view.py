"""A look at a data set: small pictures of its samples, or its points in the plane."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import PLANE_PX, POINT_PX, RADIUS, SAMPLE_PX, SMALL_PX, SPACE
from studio.engine.records import Array, DataDescribed

COLUMNS = 8
MOST_PICTURES = 16
CLASS_ROLES = ("train", "validation", "good", "bad", "dim")


class SampleView(QWidget):
    """Paints the samples of a `DataDescribed`; nothing, and no room taken, without any."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.samples")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pictures: list[QImage] = []
        self._captions: list[str] = []
        self._points: Array = np.zeros((0, 2))
        self._labels: Array = np.zeros(0, np.int64)
        theme().changed.connect(self.update)

    def show_samples(self, described: DataDescribed | None) -> None:
        """Show the samples of a data set, or none."""
        self._pictures, self._captions = [], []
        self._points, self._labels = np.zeros((0, 2)), np.zeros(0, np.int64)
        if described is not None and len(described.samples):
            if len(described.shape) == 3:
                self._take_pictures(described)
            elif described.shape == (2,):
                self._points = np.asarray(described.samples, np.float64)
                self._labels = np.asarray(described.labels).astype(np.int64).ravel()
        self.setVisible(bool(self._pictures) or bool(len(self._points)))
        self.setAccessibleName(self._words(described))
        self._fix_height()
        self.update()

    def _words(self, described: DataDescribed | None) -> str:
        if self._pictures:
            return f"Samples: {', '.join(self._captions)}"
        return f"{len(self._points)} points of the data set" if described is not None else "No samples"

    def _take_pictures(self, described: DataDescribed) -> None:
        samples = np.asarray(described.samples[:MOST_PICTURES], np.float32)  # (K, C, H, W)
        low, high = float(samples.min()), float(samples.max())
        scaled = ((samples - low) / max(high - low, 1e-12) * 255).astype(np.uint8)
        for picture, index in zip(scaled, np.asarray(described.labels).ravel(), strict=False):
            self._pictures.append(to_image(picture))
            place = int(index)
            known = 0 <= place < len(described.classes)
            self._captions.append(described.classes[place] if known else str(place))

    def _fix_height(self) -> None:
        """Take the room for all rows of pictures with their captions, or for the plane."""
        height = 0
        if self._pictures:
            rows = -(-len(self._pictures) // COLUMNS)
            height = rows * (SAMPLE_PX + self._caption_height() + SPACE)
        elif len(self._points):
            height = PLANE_PX
        self.setFixedHeight(height)

    def _caption_height(self) -> int:
        """Return the room under a picture; none where the captions are too long to stand there."""
        fits = all(len(caption) * SMALL_PX * 0.6 <= SAMPLE_PX for caption in self._captions)
        return SMALL_PX + SPACE if fits else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures, or the points."""
        painter = QPainter(self)
        if self._pictures:
            self._paint_pictures(painter)
        elif len(self._points):
            self._paint_points(painter)

    def _paint_pictures(self, painter: QPainter) -> None:
        side, caption = SAMPLE_PX, self._caption_height()
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        for place, picture in enumerate(self._pictures):
            row, column = divmod(place, COLUMNS)
            corner = QPointF(column * (side + SPACE), row * (side + caption + SPACE))
            painter.drawImage(QRectF(corner, QPointF(corner.x() + side, corner.y() + side)), picture)
            if caption:
                box = QRectF(corner.x(), corner.y() + side, side, caption)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._captions[place])

    def _paint_points(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme().color("line"))
        painter.setBrush(theme().color("background"))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        low, high = self._points.min(0), self._points.max(0)
        scale = max(float((high - low).max()), 1e-12)
        room = min(frame.width(), frame.height()) - 4 * SPACE
        places = (self._points - (low + high) / 2) / scale * room
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), index in zip(places, self._labels, strict=False):
            color = QColor(theme().color(CLASS_ROLES[int(index) % len(CLASS_ROLES)]))
            painter.setBrush(color)
            centre = QPointF(frame.center().x() + x, frame.center().y() - y)
            _paint_point(painter, centre, int(index))


def _paint_point(painter: QPainter, centre: QPointF, index: int) -> None:
    """Paint a point whose shape, too, says its class: a disc, a triangle, or a square."""
    half = POINT_PX / 2
    if index % 3 == 1:
        up, side = half * 1.3, half * 1.2
        painter.drawPolygon(
            QPolygonF([centre + QPointF(0, -up), centre + QPointF(side, half), centre + QPointF(-side, half)])
        )
    elif index % 3 == 2:
        painter.drawRect(QRectF(centre.x() - half, centre.y() - half, POINT_PX, POINT_PX))
    else:
        painter.drawEllipse(centre, half, half)


def to_image(picture: Array) -> QImage:
    """Return a picture as a QImage that owns its memory.

    Shape:
        picture: (C, H, W) uint8; C is 1 for grey, 3 for colour
    """
    channels, height, width = picture.shape
    if channels == 3:
        pixels = np.ascontiguousarray(picture.transpose(1, 2, 0))  # (H, W, C)
        return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    grey = np.ascontiguousarray(picture[0])  # (H, W)
    return QImage(grey.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
