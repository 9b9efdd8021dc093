"""Requests that wait for the engine's main thread; of several questions about the design, the newest."""

from __future__ import annotations

import threading
from collections import deque

from studio.engine.records import Check, DrawSurface, LookAt, LookInside, Request, Summarise, Try


class Inbox:
    """Thread-safe queue of requests, answered first come, first served."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._closed = False

    def put(self, request: Request) -> list[Request]:
        """Queue a request and return those that will not be answered any more because of it.

        A closed inbox returns the request itself.
        """
        with self._changed:
            if self._closed:
                return [request]
            moot = [other for other in self._waiting if _replaces(request, other)]
            if moot:
                self._waiting = deque(other for other in self._waiting if other not in moot)
            self._waiting.append(request)
            self._changed.notify()
            return moot

    def take(self) -> Request | None:
        """Wait for the next request; None once the inbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            return None if self._closed else self._waiting.popleft()

    def withdraw(self, request_id: int) -> bool:
        """Take a waiting request out; say whether it was there."""
        with self._changed:
            for request in self._waiting:
                if request.id == request_id:
                    self._waiting.remove(request)
                    return True
            return False

    def close(self) -> list[Request]:
        """Refuse everything from now on, and return what was still waiting."""
        with self._changed:
            left, self._waiting, self._closed = list(self._waiting), deque(), True
            self._changed.notify_all()
            return left


def _replaces(newer: Request, older: Request) -> bool:
    """Say whether nobody waits for the older request any more once the newer one is there."""
    if isinstance(newer, Summarise):
        return isinstance(older, Summarise) and older.subject == newer.subject
    return isinstance(newer, Check | DrawSurface | LookAt | LookInside | Try) and type(newer) is type(older)
