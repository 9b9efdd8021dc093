"""The samples that a unit answers to most: what it is looking for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.app.inside.page import Page, class_of, sample_words
from studio.app.panels.sample_view import to_image
from studio.app.plots.pictures import Grid
from studio.app.plots.wording import count, number, percent
from studio.app.theme.polish import label
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SMALL_PX, SPACE
from studio.engine.records import LookedInside

LARGEST, SMALLEST, WORDS = 40 * SPACE, 12 * SPACE, 8 * SPACE
REDUCTIONS = {"max": "Largest over positions", "mean": "Mean over positions"}
MOST_TOLD = 4
"""Numbers told of a sample that is no picture."""


class SampleTiles(QWidget):
    """Samples side by side, the strongest first, each with two lines of words below it."""

    hovered = Signal(int)
    """Which is under the pointer; -1: none."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage | None] = []
        self._words: list[tuple[str, str]] = []
        self.setMouseTracking(True)
        self.setAccessibleName("Samples, the strongest first")
        self.setMinimumSize(LARGEST, LARGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What stands below each."""
        return self._words

    def show_samples(self, images: list[QImage | None], words: list[tuple[str, str]]) -> None:
        """Show samples."""
        self._images, self._words = images, words
        self.update()

    def grid(self) -> Grid:
        """Return where they stand: as large as there is room for all, or as there is for some."""
        total = max(len(self._words), 1)
        for side in range(LARGEST, SMALLEST - 1, -SPACE):
            columns = max((self.width() + SPACE) // (side + SPACE), 1)
            rows = max((self.height() + SPACE) // (side + WORDS + SPACE), 1)
            if columns * rows >= total:
                break
        return Grid(columns, rows, side, side + WORDS, SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint."""
        painter, grid = QPainter(self), self.grid()
        painter.setFont(theme().font(SMALL_PX))
        side = grid.tile_width
        for index, (image, lines) in enumerate(zip(self._images, self._words, strict=True)):
            if index >= grid.capacity:
                break
            place = QRect(*grid.corner(index), side, side)
            if image is not None:
                size = image.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
                painter.drawImage(QRect(place.topLeft(), size), image)
            for line, role in enumerate(("text", "dim")):
                painter.setPen(theme().color(role))
                box = QRect(place.left(), place.bottom() + line * WORDS // 2, side, WORDS // 2)
                text = painter.fontMetrics().elidedText(lines[line], Qt.TextElideMode.ElideRight, side)
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _tile_at(self, event: QMouseEvent) -> int:
        index = self.grid().tile_at(event.position().x(), event.position().y())
        return index if index is not None and index < len(self._words) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which is under the pointer."""
        self.hovered.emit(self._tile_at(event))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which was clicked."""
        index = self._tile_at(event)
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)

    def leaveEvent(self, _event: QEvent) -> None:
        """Say nothing any more."""
        self.hovered.emit(-1)


class StrongestPage(Page):
    """Maximally activating samples of a unit."""

    page = "strongest"
    name = "strongest"
    title = "Strongest samples"

    def fill(self) -> None:
        """Put the choice of a unit above, and the samples into the body."""
        self.head.addWidget(label("unit", "argument", self))
        self.unit = SpinBox(self)
        self.unit.setObjectName("inside.strongest.unit")
        self.unit.setAccessibleName("Which unit of the layer")
        self.unit.setToolTip(self.unit.accessibleName())
        self.unit.setKeyboardTracking(False)
        self.unit.setMaximum(999_999_999)
        self._node = ""
        self.head.addWidget(self.unit)
        self.reduction = self.choice(
            "reduction", "How a unit with several numbers stands with one", REDUCTIONS
        )
        self.head.addStretch(1)
        self.tiles = SampleTiles(self.body)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.tiles)
        self.unit.valueChanged.connect(lambda _: self.asked.emit())
        self.reduction.activated.connect(lambda _: self.asked.emit())
        self.tiles.hovered.connect(self._hovered)
        self.tiles.clicked.connect(self._clicked)

    def turn_to(self, node: str) -> None:
        """Begin with the first unit of another node: it may have fewer."""
        if node != self._node:
            self._node = node
            self.unit.blockSignals(True)
            self.unit.setValue(0)
            self.unit.blockSignals(False)

    def question(self) -> dict[str, object]:
        """Return which unit, and how it stands with one number."""
        return {"unit": self.unit.value(), "reduction": self.reduction.currentData()}

    def draw(self, found: LookedInside) -> None:
        """Show the samples."""
        one = found.strongest
        assert one is not None
        pictures = one.seen.pictures
        images = [to_image(pictures[at]) if pictures.size else None for at in range(len(one.places))]
        words = []
        for at, (place, value) in enumerate(zip(one.places.tolist(), one.values.tolist(), strict=True)):
            numbers = one.seen.numbers[at][:MOST_TOLD].tolist() if one.seen.numbers.size else []
            told = class_of(found, place) or ", ".join(map(number, numbers))
            words.append((number(value), told))
        self.tiles.show_samples(images, words)
        unit = f"{found.node} · unit {count(one.unit)} of {count(one.total)}"
        share = f"above 0 for {percent(one.share)} of {count(len(found.rows))} samples"
        self.describe(f"{unit} · {share} · {found.weights}")
        self.note(found)

    def _hovered(self, index: int) -> None:
        found = self.found
        if index < 0 or found is None or found.strongest is None:
            self.say("")
            return
        one = found.strongest
        words = sample_words(found, int(one.places[index]))
        self.say(f"{number(float(one.values[index]))} · {words}")

    def _clicked(self, index: int) -> None:
        found = self.found
        if found is not None and found.strongest is not None:
            sample = int(found.rows[int(found.strongest.places[index])])
            self.sample_chosen.emit(sample)
            self.say(f"Feature maps and Saliency now show sample {sample}.")

    def rows(self) -> Iterable[Sequence[object]]:
        """Return a row for each sample on show."""
        found = self.found
        if found is None or found.strongest is None:
            return
        yield ("sample", "class", "value")
        for place, value in zip(
            found.strongest.places.tolist(), found.strongest.values.tolist(), strict=True
        ):
            yield (int(found.rows[place]), class_of(found, place), value)
