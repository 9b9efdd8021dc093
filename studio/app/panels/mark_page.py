"""The inspector's page for frames, notes and arrows: text, colour, and what a frame holds in numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from studio.app.canvas.color_menu import swatch
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.panels.amounts import cost_text, count_text, counted
from studio.app.panels.fact_table import FactTable
from studio.app.panels.project_page import NotesEdit
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, PALETTE, PANEL_MARGIN, SPACE
from studio.app.units import cost_name
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.marks import replace_mark

Contents = Callable[[Iterable[str]], tuple[set[str], set[str]]]
"""From frames to the ids of the nodes and marks in them."""

HINTS = {
    "frame": "Drag the frame by its title: what lies in it moves along.",
    "note": "A note explains, and computes nothing.",
    "arrow": "Drag an end to point elsewhere.",
}


class ColorRow(QWidget):
    """One button for each colour, and one for the usual colour."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mark.colors")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        self.buttons: dict[str, QToolButton] = {}
        for name in ("", *PALETTE):
            button = QToolButton(self)
            button.setObjectName(f"mark.color.{name or 'usual'}")
            button.setAccessibleName(f"Colour: {name or 'as usual'}")
            button.setToolTip(name.capitalize() or "As usual")
            button.setProperty("role", "tool")
            button.setCheckable(True)
            button.setIconSize(QSize(ICON, ICON))
            button.setFixedSize(ICON + 2 * SPACE, ICON + 2 * SPACE)
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
            row.addWidget(button)
            self.buttons[name] = button
        row.addStretch(1)
        theme().changed.connect(self._dress)
        self._dress()

    def show_color(self, name: str | None) -> None:
        """Show which colour it is; None for several."""
        for other, button in self.buttons.items():
            button.setChecked(other == name)

    def _dress(self) -> None:
        for name, button in self.buttons.items():
            button.setIcon(swatch(name))


class MarkPage(QScrollArea):
    """What is selected of frames, notes and arrows.

    Attributes:
        contents: Returns what lies in frames; the canvas knows, and the window tells.
    """

    fit_wanted = Signal()
    contents_wanted = Signal()

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self._ids: tuple[str, ...] = ()
        self.contents: Contents = lambda _ids: (set(), set())
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self.title = label("", "heading", body)
        self.text = NotesEdit(body)
        self.text.setObjectName("mark.text")
        self.text.setAccessibleName("Text")
        self.text.setPlaceholderText("What is there to say?")
        self.colors = ColorRow(body)
        self.facts = FactTable("mark.facts", body)
        self.fit_button = self._button("mark.fit", "Fit to its contents", body)
        self.contents_button = self._button("mark.contents", "Select what is in it", body)
        self.hint = label("", "dim", body, wrap=True)
        column = QVBoxLayout(body)
        column.setContentsMargins(PANEL_MARGIN, 4 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        for widget in (self.title, self.text, self.colors, self.facts, self.fit_button, self.contents_button):
            column.addWidget(widget)
        column.addWidget(self.hint)
        column.addStretch(1)
        self.setWidget(body)
        self._connect()

    def _button(self, name: str, words: str, parent: QWidget) -> QPushButton:
        button = QPushButton(words, parent)
        button.setObjectName(name)
        return button

    def _connect(self) -> None:
        self.text.finished.connect(self._set_text)
        self.colors.chosen.connect(self._set_color)
        self.fit_button.clicked.connect(self.fit_wanted)
        self.contents_button.clicked.connect(self.contents_wanted)
        self._document.changed.connect(self.refresh)
        self._facts.changed.connect(self.refresh)
        in_force().units_changed.connect(self.refresh)

    def show_marks(self, ids: tuple[str, ...]) -> None:
        """Show these marks."""
        self.flush()
        self._ids = ids
        self.text.document().setModified(False)
        self.refresh()

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self._marks():
            self.text.flush()

    def refresh(self) -> None:
        """Show everything anew."""
        marks = self._marks()
        if not marks:
            return
        kinds = {mark.kind for mark in marks}
        kind = marks[0].kind if len(kinds) == 1 else "mark"
        self.title.setText(kind.capitalize() if len(marks) == 1 else counted(len(marks), kind))
        self.text.setVisible(len(marks) == 1)
        if len(marks) == 1:
            self.text.show_notes(marks[0].text)
        colors = {mark.color for mark in marks}
        self.colors.show_color(colors.pop() if len(colors) == 1 else None)
        is_frame = "frame" in kinds
        for widget in (self.facts, self.fit_button, self.contents_button):
            widget.setVisible(is_frame)
        if is_frame:
            self.facts.show_facts(self._sums([mark.id for mark in marks if mark.kind == "frame"]))
        self.hint.setText(HINTS.get(kind, ""))

    def _marks(self) -> list[Mark]:
        marks = self._document.graph.marks
        return [marks[mark_id] for mark_id in self._ids if mark_id in marks]

    def _sums(self, frames: list[str]) -> list[tuple[str, str]]:
        """Return what lies in some frames, in numbers."""
        nodes, _ = self.contents(frames)
        reports = [report for node_id in nodes if (report := self._facts.report(node_id)) is not None]
        return [
            ("layers", count_text(len(nodes))),
            ("parameters", count_text(sum(report.parameters for report in reports))),
            (cost_name(), cost_text(sum(report.macs for report in reports))),
        ]

    def _set_text(self, text: str) -> None:
        self._change("Edit text", lambda mark: replace(mark, text=text))

    def _set_color(self, name: str) -> None:
        self._change("Colour", lambda mark: replace(mark, color=name))
        self.refresh()

    def _change(self, label: str, change: Callable[[Mark], Mark]) -> None:
        marks = self._marks()

        def edit(graph: Graph) -> Graph:
            for mark in marks:
                graph = replace_mark(graph, change(mark))
            return graph

        self._document.edit(label, edit)
