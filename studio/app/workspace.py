"""The design, the engine and the run brought together: what follows what, without a widget in sight."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.facts import Facts
from studio.app.monitor import Monitor
from studio.app.place import path_of_name
from studio.app.run_home import RunHome
from studio.app.selection import Selection
from studio.catalog.registry import spec_of
from studio.engine.client import EngineClient
from studio.engine.records import (
    Cancel,
    Check,
    Checked,
    ControlRun,
    DataDescribed,
    DescribeData,
    EngineLost,
    Failed,
    FetchData,
    Progress,
    Ready,
    RunStarted,
    StartRun,
    Watch,
)
from studio.errors import StudioError
from studio.graph.block import ENABLED
from studio.graph.graph import Graph
from studio.graph.problems import has_errors
from studio.project.format import to_data
from studio.project.project import Project
from studio.runs.records import Live, RunChanged, RunState
from studio.runs.store import RunStore

CHECK_DELAY_MS = 40
MAX_WATCHED = 12

ACTIVE: frozenset[RunState] = frozenset({"starting", "running", "paused"})


class Workspace(QObject):
    """Keeps facts and monitor in step with the document, and passes the person's wishes to the engine.

    Args:
        client: The engine; started by `start`.
    """

    engine_ready = Signal(object)
    data_described = Signal(object)
    data_failed = Signal(str)
    progress = Signal(object)
    """`Progress` of the download that is going on."""

    run_state_changed = Signal(object)
    """`RunState`, or None when no run is shown."""

    about_to_read = Signal()
    """The design is about to be handed to the engine: whoever holds unfinished input commits it."""

    message = Signal(str)
    """Something for the status bar."""

    refused = Signal(object)
    """`Failed`: something that was asked for was not done."""

    engine_lost = Signal(object, str)
    """`EngineLost`, and the name of the run it took along (or an empty string). `engine_alive` says whether
    another was started."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Document(parent=self)
        self.selection = Selection(self.document, self)
        self.facts = Facts(self)
        self.monitor = Monitor(self)
        self.link = EngineLink(client, self)
        self._state: RunState | None = None
        self._run = ""
        self._resuming = False
        self._home = RunHome(self.document)
        self._engine_was_ready = False
        self._check_id = self._data_id = self._fetch_id = self._start_id = 0
        self._watched: Watch | None = None
        self._asked = self.document.design
        self._check_timer = QTimer(self, singleShot=True, interval=CHECK_DELAY_MS)
        self._check_timer.timeout.connect(self.check)
        self._listen()

    def _listen(self) -> None:
        self.document.changed.connect(self._document_changed)
        self.document.opened.connect(self._project_opened)
        self.document.state_changed.connect(self._bring_runs_home)
        self.document.level_changed.connect(self._level_changed)
        self.selection.changed.connect(self.watch)
        self.link.ready.connect(self._ready)
        self.link.checked.connect(self._checked)
        self.link.data_described.connect(self._data_described)
        self.link.data_fetched.connect(self._data_fetched)
        self.link.progress.connect(self._progress)
        self.link.run_started.connect(self._run_started)
        self.link.live.connect(self._live)
        self.link.failed.connect(self._failed)
        self.link.lost.connect(self._lost)

    @property
    def run(self) -> str:
        """Name of the run last started; empty before the first."""
        return self._run

    @property
    def state(self) -> RunState | None:
        """State of that run."""
        return self._state

    @property
    def is_training(self) -> bool:
        """Whether a run is going on or paused."""
        return self._state in ACTIVE

    @property
    def engine_alive(self) -> bool:
        """Whether an engine runs or is being started."""
        return self.link.alive

    @property
    def folder(self) -> str:
        """Where relative paths of the project start; empty for one without a place."""
        return str(self.document.folder or "")

    @property
    def runs_folder(self) -> Path:
        """Where this project's runs lie: beside its file, or in the user's state folder until it has one."""
        return self._home.folder

    def _bring_runs_home(self) -> None:
        if not self.is_training:
            reason = self._home.bring_home()
            if reason:
                self.message.emit(reason)

    def start(self) -> None:
        """Start the engine and ask about the design."""
        self.link.start()
        self.check()
        self.describe_data()

    def close(self, timeout_s: float = 8.0) -> None:
        """Stop the run with a checkpoint and end the engine."""
        self._check_timer.stop()
        self.link.close(timeout_s)

    # Questions ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask for problems, shapes and costs of the design as it is now, at the level on show."""
        document = self.document
        self._asked = document.design
        self._check_id = self.link.request(
            Check, project=to_data(document.project), folder=self.folder, level=document.level
        )

    def describe_data(self) -> None:
        """Ask what the data set looks like."""
        data = self.document.project.data.model_dump(mode="json")
        self._data_id = self.link.request(DescribeData, data=data, folder=self.folder)

    def fetch_data(self) -> None:
        """Download the data set that the project names."""
        data = self.document.project.data.model_dump(mode="json")
        self._fetch_id = self.link.request(FetchData, data=data, folder=self.folder)

    def watch(self) -> None:
        """Tell the engine what is on screen."""
        activations, filters = self.watched_names()
        watch = Watch(0, activations, filters)
        if watch != self._watched and self.link.alive:
            self._watched = watch
            self.link.request(Watch, activations=activations, filters=filters)

    def watched_names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names, as the engine has them, of nodes on show whose insides are worth probing."""
        dotted = self.document.place.dotted
        return watched_nodes(self.document.graph, self.selection.single, dotted)

    def cancel_fetch(self) -> None:
        """Cancel the download that is going on."""
        if self._fetch_id:
            self.link.request(Cancel, request=self._fetch_id)

    # The run --------------------------------------------------------------------------------------

    def train(self) -> None:
        """Train the design as it is now; `refused` says if it cannot be."""
        self._start(resume="")

    def resume_run(self, run: str) -> None:
        """Go on with a run that was stopped or cut off."""
        self._start(resume=run)

    def pause(self) -> None:
        """Pause at the next step."""
        self.link.request(ControlRun, action="pause")

    def go_on(self) -> None:
        """Go on after a pause."""
        self.link.request(ControlRun, action="resume")

    def pause_or_go_on(self) -> None:
        """Pause the run, or go on if it is paused."""
        if self._state == "paused":
            self.go_on()
        else:
            self.pause()

    def resume_last(self) -> None:
        """Go on with the run last started, if it was stopped or failed."""
        if self.can_resume:
            self.resume_run(self._run)

    def stop(self) -> None:
        """Stop at the next step, with a checkpoint."""
        self.link.request(ControlRun, action="stop")

    def show_run(self, name: str) -> None:
        """Show the curves of a stored run, or again those of the one being trained."""
        try:
            self.monitor.load(RunStore(self.runs_folder).run(name))
        except StudioError as error:
            self.message.emit(error.message)

    def _start(self, resume: str) -> None:
        if self.is_training:
            return
        self.about_to_read.emit()
        self._resuming = bool(resume)
        self._run = resume  # a new run has no name before RunStarted
        self._set_state("starting")
        self._start_id = self.link.request(
            StartRun,
            project=to_data(self.document.project),
            path=str(self.document.path or ""),
            folder=self.folder,
            runs_folder=str(self.runs_folder),
            resume=resume,
        )
        self._watched = None
        self.watch()

    # Answers --------------------------------------------------------------------------------------

    def _project_opened(self) -> None:
        """Forget the last run: it belonged to another project. One that goes on was stopped before."""
        self._run = ""
        self._home.forget()
        self.facts.forget()
        self._check_id = 0  # an answer on its way is about the other project
        self.monitor.clear()
        self._set_state(None)

    def _document_changed(self, old: Project, new: Project) -> None:
        if not self.link.alive:
            return  # `start` asks about whatever is on screen by then
        if (old.graph, old.data, old.training) != (new.graph, new.data, new.training):
            self._check_timer.start()
        if old.data != new.data:
            self.describe_data()

    def _level_changed(self) -> None:
        """Speak of the level now on show, and ask what is not known of it yet."""
        self.facts.look_at(self.document.design, self.document.level)
        if self.link.alive:
            self._check_timer.stop()
            self.check()
            self.watch()

    def _ready(self, ready: Ready) -> None:
        self._engine_was_ready = True
        self.engine_ready.emit(ready)

    def _checked(self, checked: Checked) -> None:
        if checked.id == self._check_id:
            self.facts.update(checked, self._asked)

    def _data_described(self, described: DataDescribed) -> None:
        if described.id == self._data_id:
            self.data_described.emit(described)

    def _data_fetched(self) -> None:
        self._fetch_id = 0
        self.describe_data()
        self.check()

    def _progress(self, progress: Progress) -> None:
        if progress.id == self._fetch_id:
            self.progress.emit(progress)

    def _run_started(self, started: RunStarted) -> None:
        self._run = started.run
        folder = Path(started.runs_folder)
        self.monitor.start(started.run, RunStore(folder).run(started.run) if self._resuming else None)

    def _live(self, record: Live) -> None:
        if record.run != self._run:
            return
        self.monitor.take(record)
        if isinstance(record, RunChanged):
            self._set_state(record.state)
            if record.message:
                self.message.emit(record.message)
            if record.state == "failed":
                self.refused.emit(Failed(0, "run", record.message, self._id_of(record.node), record.details))

    def _failed(self, failed: Failed) -> None:
        if failed.code == "superseded":
            return
        if failed.id in (self._data_id, self._fetch_id):
            self._fetch_id = 0
            self.data_failed.emit(failed.message)
            return
        if failed.id == self._start_id:
            self._set_state(None)
        self.refused.emit(failed)

    def _lost(self, lost: EngineLost) -> None:
        """Start another engine, unless this one never came up: then the person decides when to try again."""
        run = self._run if self.is_training else ""
        self._set_state("failed" if run else None if self._state == "starting" else self._state)
        self._watched = None
        was_ready, self._engine_was_ready = self._engine_was_ready, False
        if was_ready:
            self.start()
        self.engine_lost.emit(lost, run)

    def _set_state(self, state: RunState | None) -> None:
        if state != self._state:
            self._state = state
            self._bring_runs_home()
            self.run_state_changed.emit(state)

    def _id_of(self, name: str) -> str:
        """Return the path of the node of this dotted name in the design, if it is still there."""
        return path_of_name(self.document.design, name)

    @property
    def can_train(self) -> bool:
        """Whether nothing known keeps the design from being trained."""
        return not has_errors(self.facts.problems)

    @property
    def can_resume(self) -> bool:
        """Whether the run last started ended before its time."""
        return bool(self._run) and self._state in ("stopped", "failed")

    def why_not_train(self) -> str:
        """Return why Train can do nothing now, in words; empty if it can."""
        if self.is_training:
            return "A run is going on."
        errors = sum(problem.severity == "error" for problem in self.facts.problems)
        if not errors:
            return ""
        return f"{errors} problem{'s keep' if errors > 1 else ' keeps'} this network from training."


def watched_nodes(
    graph: Graph, selected: str | None, dotted: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of nodes whose activations and filters are worth probing.

    The selected node comes first; then the nodes that show a live picture on the canvas, activations
    and layers with filters, as far as the budget of attention goes.

    Args:
        graph: What is on show.
        selected: Id of the selected node.
        dotted: What stands before the names: inside a block, the way there.
    """
    nodes = graph.ordered()
    if selected is not None and selected in graph:
        chosen = graph.node(selected)
        nodes = [chosen, *(node for node in nodes if node.id != selected)]
    activations, filters = [], []
    for node in nodes:
        spec = spec_of(node, graph.blocks)
        if spec is None or spec.role != "layer" or node.arguments.get(ENABLED) is False:
            continue
        if node.id == selected or spec.family == "activation":
            activations.append(dotted + node.name)
        if spec.family == "convolution" or node.kind == "Linear":
            filters.append(dotted + node.name)
    return tuple(activations[:MAX_WATCHED]), tuple(filters[:MAX_WATCHED])
