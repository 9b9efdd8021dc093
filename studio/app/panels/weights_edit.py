"""The weights that a new run starts from: a file beside the project, or fresh ones."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.folder_edit import allow_chosen
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.errors import ProjectError
from studio.project.config import WEIGHTS_SUFFIX
from studio.project.weights import bring_along

FRESH = "fresh, drawn by the seed"


class WeightsEdit(QWidget):
    """Shows `TrainingConfig.initial_weights`, with buttons to choose a file and to start from fresh weights.

    A file that lies elsewhere is copied beside the project, so that the project opens on any machine.
    """

    edited = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.name = label("", "value", self, wrap=True)
        self.name.setObjectName("training.initial_weights")
        self.reason = label("", "bad-small", self, wrap=True)
        self.reason.setObjectName("training.initial_weights.reason")
        self.choose_button = self._button("choose", "Choose…", "Start from a .safetensors file")
        self.clear_button = self._button("clear", "Clear", "Start from fresh weights")
        heading = QHBoxLayout()
        heading.setSpacing(2 * SPACE)
        heading.addWidget(label("initial_weights", "argument", self), 1)
        heading.addWidget(self.clear_button)
        heading.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(heading)
        column.addWidget(self.name)
        column.addWidget(self.reason)
        self.choose_button.clicked.connect(self._choose)
        self.clear_button.clicked.connect(lambda: self.edited.emit(""))
        document.state_changed.connect(self.refresh)
        self.refresh()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"training.initial_weights.{name}")
        made.setAccessibleName(f"{tip}: initial weights")
        made.setToolTip(tip)
        made.setProperty("role", "small")
        return made

    def refresh(self) -> None:
        """Show the project's initial weights."""
        name = self._document.project.training.initial_weights
        self.name.setText(name or FRESH)
        self.clear_button.setVisible(bool(name))
        self._say("")
        has_place = self._document.folder is not None
        self.choose_button.setEnabled(has_place)
        self.choose_button.setToolTip(
            "Start from a .safetensors file"
            if has_place
            else "Save the project first: weights lie beside it."
        )

    def take(self, path: Path) -> None:
        """Start from a file; one that lies elsewhere is copied beside the project."""
        folder = self._document.folder
        if folder is None:
            return
        try:
            if path.is_relative_to(folder):
                name = path.relative_to(folder).as_posix()
            else:
                name = bring_along(path.name, path.parent, folder)
        except ProjectError as error:
            self._say(error.message)
            return
        self.edited.emit(name)

    def refuse(self, reason: str) -> None:
        """Say why what was chosen was not taken."""
        self._say(f"{self._document.name}: {reason}")

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Initial weights", str(self._document.folder or ""), f"Weights (*{WEIGHTS_SUFFIX})"
        )
        if chosen:
            allow_chosen(Path(chosen), self._document.folder)
            self.take(Path(chosen))

    def _say(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
