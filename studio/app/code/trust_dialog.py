"""Read the code…: the code of a layer that is not trusted, and what trusting it means."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget

from studio.app.code.editor import CodeEdit
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.catalog.code_reading import why_not
from studio.errors import StudioError
from studio.project import trust

SIZE = QSize(190 * SPACE, 170 * SPACE)

SANDBOX = (
    "Trust is no sandbox. Trusted code runs with all your rights: it can read, change and send whatever you "
    "can, and it can end the program. Trust only what you have read and understood, or wrote yourself."
)
EXACTLY = (
    "Only exactly this text is trusted, and only for you on this machine. Changed code must be trusted again."
)


class TrustDialog(QDialog):
    """Shows code to be read, and trusts it if the person says so.

    Args:
        code: The code.
        name: The layer's name.
        source: The project's name.
        others: How many other layers of the project have the same code.
    """

    trusted = Signal()
    """The person trusts the code now."""

    edit_wanted = Signal()
    """The person wants to change the code first."""

    def __init__(
        self, code: str, name: str, source: str, others: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.trust")
        self.setWindowTitle(f"Code of {name}")
        self.resize(SIZE)
        self._code, self._name, self._source = code, name, source
        self.code = CodeEdit(self, read_only=True)
        self.code.show_code(code)
        self.where = label(where_words(code, name, source, others), "", self, wrap=True)
        self.where.setObjectName("trust.where")
        self.warning = label(SANDBOX, "warning", self, wrap=True)
        self.exactly = label(EXACTLY, "small", self, wrap=True)
        self.refusal = label("", "bad", self, wrap=True)
        self.refusal.setObjectName("trust.refusal")
        self.edit = self._button("Edit…", "trust.edit", self._edit)
        self.cancel = self._button("Do not trust", "trust.cancel", self.reject)
        self.accept_button = self._button("Trust this code", "trust.accept", self._trust)
        self.cancel.setDefault(True)
        self._arrange()
        self._look()

    def _button(self, words: str, name: str, act: object) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        return button

    def _arrange(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.where)
        column.addWidget(self.code, 1)
        column.addWidget(self.refusal)
        column.addWidget(self.warning)
        column.addWidget(self.exactly)
        framed(self, column, button_row(self.edit, self.cancel, self.accept_button))
        self.cancel.setFocus()

    def _look(self) -> None:
        """Say what stands against trusting it."""
        words = trust.store().why_void()
        error = why_not(self._code)
        if error is not None:
            line = f"Line {error.line}: " if error.line else ""
            words = f"{line}{error.message[:1].upper()}{error.message[1:]}. It cannot be trusted like this."
            self.code.show_error(error.line, words)
            self.code.go_to_line(error.line)
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        self.accept_button.setEnabled(error is None)

    def _trust(self) -> None:
        try:
            trust.store().trust(self._code, self._name, self._source)
        except StudioError as error:
            self.refusal.setText(error.message)
            self.refusal.show()
            return
        self.trusted.emit()
        self.accept()

    def _edit(self) -> None:
        self.reject()
        self.edit_wanted.emit()


def where_words(code: str, name: str, source: str, others: int) -> str:
    """Return what the code is, and where it stands."""
    count = len(code.rstrip("\n").split("\n"))
    size = f"{count} line{'s' if count != 1 else ''}"
    more = f", as in {others} other layer{'s' if others != 1 else ''} of it" if others else ""
    where = f'The code of the layer "{name}" in the project "{source}"{more}'
    return f"{where}: {size} of Python. Nothing of it has run."
