"""A look at a data set: pictures of its samples, its points in the plane, its waveforms or their spectra."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.app.plots.colormaps import color_table
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PAIR_PX, PLANE_PX, POINT_PX, RADIUS, SAMPLE_PX, SMALL_PX, SPACE, WAVE_PX
from studio.engine.records import Array, DataDescribed
from studio.project import sounds

COLUMNS, PAIR_COLUMNS = 8, 6
MOST_PICTURES, MOST_PAIRS = 16, 9
WAVE_COLUMNS, MOST_WAVES = 2, 8
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
        self._waves: Array = np.zeros((0, 0))
        self._spectra: list[QImage] = []
        self.shows_changes = False
        """Whether the pictures are pairs: a sample, and what the transforms made of it."""
        theme().changed.connect(self.update)

    def show_samples(self, described: DataDescribed | None) -> None:
        """Show the samples of a data set, or none."""
        self._pictures, self._captions = [], []
        self._points, self._labels = np.zeros((0, 2)), np.zeros(0, np.int64)
        self._waves, self._spectra = np.zeros((0, 0)), []
        self.shows_changes = False
        if described is not None and len(described.samples):
            if len(described.shape) == 3 and described.dataset == sounds.KEY:
                self._take_spectra(described)
            elif len(described.shape) == 3:
                self._take_pictures(described)
            elif described.shape == (2,):
                self._points = np.asarray(described.samples, np.float64)
                self._labels = np.asarray(described.labels).astype(np.int64).ravel()
            elif len(described.shape) == 2 and described.shape[0] == 1 and described.shape[1] > 1:
                self._take_waves(described)
        self.setVisible(bool(self._pictures or len(self._points) or len(self._waves) or self._spectra))
        self.setAccessibleName(self._words(described))
        self._fix_height()
        self.update()

    def _words(self, described: DataDescribed | None) -> str:
        if self._pictures:
            pairs = ", each beside what the transforms make of it" if self.shows_changes else ""
            return f"Samples{pairs}: {', '.join(caption for caption in self._captions if caption)}"
        if len(self._waves):
            return f"Waveforms: {', '.join(self._captions)}"
        if self._spectra:
            pairs = ", each beside what the transforms make of it" if self.shows_changes else ""
            said = ", ".join(caption for caption in self._captions if caption)
            return f"Frequencies over time, low ones below{pairs}: {said}"
        return f"{len(self._points)} points of the data set" if described is not None else "No samples"

    def _take_pictures(self, described: DataDescribed) -> None:
        self.shows_changes = described.changed.ndim == 4
        most = MOST_PAIRS if self.shows_changes else MOST_PICTURES
        scaled = _to_bytes(described.samples[:most])
        changed = _to_bytes(described.changed[:most]) if self.shows_changes else None
        labels = np.asarray(described.labels).ravel()
        for place, (picture, index) in enumerate(zip(scaled, labels, strict=False)):
            self._pictures.append(to_image(picture))
            self._captions.append(_name(described, index))
            if changed is not None:
                self._pictures.append(to_image(changed[place]))
                self._captions.append("")

    def _take_waves(self, described: DataDescribed) -> None:
        self._waves = np.asarray(described.samples[:MOST_WAVES, 0], np.float64)
        labels = np.asarray(described.labels).ravel()[:MOST_WAVES]
        self._captions = [_name(described, index) for index in labels]

    def _take_spectra(self, described: DataDescribed) -> None:
        """Take pictures of sounds: time to the right, and the lowest row of numbers at the bottom."""
        self.shows_changes = described.changed.ndim == 4
        both = [described.samples, described.changed] if self.shows_changes else [described.samples]
        most = MOST_WAVES // len(both)
        scaled = [_to_bytes(samples[:most]) for samples in both]
        labels = np.asarray(described.labels).ravel()
        for place, index in enumerate(labels[: len(scaled[0])]):
            for turn, levels in enumerate(scaled):
                self._spectra.append(to_heat(levels[place, 0, ::-1]))
                self._captions.append("" if turn else _name(described, index))

    def _fix_height(self) -> None:
        """Take the room for all rows of pictures with their captions, for the plane, or for waveforms."""
        height = 0
        if self._pictures:
            rows = -(-len(self._pictures) // self._columns)
            height = rows * (self._side + self._caption_height() + SPACE)
        elif len(self._points):
            height = PLANE_PX
        elif len(self._waves) or self._spectra:
            height = math.ceil(len(self._captions) / WAVE_COLUMNS) * (WAVE_PX + SMALL_PX + 2 * SPACE)
        self.setFixedHeight(height)

    @property
    def _columns(self) -> int:
        return PAIR_COLUMNS if self.shows_changes else COLUMNS

    @property
    def _side(self) -> int:
        return PAIR_PX if self.shows_changes else SAMPLE_PX

    def _caption_height(self) -> int:
        """Return the room under a picture; none where the captions are too long to stand there."""
        fits = all(len(caption) * SMALL_PX * 0.6 <= self._side for caption in self._captions)
        return SMALL_PX + SPACE if fits else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures, or the points."""
        painter = QPainter(self)
        if self._pictures:
            self._paint_pictures(painter)
        elif len(self._points):
            self._paint_points(painter)
        elif len(self._waves):
            self._paint_waves(painter)
        elif self._spectra:
            self._paint_spectra(painter)

    def _paint_pictures(self, painter: QPainter) -> None:
        side, caption = self._side, self._caption_height()
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        for place, picture in enumerate(self._pictures):
            row, column = divmod(place, self._columns)
            # The two of a pair stand closer to each other than to the next.
            closer = SPACE - 1 if self.shows_changes and place % 2 else 0
            corner = QPointF(column * (side + SPACE) - closer, row * (side + caption + SPACE))
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

    def _paint_waves(self, painter: QPainter) -> None:
        """Paint each waveform from its lowest to its highest value in every column of pixels."""
        peak = max(float(np.abs(self._waves).max()), 1e-12)
        for place, wave in enumerate(self._waves):
            frame = self._wide_frame(place)
            painter.setPen(theme().color("line"))
            painter.drawLine(
                QPointF(frame.left(), frame.center().y()), QPointF(frame.right(), frame.center().y())
            )
            painter.setPen(theme().color("train"))
            painter.drawLines(wave_lines(wave / peak, frame))
            self._paint_caption(painter, place, frame)

    def _paint_spectra(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for place, picture in enumerate(self._spectra):
            frame = self._wide_frame(place)
            painter.drawImage(frame, picture)
            self._paint_caption(painter, place, frame)

    def _wide_frame(self, place: int) -> QRectF:
        """Return where a waveform or a spectrum stands."""
        width = (self.width() - SPACE) // WAVE_COLUMNS
        row, column = divmod(place, WAVE_COLUMNS)
        return QRectF(column * (width + SPACE), row * (WAVE_PX + SMALL_PX + 2 * SPACE), width, WAVE_PX)

    def _paint_caption(self, painter: QPainter, place: int, frame: QRectF) -> None:
        painter.setFont(theme().font(SMALL_PX))
        painter.setPen(theme().color("dim"))
        below = QRectF(frame.left(), frame.bottom(), frame.width(), SMALL_PX + SPACE)
        elided = painter.fontMetrics().elidedText(
            self._captions[place], Qt.TextElideMode.ElideRight, int(below.width())
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, elided)


def wave_lines(wave: Array, frame: QRectF) -> list[QLineF]:
    """Return one upright line for each column of pixels, from the lowest to the highest value there.

    Shape:
        wave: (L,), in [-1, 1]
    """
    columns = min(int(frame.width()), len(wave))
    starts = np.arange(columns) * len(wave) // columns
    low, high = np.minimum.reduceat(wave, starts), np.maximum.reduceat(wave, starts)
    # A column reaches to the value that the next begins with, so that no gap opens in a steep slope.
    following = wave[np.append(starts[1:], len(wave) - 1)]
    low, high = np.minimum(low, following), np.maximum(high, following)
    x = frame.left() + (np.arange(columns) + 0.5) * frame.width() / columns
    middle, half = frame.center().y(), frame.height() / 2
    return [
        QLineF(at, middle - top * half, at, middle - bottom * half)
        for at, top, bottom in zip(x.tolist(), high.tolist(), low.tolist(), strict=True)
    ]


def _name(described: DataDescribed, index: float) -> str:
    """Return the class of a sample, or the value that is to be predicted."""
    if not described.classes:
        return f"{float(index):.4g}"
    known = 0 <= int(index) < len(described.classes)
    return described.classes[int(index)] if known else str(int(index))


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


def _to_bytes(pictures: Array) -> Array:
    """Return pictures from their darkest to their brightest value; (K, C, H, W) uint8."""
    values = np.asarray(pictures, np.float32)
    low, high = float(values.min()), float(values.max())
    return ((values - low) / max(high - low, 1e-12) * 255).astype(np.uint8)


def to_heat(levels: Array) -> QImage:
    """Return levels from 0 to 255 as a picture in colours that also those see who do not tell colours apart.

    Shape:
        levels: (H, W) uint8
    """
    height, width = levels.shape
    plain = np.ascontiguousarray(levels)
    image = QImage(plain.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(color_table())
    return image.copy()


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
