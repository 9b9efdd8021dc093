"""Small live pictures inside the nodes: learned filters and activation histograms, as they come."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.app.canvas.view import CanvasView
from studio.app.plots.thumbnails import filters_thumbnail, histogram_thumbnail
from studio.app.theme.theme import theme
from studio.app.workspace import Workspace


class LiveNodes(QObject):
    """Puts the newest picture of each watched node on its card.

    Convolutions show their filters, activations their histogram. Pictures are made only for what is new.
    """

    def __init__(self, workspace: Workspace, canvas: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._canvas = canvas
        self._shown: dict[str, int] = {}
        workspace.monitor.changed.connect(self._changed)
        workspace.document.level_changed.connect(self._redraw)
        workspace.document.opened.connect(self._show_another)
        theme().changed.connect(self._redraw)

    def _changed(self, kind: str) -> None:
        if kind == "run":
            self._clear()
        elif kind == "filters":
            self._show_filters()
        elif kind == "histograms":
            self._show_histograms()
        elif kind == "moment":
            self._redraw()

    def _clear(self) -> None:
        for name in self._shown:
            self._canvas.set_picture(name, None)
        self._shown.clear()

    def _show_another(self) -> None:
        """Show the pictures of another project at once: nodes of the same name are not the same."""
        self._clear()
        self._redraw()

    def _redraw(self) -> None:
        self._shown.clear()
        self._show_filters()
        self._show_histograms()

    def _show_filters(self) -> None:
        monitor = self._workspace.monitor
        for name in tuple(monitor.filters):
            filters = monitor.filters_of(name)
            if filters is None:
                continue
            if self._shown.get(name) != filters.step and self._canvas.scene.family_of(name) == "convolution":
                self._shown[name] = filters.step
                self._canvas.set_picture(name, filters_thumbnail(filters))

    def _show_histograms(self) -> None:
        monitor = self._workspace.monitor
        for name in monitor.newest_histograms:
            histogram = monitor.histogram(name)
            if histogram is None:
                continue
            if self._shown.get(name) != histogram.step and self._canvas.scene.family_of(name) == "activation":
                self._shown[name] = histogram.step
                self._canvas.set_picture(name, histogram_thumbnail(histogram))
