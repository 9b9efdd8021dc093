"""The doctor at the run on screen: looks again when it may see something else, and marks the nodes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.canvas.view import CanvasView
from studio.app.errand import Errand
from studio.app.reading import Reading
from studio.app.workspace import Workspace
from studio.doctor.case import Case, of_design
from studio.doctor.closer import Closer
from studio.doctor.diagnosis import diagnose
from studio.doctor.finding import Finding
from studio.engine.records import Examine, Examined
from studio.graph.graph import Graph
from studio.project.format import to_data
from studio.project.project import Project
from studio.project.training_config import TrainingConfig
from studio.runs.store import RunStore


def _ignore(words: str) -> None:
    """What a run was trained by cannot be told; the settings on show stand for it."""


INTERVAL_MS = 1000
"""While a run goes on it is looked at once in so long."""

ROLES = {"error": "bad", "warning": "warning", "info": "dim"}


class Doctor(QObject):
    """Keeps the findings about the run on screen, or about the design where none is.

    A run is judged by the settings that it was started with, and by the design on show.

    Args:
        workspace: What is on show.
        canvas: Whose nodes are marked.
        parent: The window.
    """

    changed = Signal()

    def __init__(self, workspace: Workspace, canvas: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._canvas = workspace, canvas
        self._design: tuple[Graph, TrainingConfig, tuple[int, ...], Case] | None = None
        self._training: tuple[str, TrainingConfig] | None = None
        self._read = ""
        self._reading = Reading(self)
        self._marked: set[str] = set()
        self.findings: tuple[Finding, ...] = ()
        self.errand = Errand(workspace.link, self)
        self._closer: tuple[str, Closer] | None = None
        self._asked = ""
        workspace.link.examined.connect(self._take_closer)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.look)
        workspace.monitor.changed.connect(self._on_changed)
        workspace.document.changed.connect(lambda _old, _new: self._soon())
        workspace.document.opened.connect(self.look)
        workspace.data.described.connect(lambda _described: self._soon())

    def look(self) -> None:
        """Judge now."""
        self._timer.stop()
        found = tuple(diagnose(self.case()))
        if found != self.findings:
            self.findings = found
            self._mark()
            self.changed.emit()

    def look_closely(self) -> None:
        """Ask the engine to run samples through the network of the run on screen, or of the design."""
        space = self._workspace
        self._asked = space.monitor.shown.name
        self.errand.ask(
            Examine,
            project=to_data(space.document.project),
            run=self._asked,
            runs_folder=str(space.runs_folder),
            folder=space.folder,
        )

    def _take_closer(self, found: Examined) -> None:
        if self.errand.is_answered_by(found):
            self._closer = found.run, found.closer
            self.look()

    def case(self) -> Case:
        """Return what is known of the run on screen and of the design."""
        run, design = self._workspace.monitor.shown, self._case_of_design()
        return Case(
            design.graph,
            design.order,
            self._training_of(run.name) or design.training,
            run.steps,
            run.losses,
            tuple(run.epochs),
            run.outputs(),
            run.norms,
            design.class_counts,
            self._closer[1] if self._closer is not None and self._closer[0] == run.name else None,
        )

    def _case_of_design(self) -> Case:
        """Return the case of the design on show; opening its blocks anew only where it is another."""
        project: Project = self._workspace.document.project
        counts = self._workspace.data.class_counts
        if self._design is None or self._design[:3] != (project.graph, project.training, counts):
            self._design = project.graph, project.training, counts, of_design(project, counts)
        return self._design[3]

    def _training_of(self, run: str) -> TrainingConfig | None:
        """Return the settings that a run was started with; None where they are not read yet, or not there."""
        if not run:
            return None
        if self._training is not None and self._training[0] == run:
            return self._training[1]
        if self._read != run:
            self._read, store = run, RunStore(self._workspace.runs_folder)
            self._reading.start(lambda: store.run(run).project().training, self._take_training, _ignore)
        return None

    def _take_training(self, training: TrainingConfig) -> None:
        """Judge anew, now that it is known how the run was trained."""
        self._training = self._read, training
        self.look()

    def _mark(self) -> None:
        """Put the worst finding of each node on its card."""
        worst: dict[str, Finding] = {}
        for finding in self.findings:
            if finding.name and finding.severity != "info":
                worst.setdefault(finding.name, finding)
        for name in self._marked - worst.keys():
            self._canvas.set_badge(name, "")
        for name, finding in worst.items():
            self._canvas.set_badge(name, finding.title, ROLES[finding.severity])
        self._marked = set(worst)

    def _soon(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _on_changed(self, kind: str) -> None:
        if kind == "run":
            self._closer = None
            self._training, self._read = None, ""  # another project may have a run of the same name
            self._reading.forget()
            self.look()
        elif kind in {"state", "epochs", "norms", "histograms"}:
            self._soon()
