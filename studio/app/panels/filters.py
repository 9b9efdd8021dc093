"""The tab about what the selected layer has learned."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.plots.filters_view import FiltersView
from studio.app.plots.tables import Table, filters_table


class FiltersPanel(PlotPanel):
    """Its filters as pictures."""

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self.setObjectName("panel.filters")
        self.setAccessibleName("Filters")

    def fill(self) -> None:
        """Put the pictures into the row."""
        self.view = FiltersView(self.monitor)
        self.row.addWidget(self.view)

    def follow_node(self) -> None:
        """Show the layer's filters."""
        self.view.set_node(self.node)

    def numbers(self) -> Table | None:
        """Return the weights on show."""
        filters = self.monitor.filters_of(self.node) if self.node else None
        return filters_table(filters) if filters is not None else None
