"""Small pictures of networks, made in slices of the window's spare time and kept."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from studio.app.theme.measures import GALLERY_HEIGHT as HEIGHT
from studio.app.theme.measures import GALLERY_WIDTH as WIDTH
from studio.app.theme.theme import theme
from studio.app.theme.tokens import Scheme
from studio.graph.graph import Graph

SLICE_S = 0.006
"""Time for pictures between two turns of the event loop, so that scrolling stays smooth."""


Key = tuple[str, Scheme, float]


class Drawn(Protocol):
    """What has a picture."""

    @property
    def name(self) -> str:
        """What it is known by."""

    def graph(self) -> Graph:
        """Return its network."""


class Pictures(QObject):
    """Pictures by name; who asks for one that is not there yet is told when it is.

    Args:
        clock: Returns the time in seconds.
        size: Of a picture, in logical pixels.
    """

    ready = Signal(str)
    """Name of what has its picture now."""

    def __init__(
        self,
        parent: QObject | None = None,
        clock: Callable[[], float] = time.perf_counter,
        size: tuple[int, int] = (WIDTH, HEIGHT),
    ) -> None:
        super().__init__(parent)
        self._size = size
        self._clock = clock
        self._graphs: dict[str, Graph] = {}
        self._made: dict[Key, QImage] = {}
        self._waiting: deque[tuple[Key, Drawn]] = deque()
        self._steps: Iterator[None] = iter(())
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._work)

    @property
    def is_busy(self) -> bool:
        """Whether pictures are still to be made."""
        return self._timer.isActive()

    def get(self, entry: Drawn, ratio: float) -> QImage | None:
        """Return a picture in the present scheme; None if it is still to be made.

        Args:
            entry: Whose picture.
            ratio: Device pixels for a logical one.
        """
        key = entry.name, theme().scheme, ratio
        made = self._made.get(key)
        if made is None and all(waiting != key for waiting, _ in self._waiting):
            self._waiting.append((key, entry))
            self._timer.start()
        return made

    def _work(self) -> None:
        """Go on for a slice; a picture takes several steps, so that none of them is long."""
        end = self._clock() + SLICE_S
        while self._clock() < end:
            if next(self._steps, self) is not self:
                continue
            if not self._waiting:
                self._timer.stop()
                return
            self._steps = self._make(*self._waiting[0])

    def _make(self, key: Key, entry: Drawn) -> Iterator[None]:
        # Not before the first window is painted: it needs none of the modules that draw networks.
        from studio.app.picture import Picture

        name, scheme, ratio = key
        if name not in self._graphs:
            self._graphs[name] = entry.graph()
            yield
        picture = Picture(self._graphs[name], scheme=scheme, background=False)
        yield
        self._made[key] = picture.thumbnail(*self._size, ratio)
        self._waiting.popleft()
        self.ready.emit(name)
