"""How the window reaches an engine, wherever that runs. Imports neither torch nor Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from studio.engine.records import Record, Request


@dataclass(frozen=True, slots=True)
class Late:
    """A field of a request that is made when the request is sent, on the thread that sends it.

    What it is made of must be immutable: a large design takes longer to write down than a frame lasts.
    """

    make: Callable[[], Any]


def made(kind: type[Request], number: int, fields: dict[str, Any]) -> Request:
    """Return a request with all of its fields made."""
    return kind(
        id=number,
        **{name: field.make() if isinstance(field, Late) else field for name, field in fields.items()},
    )


class EngineClient(Protocol):
    """One engine, seen from the window.

    `studio.engine.process_client.ProcessClient` starts one in a process of its own;
    `studio.engine.local.LocalClient` runs one on background threads of this process, for tests and
    debugging. No method waits for the engine but `close`, and that is bounded.
    """

    def start(self) -> None:
        """Start the engine; `Ready` comes when it runs. After an `EngineLost` it may be started again."""

    def request(self, kind: type[Request], **fields: Any) -> int:
        """Send a request and return its id. A field may be `Late`."""

    def drain(self) -> list[Record]:
        """Return what came since the last call, oldest first; the newest of each kind of live record."""

    @property
    def alive(self) -> bool:
        """Whether the engine runs, or is being started."""

    def close(self, timeout_s: float = 8.0) -> None:
        """Ask the engine to stop its run with a checkpoint and to end; after `timeout_s` it is killed."""
