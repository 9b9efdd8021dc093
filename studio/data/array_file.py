"""Samples and targets in arrays that NumPy saved. Pickled objects are refused: nothing in a file is run."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.data import room
from studio.data.placing import Placing, number_of
from studio.data.source import Options, RawData, Source, Targets
from studio.errors import DataError, nearest
from studio.project.sample import Sample
from studio.project.tables import data_file

Array: TypeAlias = npt.NDArray[Any]

MAX_CLASSES = 100_000
COPIES = 3
"""The samples are in memory as float32 as read, as split and as normalized."""


def _path(options: Options, folder: Path) -> Path:
    path = data_file(folder, options["file"], ".npz or .npy file")
    if path.suffix not in (".npz", ".npy"):
        raise DataError(f'"{path.name}" is neither an .npz nor an .npy file.', argument="file")
    return path


def _raw(options: Options, folder: Path) -> tuple[RawData, Sample]:
    path = _path(options, folder)
    names = [options[name] for name in ("inputs", "targets", "groups") if options[name] or name != "groups"]
    rest = names[1:]
    others = [path if path.suffix == ".npz" else _beside(path, name, folder) for name in rest]
    files = [path, *others]
    return _read(tuple(files), tuple(map(_state, files)), tuple(names))


def _beside(path: Path, name: str, folder: Path) -> Path:
    """Return the file of another array, which lies beside the first."""
    place = PurePosixPath(path.relative_to(folder).as_posix()).parent
    return data_file(folder, str(place / f"{name}.npy"), "other array's file", "targets")


def _state(path: Path) -> tuple[int, int]:
    """Return what tells that a file changed."""
    try:
        facts = path.stat()
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        raise DataError(
            f'Cannot read "{path}": {reason}. Check the options file and targets, and folder.',
            argument="file",
        ) from error
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=1)
def _read(
    files: tuple[Path, ...], states: tuple[tuple[int, int], ...], names: tuple[str, ...]
) -> tuple[RawData, Sample]:
    """Return the samples and what one is like; files that did not change are read once.

    Args:
        files: Of the samples, of the targets, and of the groups if there are any.
        states: What tells that they changed.
        names: Of their arrays.
    """
    samples = _samples(files[0], read_array(files[0], names[0]))
    truth, classes = _targets(files[1], read_array(files[1], names[1]), len(samples))
    placing = None
    if len(files) > 2:
        placing = _placing(files[2], read_array(files[2], names[2]), truth)
    return RawData(samples, truth, placing=placing), Sample(samples.shape[1:], classes)


def _placing(path: Path, array: Array, truth: Targets) -> Placing:
    """Return which samples stay together."""
    if array.dtype.kind not in "iuUS" or array.shape != (len(truth),):
        raise DataError(
            f'"{path.name}": the groups must be {len(truth):,} whole numbers or words, (N,) as the samples, '
            f"not {array.dtype} of shape {array.shape}.",
            argument="groups",
        )
    groups, names = number_of(array.tolist())
    return Placing(truth, groups, names)


def read_array(path: Path, name: str) -> Array:
    """Return one array of a file.

    Args:
        path: An .npz or .npy file.
        name: Of the array in an .npz file.

    Raises:
        DataError: The file is damaged, has no such array or one of objects, or does not fit the memory.
    """
    try:
        with _opened(path, name) as stream:
            shape, dtype = _head(stream)
            values = int(np.prod(shape, dtype=np.float64))
        room.refuse_large(
            values * (dtype.itemsize + COPIES * 4), f'"{path.name}"', "Save a part of the samples."
        )
        with _opened(path, name) as stream:
            found: Array = np.lib.format.read_array(stream, allow_pickle=False)
            return found
    except (
        OSError,
        ValueError,
        EOFError,
        MemoryError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        SyntaxError,
        RecursionError,
        ArithmeticError,
        TypeError,
        KeyError,
        RuntimeError,
    ) as error:
        raise DataError(
            f'Cannot read "{path.name}": {str(error)[:200]}. Save the arrays anew with numpy.savez or '
            "numpy.save, without objects.",
            argument="file",
        ) from error


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Any]:
    if path.suffix == ".npy":
        with path.open("rb") as stream:
            yield stream
        return
    with zipfile.ZipFile(path) as archive:
        names = [member.removesuffix(".npy") for member in archive.namelist()]
        if name not in names:
            raise DataError(
                f'"{path.name}" has no array "{name}"{nearest(name, names) or "."} '
                f"It has {', '.join(names) or 'none'}.",
                argument="file",
            )
        with archive.open(f"{name}.npy") as member:
            yield member


def _head(stream: BinaryIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and dtype from the head of an array."""
    major, _ = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, which are not opened")
    return shape, dtype


def _samples(path: Path, array: Array) -> npt.NDArray[np.float32]:
    """Return the samples as float32.

    Raises:
        DataError: They are no numbers, too few dimensions or none of them, or not finite.
    """
    if array.dtype.kind not in "fiub":
        raise DataError(f'"{path.name}": the samples must be numbers, not {array.dtype}.', argument="inputs")
    if array.ndim < 2 or not array.size:
        raise DataError(
            f'"{path.name}": the samples must be (N, …) with at least two sizes, none of them 0, not '
            f"{array.shape}. For single numbers, reshape to (N, 1).",
            argument="inputs",
        )
    with np.errstate(over="ignore"):
        samples = array.astype(np.float32)
    return _finite(path, samples, "samples", "inputs")


def _targets(path: Path, array: Array, count: int) -> tuple[Targets, tuple[str, ...]]:
    """Return the truth, and the names of the classes; none where it is a value."""
    shape = array.shape[:1] if array.shape[1:] == (1,) else array.shape
    if array.dtype.kind not in "fiub" or shape != (count,):
        raise DataError(
            f'"{path.name}": the targets must be {count:,} numbers, (N,) as the samples, not '
            f"{array.dtype} of shape {array.shape}.",
            argument="targets",
        )
    if array.dtype.kind == "f":
        values = array.reshape(-1, 1).astype(np.float32)
        return _finite(path, values, "targets", "targets"), ()
    low, high = int(array.min()), int(array.max())
    if low < 0 or not 0 < high < MAX_CLASSES:
        raise DataError(
            f'"{path.name}": classes must be whole numbers from 0 to at least 1, and below {MAX_CLASSES:,}; '
            f"found {low} to {high}. Save values as float32.",
            argument="targets",
        )
    return array.reshape(-1).astype(np.int64), tuple(map(str, range(high + 1)))


def _finite(path: Path, values: npt.NDArray[np.float32], what: str, option: str) -> npt.NDArray[np.float32]:
    if not np.isfinite(values).all():
        place = tuple(int(index) for index in np.argwhere(~np.isfinite(values))[0])
        raise DataError(
            f'"{path.name}": the {what} hold {values[place]} at {place}. Replace what is not finite.',
            argument=option,
        )
    return values


ARRAY_FILE = Source(
    count=lambda options, folder: (len(_raw(options, folder)[0].targets), 0),
    load=lambda options, folder: _raw(options, folder)[0],
    sample=lambda options, folder: _raw(options, folder)[1],
    placing=lambda options, folder: _raw(options, folder)[0].placing,
)
