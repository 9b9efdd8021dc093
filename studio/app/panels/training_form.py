"""How the network is trained: the settings that the toolbar shows in brief, in full."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.argument_row import ArgumentRow
from studio.app.panels.editors import ChoiceEdit
from studio.app.panels.folded_form import FoldedForm
from studio.app.panels.preset_button import PresetButton
from studio.app.panels.settings_specs import training_values, with_training
from studio.app.panels.training_specs import SECTIONS, Section, means_something
from studio.app.panels.weights_edit import WeightsEdit
from studio.app.theme.tokens import SPACE
from studio.graph.node import Value
from studio.project import presets
from studio.project.config import TrainingConfig
from studio.project.weights import with_initial_weights


class TrainingForm(QWidget):
    """Edits `Project.training`."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.rows: dict[str, ArgumentRow] = {}
        self.folds: dict[str, FoldedForm] = {}
        self._forms: list[ArgumentForm] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        self.presets = PresetButton(document, self)
        self.presets.chosen.connect(self._take_preset)
        self._column.addWidget(self.presets, 0, Qt.AlignmentFlag.AlignLeft)
        for section in SECTIONS:
            self._add(section)
        self.weights = WeightsEdit(document, self)
        self._column.addWidget(self.weights)
        self.weights.edited.connect(self._set_weights)
        document.changed.connect(self.refresh)
        self.refresh()

    def _add(self, section: Section) -> None:
        """Add the form of a section, under a line to click if it has a title."""
        form: ArgumentForm
        if section.title:
            fold = FoldedForm(
                section.title, f"training.{section.key}", section.specs, "training", parent=self
            )
            self.folds[section.key] = fold
            form = fold.form
            self._column.addWidget(fold)
        else:
            form = ArgumentForm(section.specs, "training", self)
            self._column.addWidget(form)
        form.edited.connect(self._set)
        form.reset_wanted.connect(lambda name: self._set(name, training_values(TrainingConfig())[name]))
        self._forms.append(form)
        self.rows |= form.rows

    def refresh(self) -> None:
        """Show the document's training settings, in place."""
        training = self._document.project.training
        values = training_values(training)
        for form in self._forms:
            form.show_values(values)
        for name, row in self.rows.items():
            row.set_visible(means_something(name, training))
        for fold in self.folds.values():
            fold.count()

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer the devices that the engine found."""
        editor = self.rows["device"].editor
        assert isinstance(editor, ChoiceEdit)
        names = dict.fromkeys(("auto", *devices))
        editor.set_choices([(name, name) for name in names])
        editor.show_value(self._document.project.training.device)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        for form in self._forms:
            form.flush()

    def _take_preset(self, key: str) -> None:
        title = presets.get(key).title
        self._document.edit_project(f"Preset: {title}", lambda now: presets.with_preset(now, key))

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
            self.rows[name].refuse(str(error))
            return
        self._document.edit_project(f"Set {name}", lambda project: replace(project, training=training))
