"""CIFAR-10 and CIFAR-100 from their binary form: nothing is unpickled, as their Python form would have to be.

That is why torchvision's own readers are not used: they unpickle, and know the Python form's MD5 alone. Those
below are of the binary form, from the authors' page.

A record is one byte for the class (two for CIFAR-100: coarse, then fine), then 32×32 red, green and blue.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.data import downloads, room
from studio.data.bounded import Bounded
from studio.data.source import Cancelled, Images, Labels, Options, Progress, RawData, Source
from studio.errors import DataError
from studio.project import grants

SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
COPIES = 3
"""Pictures are in memory as float32 as read, as split and as normalized."""

MOST_BYTES = 2**29
MOST_UNPACKED = 2**28
"""Of an archive: the sets have 184 MB, and a small archive may claim to be anything."""


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two sets.

    Attributes:
        name: As people call it.
        archive: The file that is fetched.
        md5: Of that file, as its page states.
        folder: Its folder inside the archive.
        train: Files of the training part.
        test: The file of the test part.
        labels: Bytes before the pixels; the last is the class.
        classes: How many there are.
        count: Samples for training and for testing.
    """

    name: str
    archive: str
    md5: str
    folder: str
    train: tuple[str, ...]
    test: str
    labels: int
    classes: int
    count: tuple[int, int] = (50_000, 10_000)

    @property
    def record(self) -> int:
        """Bytes of a sample."""
        return self.labels + PIXELS


CIFAR10 = Form(
    "CIFAR-10",
    "cifar-10-binary.tar.gz",
    "c32a1d4ab5d03f1284b67883e8d87530",
    "cifar-10-batches-bin",
    tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
    "test_batch.bin",
    labels=1,
    classes=10,
)
CIFAR100 = Form(
    "CIFAR-100",
    "cifar-100-binary.tar.gz",
    "03b5dce01913d631647c71ecec9e9cb8",
    "cifar-100-binary",
    ("train.bin",),
    "test.bin",
    labels=2,
    classes=100,
)


def _missing(form: Form, folder: Path) -> str:
    if _unpacked(form, folder) is not None or grants.regular_file(folder / form.archive, folder).is_file():
        return ""
    return (
        f'{form.name} is not in "{folder}". Download it, or set the data folder to one that holds '
        f"{form.archive} or {form.folder} with its files."
    )


def _unpacked(form: Form, folder: Path) -> Path | None:
    """Return the folder with the files themselves, if there is one."""
    names = (*form.train, form.test)
    for place in (folder / form.folder, folder):
        if all(grants.regular_file(place / name, folder).is_file() for name in names):
            return place
    return None


def _count(form: Form, options: Options, folder: Path) -> tuple[int, int]:
    place = _unpacked(form, folder)
    if place is None:
        return form.count
    sizes = [(place / name).stat().st_size // form.record for name in (*form.train, form.test)]
    return sum(sizes[:-1]), sizes[-1]


def _load(form: Form, options: Options, folder: Path) -> RawData:
    """Read a set that is there.

    Raises:
        DataError: A file is damaged, or there is not enough memory.
    """
    train, test = _count(form, options, folder)
    room.refuse_large((train + test) * PIXELS * 4 * COPIES, form.name, "Take a smaller data set.")
    bodies = _bodies(form, folder)
    parts = [_records(form, name, body) for name, body in bodies.items()]
    inputs = np.concatenate([images for images, _ in parts[:-1]])
    targets = np.concatenate([labels for _, labels in parts[:-1]])
    return RawData(inputs, targets, test=parts[-1])


def _bodies(form: Form, folder: Path) -> dict[str, bytes]:
    """Return what the files hold, by name, the test file last."""
    names = (*form.train, form.test)
    place = _unpacked(form, folder)
    try:
        if place is not None:
            return {name: (place / name).read_bytes() for name in names}
        with (
            gzip.open(folder / form.archive) as packed,
            tarfile.open(fileobj=Bounded(packed, MOST_UNPACKED), mode="r:") as archive,
        ):
            return {name: _member(archive, f"{form.folder}/{name}") for name in names}
    except (OSError, ValueError, tarfile.TarError, EOFError, zlib.error, KeyError, RecursionError) as error:
        raise DataError(
            f'{form.name} in "{folder}" cannot be read ({error}). Delete {form.archive} and download it '
            "again."
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    """Return a file of an archive; nothing is written anywhere."""
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(f"{name} is no file")
    return file.read(MOST_BYTES)


def _records(form: Form, name: str, body: bytes) -> tuple[Images, Labels]:
    """Return pictures in [0, 1] and their classes.

    Shape:
        returns: (N, 3, 32, 32) and (N,)
    """
    if not body or len(body) % form.record:
        raise DataError(
            f"{form.name}: {name} holds {len(body):,} bytes, which is no whole number of samples of "
            f"{form.record:,} bytes. Delete it and download the data set again."
        )
    rows: npt.NDArray[np.uint8] = np.frombuffer(body, np.uint8).reshape(-1, form.record)
    labels = rows[:, form.labels - 1].astype(np.int64)
    if int(labels.max()) >= form.classes:
        raise DataError(
            f"{form.name}: {name} has the class {int(labels.max())}, where 0 to {form.classes - 1} are "
            "allowed. Delete it and download the data set again."
        )
    images = rows[:, form.labels :].reshape(-1, *SHAPE).astype(np.float32)
    images /= 255.0
    return images, labels


def _fetch(form: Form, folder: Path, progress: Progress, cancelled: Cancelled) -> None:
    """Download the archive.

    Raises:
        DataError: It was cancelled, could not be had, or cannot be written.
    """

    def report(share: float, label: str) -> None:
        progress(share, 1.0, label)

    body = downloads.download(form.archive, _addresses(form), form.md5, report, cancelled, MOST_BYTES)
    downloads.keep(folder / form.archive, body)
    progress(1.0, 1.0, f"{form.name} is complete")


def _addresses(form: Form) -> list[str]:
    """Return where the binary form lies: beside the Python form that torchvision fetches."""
    from torchvision import datasets

    theirs: Any = getattr(datasets, form.name.replace("-", ""))
    return [str(theirs.url).rpartition("/")[0] + f"/{form.archive}"]


def _source(form: Form) -> Source:
    return Source(partial(_count, form), partial(_load, form), partial(_missing, form), partial(_fetch, form))


CIFAR_SETS = {"cifar10": _source(CIFAR10), "cifar100": _source(CIFAR100)}
