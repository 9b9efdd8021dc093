"""The first tab below the canvas: loss, accuracy, and the selected node's activations."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.plots.heat_map import HistogramHeatMap
from studio.app.plots.tables import Table, curves_table


class CurvesPanel(PlotPanel):
    """What one looks at while a network trains."""

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self.setObjectName("panel.curves")
        self.setAccessibleName("Curves")

    def fill(self) -> None:
        """Put the plots into the row."""
        from studio.app.plots.learning_curves import AccuracyPlot, LossPlot  # pyqtgraph: 0.3 s and more

        self.loss, self.accuracy = LossPlot(self.monitor), AccuracyPlot(self.monitor)
        self.heat_map = HistogramHeatMap(self.monitor)
        for plot, share in ((self.loss, 6), (self.accuracy, 5), (self.heat_map, 5)):
            self.row.addWidget(plot, share)

    def follow_node(self) -> None:
        """Show the node's activations."""
        self.heat_map.set_node(self.node)

    def numbers(self) -> Table | None:
        """Return every step of the run on screen."""
        run = self.monitor.shown
        return curves_table(run) if len(run.steps) else None
