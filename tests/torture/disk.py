"""Disks that are full, read-only or gone: the old file stays, the program says so, and metrics wait."""

from __future__ import annotations

import errno
import math
import os
import resource
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from studio.errors import RunError, StudioError
from studio.project.project import Project
from studio.runs import writer as writing
from studio.runs.records import EpochEnded, Steps
from studio.runs.store import RunStore, RunWriter
from tests.torture import mounting
from tests.torture.nursery import Nursery, Tell
from tests.torture.saving import KINDS
from tests.torture.trials import Promise, Trials

MODULE = "tests.torture.disk"
NAMES = list(KINDS)
SIZE = 2 << 20
"""Of the small disk."""

WRITES = 50

WORDS = {
    "full": ("the disk is full",),
    "limit": ("larger than this system allows",),
    "read-only": ("the disk is read-only",),
    "vanished": ("does not exist",),
    "pulled out": ("does not exist",),
}


def try_to_save(path: Path, number: int) -> str:
    """Save a file with another number; return why that is refused, empty if it is not.

    Raises:
        AssertionError: It was refused and the file is not as before, or something else lies beside it.
    """
    kind = KINDS[path.name]
    before = path.read_bytes() if path.exists() else None
    beside = around(path)
    said = why_refused(path, number)
    if before != (path.read_bytes() if path.exists() else None):
        assert not said, f"{path.name} changed, although: {said}"
        assert kind.read(path) == number, "another number than was saved"
    else:
        # Settings are not worth a message: they are written to the log.
        assert said or path.name == "settings.json", f"{path.name} is as before, and nothing was said"
        assert around(path) == beside, "something was left beside the file"
    return said


def why_refused(path: Path, number: int) -> str:
    """Save a file with a number; return why that is refused, empty if it is not."""
    try:
        KINDS[path.name].write(path, number)
    except StudioError as error:
        return error.message
    return ""


def around(path: Path) -> list[str]:
    """Return what lies in a file's folder."""
    return sorted(os.listdir(path.parent)) if path.parent.exists() else []  # noqa: PTH208


def fill_up(folder: Path, leave: int) -> Path:
    """Write a file that leaves so many bytes of a disk free, and return it."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        free = os.statvfs(folder)
        file.write(b"x" * max(0, free.f_bavail * free.f_frsize - leave))
    return filler


# Each of these is one try, in a process of its own ----------------------------------------------------


def full_disk(tell: Tell, folder: str, name: str, seed: int) -> None:
    """Save on a disk of 2 MB of which little is free, and again when there is room."""
    chance = Random(seed)
    path = on_small_disk(Path(folder)) / name
    KINDS[name].write(path, 0)
    filler = fill_up(path.parent, chance.randrange(0, 1 << 18))
    refused = 0
    for number in range(1, 4):
        said = try_to_save(path, number)
        refused += bool(said)
        assert not said or any(words in said for words in WORDS["full"]), said
    filler.unlink()
    assert try_to_save(path, 4) == "", "there is room, and still it is refused"
    tell(refused)


def on_small_disk(folder: Path) -> Path:
    """Return a folder on a new disk of 2 MB."""
    disk = folder / "disk"
    disk.mkdir()
    mounting.be_apart()
    mounting.mount_small(disk, SIZE)
    return disk


def limited_write(tell: Tell, folder: str, number: int, seed: int) -> None:
    """Save files of all kinds; one write, counted over all, takes a part of its bytes and then no more."""
    chance, count = Random(seed), 0
    real, limits = os.write, resource.getrlimit(resource.RLIMIT_FSIZE)

    def write(descriptor: int, data: Any) -> int:
        nonlocal count
        count += 1
        if count == number:
            room = os.lseek(descriptor, 0, os.SEEK_CUR) + chance.randrange(0, len(data))
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        return real(descriptor, data)

    for name in NAMES:
        KINDS[name].write(Path(folder) / name, 0)
    os.write = write
    refused, saved = 0, 0
    try:
        while count < number:
            saved += 1
            said = try_to_save(Path(folder) / NAMES[saved % len(NAMES)], saved)
            refused += bool(said)
            assert not said or any(words in said for words in WORDS["limit"]), said
    finally:
        os.write = real
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    said = try_to_save(Path(folder) / NAMES[saved % len(NAMES)], saved + 1)
    assert said == "", f"there is no limit any more, and still: {said}"
    tell(refused)


def lost_place(tell: Tell, folder: str, name: str, way: str) -> None:
    """Save into a folder that is read-only, was removed, or lies on a disk that was pulled out."""
    place = Path(folder) / "place"
    place.mkdir()
    kept = Path(folder) / "kept"
    mounting.be_apart()
    if way == "pulled out":
        mounting.mount_small(place, SIZE)
        (place / "nets").mkdir()
    path = (place / "nets" if way == "pulled out" else place) / name
    KINDS[name].write(path, 0)
    before = path.read_bytes()
    if way == "read-only":
        mounting.make_read_only(place)
    elif way == "vanished":
        place.rename(kept)
    else:
        mounting.pull_out(place)
    beside = around(path)
    said = why_refused(path, 1)
    # The journal and the settings make their folder anew.
    assert said or way != "read-only" or name == "settings.json", "it was written, and may not be"
    assert not said or any(words in said for words in WORDS[way]), said
    tell(bool(said))
    if way == "read-only":
        assert path.read_bytes() == before
        assert around(path) == beside
    elif way == "vanished":
        assert (kept / name).read_bytes() == before


NUMBERS = (errno.ESTALE, errno.EIO, errno.ETIMEDOUT, errno.ENOTCONN, errno.EHOSTDOWN)


def network_gone(tell: Tell, folder: str, name: str, call: int, number: int) -> None:
    """Save while the system's calls fail from one on, as on a network drive that went away."""
    path = Path(folder) / name
    KINDS[name].write(path, 0)
    before = path.read_bytes()
    count = 0

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def may_fail(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            if count >= call:
                raise OSError(number, os.strerror(number))
            return real(*arguments, **named)

        return may_fail

    names = ("open", "write", "fsync", "chmod", "unlink", "rename", "replace")
    reals = {one: getattr(os, one) for one in names}
    for one, real in reals.items():
        setattr(os, one, failing(real))
    try:
        said = why_refused(path, 1)
    finally:
        for one, real in reals.items():
            setattr(os, one, real)
    if said:
        assert "does not answer" in said or "reports a fault" in said, said
    if path.read_bytes() != before:
        assert KINDS[name].read(path) == 1, "neither the old file nor the new"
    else:
        assert said or count < call or name == "settings.json", "nothing was said"
    tell(count)


def trouble_of(writer: RunWriter) -> str:
    """Wait until a run's rows are written, and return why they are not; empty if they are."""
    try:
        writer.flush()
    except RunError as error:
        return error.message
    return ""


def metrics_wait(tell: Tell, folder: str, seed: int) -> None:
    """Record a run on a disk that is full for a while; all rows must be there in the end."""
    chance = Random(seed)
    writing.RETRY_S = writing.COMMIT_S = 0.005
    disk = on_small_disk(Path(folder))
    store = RunStore(disk / "net.runs")
    writer = store.create_run("", Project("net"), "cpu", 0)
    filler: Path | None = None
    last, troubles = 0, 0
    for number in range(1, 13):
        count = chance.randrange(200, 3000)
        numbers = np.arange(last + 1, last + count + 1)
        writer.steps(Steps("run-1", numbers, numbers.astype(np.float32), np.zeros(count, np.float32)))
        last += count
        writer.epoch(EpochEnded("run-1", number, last, 1.0, 1.0 / number, math.nan, 0.5, True))
        troubles += bool(said := trouble_of(writer))
        assert not said or "full" in said, said
        if filler is None and chance.random() < 0.5:
            filler = fill_up(disk, chance.randrange(0, 1 << 13))
        elif filler is not None and chance.random() < 0.4:
            filler.unlink()
            filler = None
    if filler is not None:
        filler.unlink()
    writer.close()
    found = store.run("run-1").record()
    assert found.steps.tolist() == list(range(1, last + 1)), "rows are lost or doubled"
    assert (found.losses == found.steps).all(), "rows hold other numbers"
    assert [epoch.epoch for epoch in store.run("run-1").epochs()] == list(range(1, 13))
    tell(troubles)


# ------------------------------------------------------------------------------------------------------


def _needs_mounts(trials: Trials) -> None:
    assert mounting.can_mount(), "this system lets nobody mount a disk of his own"


def _full(trials: Trials) -> None:
    _needs_mounts(trials)
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                name = NAMES[attempt.number % len(NAMES)]
                seed = attempt.random.randrange(1 << 30)
                nursery.fork(f"{MODULE}:full_disk", str(attempt.folder()), name, seed).succeed()


def _limited(trials: Trials) -> None:
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                number, seed = attempt.number % WRITES + 1, attempt.random.randrange(1 << 30)
                told = nursery.fork(f"{MODULE}:limited_write", str(attempt.folder()), number, seed).succeed()
                assert told, "nothing was tried"


def _lost(trials: Trials) -> None:
    _needs_mounts(trials)
    ways = ("read-only", "vanished", "pulled out")
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                name = NAMES[attempt.number % len(NAMES)]
                way = ways[attempt.number // len(NAMES) % len(ways)]
                nursery.fork(f"{MODULE}:lost_place", str(attempt.folder()), name, way).succeed()


def _network(trials: Trials) -> None:
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                name = NAMES[attempt.number % len(NAMES)]
                call = attempt.number // len(NAMES) % 14 + 1
                number = attempt.random.choice(NUMBERS)
                folder = str(attempt.folder())
                nursery.fork(f"{MODULE}:network_gone", folder, name, call, number).succeed()


def _metrics(trials: Trials) -> None:
    _needs_mounts(trials)
    with Nursery(MODULE) as nursery:
        for attempt in trials:
            with attempt:
                seed = attempt.random.randrange(1 << 30)
                nursery.fork(f"{MODULE}:metrics_wait", str(attempt.folder()), seed).succeed()


PROMISES = (
    Promise(
        "disk-full",
        "On a full disk of 2 MB the old file stays as it is, nothing is left beside it, the message says so, "
        "and saving works when there is room again.",
        1_000,
        _full,
    ),
    Promise(
        "write-limited",
        "Whichever of the first 50 writes takes only a part of its bytes, the old file stays as it is and "
        "the next save works.",
        1_000,
        _limited,
    ),
    Promise(
        "place-lost",
        "A folder that is read-only, was removed, or lies on a disk that was pulled out: the message says "
        "so, and the old file stays as it is.",
        300,
        _lost,
    ),
    Promise(
        "network-gone",
        "A network drive that stops answering at any call of a save: the old file or the new, and a message.",
        1_000,
        _network,
    ),
    Promise(
        "metrics-wait",
        "Metrics of a run wait while the disk is full, and all of them are written when there is room.",
        500,
        _metrics,
    ),
)
