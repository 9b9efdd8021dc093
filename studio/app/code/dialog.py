"""Edit code…: a custom layer is written here, applied as one step of undo, and trusted on request."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QMenu,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.code.editor import CodeEdit
from studio.app.code.place import CodePlace
from studio.app.code.words import declared_words, report_words
from studio.app.panels.amounts import counted
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.workspace import Workspace
from studio.catalog.code_reading import why_not
from studio.catalog.code_templates import TEMPLATES
from studio.catalog.custom import code_of
from studio.errors import StudioError
from studio.graph.node import Node
from studio.graph.problems import Problem
from studio.project import trust

SIZE = QSize(210 * SPACE, 180 * SPACE)
READ_MS = 250
"""Typing that rests so long is read."""

NOTE = "What you apply runs with all your rights as soon as you trust it. Trust is no sandbox."


class CodeDialog(QDialog):
    """The editor of one custom layer; it stays open beside the window, and shows what PyTorch says.

    Args:
        space: The document it edits, and what is known of it.
        path: Of the layer.
    """

    def __init__(self, space: Workspace, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.code")
        self.resize(SIZE)
        self._space, self.place = space, CodePlace.of(path)
        self._sheet, self._base = space.document.sheet, ""
        self.code = CodeEdit(self)
        self.declared = label("", "dim", self, wrap=True)
        self.declared.setObjectName("code.declared")
        self.verdict = label("", "", self, wrap=True)
        self.verdict.setObjectName("code.result")
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.templates = QPushButton("Begin with…", self)
        self.templates.setObjectName("code.templates")
        self.templates.setProperty("role", "small")
        self.templates.setMenu(self._template_menu())
        self.everywhere = QCheckBox(self)
        self.everywhere.setObjectName("code.everywhere")
        self.shut = self._button("Close", "code.close", self.close)
        self.apply = self._button("Apply", "code.apply", partial(self._apply, trusted=False))
        self.apply.setToolTip("Put the code into the layer; it does not run before it is trusted")
        self.apply_and_trust = self._button(
            "Apply and trust", "code.trust", partial(self._apply, trusted=True)
        )
        self.apply_and_trust.setToolTip(
            "Put the code into the layer and let it run on this machine  (Ctrl+Return)"
        )
        self.apply_and_trust.setProperty("role", "primary")
        self._timer = QTimer(self, singleShot=True, interval=READ_MS)
        self._arrange()
        self._listen()
        self._follow()
        self.code.setFocus()

    def _button(self, words: str, name: str, act: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())  # type: ignore[operator]
        return button

    def _template_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for template in TEMPLATES:
            entry = menu.addAction(template.title, partial(self.code.replace_code, template.code))
            entry.setToolTip(template.help)
        return menu

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        head.addWidget(self.declared, 1)
        head.addWidget(self.templates, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, 3 * SPACE, PANEL_MARGIN, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self.code, 1)
        column.addWidget(self.verdict)
        column.addWidget(self.everywhere)
        column.addWidget(label(NOTE, "small", self, wrap=True))
        framed(self, column, button_row(self.shut, self.apply, self.apply_and_trust))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.apply_and_trust.click)

    def _listen(self) -> None:
        self.code.textChanged.connect(self._typed)
        self._timer.timeout.connect(self.refresh)
        document = self._space.document
        document.changed.connect(lambda _old, _new: self._follow())
        document.sheets_changed.connect(self._follow)
        self._space.facts.changed.connect(lambda _nodes: self.refresh())

    # What is shown --------------------------------------------------------------------------------

    @property
    def is_modified(self) -> bool:
        """Whether what is written here is not in the layer yet."""
        return self.code.toPlainText() != self._base

    def node(self) -> Node | None:
        """Return the layer, as long as its project is on show and it is in it."""
        document = self._space.document
        return self.place.node(document.design) if document.sheet is self._sheet else None

    def refresh(self) -> None:
        """Say what the code declares, what is wrong with it, and what PyTorch found."""
        self._timer.stop()
        node, text = self.node(), self.code.toPlainText()
        error = why_not(text)
        self.declared.setText(declared_words(text))
        is_here = node is not None
        fits = error is None and is_here
        self.apply.setEnabled(fits and self.is_modified)
        self.apply_and_trust.setEnabled(fits and (self.is_modified or not trust.is_trusted(text)))
        self._show_others()
        if error is not None:
            self._complain(f"{error.message[:1].upper()}{error.message[1:]}.", error.line)
        elif node is None:
            self._complain("The layer is not in the project on show. What is written here can be copied.", 0)
        elif self.is_modified:
            self._say("Not applied yet.")
        else:
            self._show_answer(node)

    def _show_answer(self, node: Node) -> None:
        """Say what the engine found out about the layer as it is."""
        facts = self._space.facts
        problem = next((one for one in facts.problems if self._is_own(one)), None)
        if problem is not None and problem.code == "untrusted":
            self._say("Not trusted on this machine: it does not run.", "warning")
        elif problem is not None:
            self._complain(problem.message, problem.line)
        else:
            is_shown = self._space.document.level == self.place.path[:-1]
            report = facts.report(self.place.path[-1]) if is_shown else None
            self._say(report_words(report))

    def _is_own(self, problem: Problem) -> bool:
        return problem.severity == "error" and self.place.is_at(problem.node)

    def _complain(self, words: str, line: int) -> None:
        self.code.show_error(line, words)
        self._say(words, "bad")

    def _say(self, words: str, role: str = "dim") -> None:
        if role != "bad":
            self.code.show_error(0, "")
        set_property(self.verdict, "role", role)
        self.verdict.setText(words)

    def _show_others(self) -> None:
        count = self.place.others(self._space.document.design) if self.node() is not None else 0
        self.everywhere.setVisible(count > 0)
        self.everywhere.setText(f"Change the {counted(count, 'other layer')} with this code, too")

    # What happens ---------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._timer.start()

    def _follow(self) -> None:
        """Show the code that the layer has now, unless something else is being written here."""
        node = self.node()
        if node is not None:
            self.setWindowTitle(f"Code of {node.name}")
            code = code_of(node)
            if code != self._base:
                was_modified = self.is_modified
                self._base = code
                if not was_modified:
                    self.code.show_code(code)
        self.refresh()

    def _apply(self, *, trusted: bool) -> None:
        """Put the code into the layer in one step of undo; trust it first if asked to."""
        node, code = self.node(), self.code.toPlainText()
        if node is None or why_not(code) is not None:
            self.refresh()
            return
        document, everywhere = self._space.document, self.everywhere.isChecked()
        before = self._base
        try:
            if trusted:
                trust.store().trust(code, node.name, document.name)
            self._base = code
            document.edit_design(
                f"Edit code of {node.name}",
                lambda design: self.place.with_code(design, code, everywhere=everywhere),
            )
        except StudioError as error:
            self._base = before
            self._complain(error.message, 0)
            return
        self._space.check()  # trust alone changes what runs, and not the design
        self._follow()
        self._say("Asking PyTorch…" if trusted or trust.is_trusted(code) else "Applied, and not trusted yet.")

    # Leaving --------------------------------------------------------------------------------------

    def _may_leave(self) -> bool:
        if not self.is_modified or self.node() is None:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            "Not applied",
            "What is written here is not in the layer yet. Discard it?",
            buttons.Discard | buttons.Cancel,
            buttons.Cancel,
        )
        return answer == buttons.Discard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Escape, as the button does."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before what was written is lost."""
        if self._may_leave():
            super().closeEvent(event)
        else:
            event.ignore()
