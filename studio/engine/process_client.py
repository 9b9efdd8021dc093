"""An engine in a process of its own, as the window sees it."""

from __future__ import annotations

import itertools
import threading
from functools import partial
from typing import Any

from studio.engine.child import Child
from studio.engine.client import made
from studio.engine.mailbox import Mailbox
from studio.engine.records import EngineLost, Failed, Record, Request, Warm


class ProcessClient:
    """An `EngineClient` whose engine lives in a process of its own.

    Each `start` makes a `Child`; when it dies by itself, one `EngineLost` comes, after all that the
    engine had said before.
    """

    def __init__(self) -> None:
        self._mailbox = Mailbox()
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._child: Child | None = None

    @property
    def alive(self) -> bool:
        """Whether the engine runs, or is being started."""
        return self._child is not None

    @property
    def pid(self) -> int | None:
        """The engine's process id; None when there is no engine."""
        child = self._child
        return child.pid if child is not None else None

    def start(self) -> None:
        """Start the engine and return at once; `Ready` comes when torch is loaded.

        An engine that cannot even be started is an `EngineLost`, too.
        """
        with self._lock:
            if self._child is not None:
                return
            try:
                child = Child(self._mailbox.put, self._lost)
            except OSError as error:
                self._mailbox.put(EngineLost(f"The engine could not be started: {error}."))
                return
            self._child = child
            child.begin()
        self.request(Warm)

    def request(self, kind: type[Request], **fields: Any) -> int:
        """Send a request and return its id; it is encoded and sent on another thread."""
        number, child = next(self._ids), self._child
        if child is None:
            self._mailbox.put(Failed(number, "lost", "The engine is not running."))
        else:
            child.send(number, partial(made, kind, number, fields))
        return number

    def drain(self) -> list[Record]:
        """Return what came since the last call."""
        return self._mailbox.drain()

    def close(self, timeout_s: float = 8.0) -> None:
        """Let the engine stop its run with a checkpoint and end; terminate it after `timeout_s`."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.end(next(self._ids), timeout_s)

    def _lost(self, child: Child, lost: EngineLost) -> None:
        """Forget an engine that ended by itself, then say so."""
        with self._lock:
            if self._child is not child:
                return
            self._child = None
        self._mailbox.put(lost)
