"""Columns of text become features and a target: numbers, one-hot or ordinal words, classes or values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.data.filling import Gap
from studio.data.source import Targets
from studio.data.table_file import Table, is_missing, is_number
from studio.errors import DataError

MAX_WORDS = 256
"""More different words than this are names of the rows, and say nothing of others."""

MAX_CLASSES = 1000
FEW_VALUES = 20
"""So many different whole numbers, at most, are taken for classes."""


@dataclass(frozen=True, slots=True)
class Features:
    """One column as the network gets it.

    Shape:
        values: (N, K) float32, NaN where missing
    """

    values: npt.NDArray[np.float32]
    is_words: bool


def where(table: Table, name: str, row: int) -> str:
    """Return how messages name a field."""
    return f'"{table.path.name}", line {table.lines[row]}, column "{name}"'


def feature(table: Table, name: str, as_words: bool, encoding: str) -> Features:
    """Return a column's features.

    Raises:
        DataError: It is empty, has text among its numbers, or as many words as rows.
    """
    fields = table.columns[table.names.index(name)]
    known = [row for row, field in enumerate(fields) if not is_missing(field)]
    if not known:
        raise DataError(
            f'Column "{name}" is empty. Leave it out: put -{name} in features.', argument="features"
        )
    numbers = sum(is_number(fields[row]) for row in known)
    if as_words or 2 * numbers <= len(known):
        return Features(_words(name, fields, known, encoding), True)
    return Features(
        _numbers(table, name, fields, known, "put it in words, or leave it out of features"), False
    )


def gap(name: str, start: int, found: Features, method: str) -> Gap:
    """Return how the missing values of a column are filled; words have no mean."""
    by = "mean" if method == "mean" and not found.is_words else "most_frequent"
    return Gap(name, start, start + found.values.shape[1], by)


def target(table: Table, name: str, task: str) -> tuple[Targets, tuple[str, ...]]:
    """Return the truth, and the names of the classes; none where it is a value.

    Shape:
        returns: (N,) int64 classes, or (N, 1) float32 values

    Raises:
        DataError: A field is empty, no number where a value is predicted, or the classes are none.
    """
    fields = table.columns[table.names.index(name)]
    for row, field in enumerate(fields):
        if is_missing(field):
            raise DataError(
                f"{where(table, name, row)}: the target is missing. Fill it in, or delete the line.",
                argument="target",
            )
    all_numbers = all(map(is_number, fields))
    if task == "value" or (task == "auto" and all_numbers and not _is_label(fields)):
        values = _numbers(table, name, fields, list(range(len(fields))), "set task to classes")
        return values, ()
    return _classes(name, fields, all_numbers)


def _is_label(fields: tuple[str, ...]) -> bool:
    different = {float(field) for field in fields}
    return len(different) <= FEW_VALUES and all(value.is_integer() for value in different)


def _classes(
    name: str, fields: tuple[str, ...], all_numbers: bool
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    keys = [f"{float(field):g}" for field in fields] if all_numbers else list(fields)
    classes = sorted(set(keys), key=float) if all_numbers else sorted(set(keys))
    if len(classes) < 2:
        raise DataError(
            f'The target "{name}" is "{classes[0]}" in every row: there is nothing to tell apart.',
            argument="target",
        )
    if len(classes) > MAX_CLASSES:
        raise DataError(
            f'The target "{name}" has {len(classes):,} different values, which are too many classes. '
            + ("Set task to value." if all_numbers else "Choose another target."),
            argument="task" if all_numbers else "target",
        )
    place = {key: index for index, key in enumerate(classes)}
    return np.array([place[key] for key in keys], np.int64), tuple(classes)


def _numbers(
    table: Table, name: str, fields: tuple[str, ...], known: list[int], remedy: str
) -> npt.NDArray[np.float32]:
    """Return a column of numbers, (N, 1).

    Raises:
        DataError: A field is no number, or not a finite one.
    """
    values = np.full((len(fields), 1), np.nan, np.float32)
    for row in known:
        if not is_number(fields[row]):
            raise DataError(
                f'{where(table, name, row)}: "{fields[row][:40]}" is not a number. Mend it, {remedy}.'
            )
        # Not finite in float32 is what counts: 1e300 is none of its numbers.
        value = float(fields[row])
        if not abs(value) <= float(np.finfo(np.float32).max):
            raise DataError(f'{where(table, name, row)}: "{fields[row][:40]}" is too large. Mend the line.')
        values[row, 0] = value
    return values


def _words(name: str, fields: tuple[str, ...], known: list[int], encoding: str) -> npt.NDArray[np.float32]:
    """Return a column of words: (N, number of words) of 0 and 1, or (N, 1) places in the alphabet."""
    words = sorted({fields[row] for row in known})
    if len(words) > MAX_WORDS:
        raise DataError(
            f'Column "{name}" has {len(words):,} different words, and at most {MAX_WORDS} can be '
            f"learned from. Leave it out: put -{name} in features.",
            argument="features",
        )
    place = {word: index for index, word in enumerate(words)}
    values = np.full((len(fields), len(words) if encoding == "one_hot" else 1), np.nan, np.float32)
    places = np.array([place[fields[row]] for row in known])
    values[known] = np.eye(len(words))[places] if encoding == "one_hot" else places[:, None]
    return values
