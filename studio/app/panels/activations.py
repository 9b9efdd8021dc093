"""The tab about the values that leave the selected node."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.plots.bars import NewestHistogram
from studio.app.plots.heat_map import HistogramHeatMap
from studio.app.plots.tables import Table, histograms_table


class ActivationsPanel(PlotPanel):
    """Their distribution over time at the left, the newest one at the right."""

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self.setObjectName("panel.activations")
        self.setAccessibleName("Activations")

    def fill(self) -> None:
        """Put the plots into the row."""
        self.heat_map = HistogramHeatMap(self.monitor)
        self.histogram = NewestHistogram(self.monitor)
        self.row.addWidget(self.heat_map, 3)
        self.row.addWidget(self.histogram, 2)

    def follow_node(self) -> None:
        """Show the node's activations."""
        self.heat_map.set_node(self.node)
        self.histogram.set_node(self.node)

    def numbers(self) -> Table | None:
        """Return every look at the node."""
        timeline = self.monitor.shown.timeline(self.node) if self.node else None
        return histograms_table(timeline) if timeline is not None else None
