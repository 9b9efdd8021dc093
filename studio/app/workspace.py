"""The design, the engine and the run brought together: what follows what, without a widget in sight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.checks import Checks
from studio.app.data_questions import DataQuestions
from studio.app.desk import Desk, Desks
from studio.app.document import Document
from studio.app.engine_link import CLOSE_S, EngineLink
from studio.app.facts import Facts
from studio.app.in_force import for_this_machine, in_force, preferred
from studio.app.monitor import Monitor
from studio.app.place import path_of_name
from studio.app.selection import Selection
from studio.app.sheet import Sheet
from studio.app.stored_runs import StoredRuns
from studio.app.watching import Watching
from studio.engine.client import EngineClient
from studio.engine.records import (
    ControlRun,
    EngineLost,
    Failed,
    Ready,
    RunStarted,
    StartRun,
)
from studio.project.format import to_data
from studio.project.project import Project
from studio.runs.records import Live, RunChanged, RunState


class Workspace(QObject):
    """Keeps facts and monitor in step with the document, and passes the person's wishes to the engine.

    The engine trains one run at a time. It belongs to the open project that it was started from, and
    goes on while another one is on show: `run` and `state` are about the project on show, `trained` and
    `is_busy` about whichever it is.

    Args:
        client: The engine; started by `start`.
    """

    engine_ready = Signal(object)
    run_state_changed = Signal(object)
    """`RunState` of the project on show, or None when it has no run."""

    training_changed = Signal()
    """The state of the run that the engine trains moved, of whichever project."""

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
        self._is_leaving = False
        self.document.left.connect(self._project_left)  # before whoever empties what it keeps
        self.selection = Selection(self.document, self)
        self.facts = Facts(self)
        self.monitor = Monitor(self)
        self.monitor.message.connect(self.message)
        self._stored = StoredRuns(self.monitor, self)
        self._stored.message.connect(self.message)
        self.link = EngineLink(client, self)
        self.checks = Checks(self.document, self.facts, self.link, self)
        self.data = DataQuestions(self.document, self.link, self)
        self._desks = Desks()
        self._desk = self._desks.trained = self._desks.of(self.document.sheet)
        self.monitor.show_runs(self._desk.runs)
        self.monitor.feed(self._desk.runs)
        self._engine_was_ready = False
        self._start_id = 0
        self._devices: tuple[str, ...] = ()
        self.watching = Watching(self.document, self.selection, self.link, self.monitor, self._may_watch)
        self._listen()

    def _listen(self) -> None:
        self.document.changed.connect(self._document_changed)
        self.document.opened.connect(self._project_opened)
        self.document.state_changed.connect(self._bring_runs_home)
        self.document.sheets_changed.connect(self._let_go)
        self.document.level_changed.connect(self._level_changed)
        self.selection.changed.connect(self.watch)
        in_force().changed.connect(self.watch)
        self.monitor.watch_wanted.connect(self.watch)
        self.link.ready.connect(self._ready)
        self.data.fetched.connect(self.checks.ask)
        self.link.run_started.connect(self._run_started)
        self.link.live.connect(self._live)
        self.link.failed.connect(self._failed)
        self.link.lost.connect(self._lost)

    @property
    def devices(self) -> tuple[str, ...]:
        """What the engine can train on; empty until it said so."""
        return self._devices

    @property
    def run(self) -> str:
        """Name of the run last started from the project on show; empty before the first."""
        return self._desk.run

    @property
    def state(self) -> RunState | None:
        """State of that run."""
        return self._desk.state

    @property
    def is_training(self) -> bool:
        """Whether that run is going on or paused."""
        return self._desk.is_active

    @property
    def trained_state(self) -> RunState | None:
        """State of the run that the engine trains, or trained last, of whichever project."""
        return self._desks.trained.state

    @property
    def is_busy(self) -> bool:
        """Whether a run of any project is going on or paused."""
        return self._desks.trained.is_active

    @property
    def trained(self) -> Sheet | None:
        """The open project that the engine trains, or trained last; None if it was closed."""
        return self._desks.trained_sheet(self.document.sheets)

    def trains(self, sheet: Sheet) -> bool:
        """Say whether a run of this open project is going on or paused."""
        return self._desks.of(sheet).is_active

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
        return self._desk.home.folder(self.document.path)

    def _bring_runs_home(self) -> None:
        for sheet in self.document.sheets:
            desk = self._desks.of(sheet)
            if not desk.is_active and (reason := desk.home.bring_home(sheet.path)):
                self.message.emit(reason)

    def start(self) -> None:
        """Start the engine and ask about the design."""
        self.link.start()
        self.check()
        self.data.describe()

    def close(self, timeout_s: float = CLOSE_S) -> None:
        """Stop the run with a checkpoint and end the engine."""
        self.checks.forget()
        self.link.close(timeout_s)
        if self.is_busy:
            self._set_state("stopped")  # the engine can say it no more

    # Questions ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Ask for problems, shapes and costs of the design as it is now, at the level on show."""
        self.checks.ask()

    def watch(self) -> None:
        """Tell the engine what is on screen; a run of another project goes on being watched as it was."""
        self.watching.tell()

    def _may_watch(self) -> bool:
        return not self._is_leaving and (self.is_training or not self.is_busy)

    # The run --------------------------------------------------------------------------------------

    def train(self) -> None:
        """Train the design as it is now; `refused` says if it cannot be."""
        self._start()

    def resume_run(self, run: str) -> None:
        """Go on with a run that was stopped or cut off."""
        self._start(resume=run)

    def carry_on(self, run: str) -> None:
        """Train the design as it is now with the weights and optimizer's memory of a run that fit."""
        self._start(carry_on=run)
        self.show_behind([run])  # what the change does is seen beside it

    def pause(self) -> None:
        """Pause at the next step."""
        self.link.request(ControlRun, action="pause")

    def go_on(self) -> None:
        """Go on after a pause."""
        self.link.request(ControlRun, action="resume")

    def set_lr(self, lr: float) -> None:
        """Let the run go on at another learning rate; the project's setting stays as it is."""
        self.link.request(ControlRun, action="set_lr", lr=lr)

    def pause_or_go_on(self) -> None:
        """Pause the run, or go on if it is paused."""
        if self.state == "paused":
            self.go_on()
        else:
            self.pause()

    def resume_last(self) -> None:
        """Go on with the run last started, if it was stopped or failed."""
        if self.can_resume:
            self.resume_run(self.run)

    def stop(self) -> None:
        """Stop at the next step, with a checkpoint."""
        self.link.request(ControlRun, action="stop")

    def show_run(self, name: str) -> None:
        """Show the curves of a stored run, or again those of the one being trained."""
        self._stored.show(self.runs_folder, name)

    def show_behind(self, names: list[str]) -> None:
        """Draw the curves of stored runs behind those of the run on show."""
        self._stored.show_behind(self.runs_folder, names)

    def _start(self, resume: str = "", carry_on: str = "") -> None:
        if self.is_busy:
            return
        self.about_to_read.emit()
        desk = self._desks.trained = self._desk
        desk.resuming = bool(resume)
        desk.run = resume  # a new run has no name before RunStarted
        self.monitor.feed(desk.runs, self.document.design)
        self._set_state("starting")
        self._start_id = self.link.request(
            StartRun,
            project=to_data(for_this_machine(self.document.project, self._devices)),
            path=str(self.document.path or ""),
            folder=self.folder,
            runs_folder=str(self.runs_folder),
            resume=resume,
            carry_on=carry_on,
            budget=preferred().monitoring_share,
        )
        self.watching.forget()
        self.watch()

    # Answers --------------------------------------------------------------------------------------

    def _project_left(self) -> None:
        self._is_leaving = True
        self._desk.known = self.facts.known
        self.checks.forget()  # an answer on its way is about a project that is not on show

    def _project_opened(self) -> None:
        """Take out what is known of the project now on show, and ask what may have been missed."""
        document, before = self.document, self.state
        self._desk = self._desks.of(document.sheet)
        self._is_leaving = False
        self.facts.recall(self._desk.known, document.level)
        self.monitor.show_runs(self._desk.runs)
        if self.state != before:
            self.run_state_changed.emit(self.state)
        if self.link.alive:
            self.check()
            self.data.describe_if_new()
            self.watch()
        QTimer.singleShot(0, self, self._tell_trouble)

    def _document_changed(self, old: Project, new: Project) -> None:
        if not self.link.alive or self._is_leaving:
            return  # `start` and `_project_opened` ask about whatever is on screen by then
        if (old.graph, old.data, old.training) != (new.graph, new.data, new.training):
            self.checks.ask_soon()
        if old.data != new.data:
            self.data.describe()
        if self.is_training and old.graph is not new.graph:
            self.watch()  # a block may show its inside now

    def _level_changed(self) -> None:
        """Speak of the level now on show, and ask what is not known of it yet."""
        if self._is_leaving:
            return  # what is known of the other project is not out yet
        self.facts.look_at(self.document.design, self.document.level)
        if self.link.alive:
            self.check()
            self.watch()

    def _ready(self, ready: Ready) -> None:
        self._engine_was_ready = True
        self._devices = ready.devices
        self.engine_ready.emit(ready)

    def _run_started(self, started: RunStarted) -> None:
        desk = self._desks.trained
        desk.run = started.run
        if self.monitor.start(started.run) and desk.resuming:
            self._stored.bring_past(Path(started.runs_folder), started.run)

    def _live(self, record: Live) -> None:
        if record.run != self._desks.trained.run:
            return
        self.monitor.take(record)
        if isinstance(record, RunChanged):
            self._run_changed(record)

    def _run_changed(self, record: RunChanged) -> None:
        self._set_state(record.state)
        if record.message:
            self.message.emit(self._whose + record.message)
        if record.state == "failed":
            if self._desks.trained is not self._desk:
                self._desks.trained.trouble = record
            self._tell_failure(record)

    def _tell_failure(self, record: RunChanged) -> None:
        node = self._id_of(record.node) if self._desks.trained is self._desk else ""
        self.refused.emit(Failed(0, "run", self._whose + record.message, node, record.details))

    def _tell_trouble(self) -> None:
        """Say how a run failed meanwhile, now that its project is on show with its layers."""
        record, self._desk.trouble = self._desk.trouble, None
        if record is not None and self._desks.trained is self._desk:
            self._tell_failure(record)

    def _failed(self, failed: Failed) -> None:
        if failed.code == "superseded":
            return
        if self.data.take_failure(failed):
            return
        if failed.id == self._start_id:
            failed = replace(failed, message=self._whose + failed.message)
            if self._desks.trained is not self._desk:
                failed = replace(failed, node="", problems=())
            self._set_state(None)
        self.refused.emit(failed)

    def _lost(self, lost: EngineLost) -> None:
        """Start another engine, unless this one never came up, or the design ends every one that looks at it.

        Then the person decides when to try again.
        """
        desk = self._desks.trained
        run = desk.run if desk.is_active else ""
        self._set_state("failed" if run else None if desk.state == "starting" else desk.state)
        self.watching.forget()
        was_ready, self._engine_was_ready = self._engine_was_ready, False
        if was_ready and self.checks.may_ask_again():
            self.start()
        self.engine_lost.emit(lost, run)

    def _set_state(self, state: RunState | None) -> None:
        """Take over the state of the run that the engine trains, or trained last."""
        desk = self._desks.trained
        if state == desk.state:
            return
        desk.state = state
        self._bring_runs_home()
        if desk is self._desk:
            self.run_state_changed.emit(state)
        self.training_changed.emit()
        self._let_go()

    def _let_go(self) -> None:
        """Forget the last run of a project that was closed; what the engine still says of it goes nowhere."""
        if self.trained is None and not self.is_busy:
            self._desks.trained = Desk()
            self.monitor.feed(self._desks.trained.runs)

    def _id_of(self, name: str) -> str:
        """Return the path of the node of this dotted name in the design, if it is still there."""
        return path_of_name(self.document.design, name)

    @property
    def can_resume(self) -> bool:
        """Whether the run last started ended before its time."""
        return bool(self.run) and self.state in ("stopped", "failed") and not self.is_busy

    @property
    def training_name(self) -> str:
        """What the project is called that the engine trains, or trained last."""
        sheet = self.trained
        return f"“{sheet.name}”" if sheet is not None else "A project that was closed"

    @property
    def _whose(self) -> str:
        """What stands before words about the run while another project is on show."""
        return "" if self._desks.trained is self._desk else f"{self.training_name}: "

    def why_not_train(self) -> str:
        """Return why Train can do nothing now, in words; empty if it can."""
        if self.is_training:
            return "A run is going on."
        if self.is_busy:
            return f"{self.training_name} is being trained. Stop that run, or wait until it is over."
        errors = sum(problem.severity == "error" for problem in self.facts.problems)
        if not errors:
            return ""
        return f"{errors} problem{'s keep' if errors > 1 else ' keeps'} this network from training."

    def why_not_control(self) -> str:
        """Return why a run cannot be paused or stopped here, in words."""
        return (
            f"{self.training_name} is being trained, not this."
            if self.is_busy
            else "Nothing is being trained."
        )
