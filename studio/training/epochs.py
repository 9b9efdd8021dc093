"""The training loop itself: steps on resident data, and everything that must happen between them."""

from __future__ import annotations

import contextlib
import math
import time
from dataclasses import dataclass

from torch import Tensor, nn

from studio.errors import StudioError, TrainingError
from studio.runs.records import CheckpointWritten, EpochEnded, RunProgress, RunState
from studio.training import stopping
from studio.training.control import Control
from studio.training.distributed import CHECK_EVERY, Team
from studio.training.evaluation import evaluate
from studio.training.keeper import Keeper
from studio.training.optimizers import set_lr
from studio.training.outcome import put_back, summary
from studio.training.recomputing import recomputed
from studio.training.session import Session
from studio.training.snapshot import Position
from studio.training.stepper import Stepper
from studio.training.steps import StepLog, advice, refuse_nonfinite, show_nonfinite
from studio.training.teller import Teller
from studio.training.watching import Watcher

READ_OUT_S = 1 / 30
"""How often losses are read off the device and told at most: as often as a window can show them."""

READ_OUT_SHARE, SELDOM = 0.005, 8
"""Of a run's time that reading out may take; for that it comes up to eight times as seldom."""

EVALUATION_BATCH = 256
"""Validation takes batches of at least this size: it keeps no gradients."""


@dataclass(slots=True)
class Clock:
    """Time of a run since it started or was resumed.

    Attributes:
        started_s: When.
        paused_s: How long it was paused since.
        read_s: When losses were last read out.
    """

    started_s: float
    paused_s: float
    read_s: float

    def elapsed_s(self, now_s: float) -> float:
        """Return the time spent training, never 0."""
        return max(now_s - self.started_s - self.paused_s, 1e-9)


class Epochs:
    """Carries a session through its epochs.

    Args:
        session: What is trained.
        position: How far it is; moved on as it goes.
        log: Takes the losses; for a resumed run it holds the sums of the epoch under way.
        keeper: Writes checkpoints.
        watcher: Looks inside.
        control: Asks to pause or stop.
        teller: Is told everything.
        team: The processes that train together; None if this one is alone.
    """

    def __init__(
        self,
        session: Session,
        position: Position,
        log: StepLog,
        keeper: Keeper,
        watcher: Watcher,
        control: Control,
        teller: Teller,
        team: Team | None = None,
    ) -> None:
        self._session = session
        self._team = team
        self._network: nn.Module | None = session.module if session.is_sharded else None
        if team is not None and not session.is_sharded:
            module = recomputed(session.module) if session.config.checkpointing else session.module
            self._network = team.wrap(module)
        self._stepper = Stepper(session, team)
        self._schedule = session.schedule
        self._position = position
        self._log = log
        self._keeper = keeper
        self._watcher = watcher
        self._control = control
        self._teller = teller
        self._first_step = position.step
        self._seconds = position.seconds
        self._ended = ""
        self._lr = math.nan
        now_s = time.perf_counter()
        self._clock = Clock(now_s, 0.0, now_s)
        self._pause_s = READ_OUT_S

    def draw_rest(self) -> None:
        """Draw the surfaces that are kept with the run and had to wait until it was over."""
        with contextlib.suppress(StudioError):  # the run is kept; a full disk may cost this picture
            self._watcher.draw_rest()

    @property
    def batch(self) -> tuple[Tensor, ...]:
        """Inputs of the batch under way, for whoever has to explain why it failed."""
        return self._stepper.batch

    def run(self) -> tuple[RunState, str]:
        """Train until the end or a stop; return the final state and what was reached.

        Raises:
            TrainingError: A loss is no number.
            RunError: The run cannot be written.
            Exception: Whatever a layer, the loss or the device raises.
        """
        try:
            if not (self._position.batch or self._position.best_epoch):
                self._keeper.keep(self._position, self._log)  # a run killed at once can be resumed, too
            stopped = self._run()
            self._watcher.show_at_rest(self._position.step)
            self._watcher.note_end(self._position.step)
            self._keeper.keep(self._position, self._log)
        except Exception:
            # The weights may be spoilt by now; those of the best epoch are not.
            with contextlib.suppress(StudioError, RuntimeError):
                self._keeper.keep_best()
            raise
        finally:
            self._stepper.close()
            self._keeper.finish()
            with contextlib.suppress(StudioError):  # a store that cannot be written is told by what follows
                self._tell_checkpoints()
        lost = self._keeper.lost
        restored = put_back(self._session, self._keeper, self._position)
        message = summary(self._position, self._session.total_steps, stopped=stopped, ended=self._ended)
        return ("stopped" if stopped else "finished"), " ".join(filter(None, (message, restored, lost)))

    def _run(self) -> bool:
        """Train and validate until the end; return whether it was stopped by hand before."""
        position, log = self._position, self._log
        self._set_lr()
        self._ended = stopping.before(self._session.config, position)
        while position.epoch <= self._session.config.epochs and not self._is_over():
            if position.batch == 0:
                log.start_epoch()
            order = self._session.order(position.epoch)[position.batch :]
            self._stepper.begin(order)
            for rows in order:
                if self._control.pending and self._team is None and self._obey():
                    return True
                if self._team is not None and self._is_called_off(self._team):
                    return True
                if self._is_over():
                    break
                self._step(rows)
                self._look_around()
            self._end_epoch()
        return False

    def _look_around(self) -> None:
        """Tell and keep, if it is time for either, what the steps gave so far."""
        now_s, step = time.perf_counter(), self._position.step
        every, is_sharded = self._session.config.checkpoint_steps, self._session.is_sharded
        is_due = bool(every) and step % every == 0
        meets = is_sharded and (is_due or step % CHECK_EVERY == 0)
        is_time = now_s - self._clock.read_s >= self._pause_s
        if not (is_due or meets or is_time or self._log.full or self._is_last()):
            return
        self._read_out(now_s)
        took_s = time.perf_counter() - now_s
        self._pause_s = max(READ_OUT_S, min(took_s / READ_OUT_SHARE, SELDOM * READ_OUT_S))
        if meets or not is_sharded:
            self._keep_if_due(epoch_ended=False)

    def _step(self, rows: Tensor) -> None:
        """Take one optimizer step.

        Shape:
            rows: (N,) int64, samples of the step
        """
        if not self._schedule.is_constant:
            self._set_lr()
        network = self._watcher.start()
        stepped = self._stepper.take(self._network or network, rows, self._position.step)
        self._position.step += 1
        self._position.batch += 1
        self._log.add(stepped, len(rows), self._lr)
        self._watcher.finish(self._position.step)

    def _is_called_off(self, team: Team) -> bool:
        """Say whether any of the processes was told to stop; asked by all of them at the same steps."""
        position, config = self._position, self._session.config
        if position.step % CHECK_EVERY:
            return False
        if config.max_minutes:
            over = stopping.after_step(config, position, position.seconds)
            self._ended = self._ended or (over if team.any(bool(over)) else "")
        if team.any(self._control.stopped):
            self._read_out(time.perf_counter())
            return True
        return False

    def _set_lr(self) -> None:
        """Let the optimizer go on at the learning rate of the step that comes."""
        position = self._position
        lr = self._schedule.lr(position.step, position.plateau, position.lr or self._session.config.lr)
        if lr != self._lr:
            self._lr = lr
            set_lr(self._session.optimizer, lr)

    def _take_lr(self) -> None:
        """Go on at the learning rate that somebody set, and tell it."""
        wanted = self._control.take_lr()
        if wanted is None:
            return
        position = self._position
        before, position.lr = position.lr or self._session.config.lr, wanted
        self._set_lr()
        self._teller.say_lr(
            "paused" if self._control.paused else "running",
            position,
            f"The learning rate was set from {before:g} to {wanted:g} after step {position.step:,}.",
            wanted,
        )

    def _is_over(self) -> bool:
        return bool(self._ended)

    def _is_last(self) -> bool:
        """Say whether the run has taken all steps that it may."""
        most = self._session.config.max_steps
        return bool(most) and self._position.step >= most

    def _end_epoch(self) -> None:
        """Validate, tell the epoch's numbers, and keep a checkpoint if it is time."""
        self._read_out(time.perf_counter())
        session, position, log = self._session, self._position, self._log
        if not log.samples:
            return  # its time was over before the epoch's first step
        val_loss, val_accuracy = self._validate()
        is_best = val_loss < position.best_val_loss
        if is_best:
            position.best_val_loss, position.best_val_accuracy = val_loss, val_accuracy
            position.best_epoch = position.epoch
            self._keeper.remember_best(position)
        self._teller.send(
            EpochEnded(
                self._teller.run,
                position.epoch,
                position.step,
                log.loss_sum / log.samples,
                val_loss,
                log.correct_sum / log.samples,
                val_accuracy,
                is_best,
            )
        )
        if not math.isfinite(val_loss):
            raise TrainingError(
                f"The validation loss is {show_nonfinite(val_loss)} after epoch {position.epoch} (step "
                f"{position.step}). {advice(self._lr)}",
                step=position.step,
            )
        if session.config.schedule == "plateau":
            position.plateau.see(val_loss, session.config)
        self._ended = self._ended or stopping.after_epoch(session.config, position, val_loss, val_accuracy)
        position.epoch, position.batch = position.epoch + 1, 0
        self._keep_if_due(epoch_ended=True)

    def _keep_if_due(self, *, epoch_ended: bool) -> None:
        """Keep a checkpoint if it is time, and say if one could not be kept. The log must have been read.

        Processes that hold a part of the network each come here together.
        """
        due = self._keeper.due(self._position, epoch_ended=epoch_ended)
        if self._team is not None and self._session.is_sharded:
            due = self._team.any(due)
        if due:
            self._keeper.keep(self._position, self._log)
        for trouble in (self._keeper.take_trouble(), self._stepper.take_trouble()):
            if trouble:
                self._teller.say("running", self._position, trouble)

    def _tell_checkpoints(self) -> None:
        """Tell which checkpoints were written since the last time."""
        for step in self._keeper.take_written():
            self._teller.send(CheckpointWritten(self._teller.run, step))

    def _validate(self) -> tuple[float, float]:
        """Return loss and accuracy on the validation part; of the average of the weights, if there is one."""
        session = self._session
        size = max(session.config.batch_size, EVALUATION_BATCH)
        averaged = session.average.in_place() if session.average is not None else contextlib.nullcontext()
        with averaged:
            if self._team is not None and not self._team.is_main and not session.is_sharded:
                found = (math.nan, math.nan)
            else:
                found = evaluate(
                    session.module, session.objective, session.validation, size, session.precision
                )
        if self._team is None:
            return found
        loss, accuracy = self._team.of_main(*found)
        return loss, accuracy

    def _read_out(self, now_s: float) -> None:
        """Tell the losses since the last time, and how far the run is.

        Raises:
            TrainingError: One of them is no number.
        """
        self._clock.read_s = now_s
        session, position = self._session, self._position
        steps = self._log.read(self._teller.run, position.step)
        if steps is None:
            return
        self._teller.send(steps)
        self._tell_checkpoints()
        refuse_nonfinite(steps, position.epoch, self._lr)
        elapsed_s = self._clock.elapsed_s(now_s)
        position.seconds = self._seconds + elapsed_s
        if self._team is None or not session.config.max_minutes:
            self._ended = self._ended or stopping.after_step(session.config, position, position.seconds)
        done = position.step - self._first_step
        self._teller.send(
            RunProgress(
                self._teller.run,
                position.step,
                session.total_steps,
                position.epoch,
                session.config.epochs,
                elapsed_s,
                elapsed_s / done * (session.total_steps - position.step),
                done * session.used / session.batches / elapsed_s,
                self._watcher.spent_s / elapsed_s,
                self._lr,
            )
        )

    def _obey(self) -> bool:
        """Wait while the run is paused; return whether it is to stop."""
        position = self._position
        paused_s = time.perf_counter()
        self._read_out(paused_s)
        self._take_lr()
        if self._control.paused:
            self._keeper.keep(position, self._log)
            self._teller.say("paused", position)
            while self._control.wait(0.1):
                self._watcher.show_new(position.step)
            self._take_lr()
            self._clock.paused_s += time.perf_counter() - paused_s
            if not self._control.stopped:
                self._teller.say("running", position)
        return self._control.stopped
