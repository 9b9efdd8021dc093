"""Killed at any moment while saving: files are whole, and what was said to be saved is."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.app.settings import Settings
from studio.graph.graph import Graph
from studio.project import files
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved
from studio.runs import checkpoints
from tests.helpers.residual import residual_network
from tests.torture.nursery import Nursery, Tell
from tests.torture.trials import Promise, Trials

MODULE = "tests.torture.saving"
MOST_SAVES = 100
TURN = 256
"""Lines of Python of the writer that a fuse may last: several saves."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that the program writes: both take a number that the file holds."""

    write: Callable[[Path, int], None]
    read: Callable[[Path], int]
    kept: str = ""
    """Ending of the file from before, which must be whole as well."""


def _graph() -> Graph:
    return residual_network()


def _write_project(path: Path, number: int) -> None:
    files.write(Project("net", _graph(), notes=f"{number}\n" * 2000), path)


def _read_project(path: Path) -> int:
    notes = files.read(path).notes.split()
    assert len(notes) == 2000, f"{len(notes)} lines of 2000"
    assert len(set(notes)) == 1, "two saves in one file"
    return int(notes[0])


def _write_checkpoint(path: Path, number: int) -> None:
    tensors = {f"layer{k}.weight": np.full((64, 65), number, np.float32) for k in range(8)}
    checkpoints.save(path, tensors, {"step": str(number)})


def _read_checkpoint(path: Path) -> int:
    found = checkpoints.load(path)
    number = int(found.metadata["step"])
    assert all((array == number).all() for array in found.tensors.values()), "another step's weights"
    return number


def _write_journal(path: Path, number: int) -> None:
    journal = Journal(path.parent)
    journal.write(Unsaved("s1.1", Project("net", _graph(), notes=str(number) * 1000), steps=number))


def _read_journal(path: Path) -> int:
    (found,) = Journal(path.parent).left_by(frozenset({"s1"}))
    assert found.project.notes == str(found.steps) * 1000
    return found.steps


def _write_settings(path: Path, number: int) -> None:
    Settings(path).change(autosave_s=number % 3600)


def _read_settings(path: Path) -> int:
    return int(json.loads(path.read_bytes())["autosave_s"])


KINDS = {
    "net.flow": Kind(_write_project, _read_project, ".bak"),
    "last.safetensors": Kind(_write_checkpoint, _read_checkpoint),
    "s1.1.recovery.json": Kind(_write_journal, _read_journal),
    "settings.json": Kind(_write_settings, _read_settings),
}


def save_on(tell: Tell, path: str) -> None:
    """Save again and again, telling the number of each save that came back."""
    kind = KINDS[Path(path).name]
    for number in itertools.count(1):
        kind.write(Path(path), number)
        tell(number)


def _saving(trials: Trials) -> None:
    names = list(KINDS)
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                name = names[attempt.number % len(names)]
                kind, path = KINDS[name], attempt.folder() / name
                kind.write(path, 0)
                by_time = attempt.number // len(names) % 2 == 0
                fuse = None if by_time else (attempt.random.randrange(1, TURN), "project/atomic.py")
                child = nursery.fork(f"{MODULE}:save_on", str(path), fuse=fuse)
                said = [0]
                if by_time:
                    said += child.told() or ()
                    time.sleep(attempt.random.uniform(0.0, 0.02))
                    child.kill()
                while (told := child.told()) is not None:
                    said += told
                    if len(said) > MOST_SAVES:  # a fuse in code that is not reached would burn for ever
                        child.kill()
                assert child.was_killed, f"it ended by itself ({child.status}): {child.error}"
                found = kind.read(path)
                assert said[-1] <= found <= said[-1] + 1, f"{name} holds {found}, {said[-1]} was saved"
                if kind.kept and (said[-1] or found):
                    before = path.with_name(path.name + kind.kept)
                    before.rename(path)
                    assert found - 1 <= kind.read(path) <= found


PROMISES = (
    Promise(
        "save-killed",
        "Killed while saving (projects, checkpoints, the recovery journal, settings): every file is whole, "
        "no save that was acknowledged is lost.",
        1_000,
        _saving,
    ),
)
