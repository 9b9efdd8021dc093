"""The tab about what training does to the weights: gradients and updates by depth, and of one layer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.plots.heat_map import HistogramHeatMap
from studio.app.plots.tables import Table, norms_table
from studio.app.theme.tokens import SPACE


class GradientsPanel(PlotPanel):
    """All layers at the left; weights and gradients of the selected one, over time, at the right."""

    node_chosen = Signal(str)
    """Dotted name of a node whose point was clicked."""

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self.setObjectName("panel.gradients")
        self.setAccessibleName("Gradients")

    def fill(self) -> None:
        """Put the plots into the row."""
        from studio.app.plots.depth_plot import DepthPlot  # pyqtgraph: 0.3 s and more

        self.by_depth = DepthPlot(self.monitor)
        self.by_depth.node_chosen.connect(self.node_chosen)
        self.gradients = HistogramHeatMap(self.monitor, quantity="gradient")
        self.weights = HistogramHeatMap(self.monitor, quantity="weight")
        column = QVBoxLayout()
        column.setSpacing(2 * SPACE)
        for plot in (self.gradients, self.weights):
            column.addWidget(plot, 1)
        self.row.addWidget(self.by_depth, 5)
        self.row.addLayout(column, 4)

    def follow_node(self) -> None:
        """Mark the layer, and show its weights and gradients."""
        for plot in (self.by_depth, self.gradients, self.weights):
            plot.set_node(self.node)

    def numbers(self) -> Table | None:
        """Return the norms of all parameters."""
        norms = self.monitor.shown.norms
        return norms_table(norms) if len(norms) else None
