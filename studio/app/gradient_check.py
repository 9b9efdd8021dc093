"""Check gradients…: autograd's gradients beside finite differences, tensor by tensor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand_dialog import ErrandDialog, copy_csv
from studio.app.plots.wording import number
from studio.app.theme.polish import label
from studio.app.theme.tables import FlatTable
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.engine.records import CheckGradients, GradientRow, GradientsChecked
from studio.project.format import to_data

SIZE = QSize(190 * SPACE, 140 * SPACE)

HEADER = ("Layer", "Tensor", "Shape", "Compared", "Kinks", "Relative error", "Verdict")

VERDICTS = {
    "right": ("✓ right", "good"),
    "wrong": ("✗ wrong", "bad"),
    "tiny": ("– too small to tell", "dim"),
    "unused": ("– unused", "dim"),
}
"""What stands in the last column, and the role of its colour."""

_TITLES = (
    "layer",
    "tensor",
    "shape",
    "compared",
    "total",
    "kinks",
    "relative error",
    "largest difference",
    "verdict",
)
"""Of the table as CSV."""

_WHOLE = (
    "All through the loss",
    "Changes each parameter a little and looks at the loss. A wrong layer spoils all gradients before it.",
)
_ALONE = (
    "Each layer by itself",
    "Changes what comes into a layer and its parameters: what is wrong is found where it is.",
)
_FIRST = (
    "In float64, on four samples of the data. Of large tensors twenty numbers each are compared. Where a "
    "ReLU or a max-pooling has a kink there is no gradient; such numbers are left out and counted."
)
_TINY = (
    "Autograd and the differences agree as far as rounding lets them: the gradient is so small that the loss "
    "hardly moves with it."
)


class GradientDialog(ErrandDialog):
    """Asks the engine to compare gradients, and lists what it found.

    Args:
        document: Whose network and data are used.
        link: To the engine.
        folder: Folder of the project file.
        node: Dotted name of the selected layer, which can be checked alone; empty: none is.
        parent: The window.
    """

    DOING = "Checking"

    node_chosen = Signal(str)
    """Dotted name of the layer of a row that was chosen."""

    def __init__(
        self, document: Document, link: EngineLink, folder: str, node: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__("gradients", "Check gradients", link, parent)
        self._document, self._folder, self._node = document, folder, node
        self._rows: tuple[GradientRow, ...] = ()
        self.choices: dict[str, QRadioButton] = {}
        self.table = self._table()
        self.check_button = self.button("check", "Check", self.check)
        self.copy_button = self.button("copy", "Copy as CSV", self.copy)
        parts = self._choices(), self.outcome, self.progress, self.table
        self.arrange(parts, self.table, self.copy_button, self.check_button)
        self.resize(SIZE)
        link.gradients_checked.connect(self._take)
        self.say(_FIRST)
        self.refresh()

    def check(self) -> None:
        """Ask the engine."""
        self._rows = ()
        self.table.clear()
        self.say("Checking …")
        chosen = next(name for name, choice in self.choices.items() if choice.isChecked())
        self.errand.ask(
            CheckGradients,
            project=to_data(self._document.project),
            node=self._node if chosen == "node" else "",
            alone=chosen == "alone",
            folder=self._folder,
        )

    def copy(self) -> None:
        """Put the table on the clipboard, as CSV."""
        copy_csv([_TITLES, *map(_fields, self._rows)])

    def refresh(self) -> None:
        """Offer what can be done now."""
        super().refresh()
        busy = self.errand.is_going_on
        for choice in self.choices.values():
            choice.setEnabled(not busy)
        self.check_button.setEnabled(not busy)
        self.check_button.setText("Check again" if self._rows else "Check")
        self.copy_button.setEnabled(bool(self._rows))
        self.copy_button.setToolTip("" if self._rows else "Copy as CSV: check first.")

    def _table(self) -> FlatTable:
        made = FlatTable("gradients.table", "Gradients by tensor", HEADER, numbers=(3, 4, 5), parent=self)
        made.itemActivated.connect(self._choose)
        made.itemClicked.connect(self._choose)
        return made

    def _choices(self) -> QVBoxLayout:
        group = QButtonGroup(self)
        choices = QVBoxLayout()
        choices.setSpacing(SPACE)
        offered = {"whole": _WHOLE, "alone": _ALONE}
        if self._node:
            offered["node"] = (f"{self._node} alone", "The selected layer only.")
        for name, (title, text) in offered.items():
            choice = self.choices[name] = QRadioButton(title, self)
            choice.setObjectName(f"gradients.choice.{name}")
            choice.setAccessibleDescription(text)
            group.addButton(choice)
            choices.addWidget(choice)
            choices.addWidget(label(text, "dim", self, wrap=True))
        self.choices["node" if self._node else "whole"].setChecked(True)
        return choices

    def _take(self, found: GradientsChecked) -> None:
        if not self.errand.is_answered_by(found):
            return
        self._rows = found.rows
        for row in found.rows:
            self.table.add(_item(row))
        self.say(*_summary(found.rows))
        self.refresh()

    def _choose(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, Qt.ItemDataRole.UserRole)
        if name:
            self.node_chosen.emit(name)


def _fields(row: GradientRow) -> tuple[object, ...]:
    """Return a line of the table as CSV."""
    counts = row.checked, row.total, row.kinks
    return row.node, row.tensor, "x".join(map(str, row.shape)), *counts, row.error, row.worst, row.verdict


def _summary(rows: Sequence[GradientRow]) -> tuple[str, str]:
    """Return in words what was found, and the role of their colour."""
    tiny = sum(row.verdict == "tiny" for row in rows)
    too_small = f" Too small to tell: {tiny} tensor(s)." if tiny else ""
    wrong = list(dict.fromkeys(row.node or "the input" for row in rows if row.verdict == "wrong"))
    if wrong:
        return (
            f"{len(wrong)} wrong: {', '.join(wrong[:8])}{' …' if len(wrong) > 8 else ''}.{too_small}",
            "bad",
        )
    compared = sum(row.checked for row in rows)
    largest = max((row.error for row in rows if row.verdict == "right"), default=0.0)
    right = "No gradient is wrong" if tiny else "All gradients are right"
    error = f"the largest relative error is {number(largest, 2)}."
    return f"{right}: {compared:,} numbers were compared, and {error}{too_small}", "good"


def _item(row: GradientRow) -> QTreeWidgetItem:
    """Return a line of the table."""
    words, role = VERDICTS.get(row.verdict, (row.note, "dim"))
    compared = f"{row.checked:,} of {row.total:,}" if row.tensor else ""
    error = number(row.error, 2)
    item = QTreeWidgetItem(
        [
            row.node or "input",
            row.tensor,
            "×".join(map(str, row.shape)) if row.tensor else "",
            compared,
            str(row.kinks) if row.kinks else "",
            error if row.verdict in ("right", "wrong") else "",
            words,
        ]
    )
    color: QColor = theme().color(role)
    item.setForeground(len(HEADER) - 1, color)
    item.setData(0, Qt.ItemDataRole.UserRole, row.node)
    item.setToolTip(len(HEADER) - 1, _TINY if row.verdict == "tiny" else row.note)
    return item
