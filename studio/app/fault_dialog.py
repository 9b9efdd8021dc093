"""What went wrong inside the program: one dialog, however often it happens, with a report to copy."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import FAULT_SIZE, PANEL_MARGIN, SPACE

BEFORE = "What you did last may not have taken effect. The design is untouched, and you can go on."


class FaultDialog(QDialog):
    """Shows reports, and lets the person copy them or make a report of the problem.

    Args:
        title: What happened, in a sentence.
        report_problem: Opens what collects more.
        before: What that means for the person.
    """

    def __init__(
        self,
        title: str,
        report_problem: Callable[[], object],
        parent: QWidget | None = None,
        *,
        before: str = BEFORE,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.fault")
        self.setWindowTitle("Something went wrong")
        self._reports: list[str] = []
        self._report_problem = report_problem
        self.title = label(title, "heading", self, wrap=True)
        self.title.setObjectName("fault.title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.text = QPlainTextEdit(self)
        self.text.setObjectName("fault.report")
        self.text.setAccessibleName("Report")
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy_button = self._button("copy", "Copy", self._copy)
        self.report_button = self._button("problem", "Report a problem…", self._open_report)
        self.close_button = self._button("close", "Close", self.accept)
        self.close_button.setProperty("role", "primary")
        self.close_button.setDefault(True)
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.title)
        column.addWidget(label(before, "dim", self, wrap=True))
        column.addWidget(self.text, 1)
        buttons = self.copy_button, self.report_button, self.close_button
        framed(self, column, button_row(*buttons, words="Nothing is sent anywhere."))
        self.resize(*FAULT_SIZE)

    def add(self, report: str) -> None:
        """Show one more report."""
        self._reports.append(report)
        if len(self._reports) > 1:
            self.setWindowTitle(f"{len(self._reports)} things went wrong")
        self.text.setPlainText("\n\n".join(self._reports))

    def _button(self, name: str, text: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"fault.{name}")
        button.setAutoDefault(False)
        button.clicked.connect(pressed)
        return button

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy_button.setText("Copied")

    def _open_report(self) -> None:
        self.accept()
        self._report_problem()
