"""Arranging while a person looks: worked out in the background, shown as a glide, and one step of undo.

Nothing is changed before the cards have arrived, so Esc leaves no trace until then. What was worked out for
a network that has been changed meanwhile is dropped.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QEasingCurve, QObject, QTimer, QVariantAnimation, Signal

from studio.app.canvas.arranging_strip import ArrangingStrip
from studio.app.in_force import preferred
from studio.app.layout.arrange import Task, arranged
from studio.graph import edits
from studio.graph.graph import Graph

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Place: TypeAlias = tuple[float, float]

GLIDE_MS = 250
MOST_GLIDING = 1_500
"""More cards than this jump."""

AT_ONCE = 120
"""So few nodes are arranged before the next frame, without a thread."""

LOOK_MS = 30
STRIP_AFTER_MS = 200


@dataclass
class _Job:
    """A task under way on a thread of its own."""

    label: str
    task: Task
    stop: threading.Event = field(default_factory=threading.Event)
    result: Graph | None = None

    def work(self) -> None:
        """Arrange; runs on the thread, and touches nothing of Qt."""
        self.result = arranged(self.task, self.stop)


class Arranger(QObject):
    """Arranges what a canvas shows."""

    ended = Signal()
    """What was begun is done, or was dropped."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._job: _Job | None = None
        self._thread: threading.Thread | None = None
        self._arrived: tuple[_Job, Graph] | None = None
        self._ways: dict[str, tuple[Place, Place]] = {}
        self._strip = ArrangingStrip(view)
        self._strip.cancelled.connect(self.cancel)
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._look_at_thread)
        self._late = QTimer(self, singleShot=True, interval=STRIP_AFTER_MS)
        self._late.timeout.connect(self._strip.appear)
        self._glide = QVariantAnimation(self, duration=GLIDE_MS, startValue=0.0, endValue=1.0)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._glide.valueChanged.connect(self._on_glide)
        self._glide.finished.connect(self._commit)
        view.document.level_left.connect(self.finish)
        view.document.level_changed.connect(self.cancel)
        view.document.changed.connect(self._network_changed)

    @property
    def is_busy(self) -> bool:
        """Whether places are being worked out, or cards glide to them."""
        return self._job is not None or self._arrived is not None

    def arrange(self) -> None:
        """Lay the whole level out anew, and show it."""
        self._arrange("Arrange", self._view.scene.graph)

    def arrange_selection(self) -> None:
        """Lay the selected nodes out anew, about where they are; all others stay."""
        if len(self._view.selection.nodes) < 2:
            self._view.message.emit("Select two or more layers to arrange.")
        else:
            self._arrange("Arrange selection", self._view.scene.graph, self._view.selection.nodes)

    def turn(self) -> None:
        """Draw the level top-down, or left to right again, and lay it out anew."""
        graph, down = self._view.scene.graph, self._view.scene.graph.direction != "down"
        turned = edits.set_direction(graph, "down" if down else "right")
        label = "Draw top-down" if down else "Draw left to right"
        if not len(graph):
            self._view.commands.attempt(label, lambda _graph: turned)
            return
        scene = self._view.scene.showing(turned)  # cards have other sizes, and ports other places
        sizes = {node_id: scene.size(node_id) for node_id in turned.nodes}
        self._start(label, Task(turned, sizes, scene.geometry.offsets()))

    def _arrange(self, label: str, graph: Graph, only: frozenset[str] | None = None) -> None:
        scene = self._view.scene
        sizes = {node_id: scene.size(node_id) for node_id in graph.nodes}
        self._start(label, Task(graph, sizes, scene.geometry.offsets(), only))

    def _start(self, label: str, task: Task) -> None:
        """Begin to arrange; what was under way is dropped."""
        self.cancel()
        job = self._job = _Job(label, task)
        if len(task.only if task.only is not None else task.graph.nodes) <= AT_ONCE:
            job.work()
            self._found()
            return
        self._thread = threading.Thread(target=job.work, name="arrange", daemon=True)
        self._thread.start()
        self._look.start()
        self._late.start()

    def cancel(self) -> bool:
        """Drop what is under way, and put the cards back; say whether anything was."""
        was_busy = self.is_busy
        self._stop_working()
        if self._arrived is not None:
            self._arrived = None
            self._glide.stop()
            self._view.scene.preview_end()
            self._view.update()
        if was_busy:
            self._view.message.emit("Arranging was cancelled.")
            self.ended.emit()
        return was_busy

    def finish(self) -> None:
        """Let gliding cards arrive at once: something else is about to begin."""
        if self._arrived is not None:
            self._glide.stop()
            self._commit()

    def _look_at_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._found()

    def _found(self) -> None:
        """Take over what was worked out, if it still is about the network on show."""
        job, view = self._job, self._view
        self._stop_working()
        if job is None or job.result is None:
            view.message.emit("This network could not be arranged.")
            return
        self._arrived = job, job.result
        places = _changed_places(view.scene.graph, job.result)
        flips = job.result.direction != view.scene.graph.direction
        if not preferred().animates or not view.isVisible() or flips or not 0 < len(places) <= MOST_GLIDING:
            self._commit()
            return
        self._ways = places
        self._glide.start()

    def _on_glide(self, part: float) -> None:
        if self._arrived is None:
            return
        self._view.scene.preview(
            {
                node_id: (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part)
                for node_id, ((x1, y1), (x2, y2)) in self._ways.items()
            }
        )
        self._view.update()

    def _commit(self) -> None:
        """Make the step of undo: the cards have arrived."""
        if self._arrived is None:
            return
        job, graph = self._arrived
        self._arrived = None
        view = self._view
        view.commands.attempt(job.label, lambda _graph: graph)
        view.scene.preview_end()
        view.update()
        self.ended.emit()
        if job.task.only is None:
            view.fit(animated=True)

    def _network_changed(self) -> None:
        if self.is_busy:
            self.cancel()
            self._view.message.emit("The network was changed meanwhile, so it was not arranged.")

    def _stop_working(self) -> None:
        """Leave the thread, which ends by itself soon after it is told to stop."""
        self._look.stop()
        self._late.stop()
        self._strip.hide()
        if self._job is not None:
            self._job.stop.set()
        self._job = self._thread = None


def _changed_places(old: Graph, new: Graph) -> dict[str, tuple[Place, Place]]:
    """Return from where to where nodes go, for those that go anywhere."""
    pairs = ((old.nodes[node_id], node) for node_id, node in new.nodes.items() if node_id in old)
    return {
        now.id: ((before.x, before.y), (now.x, now.y))
        for before, now in pairs
        if (before.x, before.y) != (now.x, now.y)
    }
