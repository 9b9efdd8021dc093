"""The transforms of the data in order: added from a menu, moved by drag or keys, set in place, removed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QPushButton, QVBoxLayout, QWidget

from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.transform_menu import TransformMenu
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LIST_ROW_HEIGHT, SPACE
from studio.catalog.spec import show
from studio.errors import DataError
from studio.graph.node import Value
from studio.project.sample import Sample
from studio.project.transforms import MOST, Transform, sample_after

_ORDER = Qt.ItemDataRole.UserRole
_UP, _DOWN = -1, 1


class TransformList(QWidget):
    """Edits a list of transforms; it keeps none of its own and says what the person wants.

    Every edit is one signal, so that it is one step of undo.
    """

    edited = Signal(str, object)
    """(what was done, the transforms as they are to be)"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transforms: tuple[Transform, ...] = ()
        self._sample: Sample | None = None
        self._form_kind = ""
        self.form: ArgumentForm | None = None
        self.list = self._make_list()
        self.menu = TransformMenu(self)
        self.menu.chosen.connect(self._add)
        self.menu.aboutToShow.connect(lambda: self.menu.offer(self._transforms, self._sample))
        self.add = self._button("Add", "add", "Add a transform")
        self.add.setMenu(self.menu)
        self.up = self._button("↑", "up", "Move the transform up")
        self.down = self._button("↓", "down", "Move the transform down")
        self.remove = self._button("Remove", "remove", "Remove the transform")
        self.up.clicked.connect(lambda: self._move(_UP))
        self.down.clicked.connect(lambda: self._move(_DOWN))
        self.remove.clicked.connect(self._remove)
        self._reason = label("", "bad-small", self, wrap=True)
        self._reason.setObjectName("data.transforms.reason")
        row = QHBoxLayout()
        for button in (self.add, self.up, self.down, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        self._column.addWidget(label("Transforms, before normalization", "dim", self))
        self._column.addWidget(self.list)
        self._column.addWidget(self._reason)
        self._column.addLayout(row)
        theme().changed.connect(self._mark)
        self.show_transforms((), None)

    def _make_list(self) -> QListWidget:
        found = QListWidget(self)
        found.setObjectName("data.transforms")
        found.setAccessibleName("Transforms of the data, in order")
        found.setAccessibleDescription("Alt and the arrow keys move a transform; Delete removes it")
        found.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        found.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        found.currentRowChanged.connect(self._choose)
        found.model().rowsMoved.connect(self._dropped)
        found.installEventFilter(self)
        return found

    def _button(self, text: str, name: str, words: str) -> QPushButton:
        found = QPushButton(text, self)
        found.setObjectName(f"data.transforms.{name}")
        found.setAccessibleName(words)
        found.setProperty("role", "small")
        return found

    def show_transforms(self, transforms: Sequence[Transform], sample: Sample | None) -> None:
        """Show these transforms.

        Args:
            transforms: In order.
            sample: What comes to the first of them; None if that is not known.
        """
        current = self.list.currentRow()
        grown = len(transforms) > len(self._transforms) > 0 or (transforms and not self._transforms)
        self._transforms, self._sample = tuple(transforms), sample
        self.list.blockSignals(True)
        # Items stay where there are as many: one may be in the middle of its drop.
        while self.list.count() > len(transforms):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(transforms):
            self.list.addItem("")
        for place, transform in enumerate(transforms):
            item = self.list.item(place)
            item.setText(_line(transform))
            item.setToolTip(f"{transform.spec.summary} {transform.spec.reference}".strip())
            item.setData(_ORDER, place)
            item.setSizeHint(QSize(0, LIST_ROW_HEIGHT))  # as wide as there is room: the rest is elided
        last = len(transforms) - 1
        self.list.setCurrentRow(last if grown and current < 0 else min(current, last))
        self.list.blockSignals(False)
        self.list.setVisible(bool(transforms))
        self.list.setFixedHeight(len(transforms) * max(self.list.sizeHintForRow(0), LIST_ROW_HEIGHT))
        self._mark()
        self._choose(self.list.currentRow())

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self.form is not None:
            self.form.flush()

    def refuse(self, reason: str) -> None:
        """Say why an edit was not taken."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move and remove by keys."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key, alt = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
            if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._move(_UP if key == Qt.Key.Key_Up else _DOWN)
                return True
            if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self._remove()
                return True
        return super().eventFilter(watched, event)

    # What is wrong ----------------------------------------------------------------------------------

    def _mark(self) -> None:
        """Show the first transform that cannot be done in red, and why."""
        wrong, reason = self._first_wrong()
        for place in range(self.list.count()):
            color = theme().color("bad" if place == wrong else "text")
            self.list.item(place).setForeground(color)
        self.refuse(reason)

    def _first_wrong(self) -> tuple[int, str]:
        if self._sample is None:
            return -1, ""
        for place in range(len(self._transforms)):
            try:
                sample_after(self._transforms[: place + 1], self._sample)
            except DataError as error:
                return place, error.message
        return -1, ""

    # Edits ------------------------------------------------------------------------------------------

    def _add(self, transform: Transform) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)  # the new one is chosen
        self.list.blockSignals(False)
        self.edited.emit(f"Add {transform.spec.title.lower()}", (*self._transforms, transform))

    def _move(self, way: int) -> None:
        here = self.list.currentRow()
        there = here + way
        if here < 0 or not 0 <= there < len(self._transforms):
            return
        moved = list(self._transforms)
        moved[here], moved[there] = moved[there], moved[here]
        self.list.blockSignals(True)
        self.list.setCurrentRow(there)
        self.list.blockSignals(False)
        self.edited.emit(f"Move {moved[there].spec.title.lower()}", tuple(moved))

    def _dropped(self) -> None:
        order = [self.list.item(place).data(_ORDER) for place in range(self.list.count())]
        self.edited.emit("Move transform", tuple(self._transforms[place] for place in order))

    def _remove(self) -> None:
        here = self.list.currentRow()
        if here >= 0:
            left = (*self._transforms[:here], *self._transforms[here + 1 :])
            self.edited.emit(f"Remove {self._transforms[here].spec.title.lower()}", left)

    def _set(self, name: str, value: Value) -> None:
        here = self.list.currentRow()
        transform = self._transforms[here]
        given = {**transform.arguments, name: value}
        changed = Transform.of(transform.kind, **given)
        self.edited.emit(
            f"Set {name} of {transform.spec.title.lower()}",
            (*self._transforms[:here], changed, *self._transforms[here + 1 :]),
        )

    # The chosen one ---------------------------------------------------------------------------------

    def _choose(self, row: int) -> None:
        """Show the arguments of a transform, and what can be done to it."""
        transform = self._transforms[row] if 0 <= row < len(self._transforms) else None
        self._show_form(transform)
        none = "" if transform is not None else "Choose a transform of the list first"
        _enable(self.remove, none)
        _enable(self.up, none or ("It is the first already" if row == 0 else ""))
        _enable(self.down, none or ("It is the last already" if row == len(self._transforms) - 1 else ""))
        for button in (self.up, self.down, self.remove):
            button.setVisible(bool(self._transforms))
        _enable(self.add, f"There are {MOST} already" if len(self._transforms) >= MOST else "")

    def _show_form(self, transform: Transform | None) -> None:
        kind = transform.kind if transform is not None else ""
        if kind != self._form_kind:
            self._form_kind = kind
            if self.form is not None:
                self._column.removeWidget(self.form)
                self.form.hide()
                self.form.deleteLater()
                self.form = None
            if transform is not None and transform.spec.arguments:
                self.form = ArgumentForm(
                    transform.spec.arguments, "data.transform", self, resting=transform.spec.summary
                )
                self.form.edited.connect(self._set)
                self.form.reset_wanted.connect(self._reset)
                self._column.addWidget(self.form)
        if self.form is not None and transform is not None:
            self.form.show_values(transform.values)

    def _reset(self, name: str) -> None:
        argument = self._transforms[self.list.currentRow()].spec.argument(name)
        if argument is not None:
            self._set(name, argument.default)


def _line(transform: Transform) -> str:
    values = ", ".join(f"{name} {show(value)}" for name, value in transform.values.items())
    return f"{transform.spec.title}   {values}".strip()


def _enable(button: QPushButton, why_not: str) -> None:
    button.setEnabled(not why_not)
    button.setToolTip(why_not or button.accessibleName())
