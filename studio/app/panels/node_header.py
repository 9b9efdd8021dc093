"""The head of the inspector: a layer's name, to be edited in place, its kind and what it does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.app.panels.number_edit import undo_belongs_to_design
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, SPACE, SWATCH


class Swatch(QWidget):
    """A small square in the colour of a layer's family."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self.setFixedSize(SWATCH, SWATCH)
        theme().changed.connect(self.update)

    def show_kind(self, kind: str) -> None:
        """Take the colour of this kind's family."""
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the square."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().family_color(self._kind))
        painter.drawRoundedRect(self.rect(), SWATCH / 4, SWATCH / 4)


class NameEdit(QLineEdit):
    """A name that looks like a heading until it is edited."""

    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self.setProperty("role", "name")
        self.setMaxLength(64)
        self.editingFinished.connect(self.flush)

    def show_name(self, name: str) -> None:
        """Show a name; one that is being typed stays unless the name behind it changed."""
        if name != self._name or not self.isModified():
            self._name = name
            self.setText(name)
            self.setCursorPosition(0)
            self.setModified(False)

    def flush(self) -> None:
        """Announce what was typed."""
        if self.isModified() and self.text() != self._name:
            self.renamed.emit(self.text().strip())

    def event(self, event: QEvent) -> bool:
        """Leave undo to the design while nothing was typed."""
        return undo_belongs_to_design(event, self.isModified()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Bring the old name back on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.show_name(self._name)
            self.renamed.emit(self._name)
            return
        super().keyPressEvent(event)


class NodeHeader(QWidget):
    """Family, name, kind and summary; for several layers, how many there are.

    Args:
        prefix: Begins the object names of its parts.
        helps: It has a button that leads to the help.
    """

    renamed = Signal(str)
    """The person wants another name for the layer."""

    help_wanted = Signal()
    """The person wants to read about the layer."""

    def __init__(
        self, parent: QWidget | None = None, *, prefix: str = "inspector", helps: bool = True
    ) -> None:
        super().__init__(parent)
        self._swatch = Swatch(self)
        self.name_edit = NameEdit(self)
        self.name_edit.setObjectName(f"{prefix}.name")
        self.name_edit.setAccessibleName("Name of the layer")
        self.name_edit.setToolTip("Name of the layer; click to change it")
        self._count = label("", "heading", self)
        self._count.setMinimumHeight(self.name_edit.sizeHint().height())
        self._kind = label("", "dim", self)
        self._kind.setObjectName(f"{prefix}.kind")
        self._reason = label("", "bad-small", self, wrap=True)
        self._reason.setObjectName(f"{prefix}.name.reason")
        self._summary = label("", "dim", self, wrap=True)
        self._summary.setObjectName(f"{prefix}.summary")
        self._kind.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self._swatch)
        row.addWidget(self.name_edit, 1)
        row.addWidget(self._count, 1)
        row.addWidget(self._kind)
        if helps:
            row.addWidget(self._help_button(prefix))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self._reason)
        column.addWidget(self._summary)
        self._reason.hide()
        self.name_edit.renamed.connect(self.renamed)
        self.name_edit.textEdited.connect(lambda: self.refuse(""))

    def _help_button(self, prefix: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{prefix}.help")
        button.setAccessibleName("Help on this layer")
        button.setToolTip("What this layer does, its shapes and arguments")
        button.setProperty("role", "icon")
        button.setText("?")
        button.setFixedSize(ICON + SPACE, ICON + SPACE)
        button.clicked.connect(self.help_wanted)
        return button

    def show_layer(self, name: str, kind: str, title: str, summary: str, count: int = 1) -> None:
        """Show one layer, or `count` layers of one kind."""
        self._swatch.show_kind(kind)
        self.name_edit.setVisible(count == 1)
        self._count.setVisible(count > 1)
        self._count.setText(f"{count} layers")
        if count == 1:
            if name != self.name_edit.text():
                self.refuse("")
            self.name_edit.show_name(name)
        self._kind.setText(title)
        self._summary.setText(summary)
        self._summary.setVisible(bool(summary))

    def refuse(self, reason: str) -> None:
        """Say why a name is not taken; an empty reason takes it back."""
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        set_property(self.name_edit, "invalid", bool(reason))
