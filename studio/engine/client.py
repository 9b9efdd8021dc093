"""How the window reaches an engine, wherever that runs. Imports neither torch nor Qt."""

from __future__ import annotations

from typing import Any, Protocol

from studio.engine.records import Record, Request


class EngineClient(Protocol):
    """One engine, seen from the window.

    `studio.engine.process_client.ProcessClient` starts one in a process of its own;
    `studio.engine.local.LocalClient` runs one on background threads of this process, for tests and
    debugging. No method waits for the engine but `close`, and that is bounded.
    """

    def start(self) -> None:
        """Start the engine; `Ready` comes when it runs. After an `EngineLost` it may be started again."""

    def request(self, kind: type[Request], **fields: Any) -> int:
        """Send a request and return its id."""

    def drain(self) -> list[Record]:
        """Return what came since the last call, oldest first; the newest of each kind of live record."""

    @property
    def alive(self) -> bool:
        """Whether the engine runs, or is being started."""

    def close(self, timeout_s: float = 8.0) -> None:
        """Ask the engine to stop its run with a checkpoint and to end; after `timeout_s` it is killed."""
