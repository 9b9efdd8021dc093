"""The tab with all runs of the project: the one going on, yesterday's, and those of other processes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.panels.run_tools import RunTools
from studio.app.plots.wording import clock, count, number, percent
from studio.app.reading import Reading
from studio.app.theme.elided import ElidedLabel
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.errors import RunError
from studio.project.files import runs_folder
from studio.runs import carried
from studio.runs.reader import FIGURES, RunInfo
from studio.runs.store import RunStore

COLUMNS = (
    "Run",
    "State",
    "Epochs",
    "Best val. loss",
    "Accuracy",
    "Device",
    "Started",
    "Duration",
    "Tags",
    "Data",
)
_READING = "Reading the runs …"

RESUMABLE = frozenset({"stopped", "interrupted"})

_STATE_ROLES = {"running": "good", "paused": "warning", "interrupted": "warning", "failed": "bad"}
_NUMBERS = range(2, 5)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STARTED = 6
_DATA = 9
_LOOK_AGAIN_MS = 2000
_EMPTY = (
    "No runs yet. Press Train: each run is kept here, with its design, curves and checkpoints.\n"
    "A click on one draws its curves again, a double click goes to them; one that was stopped can go on."
)


class RunsPanel(QWidget):
    """A table of the stored runs. It looks again every two seconds while it is on screen."""

    run_chosen = Signal(str)
    """Name of the run whose curves are to be drawn."""

    run_opened = Signal(str)
    """Name of the run whose curves the person wants to go to."""

    resume_requested = Signal(str)

    listed = Signal()
    """The list is another."""

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
        self._timer.timeout.connect(self._look_again)
        self._reading, self._reading_chosen = Reading(self), Reading(self)
        self._about: tuple[RunInfo, _About] | None = None
        self.tools = RunTools(document, self)
        self.tools.changed.connect(self.refresh)
        self._build()
        theme().changed.connect(self._fill)
        if self._folder is not None:
            self.tools.set_store(RunStore(self._folder))
        self._fill()

    @property
    def chosen(self) -> str:
        """Name of the selected run; empty if none is, or several are."""
        names = self.all_chosen
        return names[0] if len(names) == 1 else ""

    @property
    def all_chosen(self) -> list[str]:
        """Names of the selected runs."""
        return [item.text(0) for item in self._table.selectedItems()]

    @property
    def newest(self) -> str:
        """Name of the run that was started last; empty without any."""
        return self._infos[-1].name if self._infos else ""

    @property
    def evaluated(self) -> list[str]:
        """Names of the runs that have an epoch behind them, and so weights; the newest first."""
        return [info.name for info in reversed(self._infos) if info.epochs]

    @property
    def is_reading(self) -> bool:
        """Whether something of the store is on its way: read for the table, or written by a tool."""
        return self._reading.is_busy or self._reading_chosen.is_busy or self.tools.is_busy

    @property
    def empty_words(self) -> str:
        """What stands in place of an empty table."""
        return "" if self._empty.isHidden() else self._empty.text()

    def set_folder(self, folder: Path) -> None:
        """Show the runs in this folder; those of another one are taken away at once."""
        if folder != self._folder:
            self._folder = folder
            self.tools.set_store(RunStore(folder))
            self._take([], _READING)
        self.refresh()

    def refresh(self) -> None:
        """Look again now, beside the window's thread; the table is filled only if something changed."""
        if self._folder is not None:
            read = RunStore(self._folder).list_runs
            self._reading.start(read, self._take, lambda words: self._take([], words))

    def _look_again(self) -> None:
        """Look again, unless an answer is on its way: a list of many runs takes a while."""
        if not self._reading.is_busy:
            self.refresh()

    def _take(self, infos: list[RunInfo], trouble: str = "") -> None:
        if (infos, trouble) != (self._infos, self._trouble):
            self._infos, self._trouble = infos, trouble
            self.tools.know(infos)
            self._fill()
            self.listed.emit()

    def _build(self) -> None:
        self._table = self._made_table()
        self._table.installEventFilter(self)
        self._empty = label(_EMPTY, "dim", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._filter = QLineEdit()
        self._filter.setObjectName("runs.filter")
        self._filter.setPlaceholderText("Filter by name, state, tag or note")
        self._filter.setAccessibleName("Filter the runs")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMaximumWidth(60 * SPACE)
        self._filter.textChanged.connect(lambda _text: self._fill())
        self._resume = _button("resume", "Resume", lambda: self.resume_requested.emit(self.chosen))
        self._compare = _button("compare_button", "Compare…", self.tools.actions["compare"].trigger)
        more = _button("more", "More", None)
        more.setToolTip("Names, tags, notes, files, settings and the trash of the chosen runs")
        more.setMenu(self.tools.menu)
        refresh = _button("refresh", "Refresh", self.refresh)
        refresh.setToolTip("Look for new runs now; the list also looks by itself")
        self._message = ElidedLabel("dim")
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        for widget in (self._filter, self._resume, self._compare, more, refresh):
            buttons.addWidget(widget)
        buttons.addWidget(self._message, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._empty, 1)
        layout.addLayout(buttons)

    def _made_table(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setObjectName("runs.table")
        table.setAccessibleName("Runs of this project")
        table.setHeaderLabels(COLUMNS)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(
            lambda place: self.tools.show_menu(table.viewport().mapToGlobal(place))
        )
        table.setSortingEnabled(True)
        table.sortByColumn(_STARTED, Qt.SortOrder.DescendingOrder)
        header = table.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in _NUMBERS:
            table.headerItem().setTextAlignment(column, _RIGHT)
        table.headerItem().setToolTip(4, "Validation accuracy of the epoch with the lowest validation loss")
        table.headerItem().setToolTip(_DATA, "First figures of the SHA-256 of the data it was trained on")
        table.itemSelectionChanged.connect(self._chosen)
        table.itemActivated.connect(lambda item, _column: self.run_opened.emit(item.text(0)))
        return table

    def _fill(self) -> None:
        """Write the table anew, newest first, and keep the selection."""
        chosen = set(self.all_chosen)
        self._table.blockSignals(True)
        self._table.setSortingEnabled(False)
        self._table.clear()
        for info in reversed(self._infos):
            if not _matches(info, self._filter.text()):
                continue
            item = _RunItem(info)
            for column in _NUMBERS:
                item.setTextAlignment(column, _RIGHT)
            role = _STATE_ROLES.get(info.state)
            if role is not None:
                item.setForeground(1, theme().color(role))
            item.setToolTip(1, info.message)
            item.setToolTip(0, info.note)
            if info.fingerprint:
                item.setToolTip(_DATA, f"SHA-256 of the data: {info.fingerprint}")
            self._table.addTopLevelItem(item)
            item.setSelected(info.name in chosen)
        self._table.setSortingEnabled(True)
        self._table.blockSignals(False)
        self._table.setVisible(bool(self._infos))
        self._empty.setVisible(not self._infos)
        self._empty.setText(self._trouble or _EMPTY)
        self._offer_resume()

    def _chosen(self) -> None:
        self._about = None  # a file may have come or gone since
        self._offer_resume()
        if self.chosen:
            self.run_chosen.emit(self.chosen)

    def _offer_resume(self) -> None:
        """Enable Resume where it can be done, and else say why not."""
        info = next((info for info in self._infos if info.name == self.chosen), None)
        about = self._about_chosen(info)
        why_not = about.why_not if about is not None else "Resume: choose a run first."
        self.tools.choose(self.all_chosen)
        compare = self.tools.actions["compare"]
        self._compare.setEnabled(compare.isEnabled())
        self._compare.setToolTip(compare.toolTip() or "Curves, settings and networks of the chosen runs")
        self._resume.setEnabled(not why_not)
        self._resume.setToolTip(why_not or f"Go on with {self.chosen} from where it stopped")
        words = (about.taken_over, info.message) if about is not None and info is not None else ()
        self._message.setText(" ".join(filter(None, words)))

    def _about_chosen(self, info: RunInfo | None) -> _About | None:
        """Return what a run's folder says; a note in its place, and the answer soon, where it is not read."""
        if info is None or self._folder is None:
            self._reading_chosen.forget()
            return None
        if self._about is not None and self._about[0] == info:
            return self._about[1]
        folder, waiting = self._folder, _About(f"Resume: reading about {info.name} …")

        def take(about: _About) -> None:
            self._about = info, about
            self._offer_resume()

        self._about = info, waiting
        self._reading_chosen.start(lambda: _read_about(folder, info), take, lambda words: take(_About(words)))
        return waiting

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Rename and throw away by the keys that the menu names."""
        if watched is self._table and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.tools.press(event.key())
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look, and look again from time to time."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop looking."""
        super().hideEvent(event)
        self._timer.stop()


@dataclass(frozen=True)
class _About:
    """What is known of a run beside its line in the list.

    Attributes:
        why_not: Why it cannot go on; empty if it can.
        taken_over: What it took over from another, in words; empty for one that began afresh.
    """

    why_not: str
    taken_over: str = ""


def _read_about(folder: Path, info: RunInfo) -> _About:
    """Return what the folder of a run says; any thread may ask."""
    try:
        taken = carried.read(folder / info.name)
        words = taken.words() if taken is not None else ""
    except RunError as error:
        words = error.message
    return _About(_why_not(folder, info), words)


def _why_not(folder: Path, info: RunInfo) -> str:
    if info.state not in RESUMABLE:
        return f"Resume: {info.name} is {info.state}; only a stopped or interrupted run can go on."
    try:
        RunStore(folder).run(info.name).checkpoint_path("resume")
    except RunError as error:
        return f"Resume: {error.message}"
    return ""


def _button(name: str, text: str, pressed: Callable[[], object] | None) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(f"runs.{name}")
    if pressed is not None:
        made.clicked.connect(lambda: pressed())
    return made


class _RunItem(QTreeWidgetItem):
    """A line of the table, sorted by what it means and not by its words."""

    def __init__(self, info: RunInfo) -> None:
        super().__init__(_cells(info))
        self._info = info

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        assert isinstance(other, _RunItem)
        mine, theirs = (_worth(one._info, column) for one in (self, other))
        return mine < theirs


def _worth(info: RunInfo, column: int) -> tuple[bool, float | str]:
    """Return what a line is sorted by; what is not known comes last."""
    number = {
        2: float(info.epochs),
        3: info.best_val_loss,
        4: info.best_val_accuracy,
        6: info.created,
        7: info.updated - info.created,
    }.get(column)
    if number is None:
        return False, _cells(info)[column].lower()
    return math.isnan(number), 0.0 if math.isnan(number) else number


def _matches(info: RunInfo, text: str) -> bool:
    """Say whether all words of a text stand in a run's name, state, tags or note."""
    told = " ".join([info.name, info.state, *info.tags, info.note]).lower()
    return all(word in told for word in text.lower().split())


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
        ", ".join(info.tags),
        info.fingerprint[:FIGURES],
    ]
