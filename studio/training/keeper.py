"""Keeping checkpoints without stopping for the disk: copies are taken between steps, written beside them."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from studio.errors import RunError
from studio.project import atomic
from studio.runs import batch_statistics, checkpoints
from studio.runs.reader import Which, checkpoint_file, kept_steps, step_checkpoint
from studio.runs.writer import RunWriter
from studio.training.session import Session
from studio.training.snapshot import Arrays, Position, capture, to_arrays
from studio.training.steps import StepLog

PAUSE_S = 1.0
"""After an epoch, unless the last checkpoint is younger: short epochs would do nothing but write."""

SHARE = 0.01
"""Of a run's time that writing may take, as far as nothing but the end of an epoch asks for it."""

Job = tuple[Which, Arrays, dict[str, str]]


class Keeper:
    """Writes `best`, `last` and `resume` of one run, as often as its settings say.

    `best` is written before `resume`, so that a process killed in between resumes from before the best
    epoch and finds it again, rather than remembering one whose weights are lost. A checkpoint that cannot
    be written leaves the one before as it is, and the run goes on.

    Args:
        writer: The run; None keeps nothing.
        session: What is kept.
        step: The step that the run goes on from; checkpoints of later ones are of a course it left.
    """

    def __init__(self, writer: RunWriter | None, session: Session, step: int = 0) -> None:
        self._writer = writer
        self._session = session
        self._best: tuple[dict[str, Tensor], dict[str, str]] | None = None
        self._unwritten: Job | None = None
        self.best_weights: dict[str, Tensor] | None = None
        """Those of the best epoch since the run began or was resumed, where they are to be put back."""
        self._pool = ThreadPoolExecutor(1, "checkpoints") if writer is not None else None
        self._writing: Future[None] | None = None
        self._written: deque[int] = deque()
        self._failure: RunError | None = None
        self._told = False
        self._last_s = time.monotonic()
        self._took_s = 0.0
        if writer is not None:
            _forget(writer.folder, [one for one in kept_steps(writer.folder) if one > step])

    @property
    def lost(self) -> str:
        """Why the last checkpoint was not kept, in words; empty if it was."""
        return self._failure.message if self._failure is not None else ""

    def take_trouble(self) -> str:
        """Return, once in a run, why it cannot be kept at the moment; empty if it can or that was said."""
        if self._writer is None or self._told:
            return ""
        reason = self.lost or self._writer.trouble
        if not reason:
            return ""
        self._told = True
        return f"{reason} Training goes on; what was kept before stays, and keeping is tried again."

    def take_written(self) -> list[int]:
        """Return the steps of the checkpoints that were written since the last time."""
        return [self._written.popleft() for _ in range(len(self._written))]

    def remember_best(self, position: Position) -> None:
        """Take a copy of the weights as they are, to be written as `best` with the next checkpoint."""
        if self._writer is None and not self._session.config.patience and not self._session.is_sharded:
            return
        weights = self._session.weights()
        if self._session.config.patience:
            self.best_weights = weights
        if self._writer is not None:
            self._best = (weights, _about(position))

    def load_best(self, position: Position) -> dict[str, Tensor] | None:
        """Return the weights of the best epoch, from memory or from the run's folder; None if both lack them.

        Args:
            position: Says which epoch that is.
        """
        if self.best_weights is not None or self._writer is None:
            return self.best_weights
        try:
            kept = batch_statistics.as_trained(self._writer.checkpoint_path("best"))
        except RunError:
            return None
        if kept.metadata.get("epoch") != str(position.best_epoch):
            return None
        return {name: torch.tensor(array) for name, array in kept.tensors.items()}

    def due(self, position: Position, *, epoch_ended: bool) -> bool:
        """Say whether it is time for a checkpoint; one that only time asks for waits for the one before."""
        if self._writer is None:
            return False
        config = self._session.config
        if epoch_ended and config.checkpoint_epochs:
            if (position.epoch - 1) % config.checkpoint_epochs == 0:
                return True
        elif not epoch_ended and config.checkpoint_steps and position.step % config.checkpoint_steps == 0:
            return True
        if self._writing is not None and not self._writing.done():
            return False
        age_s = time.monotonic() - self._last_s
        if epoch_ended and not config.checkpoint_epochs:
            return age_s >= max(PAUSE_S, self._took_s / SHARE)
        return 0.0 < config.checkpoint_minutes * 60.0 <= age_s

    def keep(self, position: Position, log: StepLog) -> None:
        """Copy the state and write it in the background; the log must have been read.

        Of a network in parts, every process gives its part.
        """
        if self._writer is None:
            if self._session.is_sharded:
                self._session.weights()
                capture(self._session, position, log)
            return
        self._wait()
        jobs = self._best_job()
        jobs.append(("last", to_arrays(self._session.weights()), _about(position)))
        jobs.append(("resume", *capture(self._session, position, log)))
        self._submit(jobs)

    def keep_best(self) -> None:
        """Write `best` if it is newer than on disk: all that a failed run has to keep."""
        self._wait()
        jobs = self._best_job()
        if jobs:
            self._submit(jobs)

    def finish(self) -> None:
        """Wait until all is written, or could not be: `lost` says which."""
        try:
            self._wait()
        finally:
            if self._pool is not None:
                self._pool.shutdown()

    def _best_job(self) -> list[Job]:
        """Return what is to be written as `best`, if anything: a newer one, or one that could not be."""
        if self._best is not None:
            (weights, about), self._best = self._best, None
            self._unwritten = ("best", to_arrays(weights), about)
        return [self._unwritten] if self._unwritten is not None else []

    def _submit(self, jobs: list[Job]) -> None:
        assert self._pool is not None
        self._writing = self._pool.submit(self._write, jobs)
        self._last_s = time.monotonic()

    def _wait(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, jobs: list[Job]) -> None:
        assert self._writer is not None
        started_s = time.monotonic()
        try:
            # A run that is resumed goes on drawing its curves where the checkpoint was made.
            self._writer.flush()
            for which, arrays, texts in jobs:
                checkpoints.save(self._writer.checkpoint_path(which), arrays, texts)
                if which == "best":
                    self._unwritten = None
                elif which == "last" and self._session.config.keep_last > 1:
                    _keep_step(self._writer.folder, int(texts["step"]), self._session.config.keep_last)
        except RunError as error:
            self._failure = error
        else:
            self._failure = None
            self._written += (int(texts["step"]) for which, _, texts in jobs if which == "last")
        self._took_s = time.monotonic() - started_s


def _keep_step(folder: Path, step: int, count: int) -> None:
    """Let the checkpoint `last` stay under its step, as one file of two names, with `count` such in all.

    Raises:
        RunError: The folder cannot be written.
    """
    path, new = checkpoint_file(folder, step_checkpoint(step)), folder / ".step.tmp"
    try:
        try:
            new.unlink(missing_ok=True)
            os.link(checkpoint_file(folder, "last"), new)
        except OSError:  # not every disk knows a file of two names
            atomic.keep_copy(checkpoint_file(folder, "last"), new)
        new.replace(path)
    except OSError as error:
        raise RunError(f'The checkpoint "{path.name}" could not be kept: {error.strerror}.') from error
    _forget(folder, kept_steps(folder)[:-count])


def _forget(folder: Path, steps: list[int]) -> None:
    for step in steps:
        with contextlib.suppress(OSError):
            checkpoint_file(folder, step_checkpoint(step)).unlink()


def _about(position: Position) -> dict[str, str]:
    """Return what a file of weights says about itself."""
    return {"epoch": str(position.epoch), "step": str(position.step), "best_epoch": str(position.best_epoch)}
