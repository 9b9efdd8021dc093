"""The tab that shows what a network of one or two inputs computes over their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.app.panels.plot_panel import PlotPanel

if TYPE_CHECKING:
    from studio.app.workspace import Workspace


class SurfacePanel(PlotPanel):
    """The network's surface, and those of the selected node's units; watched only while it is on screen.

    Args:
        workspace: Whose runs and design.
        parent: The window.
    """

    message = Signal(str)
    sample_wanted = Signal(str)
    """Key of a sample whose surface can be seen."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(workspace.monitor, parent)
        self.setObjectName("panel.surface")
        self.setAccessibleName("Surface")
        self._space = workspace

    def fill(self) -> None:
        """Put the view into the row."""
        from studio.app.panels.surface.source import SurfaceSource
        from studio.app.panels.surface.view import SurfaceView  # pyqtgraph's colours: 0.3 s and more

        self.source = SurfaceSource(self._space, self)
        self.source.set_node(self.node)
        self.view = SurfaceView(self.source)
        self.view.message.connect(self.message)
        self.view.sample_wanted.connect(self.sample_wanted)
        self.row.addWidget(self.view)

    def follow_node(self) -> None:
        """Show the node's units."""
        self.source.set_node(self.node)
