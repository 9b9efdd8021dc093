"""What plots want of a stored run beside its curves: read beside the window's thread, asked in batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.plots.question import Question
from studio.app.plots.run_data import RunData
from studio.app.reading import Reading
from studio.errors import RunError


@dataclass(frozen=True)
class _Found:
    """What the store had; nothing, and why in words, where it cannot be read."""

    records: list[Any]
    trouble: str = ""


class Past(QObject):
    """Answers what runs ask of their store, in their order; what is asked meanwhile comes next.

    Args:
        parent: With it ends the interest in answers.
    """

    answered = Signal(object, str)
    """A `RunData`, and which look at it there is more of."""

    failed = Signal(str)
    """Why something cannot be read, in words; it is not asked for again."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading = Reading(self)
        self._wanted: list[tuple[RunData, Question]] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._read)

    @property
    def is_busy(self) -> bool:
        """Whether something was asked and is not answered."""
        return bool(self._wanted) or self._reading.is_busy

    def ask(self, run: RunData, question: Question) -> None:
        """Read for a run; views that are drawn in one go ask in one go."""
        self._wanted.append((run, question))
        if not self._reading.is_busy:
            self._soon.start()

    def _read(self) -> None:
        if self._reading.is_busy or not self._wanted:
            return
        wanted, self._wanted = self._wanted, []
        self._reading.start(
            lambda: [_look_up(run, question) for run, question in wanted],
            lambda found: self._take(wanted, found),
            self.failed.emit,
        )

    def _take(self, wanted: list[tuple[RunData, Question]], answers: list[_Found]) -> None:
        told: dict[tuple[RunData, str], None] = {}
        for (run, question), found in zip(wanted, answers, strict=True):
            run.answer(question, found.records)
            told[run, "histograms" if question.look == "outputs" else question.look] = None
        for run, look in told:
            self.answered.emit(run, look)
        for trouble in dict.fromkeys(found.trouble for found in answers if found.trouble):
            self.failed.emit(trouble)
        self._read()


def _look_up(run: RunData, question: Question) -> _Found:
    assert run.reader is not None
    try:
        return _Found(question.read(run.reader))
    except RunError as error:
        return _Found([], error.message)
