"""Profile layers…: how long each takes, forward and backward, with bars."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.canvas.overlays import human_bytes
from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import LayersProfiled, LayerTime, ProfileLayers, Progress
from studio.project.format import to_data

SIZE = QSize(180 * SPACE, 140 * SPACE)

HEADER = ("Layer", "Forward ms", "Backward ms", "Share", "Output", "Kept")

_FIRST = (
    "Runs every layer by itself, forward and backward, with a batch of the data on the chosen device. "
    "Kept is what "
    "stays in memory until the backward pass; neighbours may keep the same."
)


class ProfileDialog(QDialog):
    """Asks the engine for times, and lists them; a click on a title sorts.

    Args:
        document: Whose network and data are used.
        link: To the engine.
        folder: Folder of the project file.
        parent: The window.
    """

    node_chosen = Signal(str)
    """Dotted name of the layer of a row that was chosen."""

    def __init__(
        self, document: Document, link: EngineLink, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.profile")
        self.setWindowTitle("Profile layers")
        self._document, self._folder = document, folder
        self._errand = Errand(link, self)
        self._layers: tuple[LayerTime, ...] = ()
        self.table = self._table()
        self.progress = QProgressBar(self)
        self.progress.setObjectName("profile.progress")
        self.progress.setTextVisible(False)
        self.outcome = label(_FIRST, "dim", self, wrap=True)
        self.outcome.setObjectName("profile.result")
        self.measure_button = self._button("measure", "Measure", self.measure)
        self.copy_button = self._button("copy", "Copy as CSV", self.copy)
        self.cancel_button = self._button("cancel", "Close", self._cancel_or_close)
        self._arrange()
        link.layers_profiled.connect(self._take)
        self._errand.changed.connect(self._refresh)
        self._errand.progressed.connect(self._show_progress)
        self._errand.failed.connect(lambda words: self._say(words, "bad"))
        self.finished.connect(lambda _result: self._errand.cancel())
        self._refresh()

    def measure(self) -> None:
        """Ask the engine."""
        self._layers = ()
        self.table.clear()
        self._say("Measuring …")
        self._errand.ask(ProfileLayers, project=to_data(self._document.project), folder=self._folder)

    def copy(self) -> None:
        """Put the table on the clipboard, as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["layer", "forward_s", "backward_s", "output_bytes", "kept_bytes"])
        for one in self._layers:
            writer.writerow([one.node, one.forward_s, one.backward_s, one.output_bytes, one.kept_bytes])
        QGuiApplication.clipboard().setText(text.getvalue())

    # Building ---------------------------------------------------------------------------------------

    def _table(self) -> QTreeWidget:
        made = QTreeWidget(self)
        made.setObjectName("profile.table")
        made.setAccessibleName("Time of each layer")
        made.setHeaderLabels(HEADER)
        for column in range(1, len(HEADER)):
            made.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setSortingEnabled(True)
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.header().setStretchLastSection(False)
        made.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        made.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        made.itemActivated.connect(self._choose)
        made.itemClicked.connect(self._choose)
        return made

    def _button(self, name: str, text: str, pressed: object) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"profile.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _arrange(self) -> None:
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        upper.addWidget(self.outcome)
        upper.addWidget(self.progress)
        upper.addWidget(self.table, 1)
        framed(self, upper, button_row(self.cancel_button, self.copy_button, self.measure_button))
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, found: LayersProfiled) -> None:
        if not self._errand.is_answered_by(found):
            return
        self._layers = found.layers
        total_s = sum(one.forward_s + one.backward_s for one in found.layers)
        self.table.setSortingEnabled(False)
        for one in found.layers:
            self.table.addTopLevelItem(_Row(one, total_s))
        self.table.setSortingEnabled(True)
        self._say(
            f"A batch of {found.batch:,} on {found.device} takes {1e3 * total_s:.2f} ms, layer by layer: "
            f"{1e3 * sum(one.forward_s for one in found.layers):.2f} ms forward."
        )
        self._refresh()

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, round(progress.total))
        self.progress.setValue(round(progress.done))
        self._say(f"Measuring {progress.label} …")

    def _choose(self, item: QTreeWidgetItem) -> None:
        self.node_chosen.emit(item.text(0))

    def _cancel_or_close(self) -> None:
        if self._errand.cancel():
            self._say("Cancelled.")
        else:
            self.reject()

    def _say(self, words: str, role: str = "dim") -> None:
        set_property(self.outcome, "role", role)
        self.outcome.setText(words)

    def _refresh(self) -> None:
        """Offer what can be done now."""
        busy = self._errand.is_going_on
        self.progress.setVisible(busy)
        self.measure_button.setEnabled(not busy)
        self.measure_button.setText("Measure again" if self._layers else "Measure")
        self.copy_button.setEnabled(bool(self._layers))
        self.copy_button.setToolTip("" if self._layers else "Copy as CSV: measure first.")
        self.cancel_button.setText("Cancel" if busy else "Close")
        set_property(self.measure_button, "role", "primary")
        self.measure_button.setDefault(True)


class _Row(QTreeWidgetItem):
    """A layer's line, which sorts by its numbers."""

    def __init__(self, one: LayerTime, total_s: float) -> None:
        took_s = one.forward_s + one.backward_s
        super().__init__(
            [
                one.node,
                f"{1e3 * one.forward_s:.3f}",
                f"{1e3 * one.backward_s:.3f}",
                f"{100 * took_s / total_s:.1f} %" if total_s > 0.0 else "",
                human_bytes(one.output_bytes),
                human_bytes(one.kept_bytes),
            ]
        )
        self._keys = (0.0, one.forward_s, one.backward_s, took_s, one.output_bytes, one.kept_bytes)
        for column in range(1, len(HEADER)):
            self.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        if column < 1 or not isinstance(other, _Row):
            return self.text(0) < other.text(0)
        return bool(self._keys[column] < other._keys[column])
