"""One run of a project, from its first record to its last, whatever happens in between."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from studio.errors import DataError, StudioError, TrainingError
from studio.project.project import Project
from studio.runs import carried, checkpoints
from studio.runs.records import RunState
from studio.runs.writer import RunWriter
from studio.training import devices, failures, numerics, surgery
from studio.training.control import Control
from studio.training.distributed import Team, refuse_together
from studio.training.epochs import Epochs
from studio.training.field import FieldProbe
from studio.training.keeper import Keeper
from studio.training.probing import Prober
from studio.training.reporter import Reporter
from studio.training.session import Session, prepare_session
from studio.training.snapshot import Position, restore
from studio.training.steps import StepLog
from studio.training.surgery import Donor
from studio.training.teller import Teller
from studio.training.watching import Watcher

MAX_DETAILS = 20_000
"""Characters of a traceback that are kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        state: ``finished``, ``stopped`` or ``failed``.
        message: What it reached, or why it failed.
        step: Steps done; the step that failed.
        error: What was raised, for a run that failed.
    """

    state: RunState
    message: str
    step: int
    error: Exception | None = None


class Trainer:
    """One run of a project.

    Nothing that goes wrong in a run is raised: `run` returns an outcome that tells it, and the last
    `RunChanged` says the same. The random numbers of the caller are left as they were.

    Args:
        project: What is trained, and how.
        folder: The project file's folder.
        device: Instead of the project's setting.
        writer: Keeps the run; None keeps nothing.
        reporter: Is told everything, as it happens.
        control: The handle to pause and stop it, and to say what is watched.
        resume: A ``resume.safetensors`` to go on from.
        team: The processes that train together; None if this one is alone.
        donor: A run that a new one goes on from, as far as it fits.
    """

    def __init__(
        self,
        project: Project,
        folder: Path | None = None,
        *,
        device: str | None = None,
        writer: RunWriter | None = None,
        reporter: Reporter | None = None,
        control: Control | None = None,
        resume: Path | None = None,
        team: Team | None = None,
        donor: Donor | None = None,
    ) -> None:
        self._project = project
        self._folder = folder
        self._team = team
        self._device = team.device if team is not None else device or project.training.device
        self._writer = writer
        self._control = control or Control()
        self._resume = resume
        self._donor = donor
        self._teller = Teller(writer, reporter, project.training.epochs)
        self._position = Position()
        self._session: Session | None = None
        self._epochs: Epochs | None = None

    @property
    def module(self) -> torch.fx.GraphModule | None:
        """The network as the run left it; None if it was never built."""
        return self._session.module if self._session is not None else None

    def run(self) -> Outcome:
        """Train until the last epoch, a stop, or a failure."""
        try:
            device = devices.resolve(self._device)
            if self._team is not None:
                refuse_together(self._project.training)
            self._teller.device = str(device)
            self._teller.say("starting", self._position)
            exact = numerics.deterministic(self._project.training.deterministic)
            with exact, torch.random.fork_rng(devices=devices.rng_devices(device)):
                self._session = prepare_session(
                    self._project,
                    self._folder,
                    device,
                    is_new=self._resume is None,
                    fingerprint=self._writer is not None or self._resume is not None,
                    is_shared=self._team is not None,
                )
                self._epochs = self._start(self._session)
                state, message = self._epochs.run()
            self._teller.say(state, self._position, message)
            self._epochs.draw_rest()
        except Exception as error:
            return self._fail(error)
        except BaseException:
            # Ctrl+C in Python: the last checkpoint stands.
            self._teller.say("stopped", self._position, "The run was interrupted.")
            raise
        return Outcome(state, message, self._position.step)

    def _start(self, session: Session) -> Epochs:
        """Put the session where the run begins, or where it was left."""
        log, said = StepLog(session.device, session.objective.hits), session.left_out
        if self._resume is not None:
            self._position = restore(checkpoints.load(self._resume), session, log)
            if self._writer is not None:
                self._writer.rewind(self._position.step)
        if self._donor is not None:
            taken = surgery.carry(session, self._donor)
            said = f"{taken.words()} {said}".strip()
            self._position = surgery.position_after(self._donor, session.config.epochs, session.batches)
            if self._position.step:
                said = f"{said} It goes on with epoch {self._position.epoch}."
            if self._writer is not None:
                carried.write(self._writer.folder, taken)
        if self._writer is not None and session.fingerprint is not None:
            self._writer.fingerprint(session.fingerprint.text)
        teller = self._teller
        area = session.area
        watcher = Watcher(
            session.module,
            session.image,
            teller.run,
            self._control,
            teller.send,
            has_parts=session.is_sharded,
            is_scaled=session.precision.scaler is not None,
            field=FieldProbe(session.module, session.objective, area) if area is not None else None,
            make_prober=partial(Prober, session, teller.run),
        )
        first = torch.zeros(1, dtype=torch.int64, device=session.device)
        watcher.prepare(session.looked_at(first), self._position.step)
        keeper = Keeper(self._writer, session, self._position.step)
        teller.say("running", self._position, said)
        return Epochs(session, self._position, log, keeper, watcher, self._control, teller, self._team)

    def _fail(self, error: Exception) -> Outcome:
        """Tell why the run failed, and return the outcome."""
        step, node, details = self._position.step, "", ""
        if isinstance(error, StudioError):
            step = error.step if isinstance(error, TrainingError) and error.step else step
            node = failures.name_at(self._project.graph, error.node_id or "")
        else:
            details = "".join(traceback.format_exception(error))[-MAX_DETAILS:]
            if self._session is not None and self._epochs is not None and self._epochs.batch:
                step += 1
                node = failures.find_node(error, self._session.module, self._epochs.batch)
        message = failures.explain(
            error,
            step=step,
            batch_size=self._project.training.batch_size,
            device=self._teller.device,
            node=node,
        )
        is_refused = self._resume is not None and self._epochs is None and isinstance(error, DataError)
        self._epochs = None
        failures.free_memory(error)
        where = replace(self._position, step=step)
        self._teller.say_failed(where, message, node=node, details=details, kept=is_refused)
        return Outcome("failed", message, step, error)
