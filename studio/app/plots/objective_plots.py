"""What the objective is made of over the steps, the learning rate, and how fast the run goes."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QToolButton, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.curve_plot import CurvePlot
from studio.app.plots.run_data import RunData
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.wording import count
from studio.runs.records import Array, EpochEnded


class TermsPlot(CurvePlot):
    """The loss of the data, and the regularizer: at each step their sum is what is minimised."""

    title = "Loss and regularizer"
    empty_text = "Press Train: the data's part of the loss and the regularizer's appear here, apart."
    missing_text = "This run did not keep its regularizer."
    names = ("data", "regularizer")

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(monitor, scheduler, parent)
        self.setObjectName("plot.terms")

    def tools(self) -> list[QToolButton]:
        """Return the switches, with one for the logarithm."""
        log = self.tool("log", "Logarithmic vertical axis: a regularizer is often small beside the loss")
        log.toggled.connect(self.set_log)
        return [log, *super().tools()]

    def train_values(self, run: RunData) -> Array:
        """Return the data's part at each step."""
        return run.losses - run.penalties

    def other_values(self, run: RunData) -> tuple[Array, Array]:
        """Return the regularizer at each step."""
        return run.steps, run.penalties


class LrPlot(CurvePlot):
    """The learning rate at each step."""

    title = "Learning rate"
    empty_text = "Press Train: the learning rate of every step appears here, as schedule and hand set it."
    missing_text = "This run did not keep its learning rates."
    names = ("lr", "")
    smooths = False

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(monitor, scheduler, parent)
        self.setObjectName("plot.lr")

    def tools(self) -> list[QToolButton]:
        """Return the switches, with one for the logarithm."""
        log = self.tool("log", "Logarithmic vertical axis: a decay by factors is a line")
        log.toggled.connect(self.set_log)
        return [log, *super().tools()]

    def train_values(self, run: RunData) -> Array:
        """Return it at each step."""
        return run.lrs

    def other_values(self, run: RunData) -> tuple[Array, Array]:
        """Return nothing: validation has none."""
        return np.zeros(0, np.int64), np.zeros(0, np.float32)


class SpeedPlot(CurvePlot):
    """Samples a second, as they were told."""

    title = "Speed"
    empty_text = "Press Train: how many samples a second are learned from appears here."
    missing_text = "Speed is shown of the run that this window trains."
    names = ("samples/s", "")
    smooths = False

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(monitor, scheduler, parent)
        self.setObjectName("plot.speed")

    def train_steps(self, run: RunData) -> Array:
        """Return the steps at which it was told."""
        return run.speed_steps

    def train_values(self, run: RunData) -> Array:
        """Return it."""
        return run.speeds

    def other_values(self, run: RunData) -> tuple[Array, Array]:
        """Return nothing: validation has none."""
        return np.zeros(0, np.int64), np.zeros(0, np.float32)

    def validation_value(self, epoch: EpochEnded) -> float:
        """Return nothing."""
        return float("nan")

    def wording(self, value: float) -> str:
        """Return it as a whole number."""
        return count(round(value)) if np.isfinite(value) else "–"
