"""The tab that measures a run: error rates with their uncertainty, confusions, classes, samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.panels.evaluation.class_table import ClassTable
from studio.app.panels.evaluation.confusion_view import ConfusionView
from studio.app.panels.evaluation.gallery import Gallery
from studio.app.panels.evaluation.predictions import Predictions
from studio.app.panels.evaluation.saving import SaveButton
from studio.app.panels.evaluation.testing import TestingButton
from studio.app.panels.fact_table import FactTable
from studio.app.reading import Reading
from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import SPACE
from studio.engine.records import (
    EvaluateRun,
    KeepStatistics,
    Predicted,
    PredictFile,
    Progress,
    RunEvaluated,
    StatisticsKept,
)
from studio.runs.store import RunStore

_EMPTY = (
    "How good is a run? Choose one under Runs, or train, then press Evaluate: its best weights are "
    "measured on the part of the data that is chosen here. Or drop a picture, an .npy or a CSV file on "
    "this panel, and see what the run says of it."
)
_PARTS = {"validation": "validation", "test": "test", "train": "training"}
_STATISTICS = {
    "kept": ("BN: as kept", "Those of the checkpoint: of training, unless others were kept"),
    "running": ("BN: running avg.", "The running averages that training kept"),
    "update_bn": ("BN: update_bn", "Means over mini-batches of the training part: algorithm 2 of the paper"),
    "final_phase": ("BN: final phase", "Mean and variance of all training data, layer by layer"),
}
_KEEP = (
    "Choose statistics of batch normalization, press Evaluate to see what they are worth, and Keep to write "
    "them into the best weights of the run. The running averages of training can be brought back."
)
_TEST = (
    "Look at the test part once, at the end: what was chosen by looking at it, it measures too well. Press "
    "Evaluate to look."
)
_FILES = "Samples (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff *.npy *.csv *.txt *.wav);;All files (*)"


class EvaluationPanel(QWidget):
    """Asks the engine what a run's network is worth, and shows it.

    Args:
        link: To the engine.
        parent: The window.
    """

    message = Signal(str)

    def __init__(self, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.evaluation")
        self.setAccessibleName("Evaluation")
        self.setProperty("role", "panel")
        self._errand = Errand(link, self)
        self._run, self._runs_folder, self._folder = "", "", ""
        self.setAcceptDrops(True)
        self._reading = Reading(self)
        self._build()
        link.run_evaluated.connect(self._take)
        link.predicted.connect(self._take_prediction)
        link.statistics_kept.connect(self._take_kept)
        self._errand.changed.connect(self._refresh)
        self._errand.progressed.connect(self._show_progress)
        self._errand.failed.connect(lambda words: self._say(words, wrong=True))
        self._say(_EMPTY)
        self._refresh()

    @property
    def is_reading(self) -> bool:
        """Whether it is being read how often the run was measured on the test part."""
        return self._reading.is_busy

    def set_run(self, run: str, runs_folder: str, folder: str, others: Sequence[str] = ()) -> None:
        """Turn to another run; empty for none.

        Args:
            run: Its name.
            runs_folder: Where it is kept.
            folder: The project file's.
            others: Names of runs that can vote with it.
        """
        if (run, runs_folder) != (self._run, self._runs_folder):
            self._errand.cancel()
            self._forget()
        self._run, self._runs_folder, self._folder = run, runs_folder, folder
        self.testing.offer_runs([name for name in others if name != run])
        self._refresh()

    def evaluate(self) -> None:
        """Measure the run on the part that is chosen."""
        self._forget()
        self._say("Measuring …")
        testing = self.testing.testing
        self._errand.ask(
            EvaluateRun,
            run=self._run,
            runs_folder=self._runs_folder,
            folder=self._folder,
            part=self.part.currentData(),
            statistics=self.statistics.currentData(),
            voters=testing.voters,
            crops=testing.crops,
            crop_size=testing.crop_size,
            scales=testing.scales,
        )

    def predict(self, path: str) -> None:
        """Ask what the run's network says of a file."""
        self._forget()
        self._say(f"Looking at {Path(path).name} …")
        self._errand.ask(
            PredictFile, run=self._run, runs_folder=self._runs_folder, folder=self._folder, path=path
        )

    def keep_statistics(self) -> None:
        """Write the statistics that are chosen into the run's best weights."""
        self._forget()
        self._say("Finding the statistics …")
        self._errand.ask(
            KeepStatistics,
            run=self._run,
            runs_folder=self._runs_folder,
            folder=self._folder,
            statistics=self.statistics.currentData(),
        )

    def choose_statistics(self) -> None:
        """Let the person choose statistics: the keyboard goes there, and it says what can be done."""
        self._say(_KEEP)
        self.statistics.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file, of which the network can be asked."""
        if _dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask what the network says of a file that was dropped."""
        path = _dropped(event)
        if not path:
            return
        event.acceptProposedAction()
        if self._errand.is_going_on:
            self.message.emit("The panel is busy. Wait for it, or press Cancel, then drop the file again.")
        elif not self._run:
            self.message.emit("There is no run to ask. Train, or choose a run under Runs, first.")
        else:
            self.predict(path)

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.title = label("", "heading", self)
        self.title.setObjectName("evaluation.run")
        self.part = self._choice("part", "Part of the data")
        for key, title in _PARTS.items():
            self.part.addItem(title, key)
        self.part.activated.connect(lambda _index: self._part_chosen())
        self.statistics = self._choice("statistics", "Statistics of batch normalization")
        for key, (title, text) in _STATISTICS.items():
            self.statistics.addItem(title, key)
            self.statistics.setItemData(self.statistics.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.statistics.setToolTip("Which statistics batch normalizations use")
        self.statistics.activated.connect(lambda _index: self._statistics_chosen())
        self.keep = QPushButton("Keep", self)
        self.keep.setObjectName("evaluation.keep_statistics")
        self.keep.setProperty("role", "small")
        self.keep.clicked.connect(self.keep_statistics)
        self.testing = TestingButton(self)
        self.testing.changed.connect(self._forget)
        self.button = QPushButton("Evaluate", self)
        self.button.setObjectName("evaluation.evaluate")
        self.button.clicked.connect(self._press)
        self.open = QPushButton("Predict…", self)
        self.open.setObjectName("evaluation.predict")
        self.open.setProperty("role", "small")
        self.open.clicked.connect(self._choose_file)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("evaluation.progress")
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(50 * SPACE)
        self.words = label("", "dim", self, wrap=True)
        self.words.setObjectName("evaluation.words")
        self._build_views()
        self._lay_out()

    def _build_views(self) -> None:
        self.facts = FactTable("evaluation.facts", self)
        self.confusion = ConfusionView(self)
        self.gallery = Gallery(self)
        self.predictions = Predictions(self)
        self.table = ClassTable(self)
        self.export = SaveButton(self.table, self.confusion, self)
        self.export.message.connect(self.message)
        self.confusion.cell_chosen.connect(self._cell_chosen)
        self.table.class_chosen.connect(self._class_chosen)

    def _choice(self, name: str, title: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(f"evaluation.{name}")
        box.setAccessibleName(title)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.setMaximumWidth(36 * SPACE)
        return box

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        head.addWidget(self.title)
        head.addWidget(self.part, 2)
        head.addWidget(self.statistics, 2)
        head.addWidget(self.keep)
        for widget in (self.testing, self.button, self.progress):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.open)
        head.addWidget(self.export)
        left = QVBoxLayout()
        left.addWidget(self.facts)
        left.addWidget(self.table, 1)
        pictures = QScrollArea(self)
        pictures.setFrameShape(QScrollArea.Shape.NoFrame)
        pictures.setWidget(self.gallery)
        pictures.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pictures = pictures
        self._said = QScrollArea(self)
        self._said.setFrameShape(QScrollArea.Shape.NoFrame)
        self._said.setWidget(self.predictions)
        self._body = QWidget(self)
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addLayout(left, 6)
        row.addWidget(self.confusion, 5)
        row.addWidget(pictures)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self._body, 1)
        column.addWidget(self._said, 1)
        column.addStretch(0)

    # What the person does ---------------------------------------------------------------------------

    def _press(self) -> None:
        if self._errand.cancel():
            self._say("Cancelled.")
        else:
            self.evaluate()

    def _part_chosen(self) -> None:
        self._forget()
        self._say(_EMPTY)
        if self.part.currentData() == "test":
            self._say(_TEST)
            self._tell_looks()

    def _statistics_chosen(self) -> None:
        self._forget()
        self._refresh()

    def _tell_looks(self) -> None:
        """Say how often the run was measured on the test part before, as soon as that is read."""
        if not self._run:
            return
        store, run = RunStore(Path(self._runs_folder)), self._run

        def take(looks: int) -> None:
            if looks and self.words.text() == _TEST:
                times = "once" if looks == 1 else f"{looks} times"
                self._say(f"{_TEST} {run} was measured on it {times} before.")

        # Where it cannot be read, evaluating it says what is the matter.
        self._reading.start(lambda: store.run(run).info.test_looks, take, lambda _words: None)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Predict", self._folder, _FILES)
        if path:
            self.predict(path)

    def _cell_chosen(self, truth: int, said: int) -> None:
        self.table.choose(-1)
        if truth < 0:
            self.gallery.show_extremes()
        else:
            self.gallery.show_cell(truth, said)

    def _class_chosen(self, number: int) -> None:
        self.confusion.choose(None)
        if number < 0:
            self.gallery.show_extremes()
        else:
            self.gallery.show_class(number)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, found: RunEvaluated) -> None:
        if not self._errand.is_answered_by(found):
            return
        classes = tuple(one["class"] for one in found.scores.get("classes", ()))
        self.facts.show_facts(_facts(found.scores))
        self.table.show_classes(found.scores.get("classes", ()))
        self.confusion.show_counts(found.confusion, classes)
        self.gallery.show_samples(found, classes)
        self.confusion.setVisible(bool(len(found.confusion)))
        self.table.setVisible(bool(classes))
        self._pictures.setVisible(bool(found.samples.size))
        bar = self._pictures.verticalScrollBar().sizeHint().width()
        self._pictures.setFixedWidth(self.gallery.width() + bar)
        self._say("")
        self._body.show()
        self._refresh()

    def _take_prediction(self, found: Predicted) -> None:
        if not self._errand.is_answered_by(found):
            return
        self.predictions.show_samples(Path(found.path).name, found.predictions["samples"])
        self._said.show()
        self._say("")
        self._refresh()

    def _take_kept(self, kept: StatisticsKept) -> None:
        if not self._errand.is_answered_by(kept):
            return
        self.statistics.setCurrentIndex(0)
        self._say(f"{kept.run}, {kept.words}")
        self._refresh()

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, round(progress.total))
        self.progress.setValue(round(progress.done))

    def _forget(self) -> None:
        """Show nothing of what was measured before."""
        self._body.hide()
        self._said.hide()
        self.table.clear()
        self._say(_EMPTY)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        set_property(self.words, "role", "bad" if wrong else "dim")
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _refresh(self) -> None:
        busy = self._errand.is_going_on
        self.title.setText(self._run or "No run")
        self.progress.setVisible(busy)
        self.button.setText("Cancel" if busy else "Evaluate")
        self.button.setEnabled(busy or bool(self._run))
        self.button.setToolTip(
            f"Measure {self._run}" if self._run else "Evaluate: train, or choose a run under Runs, first."
        )
        self.open.setEnabled(bool(self._run) and not busy)
        self.open.setToolTip(self._open_tip(busy))
        self.part.setEnabled(not busy)
        self.statistics.setEnabled(not busy)
        self.testing.setEnabled(not busy)
        tip = self._keep_tip(busy)
        self.keep.setEnabled(not tip)
        self.keep.setToolTip(tip or f"Write these statistics into the best weights of {self._run}")
        self.export.folder, self.export.stem = self._folder, self._run or "evaluation"
        self.export.refresh()
        self._body.setVisible(not busy and self._body.isVisibleTo(self))

    def _keep_tip(self, busy: bool) -> str:
        """Return why no statistics can be kept; empty if they can."""
        if busy:
            return "Keep: wait until this is done."
        if not self._run:
            return "Keep: train, or choose a run under Runs, first."
        chosen = self.statistics.currentData()
        return "Keep: choose other statistics of batch normalization first." if chosen == "kept" else ""

    def _open_tip(self, busy: bool) -> str:
        if busy:
            return "Predict: wait until this is done."
        if not self._run:
            return "Predict: train, or choose a run under Runs, first."
        return f"What {self._run} says of a picture, an .npy or a CSV file; or drop it on this panel"


def _rate(rate: dict[str, float]) -> str:
    """Return a rate with its 95 % interval; without one at 0 and at 1, where it would claim certainty."""
    if rate["low"] == rate["high"]:
        return f"{rate['value']:.2%}"
    return f"{rate['value']:.2%} ± {100 * (rate['high'] - rate['value']):.2f}"


def _dropped(event: QDropEvent) -> str:
    """Return the one file of this machine that is dragged; empty for all else."""
    urls = event.mimeData().urls()
    return urls[0].toLocalFile() if len(urls) == 1 else ""


def _facts(scores: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the measures of the whole part."""
    lines = [("samples", f"{scores['samples']:,}"), ("loss", f"{scores['loss']:.4g}")]
    for key, title in (("top1_error", "top-1 error"), ("top5_error", "top-5 error")):
        if key in scores:
            rate = scores[key]
            lines.append((f"{title} (95 %)", _rate(rate)))
    for key, title in (("mse", "mean squared error"), ("mae", "mean absolute error"), ("r2", "R²")):
        if key in scores:
            lines.append((title, f"{scores[key]:.4g}"))
    return lines
