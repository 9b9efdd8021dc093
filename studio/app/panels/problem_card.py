"""One problem as a card: how bad, what is wrong, what to do, and buttons that do it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from studio.app.panels.fix_buttons import FixButtons
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, SPACE
from studio.graph.problems import Problem, Severity


class ProblemCard(QFrame):
    """Shows one problem; another can be shown in its place.

    Args:
        wide: For a list as wide as the window: the name and the button stand beside the text.
    """

    chosen = Signal(str)
    """Id of the node the problem belongs to; never empty."""

    fix_wanted = Signal(object)
    """The `Fix` whose button was pressed."""

    WORDS: ClassVar[dict[Severity, str]] = {"error": "Error", "warning": "Warning", "info": "Note"}

    def __init__(self, parent: QWidget | None = None, *, wide: bool = False) -> None:
        super().__init__(parent)
        self.problem: Problem | None = None
        self.setProperty("role", "problem")
        self.setObjectName("problem")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._mark = label("", "", self)
        self._mark.setFixedSize(ICON, ICON)
        self._name = label("", "heading", self)
        self._message = label("", "", self, wrap=True)
        self._suggestion = label("", "dim", self, wrap=True)
        self.fixes = FixButtons(self)
        self.fixes.fix_wanted.connect(self.fix_wanted)
        self._arrange(wide)
        theme().changed.connect(self._refresh_mark)

    def _arrange(self, wide: bool) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(SPACE)
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._mark, 0, 0, top)
        text = 2 if wide else 1
        grid.setColumnStretch(text, 1)
        grid.addWidget(self._message, 0, text)
        grid.addWidget(self._suggestion, 1, text)
        if wide:
            self._name.setMinimumWidth(30 * SPACE)
            grid.addWidget(self._name, 0, 1, top)
            grid.addWidget(self.fixes, 0, 3, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        else:
            self._name.hide()
            grid.addWidget(self.fixes, 2, text)

    def show_problem(self, problem: Problem, node_name: str = "") -> None:
        """Show a problem, and the name of the node it belongs to."""
        self.problem = problem
        self._name.setText(node_name or "network")
        self._message.setText(problem.message)
        self._suggestion.setText(problem.suggestion)
        self._suggestion.setVisible(bool(problem.suggestion))
        self.fixes.show_fixes(problem.fixes)
        self.setCursor(Qt.CursorShape.PointingHandCursor if problem.node else Qt.CursorShape.ArrowCursor)
        word = self.WORDS[problem.severity]
        self.setAccessibleName(f"{word}: {problem.message}")
        self.setAccessibleDescription(problem.suggestion)
        self._mark.setAccessibleName(word)
        set_property(self, "severity", problem.severity)
        self._refresh_mark()

    def _refresh_mark(self) -> None:
        if self.problem is not None:
            self._mark.setPixmap(theme().mark(self.problem.severity).pixmap(ICON, ICON))

    def _choose(self) -> None:
        if self.problem is not None and self.problem.node:
            self.chosen.emit(self.problem.node)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the node on a click."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the node with Enter; go to the neighbour with an arrow."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)
