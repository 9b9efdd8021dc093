"""Pictures of the help: the curve of an activation and its slope, the window of a convolution or pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from studio.app.help.curves import HIGH, LOW, Curve, Numbers
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, SMALL_PX, SPACE, WIRE_WIDTH
from studio.catalog.spec import LayerSpec
from studio.graph.node import Value

WIDTH, HEIGHT = 100 * SPACE, 54 * SPACE
"""Of a picture, in logical pixels; that of a window is as high as it needs."""

TALLEST = 5.0
"""Of a curve no more than this is drawn, up and down."""

LEAP = 0.3
"""More than this between two points is no line."""

MOST_CELLS, LARGEST_CELL = 24, 6 * SPACE
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Window:
    """A window that is slid along one dimension.

    Attributes:
        kernel: Places that are looked at.
        stride: How far it moves from one output to the next.
        padding: Places that are added at each end.
        dilation: Distance between the places that are looked at.
    """

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """From its first place to its last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def cells(self) -> int:
        """How many places of the input are drawn, without the padding."""
        return max(self.reach + self.stride - 2 * self.padding, 5)


def windows_of(spec: LayerSpec, given: Mapping[str, Value]) -> tuple[Window, ...]:
    """Return a layer's window along each dimension; empty for a layer that has none.

    Args:
        spec: The layer.
        given: Its arguments; those missing, and those that are no numbers (a block's), are at their default.
    """
    kernel = spec.argument("kernel_size")
    if kernel is None or spec.family not in ("convolution", "pooling"):
        return ()
    values = spec.values({name: value for name, value in given.items() if _is_sound(spec, name, value)})
    count = int(spec.kind[-2]) if spec.kind[-2:-1].isdigit() else kernel.items
    kernels = _sides(values["kernel_size"], count, 1)
    strides = _sides(values.get("stride"), count, None if spec.family == "pooling" else 1)
    dilations = _sides(values.get("dilation"), count, 1)
    paddings = _paddings(values.get("padding"), kernels, dilations)
    return tuple(
        Window(size or 1, stride or size or 1, padding or 0, dilation or 1)
        for size, stride, padding, dilation in zip(kernels, strides, paddings, dilations, strict=True)
    )


def _is_sound(spec: LayerSpec, name: str, value: Value) -> bool:
    argument = spec.argument(name)
    return argument is not None and argument.why_not(value) is None


def _sides(value: Value, count: int, default: int | None) -> tuple[int | None, ...]:
    """Return an argument as a number for each dimension."""
    if isinstance(value, tuple) and len(value) == count:
        return tuple(item if isinstance(item, int) else default for item in value)
    return (value if isinstance(value, int) else default,) * count


def _paddings(
    value: Value, kernels: tuple[int | None, ...], dilations: tuple[int | None, ...]
) -> tuple[int | None, ...]:
    if value == "same":
        return tuple(
            ((dilation or 1) * ((kernel or 1) - 1) + 1) // 2
            for kernel, dilation in zip(kernels, dilations, strict=True)
        )
    return _sides(value, len(kernels), 0)


def window_words(windows: tuple[Window, ...]) -> str:
    """Return a window in words: ``kernel 3×3, stride 2, padding 1``."""
    parts = []
    for name, usual in (("kernel", None), ("stride", 1), ("padding", 0), ("dilation", 1)):
        sizes = [getattr(window, name) for window in windows]
        if name == "kernel":
            parts.append(f"kernel {'×'.join(map(str, sizes))}")
        elif any(size != usual for size in sizes):
            parts.append(f"{name} {sizes[0] if len(set(sizes)) == 1 else '×'.join(map(str, sizes))}")
    return ", ".join(parts)


def curve_image(curve: Curve, ratio: float) -> QImage:
    """Return a picture of a curve and its slope."""
    image, painter = _sheet(ratio)
    try:
        low, high = _extent(curve)
        box = QRectF(2 * SPACE, 2 * SPACE, WIDTH - 4 * SPACE, HEIGHT - 4 * SPACE)
        _paint_axes(painter, box, low, high)
        for values, role, name, style in (
            (curve.slope, "validation", "g′(x)", Qt.PenStyle.DashLine),
            (curve.y, "accent", "g(x)", Qt.PenStyle.SolidLine),
        ):
            painter.setPen(QPen(theme().color(role), WIRE_WIDTH, style))
            painter.drawPath(_path(curve.x, values, box, low, high))
            _paint_legend(painter, box, role, name, style)
    finally:
        painter.end()
    return image


def window_image(windows: tuple[Window, ...], ratio: float) -> QImage | None:
    """Return a picture of a window on its input, and of the next one; None if it is too large to draw.

    Of a volume's window one slice is drawn.
    """
    across = windows[-1]
    down = windows[-2] if len(windows) > 1 else Window(1)
    columns = across.cells + 2 * across.padding
    rows = 1 if len(windows) == 1 else down.cells + 2 * down.padding
    if max(columns, rows) > MOST_CELLS:
        return None
    cell = min((WIDTH - 8 * SPACE) / columns, (HEIGHT - 6 * SPACE) / rows, LARGEST_CELL)
    height = round(rows * cell) + 6 * SPACE
    image, painter = _sheet(ratio, height)
    try:
        corner = QPointF((WIDTH - columns * cell) / 2, (height - rows * cell) / 2)
        _paint_cells(painter, corner, cell, across, down, (columns, rows))
        _paint_outlines(painter, corner, cell, across, down)
    finally:
        painter.end()
    return image


def _sheet(ratio: float, height: int = HEIGHT) -> tuple[QImage, QPainter]:
    """Return an empty sheet, and a painter at work on it."""
    image = QImage(round(WIDTH * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setPen(QPen(theme().color("line"), 1))
    painter.setBrush(theme().color("canvas"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, WIDTH - 1, height - 1), CARD_RADIUS, CARD_RADIUS)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(theme().font(SMALL_PX))
    return image, painter


def _extent(curve: Curve) -> tuple[float, float]:
    """Return what of the y axis is drawn: the curve, as far as it is no steep wall, and some air."""
    values = np.concatenate([curve.y, curve.slope])
    values = values[np.isfinite(values)]
    low = max(min(float(values.min(initial=0.0)), -0.5), -TALLEST)
    high = min(max(float(values.max(initial=0.0)), 1.2), TALLEST)
    air = (high - low) * 0.08
    return low - air, high + air


def _place(x: float, y: float, box: QRectF, low: float, high: float) -> QPointF:
    across = box.left() + (x - LOW) / (HIGH - LOW) * box.width()
    return QPointF(across, box.bottom() - (y - low) / (high - low) * box.height())


def _paint_axes(painter: QPainter, box: QRectF, low: float, high: float) -> None:
    grid, axis = theme().color("grid"), theme().color("faint")
    for x in range(int(LOW), int(HIGH) + 1):
        painter.setPen(QPen(grid if x else axis, 1))
        painter.drawLine(_place(x, low, box, low, high), _place(x, high, box, low, high))
    for y in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        painter.setPen(QPen(grid if y else axis, 1))
        painter.drawLine(_place(LOW, y, box, low, high), _place(HIGH, y, box, low, high))
    painter.setPen(theme().color("dim"))
    for x in (-4, -2, 2, 4):
        spot = _place(x, 0, box, low, high)
        painter.drawText(
            QRectF(spot.x() - 3 * SPACE, spot.y(), 6 * SPACE, 5 * SPACE), _CENTRE, f"{x}".replace("-", "−")
        )
    if low < 1 < high:
        spot = _place(0, 1, box, low, high)
        painter.drawText(
            QRectF(spot.x() - 4 * SPACE, spot.y() - 2 * SPACE, 3 * SPACE, 4 * SPACE), _CENTRE, "1"
        )


def _path(x: Numbers, y: Numbers, box: QRectF, low: float, high: float) -> QPainterPath:
    """Return a curve as a path, with gaps where it is not defined, jumps, or leaves the sheet."""
    path, is_drawing = QPainterPath(), False
    before = np.nan
    for across, value in zip(x.tolist(), y.tolist(), strict=True):
        seen = np.isfinite(value) and low <= value <= high
        leaps = abs(value - before) > LEAP
        spot = _place(across, value, box, low, high) if seen else QPointF()
        if seen and is_drawing and not leaps:
            path.lineTo(spot)
        elif seen:
            path.moveTo(spot)
        is_drawing, before = bool(seen), value
    return path


def _paint_legend(painter: QPainter, box: QRectF, role: str, name: str, style: Qt.PenStyle) -> None:
    line = 0 if style == Qt.PenStyle.SolidLine else 1
    top = box.top() + SPACE + line * 4 * SPACE
    painter.setPen(QPen(theme().color(role), WIRE_WIDTH, style))
    painter.drawLine(
        QPointF(box.left() + SPACE, top + 2 * SPACE), QPointF(box.left() + 6 * SPACE, top + 2 * SPACE)
    )
    painter.setPen(theme().color("text"))
    painter.drawText(QRectF(box.left() + 7 * SPACE, top, 12 * SPACE, 4 * SPACE), _LEFT, name)


def _paint_cells(
    painter: QPainter, corner: QPointF, cell: float, across: Window, down: Window, size: tuple[int, int]
) -> None:
    """Paint the input's places, those of the padding in dashes, and fill what the first window looks at."""
    taps = {
        (column * across.dilation, row * down.dilation)
        for column in range(across.kernel)
        for row in range(down.kernel)
    }
    for row in range(size[1]):
        for column in range(size[0]):
            inside = (
                across.padding <= column < size[0] - across.padding
                and down.padding <= row < size[1] - down.padding
            )
            place = QRectF(corner.x() + column * cell, corner.y() + row * cell, cell, cell).adjusted(
                1, 1, -1, -1
            )
            painter.setBrush(_ground(inside, (column, row) in taps))
            style = Qt.PenStyle.SolidLine if inside else Qt.PenStyle.DotLine
            painter.setPen(QPen(theme().color("wire" if inside else "faint"), 1, style))
            painter.drawRect(place)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _ground(inside: bool, looked_at: bool) -> QColor:
    if looked_at:
        color = theme().color("accent")
        color.setAlphaF(0.85 if inside else 0.35)
        return color
    return theme().color("card" if inside else "canvas")


def _paint_outlines(painter: QPainter, corner: QPointF, cell: float, across: Window, down: Window) -> None:
    """Paint the edges of the first window, and of the one a stride further on."""
    first = QRectF(corner.x(), corner.y(), across.reach * cell, down.reach * cell)
    for box, role, style in (
        (first.translated(across.stride * cell, 0), "validation", Qt.PenStyle.DashLine),
        (first, "accent", Qt.PenStyle.SolidLine),
    ):
        painter.setPen(QPen(theme().color(role), WIRE_WIDTH, style))
        painter.drawRect(box)
