"""Ablation…: layers left out of a trained network, and what is lost, in a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.engine_link import EngineLink
from studio.app.errand_dialog import ErrandDialog, copy_csv
from studio.app.plots.wording import number, percent
from studio.app.theme.tables import FlatTable
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.engine.records import AblatedVariant, AblateRun, RunAblated
from studio.graph.graph import Graph
from studio.zoo.actions.removable import removable

SIZE = QSize(270 * SPACE, 130 * SPACE)
LIST_WIDTH = 54 * SPACE

HEADER = ("Left out", "Depth", "Parameters", "Difference", "{}", "Difference", "")
NOTE = len(HEADER) - 1
INNER = Qt.ItemDataRole.UserRole + 1
"""Whether a line of the list is a layer in one of several copies of a block."""

AS_TRAINED = "nothing: as trained"

_FIRST = (
    "Each chosen layer is left out, the gap is closed, and the validation part is measured with the weights "
    "as they were trained: nothing is trained again."
)


class AblationDialog(ErrandDialog):
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
        super().__init__("ablation", f"Ablation of {run}", link, parent)
        self._run, self._runs_folder, self._folder = run, runs_folder, folder
        self._variants: tuple[AblatedVariant, ...] = ()
        self.layers = self._list(graph)
        self.table = self._table()
        self.inner = self._check("inner", "Layers in each block, too")
        self.inner.setToolTip("Layers inside blocks that are used several times; each goes from one copy")
        self.inner.setVisible(any(item.data(INNER) for item in self._items()))
        self.inner.toggled.connect(self._offer_inner)
        self.together = self._check("together", "All chosen at once, too")
        self.followers = self._check("followers", "With what follows each")
        self.followers.setToolTip("The activation, normalization and dropout after a layer go with it")
        self.followers.setChecked(True)
        self.measure_button = self.button("measure", "Measure", self.measure)
        self.copy_button = self.button("copy", "Copy as CSV", self.copy)
        middle = self._middle()
        parts = self.outcome, self.progress, middle
        self.arrange(parts, middle, self.copy_button, self.measure_button)
        self.resize(SIZE)
        link.run_ablated.connect(self._take)
        self.layers.itemChanged.connect(lambda _: self.refresh())
        self.say(_FIRST)
        self.refresh()

    @property
    def chosen(self) -> list[str]:
        """Names of the layers that are to be left out."""
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in self._items()
            if item.checkState() == Qt.CheckState.Checked and not item.isHidden()
        ]

    def measure(self) -> None:
        """Ask the engine."""
        names = self.chosen
        variants: list[tuple[str, ...]] = [(name,) for name in names]
        if self.together.isChecked() and len(names) > 1:
            variants.append(tuple(names))
        self._variants = ()
        self.table.clear()
        self.say("Measuring …")
        self.errand.ask(
            AblateRun,
            run=self._run,
            runs_folder=self._runs_folder,
            variants=tuple(variants),
            followers=self.followers.isChecked(),
            folder=self._folder,
        )

    def copy(self) -> None:
        """Put the table on the clipboard, as CSV."""
        copy_csv(
            [
                ("without", "depth", "parameters", "error", "loss", "note"),
                *(
                    ("+".join(one.without), one.depth, one.parameters, one.error, one.loss, one.note)
                    for one in self._variants
                ),
            ]
        )

    def refresh(self) -> None:
        """Offer what can be done now."""
        super().refresh()
        busy, some = self.errand.is_going_on, bool(self.chosen)
        for widget in (self.layers, self.inner, self.followers, self.together):
            widget.setEnabled(not busy)
        self.measure_button.setEnabled(some and not busy)
        self.measure_button.setToolTip("" if some else "Choose a layer to leave out.")
        self.copy_button.setEnabled(bool(self._variants))
        self.copy_button.setToolTip("" if self._variants else "Copy as CSV: measure first.")

    # Building ---------------------------------------------------------------------------------------

    def _list(self, graph: Graph) -> QListWidget:
        made = QListWidget(self)
        made.setObjectName("ablation.layers")
        made.setAccessibleName("Layers to leave out")
        for one in removable(graph):
            item = QListWidgetItem(f"{one.name}  ({one.kind})", made)
            item.setData(Qt.ItemDataRole.UserRole, one.name)
            item.setToolTip(item.text())
            item.setData(INNER, one.is_inner)
            item.setCheckState(Qt.CheckState.Checked if one.is_usual else Qt.CheckState.Unchecked)
            item.setHidden(one.is_inner)
        return made

    def _items(self) -> list[QListWidgetItem]:
        return [self.layers.item(place) for place in range(self.layers.count())]

    def _offer_inner(self, on: bool) -> None:
        for item in self._items():
            item.setHidden(bool(item.data(INNER)) and not on)
        self.refresh()

    def _table(self) -> FlatTable:
        made = FlatTable(
            "ablation.table",
            "What is left without each",
            [title.format("Error") for title in HEADER],
            numbers=range(1, NOTE),
            stretched=NOTE,
            parent=self,
        )
        made.wrap(NOTE)  # why something was not measured must be read, not guessed
        made.itemClicked.connect(self._choose)
        made.itemActivated.connect(self._choose)
        return made

    def _check(self, name: str, text: str) -> QCheckBox:
        made = QCheckBox(text, self)
        made.setObjectName(f"ablation.{name}")
        return made

    def _middle(self) -> QHBoxLayout:
        """Return the layers to choose beside the table."""
        left, made = QVBoxLayout(), QHBoxLayout()
        left.setSpacing(2 * SPACE)
        self.layers.setFixedWidth(LIST_WIDTH)
        for widget in (self.layers, self.inner, self.followers, self.together):
            left.addWidget(widget)
        made.setSpacing(3 * SPACE)
        made.addLayout(left)
        made.addWidget(self.table, 1)
        return made

    # What comes -------------------------------------------------------------------------------------

    def _take(self, found: RunAblated) -> None:
        if not self.errand.is_answered_by(found):
            return
        self._variants = found.variants
        whole = found.variants[0]
        judged = "Loss" if math.isnan(whole.error) else "Error"
        self.table.setHeaderLabels([title.format(judged) for title in HEADER])
        for one in found.variants:
            self.table.add(_item(one, whole))
        self.say(f"{found.samples:,} samples of the validation part. Nothing was trained again.")
        self.refresh()

    def _choose(self, item: QTreeWidgetItem) -> None:
        name, note = item.data(0, Qt.ItemDataRole.UserRole), item.text(NOTE)
        if note:
            self.say(note)
        if name:
            self.node_chosen.emit(name)


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
