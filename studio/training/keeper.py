"""Keeping checkpoints without stopping for the disk: copies are taken between steps, written beside them."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor

import torch
from torch import Tensor

from studio.errors import RunError
from studio.runs import checkpoints
from studio.runs.reader import Which
from studio.runs.writer import RunWriter
from studio.training.session import Session
from studio.training.snapshot import Arrays, Position, capture, to_arrays
from studio.training.steps import StepLog

EVERY_S = 30.0
"""Within an epoch, this often."""

PAUSE_S = 1.0
"""After an epoch, unless the last checkpoint is younger: short epochs would do nothing but write."""

Job = tuple[Which, Arrays, dict[str, str]]


class Keeper:
    """Writes `best`, `last` and `resume` of one run.

    `best` is written before `resume`, so that a process killed in between resumes from before the best
    epoch and finds it again, rather than remembering one whose weights are lost.

    Args:
        writer: The run; None keeps nothing.
        session: What is kept.
    """

    def __init__(self, writer: RunWriter | None, session: Session) -> None:
        self._writer = writer
        self._session = session
        self._best: tuple[dict[str, Tensor], dict[str, str]] | None = None
        self.best_weights: dict[str, Tensor] | None = None
        """Those of the best epoch since the run began or was resumed, where they are to be put back."""
        self._pool = ThreadPoolExecutor(1, "checkpoints") if writer is not None else None
        self._writing: Future[None] | None = None
        self._last_s = time.monotonic()

    def remember_best(self, position: Position) -> None:
        """Take a copy of the weights as they are, to be written as `best` with the next checkpoint."""
        if self._writer is None and not self._session.config.patience:
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
            kept = checkpoints.load(self._writer.checkpoint_path("best"))
        except RunError:
            return None
        if kept.metadata.get("epoch") != str(position.best_epoch):
            return None
        return {name: torch.tensor(array) for name, array in kept.tensors.items()}

    def due(self, *, epoch_ended: bool) -> bool:
        """Say whether it is time for a checkpoint and the last one is on disk."""
        if self._writer is None or (self._writing is not None and not self._writing.done()):
            return False
        return time.monotonic() - self._last_s >= (PAUSE_S if epoch_ended else EVERY_S)

    def keep(self, position: Position, log: StepLog) -> None:
        """Copy the state and write it in the background; the log must have been read.

        Raises:
            RunError: An earlier checkpoint could not be written.
        """
        if self._writer is None:
            return
        jobs = self._best_job()
        jobs.append(("last", to_arrays(self._session.weights()), _about(position)))
        jobs.append(("resume", *capture(self._session, position, log)))
        self._submit(jobs)

    def keep_best(self) -> None:
        """Write `best` if it is newer than on disk: all that a failed run has to keep."""
        jobs = self._best_job()
        if jobs:
            self._submit(jobs)

    def finish(self) -> None:
        """Wait until all is written.

        Raises:
            RunError: It could not be written.
        """
        try:
            self._wait()
        finally:
            if self._pool is not None:
                self._pool.shutdown()

    def _best_job(self) -> list[Job]:
        if self._best is None:
            return []
        (weights, about), self._best = self._best, None
        return [("best", to_arrays(weights), about)]

    def _submit(self, jobs: list[Job]) -> None:
        assert self._pool is not None
        self._wait()
        self._writing = self._pool.submit(self._write, jobs)
        self._last_s = time.monotonic()

    def _wait(self) -> None:
        writing, self._writing = self._writing, None
        if writing is not None:
            writing.result()

    def _write(self, jobs: list[Job]) -> None:
        assert self._writer is not None
        # A run that is resumed goes on drawing its curves where the checkpoint was made.
        self._writer.flush()
        for which, arrays, texts in jobs:
            checkpoints.save(self._writer.checkpoint_path(which), arrays, texts)


def _about(position: Position) -> dict[str, str]:
    """Return what a file of weights says about itself."""
    return {"epoch": str(position.epoch), "step": str(position.step), "best_epoch": str(position.best_epoch)}
