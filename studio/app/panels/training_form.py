"""How the network is trained: the settings that the toolbar shows in brief, in full."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.editors import ChoiceEdit
from studio.app.panels.settings_specs import (
    ONLY_ADAM,
    ONLY_SGD,
    TRAINING_SPECS,
    training_values,
    with_training,
)
from studio.app.panels.weights_edit import WeightsEdit
from studio.app.theme.tokens import SPACE
from studio.graph.node import Value
from studio.project.config import TrainingConfig
from studio.project.weights import with_initial_weights


class TrainingForm(QWidget):
    """Edits `Project.training`."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.form = ArgumentForm(TRAINING_SPECS, "training", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.weights = WeightsEdit(document, self)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.form)
        column.addWidget(self.weights)
        self.weights.edited.connect(self._set_weights)
        self.form.edited.connect(self._set)
        self.form.reset_wanted.connect(lambda name: self._set(name, training_values(TrainingConfig())[name]))
        document.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the document's training settings, in place."""
        training = self._document.project.training
        self.form.show_values(training_values(training))
        for names, optimizer in ((ONLY_SGD, "sgd"), (ONLY_ADAM, "adam")):
            for name in names:
                self.form.rows[name].set_visible(training.optimizer == optimizer)

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer the devices that the engine found."""
        editor = self.form.rows["device"].editor
        assert isinstance(editor, ChoiceEdit)
        names = dict.fromkeys(("auto", *devices))
        editor.set_choices([(name, name) for name in names])
        editor.show_value(self._document.project.training.device)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        self.form.flush()

    def _set_weights(self, name: str) -> None:
        try:
            self._document.edit_project("Set initial weights", lambda now: with_initial_weights(now, name))
        except ValueError as error:
            self.weights.refuse(str(error))

    def _set(self, name: str, value: Value) -> None:
        try:
            training = with_training(self._document.project.training, name, value)
        except ValueError as error:
            self.refresh()
            self.form.refuse(name, str(error))
            return
        self._document.edit_project(f"Set {name}", lambda project: replace(project, training=training))
