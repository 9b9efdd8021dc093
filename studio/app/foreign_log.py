"""Other programs' TensorBoard logs, drawn behind the curves of the run on show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app.background import Background
from studio.app.monitor import Monitor
from studio.app.plots.run_data import RunData
from studio.errors import RunError
from studio.runs.event_log import Chosen, Curve, choose, read_log
from studio.runs.records import Array, EpochEnded, Steps


class ForeignLogs:
    """Asks for a folder, reads it beside the window's thread, and draws what is in it.

    Args:
        monitor: Whose curves it is drawn behind.
        say: Takes what became of it, in words.
        parent: The window.
    """

    def __init__(self, monitor: Monitor, say: Callable[[str], None], parent: QWidget) -> None:
        self._monitor, self._say, self._parent = monitor, say, parent
        self._found: RunData | None = None
        self._reading = Background(parent)
        self._reading.failed.connect(say)
        self._reading.done.connect(self._draw)

    def ask(self) -> None:
        """Let the person choose a folder of event files."""
        chosen = QFileDialog.getExistingDirectory(self._parent, "Draw a TensorBoard log behind the curves")
        if chosen:
            self.read(Path(chosen))

    def read(self, folder: Path) -> None:
        """Read a log in a thread, and draw it."""

        def work() -> str:
            run, chosen = run_of(folder.name, read_log(folder))
            self._found = run
            tags = (chosen.loss, chosen.accuracy, chosen.val_loss, chosen.val_accuracy)
            return f'Behind the curves: {", ".join(filter(None, tags))} of "{folder.name}".'

        if not self._reading.start(work):
            self._say("Another log is still being read.")

    def _draw(self, words: str) -> None:
        if self._found is not None:
            self._monitor.add_behind(self._found)
        self._say(words)


def run_of(name: str, log: dict[str, Curve]) -> tuple[RunData, Chosen]:
    """Return a log as a run whose curves can be drawn, and which tags those are.

    Raises:
        RunError: None of its tags is a loss or an accuracy.
    """
    chosen = choose(list(log))
    if chosen == Chosen():
        shown = ", ".join(list(log)[:8])
        raise RunError(f'"{name}" has no tag with "loss" or "acc" in its name: {shown}.')
    run = RunData(name)
    steps = _steps(log, chosen.loss, chosen.accuracy)
    losses, accuracies = (_values(log, tag, steps) for tag in (chosen.loss, chosen.accuracy))
    if len(steps):
        run.take(Steps(name, steps, losses.astype(np.float32), accuracies.astype(np.float32)))
    ends = _steps(log, chosen.val_loss, chosen.val_accuracy)
    pairs = zip(_values(log, chosen.val_loss, ends), _values(log, chosen.val_accuracy, ends), strict=True)
    nan = float("nan")
    for epoch, (step, (loss, accuracy)) in enumerate(zip(ends, pairs, strict=True), 1):
        run.take(EpochEnded(name, epoch, int(step), nan, float(loss), nan, float(accuracy), False))
    return run, chosen


def _steps(log: dict[str, Curve], *tags: str) -> Array:
    """Return all steps of some tags, ascending."""
    found = [log[tag].steps for tag in tags if tag]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _values(log: dict[str, Curve], tag: str, steps: Array) -> Array:
    """Return a tag's values at some steps; NaN where it has none."""
    values = np.full(len(steps), np.nan)
    if tag:
        values[np.searchsorted(steps, log[tag].steps)] = log[tag].values
    return values
