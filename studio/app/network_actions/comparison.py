"""Asks the engine how large a network is now and after an action, beside all other questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import QObject, Signal

from studio.app.engine_link import EngineLink
from studio.engine.records import Failed, Summarise, Summarised
from studio.project.format import to_data
from studio.project.project import Project

Side = Literal["before", "after"]


class Comparison(QObject):
    """Two networks and what is known of them. Facts of the design on screen stay as they are.

    Args:
        link: To the engine.

    Attributes:
        answers: What is known, by side.
        reason: Why something will not be known; empty while it may come.
        begun: How many networks it was asked about; while that stays, `before` is of the same one.
    """

    changed = Signal()

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._projects: dict[Side, Project] = {}
        self._ids: dict[Side, int] = {}
        self.answers: dict[Side, Summarised] = {}
        self.reason = ""
        self.begun = 0
        link.summarised.connect(self._take)
        link.lost.connect(self._lost)
        link.ready.connect(self._ask_again)

    @property
    def before(self) -> Summarised | None:
        """The network as it is."""
        return self.answers.get("before")

    @property
    def after(self) -> Summarised | None:
        """The network as it would be, if that is the one asked about last."""
        return self.answers.get("after")

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]] | None:
        """What every layer of the network gives now, by path; None while that is not known."""
        if self.before is None:
            return None
        columns = self.before.columns
        known = zip(columns.paths, columns.shapes, strict=True)
        return {path: shape for path, shape in known if shape is not None}

    def begin(self, project: Project) -> None:
        """Ask about the network as it is, and forget what an action made of another one."""
        self.begun += 1
        self.look_at(None)
        self._ask("before", project)

    def look_at(self, project: Project | None) -> None:
        """Ask about the network as it would be; None where there is none."""
        if project is not None and self._projects.get("after") is project:
            return
        if project is None:
            self._forget("after")
            self._projects.pop("after", None)
        else:
            self._ask("after", project)

    def _forget(self, side: Side) -> None:
        self.answers.pop(side, None)
        self._ids.pop(side, None)

    def _ask(self, side: Side, project: Project) -> None:
        self._forget(side)
        self._projects[side] = project
        self.reason = "" if self._link.alive else "No engine runs, so sizes and shapes are unknown."
        if self._link.alive:
            subject = f"action {side}"
            self._ids[side] = self._link.request(Summarise, project=to_data(project), subject=subject)
            self._link.claim(self._ids[side], self._failed)

    def _take(self, answer: Summarised) -> None:
        for side, wanted in self._ids.items():
            if answer.id == wanted:
                self.answers[side] = answer
                self.changed.emit()
                return

    def _failed(self, failed: Failed) -> None:
        if failed.code != "superseded" and failed.id in self._ids.values():
            self.reason = failed.message
            self.changed.emit()

    def _lost(self) -> None:
        """Wait for the next engine: answers that came stay true."""
        self._ids.clear()

    def _ask_again(self) -> None:
        for side, project in list(self._projects.items()):
            if side not in self.answers:
                self._ask(side, project)
        self.changed.emit()
