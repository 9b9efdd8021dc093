"""Asks the engine what it thinks of the design on show, and passes the answer to the facts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.facts import Facts
from studio.engine.client import Late
from studio.engine.records import Check, Checked
from studio.project.format import to_data

DELAY_MS = 40
"""Edits that follow each other faster than this are asked about once."""

MOST_LOST = 2
"""How often another engine is started without an answer to any check in between."""


class Checks(QObject):
    """Only the answer to the last question counts, and only while its project is on show.

    Args:
        document: Whose design is checked, at the level on show.
        facts: Take over the answers.
        link: To the engine.
    """

    def __init__(self, document: Document, facts: Facts, link: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._facts, self._link = document, facts, link
        self._id = self._lost = 0
        self._asked = document.design
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self.ask)
        link.checked.connect(self._take)

    def ask(self) -> None:
        """Ask for problems, shapes and costs of the design as it is now, at the level on show."""
        self._timer.stop()
        document = self._document
        self._asked = document.design
        data, folder = Late(partial(to_data, document.project)), str(document.folder or "")
        self._id = self._link.request(Check, project=data, folder=folder, level=document.level)

    def ask_soon(self) -> None:
        """Ask once the edits come to rest."""
        self._timer.start()

    def may_ask_again(self) -> bool:
        """Say whether another engine may look at the design, now that one was lost.

        The code of a custom layer can end any process that asks for its shape.
        """
        self._lost += 1
        return self._lost <= MOST_LOST

    def forget(self) -> None:
        """Care about no answer that is still on its way, and ask nothing more by itself."""
        self._timer.stop()
        self._id = 0

    def _take(self, checked: Checked) -> None:
        self._lost = 0
        if checked.id == self._id:
            self._facts.update(checked, self._asked)
