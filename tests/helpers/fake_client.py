"""An engine client that keeps the questions, and answers what it is told to."""

from __future__ import annotations

from typing import Any

from studio.engine.client import made


class FakeClient:
    """Stands in for the engine where a dialog or panel is tested by itself."""

    alive = True

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answers: list[Any] = []

    def start(self) -> None:
        """There is nothing to start."""

    def close(self, timeout_s: float = 0.0) -> None:
        """There is nothing to end."""

    def request(self, kind: Any, **fields: Any) -> int:
        self.asked.append(made(kind, len(self.asked) + 1, fields))
        return len(self.asked)

    def drain(self) -> list[Any]:
        found, self.answers = self.answers, []
        return found
