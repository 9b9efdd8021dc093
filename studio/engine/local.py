"""The engine on background threads of this process, for tests and debugging."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from studio.engine.client import made
from studio.engine.mailbox import Mailbox
from studio.engine.records import Failed, Record, Request, Shutdown, Warm
from studio.engine.server import Engine


class LocalClient:
    """An `EngineClient` without a second process. torch is loaded late, on the serving thread.

    Args:
        threads: How many threads torch computes with; None leaves it as it is.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        self._mailbox = Mailbox()
        self._ids = itertools.count(1)
        self._engine: Engine | None = None
        self._server: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether the engine runs."""
        return self._engine is not None

    def start(self) -> None:
        """Start the engine; `Ready` comes when torch is loaded."""
        if self._engine is not None:
            return
        self._engine = Engine(self._mailbox.put, threads=self._threads)
        self._server = threading.Thread(target=self._engine.serve, name="engine", daemon=True)
        self._server.start()
        self.request(Warm)

    def request(self, kind: type[Request], **fields: Any) -> int:
        """Send a request and return its id."""
        request = made(kind, next(self._ids), fields)
        if self._engine is None:
            self._mailbox.put(Failed(request.id, "lost", "The engine is not running."))
        else:
            self._engine.handle(request)
        return request.id

    def drain(self) -> list[Record]:
        """Return what came since the last call."""
        return self._mailbox.drain()

    def close(self, timeout_s: float = 8.0) -> None:
        """Stop the run with a checkpoint and the engine with it, waiting at most `timeout_s` for each."""
        if self._engine is None or self._server is None:
            return
        self._engine.handle(Shutdown(next(self._ids)))
        self._engine.wait_idle(timeout_s)
        self._server.join(timeout_s)
        self._engine = self._server = None
