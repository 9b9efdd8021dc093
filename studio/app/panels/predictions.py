"""The tab that shows, while a network trains, what it confuses: on a fixed batch, between steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.panels.evaluation.confusion_view import ConfusionView
from studio.app.panels.evaluation.gallery import Gallery
from studio.app.panels.plot_panel import PlotPanel
from studio.app.panels.worst_list import WorstList
from studio.app.plots.scheduler import repaint_scheduler
from studio.app.plots.tables import Table, predictions_table
from studio.app.plots.wording import count, number, percent
from studio.app.theme.polish import label
from studio.app.theme.tokens import GALLERY_PX, SPACE
from studio.runs.records import Array, Predictions

EMPTY = (
    "Press Train: what the network confuses appears here, with the samples that it is most wrong about. "
    "It is asked about samples of the validation part between steps, as long as this tab is on show."
)
STORED = (
    "What a run confused while it trained is not kept. Evaluation measures its weights on the whole part."
)
WAITING = "Waiting for the first look into the run …"

_PARTS = {"validation": "the validation part", "train": "the training part"}


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst samples as a gallery takes them: once as the worst, and once for the cells of the matrix."""

    samples: Array
    truth: Array
    predicted: Array
    sure: Array
    num_worst: int
    num_best: int = 0


def confusion_of(seen: Predictions) -> Array:
    """Return how often each class is given to samples of each, without those of which nothing is said.

    Shape:
        returns: (C, C) int64: row is the truth, column the prediction
    """
    known = seen.predicted >= 0
    places = seen.truth[known] * seen.num_classes + seen.predicted[known]
    counts = np.bincount(places, minlength=seen.num_classes**2)
    return np.asarray(counts.reshape(seen.num_classes, seen.num_classes), np.int64)


def worst_of(seen: Predictions) -> Worst:
    """Return the samples whose true class has the least probability."""
    rows = np.concatenate([seen.worst, seen.worst])
    samples = np.concatenate([seen.samples, seen.samples])
    return Worst(samples, seen.truth[rows], seen.predicted[rows], seen.sure[rows], len(seen.worst))


class PredictionsPanel(PlotPanel):
    """The confusion matrix at the left, the worst samples at the right; watched only while on screen."""

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self.setObjectName("panel.predictions")
        self.setAccessibleName("Predictions")

    def fill(self) -> None:
        """Put the matrix and the samples into the row."""
        self.view = PredictionsView(self.monitor)
        self.row.addWidget(self.view)

    def follow_node(self) -> None:
        """Stay as it is: this is about the whole network."""

    def numbers(self) -> Table | None:
        """Return what is said of each sample."""
        seen = self.monitor.shown.predictions
        return predictions_table(seen) if seen is not None and len(seen.truth) else None


class PredictionsView(QWidget):
    """What the newest record says; hidden, it asks for none.

    Args:
        monitor: The runs.
        parent: The panel.
    """

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._monitor = monitor
        self._shown: Predictions | None = None
        self.words = label("", "dim", self, wrap=True)
        self.words.setObjectName("predictions.words")
        self.confusion = ConfusionView(self)
        self.confusion.setObjectName("predictions.confusion")
        self.gallery = Gallery(self)
        self.gallery.setObjectName("predictions.gallery")
        self.list = WorstList(self)
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setObjectName("predictions.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.confusion.cell_chosen.connect(self._cell_chosen)
        monitor.changed.connect(self._changed)
        self.refresh()

    def _lay_out(self) -> None:
        self._samples = QScrollArea(self)
        self._samples.setFrameShape(QScrollArea.Shape.NoFrame)
        self._samples.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._samples.setWidget(self.gallery)
        self._body = QWidget(self)
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5 * SPACE)
        row.addWidget(self.confusion, 2)
        row.addWidget(self._samples, 3)
        row.addWidget(self.list, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.words)
        column.addWidget(self._body, 1)
        column.addWidget(self.empty, 1)

    def refresh(self) -> None:
        """Show the newest of the run on screen, or why there is nothing."""
        seen = self._monitor.shown.predictions
        has_some = seen is not None and bool(len(seen.truth))
        for part in (self.words, self._body):
            part.setVisible(has_some)
        self.empty.setVisible(not has_some)
        self.empty.setText(self._why_empty(seen))
        if seen is not None and has_some and seen is not self._shown:
            self._show(seen)
        self._shown = seen

    def _show(self, seen: Predictions) -> None:
        cell, worst = self.confusion.cell, worst_of(seen)
        self.words.setText(words_of(seen))
        self.confusion.blockSignals(True)  # the cell that is chosen stays chosen
        self.confusion.show_counts(confusion_of(seen), seen.classes)
        self.confusion.choose(cell if cell is not None and max(cell) < seen.num_classes else None)
        self.confusion.blockSignals(False)
        self.gallery.show_samples(worst, seen.classes)
        self.list.show_samples(seen)
        are_pictures = seen.samples.ndim == 4 and seen.samples.shape[1] in (1, 3)
        self._samples.setVisible(are_pictures)
        self.list.setVisible(not are_pictures)
        self._fit_gallery()
        self._cell_chosen(*(self.confusion.cell or (-1, -1)))

    def _cell_chosen(self, truth: int, said: int) -> None:
        self.list.choose(truth, said)
        if truth < 0:
            self.gallery.show_extremes()
        else:
            self.gallery.show_cell(truth, said)

    def _why_empty(self, seen: Predictions | None) -> str:
        if seen is not None:
            return seen.note
        monitor = self._monitor
        if monitor.is_live and monitor.shown.state in ("starting", "running", "paused"):
            return WAITING
        return STORED if monitor.shown.name else EMPTY

    def _changed(self, kind: str) -> None:
        if kind in ("run", "state", "predictions") and self.isVisible():
            repaint_scheduler().mark(self)

    def _fit_gallery(self) -> None:
        """Put as many pictures into a row as there is room for beside the matrix, which is square."""
        names = 20 * SPACE
        self.confusion.setMaximumWidth(max(self._body.height() + names, self.confusion.minimumWidth()))
        bar = self._samples.verticalScrollBar().sizeHint().width()
        self.gallery.set_columns(max((self._samples.width() - bar) // (GALLERY_PX + 2 * SPACE), 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the room there is."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit_gallery)  # the parts follow

    def showEvent(self, event: QShowEvent) -> None:
        """Ask, now that it is on screen."""
        super().showEvent(event)
        self._monitor.watch_predictions(True)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._monitor.watch_predictions(False)


def words_of(seen: Predictions) -> str:
    """Return on what was looked, when, and how good the network is there."""
    known = seen.predicted >= 0
    num_known, num_all = int(known.sum()), len(seen.truth)
    some = count(num_all) if num_all == seen.total else f"{count(num_all)} of {count(seen.total)}"
    parts = [f"{some} samples of {_PARTS[seen.part]}", f"step {count(seen.step)}"]
    if num_known:
        right = float((seen.predicted == seen.truth)[known].mean())
        parts += [f"accuracy {percent(right)}", f"loss {number(seen.loss)}"]
    if num_known < num_all:
        parts.append(f"of {count(num_all - num_known)} samples the outputs are NaN or infinite")
    return "  ·  ".join(parts)
