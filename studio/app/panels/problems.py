"""The list of problems: what keeps the network from being trained, and what to do about it."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.panels.amounts import counted
from studio.app.panels.problem_list import ProblemList
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, SPACE
from studio.graph.problems import SEVERITIES, Severity

NOUNS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


class ProblemsPanel(QWidget):
    """All problems as cards, errors first. A click or Enter leads to the node, a button mends it."""

    node_chosen = Signal(str)
    """Id of the node whose problem was chosen."""

    count_changed = Signal(int, int)
    """(errors, warnings), for the title of the tab."""

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.problems")
        self.setProperty("role", "panel")
        self.setAccessibleName("Problems")
        self._facts = facts
        self._counts: tuple[int, int] | None = None
        self.filters = {severity: self._filter(severity) for severity in SEVERITIES}
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setObjectName("problems.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_mark = label("", "", self)
        self._empty_mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.list = ProblemList(document, self, wide=True)
        self.list.node_chosen.connect(self.node_chosen)
        self._arrange()
        facts.changed.connect(self.refresh)
        theme().changed.connect(self._refresh_marks)
        self._refresh_marks()
        self.refresh()

    def _filter(self, severity: Severity) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"problems.filter.{severity}")
        button.setAccessibleName(f"Show {NOUNS[severity]}s")
        button.setToolTip(f"Show or hide {NOUNS[severity]}s")
        button.setProperty("role", "filter")
        button.setCheckable(True)
        button.setChecked(True)
        button.toggled.connect(self.refresh)
        return button

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 0)
        bar.setSpacing(SPACE)
        for button in self.filters.values():
            bar.addWidget(button)
        bar.addStretch(1)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.list)
        column.addStretch(1)
        column.addWidget(self._empty_mark)
        column.addWidget(self.empty)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(bar)
        outer.addWidget(area, 1)

    def refresh(self) -> None:
        """Show the problems that the filters let through."""
        problems = self._facts.problems
        counts = Counter(problem.severity for problem in problems)
        for severity, button in self.filters.items():
            button.setText(counted(counts[severity], NOUNS[severity]))
            button.setVisible(bool(counts[severity]))
        shown = [problem for problem in problems if self.filters[problem.severity].isChecked()]
        self.list.show_problems(shown)
        self.list.setVisible(bool(shown))
        self.empty.setText(self._words_for_nothing())
        self.empty.setVisible(not shown)
        self._empty_mark.setVisible(self._facts.is_known and not problems)
        found = counts["error"], counts["warning"]
        if found != self._counts:
            self._counts = found
            self.count_changed.emit(*found)

    def _words_for_nothing(self) -> str:
        if not self._facts.is_known:
            return "The network is checked as soon as the engine is ready: what is wrong appears here."
        if self._facts.problems:
            return "The filters above hide all problems."
        return (
            "No problems: the network is ready to train.\n"
            "What is wrong appears here as you draw, with buttons that put it right."
        )

    def _refresh_marks(self) -> None:
        for severity, button in self.filters.items():
            button.setIcon(theme().mark(severity))
        self._empty_mark.setPixmap(theme().mark("good").pixmap(ICON, ICON))
