"""One run on a background thread, from a project document to its last record."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.engine.failures import failure
from studio.engine.records import Failed, Record, RunStarted, StartRun, Watch
from studio.runs.records import Live, RunChanged
from studio.training.allocator import give_back

FINAL = ("finished", "stopped", "failed")


class RunThread(threading.Thread):
    """Trains what a `StartRun` asks for; it is the run's reporter.

    Answers the request by `RunStarted` once the run exists, else by `Failed`. The run's last
    `RunChanged` is final whatever happens.

    Args:
        request: What to train.
        watch: What is on screen when it starts.
        emit: Takes replies and live records.
        after: Is waited for: two threads that import the same parts of torch can get in each other's way.
    """

    def __init__(
        self,
        request: StartRun,
        watch: Watch,
        emit: Callable[[Record], None],
        after: threading.Thread | None = None,
    ) -> None:
        from studio.training.control import Control

        super().__init__(name=f"run-{request.id}", daemon=True)
        self.request = request
        self.control = Control()
        self._emit = emit
        self._after = after
        self._last: RunChanged | None = None
        self.watch(replace(watch, budget=request.budget))

    @property
    def run_name(self) -> str:
        """The run's name; empty until it exists."""
        return self._last.run if self._last is not None else ""

    @property
    def over(self) -> bool:
        """Whether the run said its last word."""
        return (self._last is not None and self._last.state in FINAL) or not self.is_alive()

    def watch(self, watch: Watch) -> None:
        """Say what is on screen from now on."""
        self.control.set_watch(
            watch.activations,
            watch.filters,
            watch.budget,
            weights=watch.weights,
            norms=watch.norms,
            surface=watch.surface,
            surfaces=watch.surfaces,
            maps=watch.maps,
            predictions=watch.predictions,
        )

    def report(self, record: Live) -> None:
        """Pass a live record on; the first one says that the run exists."""
        if isinstance(record, RunChanged):
            if self._last is None:
                self._emit(RunStarted(self.request.id, record.run, str(self._folder())))
            self._last = record
        self._emit(record)

    def run(self) -> None:
        """Train."""
        if self._after is not None:
            self._after.join()
        from studio.project.format import from_data
        from studio.training.run import train

        request = self.request
        path = Path(request.path) if request.path else None
        try:
            train(
                from_data(request.project, path.stem if path else "untitled"),
                path=path,
                folder=Path(request.folder) if request.folder else None,
                runs_folder=self._folder(),
                name=request.run or None,
                resume=request.resume or None,
                carry_on=request.carry_on or None,
                reporter=self,
                control=self.control,
            )
        except BaseException as error:
            self._explain(failure(request.id, error))
        finally:
            give_back()

    def _folder(self) -> Path:
        """Return where the run is kept."""
        from studio.project.files import runs_folder

        if self.request.path:
            return runs_folder(Path(self.request.path))
        return Path(self.request.runs_folder or "untitled.runs")

    def _explain(self, reason: Failed) -> None:
        """Say why the run could not start, or how it ended if it did not say so itself."""
        last = self._last
        if last is None:
            self._emit(reason)
        elif last.state not in FINAL:
            self.report(
                RunChanged(
                    last.run,
                    "failed",
                    last.step,
                    last.epoch,
                    reason.message,
                    node=reason.node,
                    details=reason.details,
                    device=last.device,
                )
            )
