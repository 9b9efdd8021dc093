"""The inspector's page while nothing is selected: data, training and notes of the project."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.panels.amounts import cost_text, count_text, memory_text
from studio.app.panels.data_panel import DataPanel
from studio.app.panels.fact_table import FactTable
from studio.app.panels.training_form import TrainingForm
from studio.app.theme.polish import label, line
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.units import cost_name


class NotesEdit(QPlainTextEdit):
    """Free text; what was written is one step of undo when the field is left."""

    finished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("project.notes")
        self.setAccessibleName("Notes")
        self.setPlaceholderText("What is this network for? What was tried?")
        self.setTabChangesFocus(True)
        self.setFixedHeight(30 * SPACE)

    def show_notes(self, notes: str) -> None:
        """Show the project's notes; what is being written stays unless the notes behind it changed."""
        if notes != self.toPlainText() and not self.document().isModified():
            self.setPlainText(notes)
            self.document().setModified(False)

    def flush(self) -> None:
        """Announce what was written."""
        if self.document().isModified():
            self.document().setModified(False)
            self.finished.emit(self.toPlainText())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Announce what was written."""
        super().focusOutEvent(event)
        self.flush()


class ProjectPage(QScrollArea):
    """Everything of the project that is not a layer."""

    download_requested = Signal()
    download_cancelled = Signal()
    draw_requested = Signal()

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self.title = label("", "heading", body)
        self.title.setObjectName("project.title")
        self.totals = FactTable("project.totals", body)
        self.data = DataPanel(document, body)
        self.training = TrainingForm(document, body)
        self.notes = NotesEdit(body)
        column = QVBoxLayout(body)
        column.setContentsMargins(PANEL_MARGIN, 4 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(self.title)
        column.addWidget(self.totals)
        for heading, widget in (("Data", self.data), ("Training", self.training), ("Notes", self.notes)):
            column.addWidget(line(body))
            column.addWidget(label(heading, "heading", body))
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        self.data.download_requested.connect(self.download_requested)
        self.data.download_cancelled.connect(self.download_cancelled)
        self.data.draw_requested.connect(self.draw_requested)
        self.notes.finished.connect(self._set_notes)
        document.state_changed.connect(self.refresh)
        facts.changed.connect(self.refresh)
        in_force().units_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show title, totals and notes anew."""
        project, totals = self._document.project, self._facts.totals
        self.title.setText(self._document.name)
        lines = [("layers", count_text(totals.layers))]
        if totals.parameters or totals.macs:
            lines += [
                ("parameters", count_text(totals.parameters)),
                (f"{cost_name()} a sample", cost_text(totals.macs)),
                (f"to train at batch {project.training.batch_size}", memory_text(totals.training_bytes)),
            ]
        self.totals.show_facts(lines)
        self.notes.show_notes(project.notes)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        self.data.flush()
        self.training.flush()
        self.notes.flush()

    def _set_notes(self, notes: str) -> None:
        self._document.edit_project("Edit notes", lambda project: replace(project, notes=notes))
