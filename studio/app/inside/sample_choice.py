"""Which sample of the part a page is about."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.theme.polish import label
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.tokens import SPACE


class SampleChoice(QWidget):
    """A number, from 0 to that of the last sample."""

    changed = Signal()

    def __init__(self, page: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = SpinBox(self)
        self.box.setObjectName(f"inside.{page}.sample")
        self.box.setAccessibleName("Which sample of the part")
        self.box.setToolTip(self.box.accessibleName())
        self.box.setKeyboardTracking(False)
        self.box.setMaximum(999_999)
        self.box.valueChanged.connect(lambda _: self.changed.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(label("sample", "argument", self))
        row.addWidget(self.box)

    def value(self) -> int:
        """Return the number."""
        return self.box.value()

    def choose(self, sample: int) -> None:
        """Take a number, without a word: the page is not on show."""
        self.box.blockSignals(True)
        self.box.setValue(sample)
        self.box.blockSignals(False)

    def set_available(self, count: int) -> None:
        """Say how many samples there are."""
        self.box.blockSignals(True)
        self.box.setMaximum(max(count - 1, 0))
        self.box.blockSignals(False)
