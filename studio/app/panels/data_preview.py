"""What the engine says of the data set: counts, classes, samples; or how to get it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.panels.amounts import count_text, memory_text, shape_text
from studio.app.panels.fact_table import FactTable
from studio.app.panels.sample_view import SampleView
from studio.app.panels.text_view import TextView
from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import SPACE
from studio.engine.records import DataDescribed, Progress

PROGRESS_STEPS = 1000
FEW = 3
"""As many classes are named in the table; more are named under it."""

MOST_NAMED = 40


class DataPreview(QWidget):
    """Shows a `DataDescribed`, a download going on, or what went wrong."""

    download_requested = Signal()
    download_cancelled = Signal()
    draw_requested = Signal()
    """The samples are to be changed another time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._downloading = False
        self.samples = SampleView(self)
        self.texts = TextView(self)
        self.again = QPushButton("Draw again", self)
        self.again.setObjectName("data.draw_again")
        self.again.setProperty("role", "small")
        self.again.setAccessibleName("Draw the random changes of the samples again")
        self.again.setToolTip("Each pair is a sample, and what the transforms make of it this time")
        self.again.clicked.connect(self.draw_requested)
        self.statistics = QPushButton("Statistics…", self)
        self.statistics.setObjectName("data.statistics")
        self.statistics.setProperty("role", "small")
        self.statistics.setAccessibleName("Statistics of the data")
        self.statistics.setToolTip("Samples of each class; mean, variance and correlation of the features")
        self.table = FactTable("data.facts", self)
        self.names = label("", "dim", self, wrap=True)
        self.names.setObjectName("data.classes")
        self.message = label("", "dim", self, wrap=True)
        self.message.setObjectName("data.message")
        self.download = QPushButton("Download", self)
        self.download.setObjectName("data.download")
        self.download.setProperty("role", "primary")
        self.download.setAccessibleName("Download the data set")
        self.download.clicked.connect(self._ask_for_download)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setObjectName("data.cancel")
        self.cancel.setAccessibleName("Cancel the download")
        self.cancel.clicked.connect(self.download_cancelled)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("data.progress")
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Download")
        row = QHBoxLayout()
        row.addWidget(self.download)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.samples)
        column.addWidget(self.texts)
        looks = QHBoxLayout()
        looks.addWidget(self.again)
        looks.addWidget(self.statistics)
        looks.addStretch(1)
        column.addLayout(looks)
        for widget in (self.table, self.names, self.message, self.bar):
            column.addWidget(widget)
        column.addLayout(row)
        self.wait()

    def wait(self) -> None:
        """Show that the answer is on its way."""
        self.samples.show_samples(None)
        self.texts.show_texts(None)
        self.again.hide()
        self.statistics.hide()
        self._show("Samples and counts appear here as soon as the engine has looked at the data set.")
        self.table.show_facts([])
        self.names.hide()

    def show_data(self, described: DataDescribed) -> None:
        """Show what the data set is, or that it has to be downloaded."""
        self.samples.show_samples(described if described.available else None)
        self.texts.show_texts(described)
        self.again.setVisible(self.samples.shows_changes)
        self.statistics.setVisible(described.available)
        self._show(described.message, download=not described.available)
        train, validation, test = described.counts
        facts = [("one sample", shape_text(described.shape)), ("classes", self._classes(described))]
        if described.available:
            facts += [
                ("training", count_text(train)),
                ("validation", count_text(validation)),
                ("test", count_text(test)),
            ]
        self.table.show_facts(facts)
        self.names.setText(self._class_names(described))
        self.names.setVisible(bool(self.names.text()))

    def show_error(self, message: str) -> None:
        """Show why the data set cannot be used; it can be tried again."""
        self.samples.show_samples(None)
        self.texts.show_texts(None)
        self.again.hide()
        self.statistics.hide()
        self._show(message, role="bad", download=self._downloading)
        self._downloading = False

    def show_progress(self, progress: Progress) -> None:
        """Show how far the download is."""
        self._downloading = True
        self.download.setEnabled(False)
        self.download.setToolTip("The download is going on")
        self.bar.show()
        self.cancel.show()
        if progress.total > 0:
            self.bar.setRange(0, PROGRESS_STEPS)
            self.bar.setValue(int(PROGRESS_STEPS * min(progress.done / progress.total, 1.0)))
            size = f"{memory_text(int(progress.done))} of {memory_text(int(progress.total))}"
        else:
            self.bar.setRange(0, 0)
            size = memory_text(int(progress.done))
        self.message.setText(f"{progress.label}   {size}")
        self.message.show()

    def _show(self, message: str, *, role: str = "dim", download: bool = False) -> None:
        self._downloading = False
        set_property(self.message, "role", role)
        self.message.setText(message)
        self.message.setVisible(bool(message))
        self.download.setVisible(download)
        self.download.setEnabled(True)
        self.download.setToolTip("")
        self.bar.hide()
        self.cancel.hide()

    def _ask_for_download(self) -> None:
        self.show_progress(Progress(0, 0.0, 0.0, "Starting the download …"))
        self.download_requested.emit()

    @staticmethod
    def _classes(described: DataDescribed) -> str:
        if not described.classes:
            return "none: a number is predicted"
        return ", ".join(described.classes) if len(described.classes) <= FEW else str(len(described.classes))

    @staticmethod
    def _class_names(described: DataDescribed) -> str:
        """Return the classes' names where they do not fit the table, and are more than numbers."""
        names = described.classes
        if len(names) <= FEW or all(name.isdigit() for name in names):
            return ""
        more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
        return ", ".join(names[:MOST_NAMED]) + more
