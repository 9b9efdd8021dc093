"""What lies over an empty canvas: three ways to begin, samples, recent files, and the keys that matter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QSpacerItem, QVBoxLayout, QWidget

from studio.app.canvas.display import CanvasDisplay
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.app.welcome.cards import StartCard
from studio.app.welcome.drawings import draw_building, draw_gallery, draw_tour
from studio.app.welcome.rows import KeyRow, RecentRow, SampleRow
from studio.project.sample_projects import SAMPLES

WIDEST = 260 * SPACE
ROOMY, LOW = 138 * SPACE, 118 * SPACE
"""Heights of the canvas: from the first on everything has air, and below the second what is said elsewhere
too is left out."""

NARROW = 150 * SPACE
"""On a narrower canvas the ways to begin stand below one another."""

SIDE = 6 * SPACE
UNDER_CRUMBS = 10 * SPACE
_STARTS = (
    (
        "welcome.tour",
        "Take the tour: digits in five minutes",
        "Change a small network, break it, mend it, train it, and look inside.",
        draw_tour,
    ),
    (
        "welcome.gallery",
        "Start from a known network",
        "From a perceptron to ResNet and the Vision Transformer.",
        draw_gallery,
    ),
    (
        "welcome.build",
        "Build your own: add an Input",
        "It takes what the data set gives; the search adds what follows.",
        draw_building,
    ),
)


class Welcome(QScrollArea):
    """Shown over the canvas while the network has nothing in it; everything but its buttons is the canvas's.

    Args:
        canvas: Lies under it, and gets what is dropped, clicked or dragged beside the buttons.
    """

    tour_wanted = Signal()
    gallery_wanted = Signal()
    input_wanted = Signal()

    sample_chosen = Signal(str)
    """Key of a sample project."""

    file_chosen = Signal(object)
    """`Path` of a recent project."""

    def __init__(self, canvas: CanvasDisplay) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._dragged_over = False
        self.setObjectName("welcome")
        self.setAccessibleName("Ways to begin")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.starts = [StartCard(*start, parent=self) for start in _STARTS]
        self.samples = SampleRow(SAMPLES, self)
        self.recent = RecentRow(self)
        self.keys = KeyRow(self)
        self._arrange()
        self._order_focus()
        self._connect()
        self.stackUnder(canvas.breadcrumbs)
        canvas.installEventFilter(self)
        self.refresh()

    def show_tour(self, step: int, count: int) -> None:
        """Offer to begin the tour, or to go on with it at a step, counted from 0."""
        begun = 0 < step < count
        self.starts[0].set_title(f"Go on with the tour: {step + 1} of {count}" if begun else _STARTS[0][1])

    def show_recent(self, paths: Sequence[str]) -> None:
        """Offer these files, newest first."""
        self.recent.show_paths(paths)
        self._order_focus()
        self.refresh()

    def refresh(self) -> None:
        """Be there as long as the network has no layers and no notes, and nothing is dragged over it."""
        document = self._canvas.document
        is_empty = not len(document.graph) and not document.graph.marks
        self.setGeometry(self._canvas.rect())
        self.setVisible(is_empty and not document.level and not self._dragged_over)
        self._make_room()

    def _arrange(self) -> None:
        self._body = QWidget(self)
        self._body.setMaximumWidth(WIDEST + 2 * SIDE)
        column = self._column = QVBoxLayout(self._body)
        column.setSpacing(0)
        self._headline = label("Build a network, train it, look inside", "headline", self._body, wrap=True)
        self._advice = label(
            "Drag a layer from the library onto the canvas, or begin with one of these.",
            "dim",
            self._body,
            wrap=True,
        )
        column.addStretch(1)
        column.addWidget(self._headline)
        column.addSpacing(SPACE)
        column.addWidget(self._advice)
        self._gaps = [self._gap(column)]
        column.addLayout(self._start_row())
        self._gaps.append(self._gap(column))
        column.addLayout(self._samples_head())
        column.addSpacing(SPACE)
        column.addWidget(self.samples)
        self._gaps.append(self._gap(column))
        column.addWidget(self.recent)
        column.addSpacing(SPACE)
        column.addWidget(self.keys)
        column.addStretch(1)
        whole = QWidget(self)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(0)
        row.addWidget(self._body, 1)
        row.addStretch(0)
        self.setWidget(whole)

    def _start_row(self) -> QBoxLayout:
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(3 * SPACE)
        for card in self.starts:
            self._cards.addWidget(card, 1)
        return self._cards

    def _samples_head(self) -> QBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("Sample projects", "heading", self._body))
        row.addStretch(1)
        row.addWidget(self.samples.all)
        return row

    def _gap(self, column: QVBoxLayout) -> QSpacerItem:
        """Return air at the end of a column, which goes where there is little height."""
        gap = QSpacerItem(0, 0)
        column.addItem(gap)
        return gap

    def _order_focus(self) -> None:
        """Let Tab go from the canvas through the buttons, from top to bottom."""
        order = (self._canvas, *self.starts, self.samples.all, *self.samples.cards, *self.recent.buttons)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        document = self._canvas.document
        document.changed.connect(self.refresh)
        document.level_changed.connect(self.refresh)
        wanted = (self.tour_wanted, self.gallery_wanted, self.input_wanted)
        for card, signal in zip(self.starts, wanted, strict=True):
            card.clicked.connect(lambda _=False, signal=signal: signal.emit())
        self.samples.chosen.connect(self.sample_chosen)
        self.recent.chosen.connect(self.file_chosen)

    def _make_room(self) -> None:
        """Leave out what is said elsewhere too, and make the rest lower, where there is little height."""
        height, way = self.height(), QBoxLayout.Direction
        narrow = self.width() < NARROW
        self._cards.setDirection(way.TopToBottom if narrow else way.LeftToRight)
        for card in self.starts:
            card.set_low(height < ROOMY)
        self._advice.setVisible(height >= LOW)
        self.recent.setVisible(bool(self.recent.buttons) and height >= LOW)
        for gap in self._gaps:
            gap.changeSize(0, (5 if height >= LOW else 1) * SPACE)
        side = SIDE // 2 if narrow else SIDE
        self._column.setContentsMargins(side, UNDER_CRUMBS, side, SPACE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas's size, and step aside while a layer is dragged over it."""
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.refresh()
        elif kind in (QEvent.Type.DragEnter, QEvent.Type.DragLeave, QEvent.Type.Drop):
            self._dragged_over = kind == QEvent.Type.DragEnter
            self.refresh()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look what there is room for."""
        super().resizeEvent(event)
        self._make_room()
