"""The right side of the gallery: the chosen network in full, and its arguments as a form."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.gallery.entries import Entry
from studio.app.gallery.large_picture import LargePicture
from studio.app.panels.amounts import cost_text, count_text, counted, memory_text
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.fact_table import FactTable
from studio.app.panels.number_edit import NumberEdit
from studio.app.theme.polish import label, line
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.units import cost_name
from studio.engine.records import Summarised
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.project.project import Project

WIDTH = 106 * SPACE
ASKED = "…"
UNKNOWN = "–"


class TemplatePage(QWidget):
    """Picture, words, numbers and form of one entry.

    Attributes:
        entry: What is shown.
        arguments: Its arguments as they are set now.
    """

    measure = Signal(object)
    """A `Project` whose size nobody has told yet; `show_summary` is waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery.page")
        self.setFixedWidth(WIDTH)
        self.entry: Entry | None = None
        self.arguments: dict[str, Value] = {}
        self.project: Project | None = None
        self.picture = LargePicture(self)
        self.title = label("", "title", self, wrap=True)
        self.summary = label("", "", self, wrap=True)
        self.reference = label("", "dim", self, wrap=True)
        self.reference.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts = FactTable("gallery.facts", self)
        self.reason = label("", "bad", self, wrap=True)
        self.form: ArgumentForm | None = None
        self._refused = False
        for name in ("title", "summary", "reference", "reason"):
            getattr(self, name).setObjectName(f"gallery.{name}")
        self._arrange()

    def _arrange(self) -> None:
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANEL_MARGIN, 0, PANEL_MARGIN, 4 * SPACE)
        self._column.setSpacing(2 * SPACE)
        self._rule = line(body)
        for widget in (self.title, self.summary, self.reference, self.facts, self._rule, self.reason):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, PANEL_MARGIN, 0, 0)
        outer.setSpacing(3 * SPACE)
        picture = QVBoxLayout()
        picture.setContentsMargins(PANEL_MARGIN, 0, PANEL_MARGIN, 0)
        picture.addWidget(self.picture)
        outer.addLayout(picture)
        outer.addWidget(self.area, 1)

    @property
    def can_create(self) -> bool:
        """Whether a project can be made from what is set."""
        return self.project is not None

    def show_entry(self, entry: Entry | None) -> None:
        """Show another entry, with its default arguments."""
        self.entry = entry
        self.arguments = entry.defaults() if entry is not None else {}
        template = entry.template if entry is not None else None
        self.title.setText(entry.title if entry is not None else "")
        self.summary.setText(entry.summary if entry is not None else "")
        self.reference.setText(template.reference if template is not None else "")
        self.reference.setVisible(bool(self.reference.text()))
        self._replace_form()
        self._rule.setVisible(self.form is not None)
        self.area.verticalScrollBar().setValue(0)
        self._build()

    def _replace_form(self) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        template = self.entry.template if self.entry is not None else None
        if template is None or not template.arguments:
            return
        self.form = ArgumentForm(template.arguments, "gallery.argument", self.area.widget())
        self._column.insertWidget(self._column.indexOf(self.reason), self.form)
        self.form.edited.connect(self._edit)
        self.form.reset_wanted.connect(self._reset)

    def _edit(self, name: str, value: Value) -> None:
        self.arguments = {**self.arguments, name: value}
        self._build()

    def _reset(self, name: str) -> None:
        assert self.entry is not None
        self._edit(name, self.entry.defaults()[name])

    def commit(self) -> bool:
        """Take over what was typed and not finished yet; False if it is no value, or nothing can be built."""
        if self.form is not None:
            self.form.flush()
            for row in self.form.rows.values():
                if isinstance(row.editor, NumberEdit) and row.editor.has_pending_text:
                    row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                    return False
        return self.can_create

    def _build(self) -> None:
        """Build the network from the arguments, or say at the field why that cannot be."""
        problems: dict[str, str] = {}
        self.project = None
        self.reason.setText("")
        if self.entry is not None:
            try:
                self.project = self.entry.project(self.arguments)
            except ZooError as error:
                words = error.message.removeprefix(f'Template "{self.entry.name}": ')
                if error.argument in self.arguments:
                    problems[str(error.argument)] = words
                else:
                    self.reason.setText(words)
        self.reason.setVisible(bool(self.reason.text()))
        if self.form is not None:
            self.form.show_values(self.arguments, problems=problems)
        self._show_size()

    def _show_size(self) -> None:
        """Show the picture, and parameters and costs as far as they are known."""
        template = self.entry.template if self.entry is not None else None
        if self.project is None and template is not None:
            # As many lines as before: the fields must not move from under the mouse.
            self.facts.show_facts([(name, UNKNOWN) for name in self.facts.facts()])
            return
        if self.project is None or template is None:
            self.facts.show_facts([])
            self.picture.show_graph(self.project.graph if self.project is not None else Graph())
            return
        self.picture.show_graph(self.project.graph)
        assert self.entry is not None
        known = template.parameters and self.arguments == self.entry.defaults()
        sizes = (count_text(template.parameters), cost_text(template.macs)) if known else (ASKED, ASKED)
        self._show_facts(*sizes, ASKED, ASKED)
        self.measure.emit(self.project)

    def show_summary(self, answer: Summarised) -> None:
        """Show what the engine found out about the network last announced by `measure`."""
        totals = answer.totals
        self._show_facts(
            count_text(totals.parameters),
            cost_text(totals.macs),
            counted(totals.depth, "weighted layer"),
            memory_text(totals.training_bytes),
        )

    def _show_facts(self, parameters: str, macs: str, depth: str, memory: str) -> None:
        """Show always the same lines, so that an answer moves no field from under the mouse."""
        template = self.entry.template if self.entry is not None else None
        if template is None or self.project is None:
            return
        self.facts.show_facts(
            [
                *([("published", str(template.year))] if template.year else []),
                ("parameters", parameters),
                (f"{cost_name()} a sample", macs),
                ("depth", depth),
                (f"to train at batch {self.project.training.batch_size}", memory),
                *([("data", template.dataset)] if template.dataset else []),
            ]
        )
