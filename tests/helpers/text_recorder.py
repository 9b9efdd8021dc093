"""A paint device that keeps where words were painted, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPaintDevice, QPaintEngine, QTextItem


@dataclass(frozen=True)
class Words:
    """Words on a device, and the box of their line."""

    text: str
    box: QRectF

    def overlaps(self, other: Words) -> bool:
        """Say whether two lines lie on each other by more than the air around letters."""
        shared = self.box.intersected(other.box)
        return shared.width() > 1.0 and shared.height() > 0.3 * min(self.box.height(), other.box.height())


class _Engine(QPaintEngine):
    def __init__(self) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self.found: list[Words] = []

    def begin(self, _device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, _state: object) -> None:
        pass

    def drawTextItem(self, place: QPointF, item: QTextItem) -> None:
        box = QRectF(place.x(), place.y() - item.ascent(), item.width(), item.ascent() + item.descent())
        if item.text().strip():
            self.found.append(Words(item.text(), self.painter().transform().mapRect(box)))

    def drawPath(self, *_: object) -> None:
        pass

    def drawPolygon(self, *_: object) -> None:
        pass

    def drawRects(self, *_: object) -> None:
        pass

    def drawLines(self, *_: object) -> None:
        pass

    def drawEllipse(self, *_: object) -> None:
        pass

    def drawImage(self, *_: object) -> None:
        pass

    def drawPixmap(self, *_: object) -> None:
        pass


class TextRecorder(QPaintDevice):
    """Paint on it, then read `words`."""

    def __init__(self) -> None:
        super().__init__()
        self._engine = _Engine()

    @property
    def words(self) -> list[Words]:
        return self._engine.found

    def paintEngine(self) -> QPaintEngine:
        return self._engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        sizes = QPaintDevice.PaintDeviceMetric.PdmWidth, QPaintDevice.PaintDeviceMetric.PdmHeight
        return 4000 if metric in sizes else 96 if "Dpi" in metric.name else 1
