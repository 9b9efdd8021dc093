"""Columns of text become features and a target: numbers, one-hot or ordinal words, classes or values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.data.source import Targets
from studio.data.table_file import Table, is_missing, is_number
from studio.errors import DataError

MAX_WORDS = 256
"""More different words than this are names of the rows, and say nothing of others."""

MAX_CODES = 65_536
"""The same for whole numbers, which take a row of an embedding each."""

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
    return f'"{table.path.name}", {table.unit} {table.lines[row]}, column "{name}"'


def known(table: Table, name: str, row: int) -> str:
    """Return a field that must not be missing.

    Raises:
        DataError: It is.
    """
    field = table.columns[table.names.index(name)][row]
    if is_missing(field):
        raise DataError(f"{where(table, name, row)}: the value is missing. Fill it in, or delete the line.")
    return field


def without_gaps(table: Table, names: Sequence[str], numbers: Collection[str]) -> Table:
    """Return a table without the rows in which a field of some columns is missing.

    Args:
        table: The table.
        names: Of the columns that count.
        numbers: Columns in which everything counts as missing that is no number.

    Raises:
        DataError: No row is left.
    """
    kept = np.ones(len(table.lines), bool)
    for name in names:
        absent = _is_no_number if name in numbers else is_missing
        kept &= [not absent(field) for field in table.columns[table.names.index(name)]]
    if kept.all():
        return table
    if not kept.any():
        raise DataError(
            f'Every row of "{table.path.name}" has a missing value, so that drop leaves none. Leave columns '
            "out of features, or fill the values.",
            argument="missing",
        )
    rows = np.flatnonzero(kept).tolist()
    columns = tuple(tuple(column[row] for row in rows) for column in table.columns)
    return replace(table, columns=columns, lines=tuple(table.lines[row] for row in rows))


def feature(
    table: Table, name: str, encoding: str, as_words: bool, as_numbers: bool, *, own_word: bool
) -> Features:
    """Return a column's features.

    Args:
        table: The table.
        name: Of the column.
        encoding: ``one_hot``, ``ordinal`` or ``codes``.
        as_words: Its numbers are names of something.
        as_numbers: What is no number in it is missing.
        own_word: A missing field is a word of its own; numbers get a second column that says 1 there.

    Raises:
        DataError: It is empty, has text among its numbers, or as many words as rows.
    """
    fields = table.columns[table.names.index(name)]
    absent = _is_no_number if as_numbers else is_missing
    known = [row for row, field in enumerate(fields) if not absent(field)]
    if not known:
        raise DataError(
            f'Column "{name}" is empty. Leave it out: put -{name} in features.', argument="features"
        )
    numbers = sum(is_number(fields[row]) for row in known)
    if as_words or 2 * numbers <= len(known):
        if own_word and len(known) < len(fields):
            fields = tuple("" if is_missing(field) else field for field in fields)
            known = list(range(len(fields)))
        return Features(_words(name, fields, known, encoding), True)
    remedy = "put it in words or numbers, or leave it out of features"
    values = _numbers(table, name, fields, known, remedy)
    if own_word and len(known) < len(fields):
        values = np.concatenate([values, np.isnan(values)], 1, dtype=np.float32)
    return Features(values, False)


def codes(names: Sequence[str], found: Sequence[Features]) -> tuple[npt.NDArray[np.int64], int]:
    """Return words as whole numbers for one table of embeddings, and how many there are.

    Each column's numbers come after those of the column before, so that the same number never means two
    words.

    Shape:
        returns: (N, E)

    Raises:
        DataError: A column is of numbers, or a value is missing.
    """
    parts, start = [], 0
    for name, one in zip(names, found, strict=True):
        if not one.is_words:
            raise DataError(
                f'Column "{name}" holds numbers, and codes are for words alone. Put it in words, leave it '
                "out of features, or set encoding to ordinal.",
                argument="encoding",
            )
        if np.isnan(one.values).any():
            raise DataError(
                f'Column "{name}" has missing values, and codes have no mean. Set missing to category or '
                "drop.",
                argument="missing",
            )
        parts.append(one.values.astype(np.int64) + start)
        start += int(one.values.max()) + 1
    return np.concatenate(parts, 1), start


def _is_no_number(field: str) -> bool:
    return is_missing(field) or not is_number(field)


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
    most = MAX_CODES if encoding == "codes" else MAX_WORDS
    if len(words) > most:
        raise DataError(
            f'Column "{name}" has {len(words):,} different words, and at most {most:,} can be '
            f"learned from. Leave it out: put -{name} in features.",
            argument="features",
        )
    place = {word: index for index, word in enumerate(words)}
    values = np.full((len(fields), len(words) if encoding == "one_hot" else 1), np.nan, np.float32)
    places = np.array([place[fields[row]] for row in known])
    values[known] = np.eye(len(words))[places] if encoding == "one_hot" else places[:, None]
    return values
