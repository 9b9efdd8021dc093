"""Ablation…: layers left out of a trained network, and what is lost, in a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.plots.wording import number, percent
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import AblatedVariant, AblateRun, Progress, RunAblated
from studio.graph.graph import Graph
from studio.zoo.actions.ablation import removable

SIZE = QSize(270 * SPACE, 130 * SPACE)
LIST_WIDTH = 54 * SPACE

HEADER = ("Left out", "Depth", "Parameters", "Difference", "{}", "Difference", "")
NOTE = len(HEADER) - 1
AS_TRAINED = "nothing: as trained"

_FIRST = (
    "Each chosen layer is left out, the gap is closed, and the validation part is measured with the weights "
    "as they were trained: nothing is trained again."
)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AblationDialog(QDialog):
    """Asks the engine to measure a run's network without some of its layers.

    Args:
        link: To the engine.
        graph: The run's design.
        run: Name of the run.
        runs_folder: Where it is kept.
        folder: Folder of the project file.
        parent: The window.
    """

    node_chosen = Signal(str)
    """Dotted name of a layer whose line was chosen."""

    def __init__(
        self,
        link: EngineLink,
        graph: Graph,
        run: str,
        runs_folder: str,
        folder: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.ablation")
        self.setWindowTitle(f"Ablation of {run}")
        self._run, self._runs_folder, self._folder = run, runs_folder, folder
        self._errand = Errand(link, self)
        self._variants: tuple[AblatedVariant, ...] = ()
        self.layers = self._list(graph)
        self.table = self._table()
        self.together = self._check("together", "All chosen at once, too")
        self.followers = self._check("followers", "With what follows each")
        self.followers.setToolTip("The activation, normalization and dropout after a layer go with it")
        self.followers.setChecked(True)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("ablation.progress")
        self.progress.setTextVisible(False)
        self.outcome = label(_FIRST, "dim", self, wrap=True)
        self.outcome.setObjectName("ablation.result")
        self.measure_button = self._button("measure", "Measure", self.measure)
        self.copy_button = self._button("copy", "Copy as CSV", self.copy)
        self.cancel_button = self._button("cancel", "Close", self._cancel_or_close)
        self._arrange()
        link.run_ablated.connect(self._take)
        self._errand.changed.connect(self._refresh)
        self._errand.progressed.connect(self._show_progress)
        self._errand.failed.connect(lambda words: self._say(words, "bad"))
        self.layers.itemChanged.connect(lambda _: self._refresh())
        self.finished.connect(lambda _result: self._errand.cancel())
        self._refresh()

    @property
    def chosen(self) -> list[str]:
        """Names of the layers that are to be left out."""
        items = (self.layers.item(place) for place in range(self.layers.count()))
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]

    def measure(self) -> None:
        """Ask the engine."""
        names = self.chosen
        variants: list[tuple[str, ...]] = [(name,) for name in names]
        if self.together.isChecked() and len(names) > 1:
            variants.append(tuple(names))
        self._variants = ()
        self.table.clear()
        self._say("Measuring …")
        self._errand.ask(
            AblateRun,
            run=self._run,
            runs_folder=self._runs_folder,
            variants=tuple(variants),
            followers=self.followers.isChecked(),
            folder=self._folder,
        )

    def copy(self) -> None:
        """Put the table on the clipboard, as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["without", "depth", "parameters", "error", "loss", "note"])
        for one in self._variants:
            writer.writerow(["+".join(one.without), one.depth, one.parameters, one.error, one.loss, one.note])
        QGuiApplication.clipboard().setText(text.getvalue())

    # Building ---------------------------------------------------------------------------------------

    def _list(self, graph: Graph) -> QListWidget:
        made = QListWidget(self)
        made.setObjectName("ablation.layers")
        made.setAccessibleName("Layers to leave out")
        for one in removable(graph):
            item = QListWidgetItem(f"{one.name}  ({one.kind})", made)
            item.setData(Qt.ItemDataRole.UserRole, one.name)
            item.setToolTip(item.text())
            checked = Qt.CheckState.Checked if one.has_weights else Qt.CheckState.Unchecked
            item.setCheckState(checked)
        return made

    def _table(self) -> QTreeWidget:
        made = QTreeWidget(self)
        made.setObjectName("ablation.table")
        made.setAccessibleName("What is left without each")
        made.setHeaderLabels([title.format("Error") for title in HEADER])
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        made.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        made.header().setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        for column in range(1, NOTE):
            made.headerItem().setTextAlignment(column, _RIGHT)
        made.itemClicked.connect(self._choose)
        made.itemActivated.connect(self._choose)
        return made

    def _check(self, name: str, text: str) -> QCheckBox:
        made = QCheckBox(text, self)
        made.setObjectName(f"ablation.{name}")
        return made

    def _button(self, name: str, text: str, pressed: object) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"ablation.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _arrange(self) -> None:
        left, middle, upper = QVBoxLayout(), QHBoxLayout(), QVBoxLayout()
        left.setSpacing(2 * SPACE)
        self.layers.setFixedWidth(LIST_WIDTH)
        for widget in (self.layers, self.followers, self.together):
            left.addWidget(widget)
        middle.setSpacing(3 * SPACE)
        middle.addLayout(left)
        middle.addWidget(self.table, 1)
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        upper.addWidget(self.outcome)
        upper.addWidget(self.progress)
        upper.addLayout(middle, 1)
        framed(self, upper, button_row(self.cancel_button, self.copy_button, self.measure_button))
        set_property(self.measure_button, "role", "primary")
        self.measure_button.setDefault(True)
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, found: RunAblated) -> None:
        if not self._errand.is_answered_by(found):
            return
        self._variants = found.variants
        whole = found.variants[0]
        judged = "Loss" if math.isnan(whole.error) else "Error"
        self.table.setHeaderLabels([title.format(judged) for title in HEADER])
        for one in found.variants:
            self.table.addTopLevelItem(_item(one, whole))
        self._say(f"{found.samples:,} samples of the validation part. Nothing was trained again.")
        self._refresh()

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, round(progress.total))
        self.progress.setValue(round(progress.done))
        self._say(f"Measuring {progress.label} …")

    def _choose(self, item: QTreeWidgetItem) -> None:
        name, note = item.data(0, Qt.ItemDataRole.UserRole), item.text(NOTE)
        if note:
            self._say(note)
        if name:
            self.node_chosen.emit(name)

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
        busy, some = self._errand.is_going_on, bool(self.chosen)
        self.progress.setVisible(busy)
        for widget in (self.layers, self.followers, self.together):
            widget.setEnabled(not busy)
        self.measure_button.setEnabled(some and not busy)
        self.measure_button.setToolTip("" if some else "Choose a layer to leave out.")
        self.copy_button.setEnabled(bool(self._variants))
        self.copy_button.setToolTip("" if self._variants else "Copy as CSV: measure first.")
        self.cancel_button.setText("Cancel" if busy else "Close")


def _item(one: AblatedVariant, whole: AblatedVariant) -> QTreeWidgetItem:
    """Return a line of the table."""
    known = one.depth > 0
    fewer = one.parameters - whole.parameters
    item = QTreeWidgetItem(
        [
            ", ".join(one.without) or AS_TRAINED,
            str(one.depth) if known else "",
            f"{one.parameters:,}" if known else "",
            f"{fewer:+,}".replace("-", "−") if known and one.without else "",
            *_judged(one, whole),
            one.note,
        ]
    )
    for column in range(1, NOTE):
        item.setTextAlignment(column, _RIGHT)
    item.setForeground(NOTE, theme().color("dim"))
    item.setToolTip(NOTE, one.note)
    item.setToolTip(0, item.text(0))
    item.setData(0, Qt.ItemDataRole.UserRole, one.without[0] if one.without else "")
    return item


def _judged(one: AblatedVariant, whole: AblatedVariant) -> tuple[str, str]:
    """Return how good a variant is and how much worse than the whole: its error, or else its loss."""
    if math.isnan(one.loss):
        return "", ""
    by_loss = math.isnan(whole.error)
    value, before = (one.loss, whole.loss) if by_loss else (one.error, whole.error)
    words: Callable[[float], str] = number if by_loss else percent
    sign = "+" if value >= before else "−"
    return words(value), f"{sign}{words(abs(value - before))}" if one.without else ""
