"""What the panels with plots share: they are built when first shown, and remember until then."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.tables import Table
from studio.app.theme.tokens import SPACE


class PlotPanel(QWidget):
    """A row of plots about the run on screen and the selected node.

    The plots are made one turn of the event loop after the panel was painted first: importing pyqtgraph
    takes longer than everything else on the way to the first painted window.
    """

    def __init__(self, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.monitor = monitor
        self.node = ""
        self._is_built = False
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        self.row.setSpacing(5 * SPACE)

    def set_node(self, name: str) -> None:
        """Turn to the node of this name; empty when none or several are selected."""
        self.node = name
        if self._is_built:
            self.follow_node()

    def build(self) -> None:
        """Make the plots now, if that was not done yet."""
        if not self._is_built:
            self._is_built = True
            self.fill()
            self.follow_node()

    def fill(self) -> None:
        """Put the plots into `row`."""
        raise NotImplementedError

    def follow_node(self) -> None:
        """Hand `node` to the plots that are about one."""
        raise NotImplementedError

    def numbers(self) -> Table | None:
        """Return the numbers behind the plots; None while there are none."""
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Build the plots once the panel is on screen."""
        super().paintEvent(event)
        if not self._is_built:
            QTimer.singleShot(0, self, self.build)
