"""Columns of text become numbers: the target's classes or values; and rows with gaps are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.data.source import Targets
from studio.data.table_file import Table, is_missing, is_number
from studio.errors import DataError

MAX_CLASSES = 1000
FEW_VALUES = 20
"""So many different whole numbers, at most, are taken for classes."""


def where(table: Table, name: str, row: int) -> str:
    """Return how messages name a field."""
    return f'{table.place(row)}, column "{name}"'


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
        loose = name in numbers
        fields = table.columns[table.names.index(name)]
        kept &= [not is_missing(field) and (not loose or is_number(field)) for field in fields]
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
    seam = None if table.seam is None else (int(kept[: table.seam[0]].sum()), table.seam[1])
    return replace(table, columns=columns, lines=tuple(table.lines[row] for row in rows), seam=seam)


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
        values = numbers_of(table, name, fields, list(range(len(fields))), "set task to classes")
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


def numbers_of(
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
