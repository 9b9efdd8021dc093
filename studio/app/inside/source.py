"""What is looked into: which node, which weights, which samples; and the engine's answers, asked for once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from studio.app.plots.wording import count
from studio.engine.records import Cancel, Failed, LookedInside, LookInside, Progress
from studio.project.format import to_data

if TYPE_CHECKING:
    from studio.app.workspace import Workspace

Part: TypeAlias = Literal["train", "validation"]
Asked: TypeAlias = tuple[object, ...]

CHOOSE = "Select a layer on the canvas, or choose one above."
COMPUTING = "Computing …"
NO_ENGINE = "The engine does not run. It is started again when the design changes."


class InsideSource(QObject):
    """Asks the engine for a page at a time, and keeps what it said until something else is wanted.

    Args:
        workspace: Whose design and runs.
        parent: Who looks.

    Attributes:
        node: Dotted name of the node.
        run: Whose weights; empty: the design as training starts it.
        checkpoint: Which weights of the run.
        part: Of the data.
        samples: How many, at most.
        words: Why there is no answer.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._space = workspace
        self.node, self.run, self.words = "", "", CHOOSE
        self.checkpoint: Literal["best", "last"] = "best"
        self.part: Part = "validation"
        self.samples = 256
        self._request = 0
        self._subject: Asked = ()
        self._asked: Asked = ()
        self._answers: dict[Asked, LookedInside] = {}
        workspace.link.looked_inside.connect(self._answered)
        workspace.link.progress.connect(self._goes_on)
        workspace.link.lost.connect(lambda _lost: self._lost())

    @property
    def waits(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._request)

    def ask(self, page: str, how: Mapping[str, object]) -> LookedInside | None:
        """Return the page if it is known; else ask for it, and say when it has come."""
        subject, key = self._about(), (page, *sorted(how.items()))
        if subject != self._subject:
            self.stop()
            self._subject, self._answers = subject, {}
        if key in self._answers:
            self.stop()
            return self._answers[key]
        if key != self._asked:
            self._send(key, page, how)
        return None

    def again(self) -> None:
        """Forget all answers: weights of a run that goes on are others by now."""
        self.stop()
        self._answers = {}
        self.changed.emit()

    def stop(self) -> None:
        """Wait no more."""
        if self._request and self._space.link.alive:
            self._space.link.request(Cancel, request=self._request)
        self._request, self._asked = 0, ()

    def _about(self) -> Asked:
        """Return what all pages are about; when that is another, no answer holds any more."""
        project = self._space.document.project
        design = () if self.run else (project.graph, project.data, project.training)
        weights = (self.run, self.checkpoint, self._space.runs_folder)
        return (self.node, *weights, self.part, self.samples, *design)

    def _send(self, key: Asked, page: str, how: Mapping[str, object]) -> None:
        space = self._space
        self.stop()
        self._asked = key
        if not self.node or not space.link.alive:
            self.words = NO_ENGINE if self.node else CHOOSE
            return
        self.words = COMPUTING
        self._request = space.link.request(
            LookInside,
            project=to_data(space.document.project),
            node=self.node,
            page=page,
            part=self.part,
            samples=self.samples,
            folder=space.folder,
            run=self.run,
            runs_folder=str(space.runs_folder),
            checkpoint=self.checkpoint,
            **how,
        )
        space.link.claim(self._request, self._failed)

    def _answered(self, answer: LookedInside) -> None:
        if answer.id == self._request:
            self._answers[self._asked] = answer
            self._request = 0
            self.changed.emit()

    def _goes_on(self, progress: Progress) -> None:
        if progress.id == self._request and progress.done:
            self.words = f"{COMPUTING} {count(int(progress.done))} of {count(int(progress.total))} samples"
            self.changed.emit()

    def _failed(self, failed: Failed) -> None:
        if failed.id == self._request and failed.code not in ("superseded", "cancelled"):
            self._request, self.words = 0, failed.message
            self.changed.emit()

    def _lost(self) -> None:
        self._request, self._asked, self.words = 0, (), NO_ENGINE
        self.changed.emit()
