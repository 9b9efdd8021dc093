"""The tab with all runs of the project: the one going on, yesterday's, and those of other processes."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.plots.wording import clock, count, number, percent
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.errors import RunError
from studio.project.files import runs_folder
from studio.runs.reader import RunInfo
from studio.runs.store import RunStore

COLUMNS = ("Run", "State", "Epochs", "Best val. loss", "Best val. accuracy", "Device", "Started", "Duration")
RESUMABLE = frozenset({"stopped", "interrupted"})

_STATE_ROLES = {"running": "good", "paused": "warning", "interrupted": "warning", "failed": "bad"}
_NUMBERS = range(2, 5)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LOOK_AGAIN_MS = 2000
_EMPTY = (
    "No runs yet. Press Train: each run is kept here, with its design, curves and checkpoints.\n"
    "A click on one shows its curves again, and one that was stopped can go on."
)


class RunsPanel(QWidget):
    """A table of the stored runs. It looks again every two seconds while it is on screen."""

    run_chosen = Signal(str)
    """Name of the run whose curves the person wants to see."""

    resume_requested = Signal(str)

    def __init__(self, document: Document, folder: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.runs")
        self.setAccessibleName("Runs")
        self.setProperty("role", "panel")
        self._document = document
        self._folder = folder or (runs_folder(document.path) if document.path else None)
        self._infos: list[RunInfo] = []
        self._trouble = ""
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.refresh)
        self._build()
        theme().changed.connect(self._fill)
        self._fill()

    @property
    def chosen(self) -> str:
        """Name of the selected run; empty if none is."""
        items = self._table.selectedItems()
        return items[0].text(0) if items else ""

    @property
    def empty_words(self) -> str:
        """What stands in place of an empty table."""
        return "" if self._empty.isHidden() else self._empty.text()

    def set_folder(self, folder: Path) -> None:
        """Show the runs in this folder."""
        self._folder = folder
        self.refresh()

    def refresh(self) -> None:
        """Look again; the table is filled only if something changed."""
        try:
            infos = RunStore(self._folder).list_runs() if self._folder is not None else []
            trouble = ""
        except RunError as error:
            infos, trouble = [], error.message
        if (infos, trouble) != (self._infos, self._trouble):
            self._infos, self._trouble = infos, trouble
            self._fill()

    def _build(self) -> None:
        self._table = QTreeWidget()
        self._table.setObjectName("runs.table")
        self._table.setAccessibleName("Runs of this project")
        self._table.setHeaderLabels(COLUMNS)
        self._table.setRootIsDecorated(False)
        self._table.setUniformRowHeights(True)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self._table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in _NUMBERS:
            self._table.headerItem().setTextAlignment(column, _RIGHT)
        self._table.itemSelectionChanged.connect(self._chosen)
        self._empty = label(_EMPTY, "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._refresh = QPushButton("Refresh")
        self._refresh.setObjectName("runs.refresh")
        self._refresh.setToolTip("Look for new runs now; the list also looks by itself")
        self._refresh.clicked.connect(self.refresh)
        self._resume = QPushButton("Resume")
        self._resume.setObjectName("runs.resume")
        self._resume.clicked.connect(lambda: self.resume_requested.emit(self.chosen))
        self._message = label("", "dim")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addWidget(self._resume)
        buttons.addWidget(self._refresh)
        buttons.addWidget(self._message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(buttons)

    def _fill(self) -> None:
        """Write the table anew, newest first, and keep the selection."""
        chosen = self.chosen
        self._table.blockSignals(True)
        self._table.clear()
        for info in reversed(self._infos):
            item = QTreeWidgetItem(_cells(info))
            for column in _NUMBERS:
                item.setTextAlignment(column, _RIGHT)
            role = _STATE_ROLES.get(info.state)
            if role is not None:
                item.setForeground(1, theme().color(role))
            item.setToolTip(1, info.message)
            self._table.addTopLevelItem(item)
            item.setSelected(info.name == chosen)
        self._table.blockSignals(False)
        self._table.setVisible(bool(self._infos))
        self._empty.setVisible(not self._infos)
        self._empty.setText(self._trouble or _EMPTY)
        self._offer_resume()

    def _chosen(self) -> None:
        self._offer_resume()
        if self.chosen:
            self.run_chosen.emit(self.chosen)

    def _offer_resume(self) -> None:
        """Enable Resume where it can be done, and else say why not."""
        info = next((info for info in self._infos if info.name == self.chosen), None)
        why_not = "Resume: choose a run first." if info is None else self._why_not(info)
        self._resume.setEnabled(not why_not)
        self._resume.setToolTip(why_not or f"Go on with {self.chosen} from where it stopped")
        self._message.setText(info.message if info is not None else "")

    def _why_not(self, info: RunInfo) -> str:
        if info.state not in RESUMABLE:
            return f"Resume: {info.name} is {info.state}; only a stopped or interrupted run can go on."
        assert self._folder is not None
        try:
            RunStore(self._folder).run(info.name).checkpoint_path("resume")
        except RunError as error:
            return f"Resume: {error.message}"
        return ""

    def showEvent(self, event: QShowEvent) -> None:
        """Look, and look again from time to time."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        super().hideEvent(event)
        self._timer.stop()


def _cells(info: RunInfo) -> list[str]:
    """Return a run's line of the table; what is not known yet is a dash."""
    loss, accuracy = info.best_val_loss, info.best_val_accuracy
    return [
        info.name,
        info.state,
        count(info.epochs),
        "–" if math.isnan(loss) else number(loss, 4),
        "–" if math.isnan(accuracy) else percent(accuracy),
        info.device,
        f"{datetime.fromtimestamp(info.created):%Y-%m-%d %H:%M}",
        clock(info.updated - info.created),
    ]
