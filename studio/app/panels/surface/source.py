"""Where a surface comes from: the run as it goes on or went on, its checkpoint, or the untrained design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QObject, Signal

from studio.app.plots.wording import count
from studio.engine.records import DrawSurface, Failed, SurfaceDrawn
from studio.project.format import to_data
from studio.runs.records import Surface

if TYPE_CHECKING:
    from studio.app.workspace import Workspace

Choice: TypeAlias = Literal["best", "last", "design"]

WAITING = "Waiting for the first look into the run …"
COMPUTING = "Computing …"


class SurfaceSource(QObject):
    """Gets the surface of what is on show, as long as somebody looks.

    Args:
        workspace: Whose runs and design.
        parent: Who looks.

    Attributes:
        surface: The newest there is; None before the first.
        words: Where it comes from; without one, why there is none.
        choice: Weights of the run on show, or the design; a run that goes on shows itself.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._space = workspace
        self._node = ""
        self._looks = False
        self._request = 0
        self._asked: tuple[object, ...] = ()
        self.surface: Surface | None = None
        self.words = ""
        self.choice: Choice = "best"
        workspace.link.surface_drawn.connect(self._drawn)
        workspace.link.lost.connect(lambda _lost: self._forget())
        workspace.facts.changed.connect(lambda _nodes: self.refresh())
        workspace.document.opened.connect(self.refresh)
        workspace.monitor.changed.connect(self._monitor_changed)

    @property
    def is_live(self) -> bool:
        """Whether the run on show goes on."""
        monitor = self._space.monitor
        return monitor.is_live and monitor.shown.state in ("starting", "running", "paused")

    @property
    def moment(self) -> int | None:
        """The step that is looked back to; None: what is newest is on show."""
        return self._space.monitor.moment

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the layers whose units were kept at the step that is looked back to."""
        if self.moment is None:
            return ()
        return tuple(layer.after_name for layer in self._space.monitor.shown.surfaces.layers_at(self.moment))

    @property
    def has_run(self) -> bool:
        """Whether a run is on show."""
        return bool(self._space.monitor.shown.name)

    def look(self, *, looks: bool) -> None:
        """Say whether somebody looks."""
        self._looks = looks
        self._watch()
        self.refresh()

    def set_node(self, name: str) -> None:
        """Turn to the units of another node."""
        if name != self._node:
            self._node = name
            self._watch()
            self.refresh()

    def choose(self, choice: Choice) -> None:
        """Show other weights."""
        self.choice = choice
        self.refresh()

    def _forget(self) -> None:
        """Take it that nothing was asked."""
        self._asked, self._request = (), 0

    def _watch(self) -> None:
        self._space.monitor.watch_surface(*((self._node,) if self._looks else ()))

    def _monitor_changed(self, kind: str) -> None:
        if kind in ("run", "state", "surface", "moment"):
            self.refresh()

    def refresh(self) -> None:
        """Show what there is, and ask for what is missing."""
        if not self._looks:
            return
        if self.moment is not None and self._look_back():
            return
        if not self.is_live:
            self._ask()
            return
        self._forget()
        found = self._space.monitor.shown.surface
        self.surface = found
        self.words = f"step {count(found.step)}" if found is not None else WAITING
        self.changed.emit()

    def _look_back(self) -> bool:
        """Show what was kept of the moment that is looked back to; say whether anything was."""
        found = self._space.monitor.surface_of(self._node)
        if found is None:
            return False
        self._forget()
        self.surface = found
        self.words = f"step {count(found.step)}"
        self.changed.emit()
        return True

    def _ask(self) -> None:
        space = self._space
        project, run = space.document.project, space.monitor.shown.name
        wants_run = bool(run) and self.choice != "design"
        design = () if wants_run else (project.graph, project.data, project.training)
        asked = (self._node, self.choice, run if wants_run else "", space.runs_folder, *design)
        if asked == self._asked or not space.link.alive:
            return
        self._asked = asked
        self._request = space.link.request(
            DrawSurface,
            project=to_data(project),
            node=self._node,
            folder=space.folder,
            run=run if wants_run else "",
            runs_folder=str(space.runs_folder),
            checkpoint="last" if self.choice == "last" else "best",
        )
        space.link.claim(self._request, self._failed)
        if self.surface is None:
            self.words = COMPUTING
            self.changed.emit()

    def _drawn(self, drawn: SurfaceDrawn) -> None:
        if drawn.id == self._request:
            self._request = 0
            self.surface, self.words = drawn.surface, drawn.weights
            self.changed.emit()

    def _failed(self, failed: Failed) -> None:
        if failed.id == self._request and failed.code != "superseded":
            self._request = 0
            self.surface, self.words = None, failed.message
            self.changed.emit()
