"""What a run took over from another one whose design was changed since: stored with it, and put in words."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.errors import RunError
from studio.graph.problems import listing
from studio.project import atomic

FILE = "carried.json"


@dataclass(frozen=True, slots=True)
class Carried:
    """Tensors by the names of a `state_dict`.

    Attributes:
        source: Name of the run that they come from.
        kept: What has the name and shape that it had, and goes on as it was.
        fresh: What is new, or has another shape, and starts as in a new run.
        dropped: What is not there any more, or had another shape.
        remembered: Parameters whose memory in the optimizer was kept, too.
        note: Why the optimizer's memory was not kept; empty where it was.
    """

    source: str
    kept: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    remembered: tuple[str, ...] = ()
    note: str = ""

    def words(self) -> str:
        """Return it in a sentence or two."""
        total = len(self.kept) + len(self.fresh)
        said = [f"{len(self.kept)} of {total} tensors go on as {self.source} left them."]
        if self.fresh:
            said.append(f"Fresh: {listing(list(self.fresh))}.")
        if self.dropped:
            said.append(f"Dropped: {listing(list(self.dropped))}.")
        said.append(self.note or f"The optimizer's memory of {len(self.remembered)} of them is kept.")
        return " ".join(said)


def write(folder: Path, carried: Carried) -> None:
    """Keep it in a run's folder.

    Raises:
        ProjectError: It cannot be written.
    """
    atomic.write_bytes(folder / FILE, json.dumps(asdict(carried), indent=2).encode())


def read(folder: Path) -> Carried | None:
    """Return what a run took over; None for one that began afresh.

    Raises:
        RunError: The file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_bytes())
        lists = {key: tuple(map(str, data[key])) for key in ("kept", "fresh", "dropped", "remembered")}
        return Carried(str(data["source"]), note=str(data["note"]), **lists)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(f'"{path}" does not say any more what was taken over: {error}') from error
