"""Spin boxes whose text stands as far from the left edge as in other fields.

Their line edit takes no padding from a style sheet, neither its own nor the box's.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QWidget

from studio.app.theme.tokens import FIELD_PADDING


class SpinBox(QSpinBox):
    """A field for a whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _pad(self)

    def sizeHint(self) -> QSize:
        """Return room for the longest number."""
        return super().sizeHint() + QSize(FIELD_PADDING, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return super().minimumSizeHint() + QSize(FIELD_PADDING, 0)


class DoubleSpinBox(QDoubleSpinBox):
    """A field for a number with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _pad(self)

    def sizeHint(self) -> QSize:
        """Return room for the longest number."""
        return super().sizeHint() + QSize(FIELD_PADDING, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return super().minimumSizeHint() + QSize(FIELD_PADDING, 0)


def _pad(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(FIELD_PADDING, 0, 0, 0)
