"""The two curves every run has: loss and accuracy."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.curve_plot import CurvePlot
from studio.app.plots.run_data import RunData
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.wording import percent
from studio.runs.records import Array, EpochEnded


class LossPlot(CurvePlot):
    """What training minimises."""

    title = "Loss"
    empty_text = (
        "Press Train: the loss of every step appears here, and after each epoch that on the validation part. "
        "Curves of an earlier run: click it under Runs."
    )
    missing_text = "No loss of this run is a finite number."

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(monitor, scheduler, parent)
        self.setObjectName("plot.loss")

    def tools(self) -> list[QToolButton]:
        """Return the switches, with one for the logarithm."""
        log = self.tool("log", "Logarithmic vertical axis: differences between small losses become visible")
        log.toggled.connect(self.set_log)
        return [log, *super().tools()]

    def train_values(self, run: RunData) -> Array:
        """Return it at each step."""
        return run.losses

    def validation_value(self, epoch: EpochEnded) -> float:
        """Return it after an epoch."""
        return epoch.val_loss


class AccuracyPlot(CurvePlot):
    """Share of samples classified correctly, in percent."""

    title = "Accuracy"
    empty_text = "Press Train: the share of samples that are told apart correctly appears here."
    missing_text = "No accuracy: this network is not trained to tell classes apart."
    factor = 100.0

    def __init__(
        self, monitor: Monitor, scheduler: RepaintScheduler | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(monitor, scheduler, parent)
        self.setObjectName("plot.accuracy")
        self._left.suffix = " %"

    def train_values(self, run: RunData) -> Array:
        """Return it at each step."""
        return run.accuracies

    def validation_value(self, epoch: EpochEnded) -> float:
        """Return it after an epoch."""
        return epoch.val_accuracy

    def wording(self, value: float) -> str:
        """Return it in percent."""
        return percent(value / 100.0)

    def vertical_range(self, low: float, high: float) -> tuple[float, float]:
        """Return a range that ends at 100 %."""
        return low, 100.0
