"""What a run shows of nodes, as colours of cards and wires: how far the gradient reaches, in one look."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer

from studio.app.canvas.view import CanvasView
from studio.app.workspace import Workspace

INTERVAL_MS = 500


class LiveHeat(QObject):
    """Gives the canvas amounts of the run on screen, at the moment that is looked back to.

    While they are shown all layers on show are looked into, not only those with a picture.
    """

    def __init__(self, workspace: Workspace, canvas: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._canvas = workspace, canvas
        self._norms: dict[str, tuple[float, float]] | None = None
        canvas.heat.seen = self.amount
        canvas.heat.changed.connect(self._watch)
        workspace.monitor.changed.connect(self._on_changed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._refresh)

    def amount(self, measure: str, name: str) -> float:
        """Return what was seen of a node; 0 where it was not, or is no number."""
        if measure in ("activation", "flow"):
            seen = self._workspace.monitor.histogram(name)
            value = 0.0 if seen is None else seen.std if measure == "activation" else seen.gradient
        else:
            gradient, ratio = self._norms_of(name)
            value = gradient if measure == "gradient" else ratio
        return value if math.isfinite(value) and value > 0.0 else 0.0

    def _norms_of(self, node: str) -> tuple[float, float]:
        """Return the norm of a node's gradient over all its parameters, and update over size."""
        if self._norms is None:
            self._norms = self._all_norms()
        return self._norms.get(node, (0.0, 0.0))

    def _all_norms(self) -> dict[str, tuple[float, float]]:
        monitor = self._workspace.monitor
        timeline = monitor.shown.norms
        if not len(timeline):
            return {}
        row = timeline.row_at(monitor.moment)
        squares: dict[str, list[float]] = {}
        columns = (timeline.gradients[row], timeline.updates[row], timeline.weights[row])
        for name, *norms in zip(timeline.parameters, *columns, strict=True):
            sums = squares.setdefault(name.rpartition(".")[0], [0.0, 0.0, 0.0])
            for place, norm in enumerate(norms):
                sums[place] += float(norm) ** 2 if math.isfinite(norm) else 0.0
        found = {}
        for node, (gradient, update, weight) in squares.items():
            ratio = math.sqrt(update / weight) if weight > 0.0 else 0.0
            found[node] = math.sqrt(gradient), ratio
        return found

    def _watch(self) -> None:
        """Let the engine look at all layers on show while their wires are coloured by what it sees."""
        wires = self._canvas.heat.measures.wires in ("activation", "flow")
        self._workspace.watching.look_at_all(wires)

    def _on_changed(self, kind: str) -> None:
        if kind in {"run", "moment"}:
            self._refresh()
        elif kind in {"norms", "histograms"} and self._canvas.heat.is_live and not self._timer.isActive():
            self._timer.start()

    def _refresh(self) -> None:
        self._norms = None
        if self._canvas.heat.is_live:
            self._canvas.heat.refresh()
