"""A picture of a network: what the canvas shows, at full quality, as SVG or PNG; also without a display.

Cards, wires and shapes are painted by the canvas's own functions, so that a picture never looks like
another program. In an SVG everything is vectors, words too: it looks the same where our fonts are missing.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter, QPainterPath
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from studio.app.canvas.camera import Camera
from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import detail_at
from studio.app.canvas.heat.heat import Heat, Measures
from studio.app.canvas.heat.legend import legend_size, paint_legend
from studio.app.canvas.marks.mark_painting import paint_frames, paint_notes
from studio.app.canvas.node_layer import paint_blocks
from studio.app.canvas.pills import paint_pill, placed_pills
from studio.app.canvas.scene import Scene
from studio.app.canvas.wire_layer import paint_wires
from studio.app.facts import Facts
from studio.app.layout.arrange import arrange
from studio.app.theme.measures import CARD_MARGIN as MARGIN
from studio.app.theme.measures import PICTURE_BORDER as BORDER
from studio.app.theme.theme import theme
from studio.app.theme.tokens import Scheme
from studio.engine.records import Checked
from studio.errors import PictureError, nearest
from studio.graph.edits import move
from studio.graph.graph import Graph
from studio.graph.report import NodeReport, Totals
from studio.project.atomic import write_bytes

FORMATS = (".svg", ".png")

LARGEST_PX = 32_000
"""No raster picture is wider or higher: Qt's own limit is 32,767."""

MOST_PIXELS = 250_000_000
"""Of a raster picture: a gigabyte of memory while it is made."""

MOST_SHAPES = 3_000
"""A network with more wires is drawn without the shapes on them: nobody could read them."""

PIXELS_PER_INCH = 96
_BOTH = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing


class Picture:
    """One level of a network, ready to be painted.

    Args:
        graph: What to draw; of a block's inside, its level (`studio.graph.levels`).
        reports: Shapes and parameter counts to write beside wires and in cards.
        scheme: Light or dark.
        background: Whether the canvas's colour lies under it; else it is transparent.
        measures: What wires and cards show of their costs; a legend stands under the network then.
    """

    def __init__(
        self,
        graph: Graph,
        reports: Iterable[NodeReport] = (),
        scheme: Scheme = "light",
        *,
        background: bool = True,
        measures: Measures = Measures(),  # noqa: B008  # a frozen value
    ) -> None:
        _ensure_application()
        self._scheme: Scheme = scheme
        self._background = background
        facts = Facts()
        facts.update(Checked(0, (), tuple(reports), Totals()))
        self._scene = Scene(facts)
        self._scene.show(_laid_out(graph))
        self._heat = Heat(self._scene, facts)
        self._heat.show_measures(measures)
        few = len(self._scene.geometry.edges) <= MOST_SHAPES
        extent = self._scene.geometry.extent().adjusted(-1e4, -1e4, 1e4, 1e4)
        nothing = np.zeros(len(self._scene.geometry.edges), dtype=bool)
        self._none = nothing
        self._legend_at = QPointF()
        self._pills = placed_pills(self._scene, facts, extent, nothing) if few else []
        self.area = self._area()

    def _area(self) -> QRectF:
        """Return the part of the canvas that is drawn: all cards, wires and shapes, and some air."""
        geometry = self._scene.geometry
        area = self._scene.extent().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        if len(geometry.edges):
            left, top = geometry.edge_boxes[:, :2].min(axis=0).tolist()
            right, bottom = geometry.edge_boxes[:, 2:].max(axis=0).tolist()
            area = area.united(QRectF(left, top, right - left, bottom - top))
        for _row, _text, box in self._pills:
            area = area.united(box)
        air = BORDER - MARGIN
        if self._heat.scales:
            legend = legend_size(len(self._heat.scales))
            self._legend_at = QPointF(area.left(), area.bottom() + air)
            area = area.united(QRectF(self._legend_at, legend.toSizeF()))
        return area.adjusted(-air, -air, air, air)

    def size(self, scale: float = 1.0) -> QSize:
        """Return its size in pixels at a scale."""
        return QSize(math.ceil(self.area.width() * scale), math.ceil(self.area.height() * scale))

    def svg(self, scale: float = 1.0, title: str = "") -> bytes:
        """Return it as SVG: the same bytes for the same network, wherever the fonts are the same."""
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        generator.setOutputDevice(buffer)
        generator.setResolution(PIXELS_PER_INCH)
        generator.setSize(self.size(scale))
        generator.setViewBox(QRectF(0, 0, self.area.width(), self.area.height()))
        generator.setTitle(title)
        generator.setDescription(f"{len(self._scene.graph)} nodes, drawn by Flowgraph Studio")
        painter = OutlinePainter(generator)
        try:
            self.paint(painter)
        finally:
            painter.end()  # an exception that leaves a painter at work takes the program down
        buffer.close()
        return bytes(content.data())

    def image(self, scale: float = 1.0) -> QImage:
        """Return it as pixels.

        Raises:
            PictureError: There would be too many of them.
        """
        size = self.size(scale)
        if max(size.width(), size.height()) > LARGEST_PX or size.width() * size.height() > MOST_PIXELS:
            raise PictureError(self._too_large(size))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        try:
            painter.scale(scale, scale)
            self.paint(painter)
        finally:
            painter.end()
        return image

    def png(self, scale: float = 1.0) -> bytes:
        """Return it as PNG.

        Raises:
            PictureError: There would be too many pixels.
        """
        content = QByteArray()
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image = self.image(scale)
        image.setDotsPerMeterX(round(PIXELS_PER_INCH * scale / 0.0254))
        image.setDotsPerMeterY(round(PIXELS_PER_INCH * scale / 0.0254))
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes and take only text
        buffer.close()
        return bytes(content.data())

    def _too_large(self, size: QSize) -> str:
        """Say that there would be too many pixels, and what scale there is memory for."""
        wide, high = self.area.width(), self.area.height()
        fits = min(LARGEST_PX / max(wide, high), math.sqrt(MOST_PIXELS / (wide * high)))
        most = math.floor(fits * 100) / 100
        advice = f"a scale of {most:g} or less, or SVG" if most > 0 else "SVG"
        return f"The picture would be {size.width():,} × {size.height():,} pixels. Choose {advice}."

    def thumbnail(self, width: float, height: float, ratio: float = 1.0) -> QImage:
        """Return it as small as to fit a place, with as much detail as the canvas shows at that zoom.

        Args:
            width: Of the place, in logical pixels; so is `height`.
            ratio: Device pixels for one of them.
        """
        image = QImage(
            math.ceil(width * ratio), math.ceil(height * ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        image.fill(Qt.GlobalColor.transparent)
        shown = self.area
        zoom = min(width / shown.width(), height / shown.height(), 1.0)
        corner = shown.center().x() - width / 2 / zoom, shown.center().y() - height / 2 / zoom
        painter = QPainter(image)
        try:
            self.paint(painter, Camera(*corner, zoom))
        finally:
            painter.end()
        return image

    def paint(self, painter: QPainter, camera: Camera | None = None) -> None:
        """Paint it, by default all of it with the top left corner at the origin.

        Args:
            painter: With any transform; at its scale 1 a canvas pixel is a pixel.
            camera: What part of the canvas to paint, and how large; decides on the details.
        """
        camera = camera or Camera(self.area.left(), self.area.top())
        with theme().painting(self._scheme):
            painter.setRenderHints(_BOTH)
            if self._background:
                paper = QRectF(0, 0, self.area.width() * camera.zoom, self.area.height() * camera.zoom)
                painter.fillRect(paper, theme().color("canvas"))
            geometry = self._scene.geometry
            paint_frames(painter, self._scene.marks, camera, self.area)
            steps = self._heat.steps
            paint_wires(painter, geometry, camera, self.area, self._none, self._none, steps)
            paint_notes(painter, self._scene.marks, camera, self.area)
            if detail_at(camera.zoom) == "far":
                paint_blocks(painter, self._scene, camera, geometry.nodes_in(self.area))
                return
            painter.save()
            painter.setTransform(camera.transform(), combine=True)
            painter.setRenderHints(_BOTH)
            self._paint_cards(painter, camera.zoom)
            if self._heat.scales:
                paint_legend(painter, self._legend_at, self._heat.scales)
            painter.restore()

    def _paint_cards(self, painter: QPainter, zoom: float) -> None:
        geometry = self._scene.geometry
        for node_id, (left, top, _right, _bottom) in zip(geometry.ids, geometry.boxes.tolist(), strict=True):
            painter.save()
            painter.translate(left, top)
            paint_card(painter, self._scene.cards[node_id], zoom, *self._scene.size(node_id))
            painter.restore()
        if detail_at(zoom) == "near":
            for _row, text, box in self._pills:
                paint_pill(painter, box, text, theme().color("line"))


class OutlinePainter(QPainter):
    """Paints words as outlines, where `drawText` is given a box."""

    def drawText(self, *given: Any) -> Any:
        """Paint words as their outlines, aligned in a box of a single line."""
        box, flags, words = given
        metrics = QFontMetricsF(self.font(), self.device())
        align = Qt.AlignmentFlag(int(flags) & 0xFF)
        left, width = box.left(), metrics.horizontalAdvance(words)
        if align & Qt.AlignmentFlag.AlignRight:
            left = box.right() - width
        elif align & Qt.AlignmentFlag.AlignHCenter:
            left = box.center().x() - width / 2
        base = box.center().y() + (metrics.ascent() - metrics.descent()) / 2
        outline = QPainterPath()
        outline.addText(left, base, self.font(), words)
        self.fillPath(outline, QColor(self.pen().color()))


def write_picture(
    graph: Graph,
    path: Path | str,
    scheme: Scheme = "light",
    scale: float = 1.0,
    *,
    reports: Iterable[NodeReport] = (),
    background: bool = True,
    title: str = "",
) -> QSize:
    """Draw one level of a network into a file, as its name's ending says; no display is needed.

    Args:
        graph: What to draw.
        path: Ends in ``.svg`` or ``.png``.
        scheme: Light or dark.
        scale: Pixels for one pixel of the canvas at 100 %.
        reports: Shapes and parameter counts to write in.
        background: Whether the canvas's colour lies under it.
        title: What the SVG is called, for those who cannot see it.

    Returns:
        The size in pixels.

    Raises:
        PictureError: There is nothing to draw, the picture would be too large, or the ending is another.
        ProjectError: The file cannot be written.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise PictureError(
            f'A picture cannot be written as "{path.name}"{nearest(ending, FORMATS) or "."} '
            f"Let the name end in {' or '.join(FORMATS)}."
        )
    if not math.isfinite(scale) or scale <= 0:
        raise PictureError(f"A picture cannot be drawn at a scale of {scale}. Set one above 0.")
    if not len(graph):
        raise PictureError("There is nothing to draw: the network is empty. Add a layer first.")
    picture = Picture(graph, reports, scheme, background=background)
    content = picture.svg(scale, title) if ending == ".svg" else picture.png(scale)
    write_bytes(path, content)
    return picture.size(scale)


def _laid_out(graph: Graph) -> Graph:
    """Return a graph with a place for every node: one made in code may have all of them at the origin."""
    places = {(node.x, node.y) for node in graph.nodes.values()}
    return move(graph, arrange(graph)) if len(places) == 1 and len(graph) > 1 else graph


def _ensure_application() -> None:
    """Start Qt without a window if the program has not: fonts belong to the application."""
    if QGuiApplication.instance() is not None:
        return
    if sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _KEPT.append(QApplication(sys.argv[:1]))


_KEPT: list[QApplication] = []
"""The application that was started for a picture; Qt wants it to live as long as the program."""
