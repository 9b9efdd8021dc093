"""What a training shows in the terminal: a line for each epoch, and a bar where somebody looks at it."""

from __future__ import annotations

import math
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from studio.cli.output import duration, share
from studio.runs.records import EpochEnded, Live, RunChanged, RunProgress

if TYPE_CHECKING:
    from rich.progress import Progress


class Display:
    """Remembers how the run stands, and shows nothing; the base of those that do.

    It is the run's reporter, and a context around the training.
    """

    def __init__(self) -> None:
        self.last: RunChanged | None = None
        self.progress: RunProgress | None = None

    def report(self, record: Live) -> None:
        """Take a record of the run."""
        if isinstance(record, RunChanged):
            first, self.last = self.last is None, record
            if first:
                self.line(f"{record.run} on {record.device}" if record.device else record.run)
        elif isinstance(record, RunProgress):
            self.progress = record
        elif isinstance(record, EpochEnded):
            self.line(epoch_line(record, self.progress))

    def line(self, text: str) -> None:
        """Show a line that stays."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class PlainDisplay(Display):
    """Lines only, for a file or a pipe.

    Args:
        err: Print them on standard error.
    """

    def __init__(self, err: bool) -> None:
        super().__init__()
        self._err = err

    def line(self, text: str) -> None:
        """Print a line."""
        click.echo(text, err=self._err)


class RichDisplay(Display):
    """Lines, and under them a bar that moves.

    Args:
        err: Draw on standard error.
    """

    def __init__(self, err: bool) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._bar: Progress = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[speed]}"),
            TextColumn("{task.fields[left]}"),
            console=Console(stderr=err, highlight=False, markup=False),
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, epoch="–", speed="", left="")

    def report(self, record: Live) -> None:
        """Take a record, and move the bar."""
        super().report(record)
        if isinstance(record, RunProgress):
            self._bar.update(
                self._task,
                total=record.total_steps or None,
                completed=record.step,
                epoch=f"{record.epoch}/{record.epochs}",
                speed=f"{record.samples_per_s:,.0f} samples/s" if record.samples_per_s > 0 else "",
                left=f"{duration(record.remaining_s)} left" if math.isfinite(record.remaining_s) else "",
            )

    def line(self, text: str) -> None:
        """Print a line above the bar."""
        self._bar.console.print(text, soft_wrap=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


def display(json: bool) -> Display:
    """Return the display that fits where the output goes; with JSON, standard output is left alone."""
    stream = sys.stderr if json else sys.stdout
    if stream.isatty():
        return RichDisplay(err=json)
    return Display() if json else PlainDisplay(err=False)


def epoch_line(epoch: EpochEnded, progress: RunProgress | None) -> str:
    """Return the line of an epoch: losses, accuracies, and the time left."""
    total = f"/{progress.epochs}" if progress is not None else ""
    parts = [f"epoch {epoch.epoch}{total}", f"train loss {epoch.train_loss:.4f}"]
    if math.isfinite(epoch.train_accuracy):
        parts.append(f"acc {share(epoch.train_accuracy)}")
    parts.append(f"val loss {epoch.val_loss:.4f}")
    if math.isfinite(epoch.val_accuracy):
        parts.append(f"acc {share(epoch.val_accuracy)}")
    if epoch.is_best:
        parts.append("best")
    if progress is not None and progress.epochs > epoch.epoch and math.isfinite(progress.remaining_s):
        parts.append(f"{duration(progress.remaining_s)} left")
    return "  ".join(parts)
