"""What the tests of the two clients share: a small design, and a way to wait for what an engine says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from studio import zoo
from studio.engine.client import EngineClient
from studio.engine.records import Record
from studio.project.config import DataConfig, TrainingConfig
from studio.project.format import to_data
from studio.project.project import Project

PATIENCE_S = 60.0


class Talk:
    """A client and all that it said so far."""

    def __init__(self, client: EngineClient) -> None:
        self.client = client
        self.said: list[Record] = []

    def wait_for(self, wanted: Callable[[Any], bool]) -> Any:
        """Return the first record of a kind, waiting for it."""
        deadline = time.monotonic() + PATIENCE_S
        seen = 0
        while time.monotonic() < deadline:
            self.said += self.client.drain()
            for record in self.said[seen:]:
                if wanted(record):
                    return record
            seen = len(self.said)
            time.sleep(0.01)
        raise AssertionError(f"it never came; what came: {self.said}")

    def wait_for_kind(self, kind: type, **fields: object) -> Any:
        """Return the first record of a class with some fields of some value."""
        return self.wait_for(
            lambda record: (
                isinstance(record, kind)
                and all(getattr(record, name) == value for name, value in fields.items())
            )
        )

    def ask(self, kind: Any, **fields: Any) -> Any:
        """Send a request and return its first reply."""
        number = self.client.request(kind, **fields)
        return self.wait_for(lambda record: getattr(record, "id", None) == number)

    def forget(self) -> None:
        """Take what was said as heard."""
        self.said += self.client.drain()
        self.said.clear()


def design(epochs: int = 3) -> dict[str, Any]:
    """A small network on the digits, as a document."""
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[16])
    training = TrainingConfig(epochs=epochs, device="cpu", lr=0.05, patience=0)
    return to_data(Project("digits", graph, DataConfig(dataset="digits"), training))
