"""Asks the engine for a design as a table, and announces the newest answer."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from studio.app.engine_link import EngineLink
from studio.engine.client import Late
from studio.engine.records import Summarise, Summarised
from studio.project.format import to_data
from studio.project.project import Project


class Summaries(QObject):
    """Questions about one subject; only the answer to the last one counts.

    Args:
        link: To the engine.
        subject: What is asked about: questions of one subject do not drop those of another.
    """

    answered = Signal(object)
    """`Summarised`, about the project last asked about."""

    def __init__(self, link: EngineLink, subject: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._subject = subject
        self._id = 0
        self._asked: Project | None = None
        link.summarised.connect(self._take)
        link.lost.connect(self.forget)

    def ask(self, project: Project) -> None:
        """Ask about a project, unless that was the last question, or there is no engine."""
        last = self._asked
        if last is not None and last.graph is project.graph and last.training is project.training:
            return
        if self._link.alive:
            self._asked = project
            self._id = self._link.request(
                Summarise, project=Late(partial(to_data, project)), subject=self._subject
            )

    def forget(self) -> None:
        """Care about no answer that is still on its way; the next question is asked in any case."""
        self._id, self._asked = 0, None

    def _take(self, answer: Summarised) -> None:
        if answer.id == self._id:
            self.answered.emit(answer)
