"""Small steps that the style sheet needs from the widgets it dresses."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QLayout, QVBoxLayout, QWidget

from studio.app.theme.tokens import PANEL_MARGIN, SPACE


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet selects by, and dress the widget again if it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()


def label(text: str = "", role: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """Return a label in one of the style sheet's roles (``heading``, ``dim``, ``mono`` …)."""
    made = QLabel(text, parent)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def line(parent: QWidget | None = None) -> QFrame:
    """Return a thin horizontal line."""
    made = QFrame(parent)
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


def framed(dialog: QDialog, above: QLayout | QWidget, below: QLayout) -> None:
    """Lay a dialog out: what it is about, a line, and the row of its buttons."""
    whole = QVBoxLayout(dialog)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.setSpacing(0)
    if isinstance(above, QWidget):
        whole.addWidget(above, 1)
    else:
        whole.addLayout(above, 1)
    whole.addWidget(line(dialog))
    whole.addLayout(below)


def button_row(*buttons: QWidget, words: str = "") -> QHBoxLayout:
    """Return the row of a dialog's buttons at its right end, with words at the left."""
    row = QHBoxLayout()
    row.setContentsMargins(PANEL_MARGIN, 3 * SPACE, PANEL_MARGIN, 3 * SPACE)
    row.setSpacing(2 * SPACE)
    if words:
        row.addWidget(label(words, "small"))
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
