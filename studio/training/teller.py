"""Who hears of a run: its store, and whoever listens."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from studio.errors import RunError
from studio.runs.records import (
    CheckpointWritten,
    EpochEnded,
    Filters,
    Histogram,
    Live,
    Norms,
    RunChanged,
    RunState,
    Steps,
    SurfaceLook,
)
from studio.runs.writer import RunWriter
from studio.training.reporter import Reporter
from studio.training.snapshot import Position


class Teller:
    """Gives each record to the store, if it keeps that kind, and to the reporter.

    Attributes:
        run: The run's name.
        device: Where it runs, once that is known.

    Args:
        writer: The store's end of the run; None keeps nothing.
        reporter: Who listens, if anybody.
        epochs: Epochs of the whole run.
    """

    def __init__(self, writer: RunWriter | None, reporter: Reporter | None, epochs: int) -> None:
        self.run = writer.name if writer is not None else "run"
        self.device = ""
        self._writer = writer
        self._reporter = reporter
        self._epochs = epochs

    def send(self, record: Live) -> None:
        """Pass a record on.

        Raises:
            RunError: The store cannot be written.
        """
        if self._writer is not None:
            match record:
                case Steps():
                    self._writer.steps(record)
                case EpochEnded():
                    self._writer.epoch(record)
                case RunChanged():
                    self._writer.changed(record)
                case CheckpointWritten():
                    self._writer.checkpoint(record)
                case Histogram() | Norms() | Filters() | SurfaceLook():
                    self._writer.seen(record)
        if self._reporter is not None:
            self._reporter.report(record)

    def say(
        self, state: RunState, position: Position, message: str = "", *, node: str = "", details: str = ""
    ) -> None:
        """Tell that the run entered a state.

        Raises:
            RunError: The store cannot be written.
        """
        self.send(self._change(state, position, message, node, details))

    def say_lr(self, state: RunState, position: Position, message: str, lr: float) -> None:
        """Tell that somebody set another learning rate, which is in force from the next step on.

        Raises:
            RunError: The store cannot be written.
        """
        self.send(replace(self._change(state, position, message, "", ""), lr=lr))

    def say_failed(
        self, position: Position, message: str, *, node: str, details: str, kept: bool = False
    ) -> None:
        """Tell that the run failed; to the reporter even if that is because of the store.

        Args:
            kept: It was to be resumed, and nothing of it was touched: in the store it is as good as before,
                and can be resumed once what is in the way is mended.
        """
        record = self._change("failed", position, message, node, details)
        if kept and self._writer is not None:
            with contextlib.suppress(RunError):
                self._writer.changed(replace(record, state=self._writer.before))
            if self._reporter is not None:
                self._reporter.report(record)
            return
        try:
            self.send(record)
        except RunError:
            if self._reporter is not None:
                self._reporter.report(record)

    def _change(
        self, state: RunState, position: Position, message: str, node: str, details: str
    ) -> RunChanged:
        # After the last epoch the position is at the one that will not come.
        epoch = min(position.epoch, self._epochs)
        return RunChanged(self.run, state, position.step, epoch, message, node, details, self.device)
