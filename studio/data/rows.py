"""Samples that somebody brings along in a table: a CSV file with a sample a row."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from studio.errors import DataError

MOST_ROWS = 1000
"""A table to look at what a network says, not to evaluate it."""


def read_rows(path: Path, width: int) -> list[list[float]]:
    """Return the rows of numbers of a CSV file; a first row of names is passed over.

    Args:
        path: The file.
        width: Numbers that the network takes.

    Raises:
        DataError: It cannot be read, or a row has other than so many numbers.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = [line for line in csv.reader(file) if any(cell.strip() for cell in line)]
    except OSError as error:
        raise DataError(f'"{path}" cannot be read: {error.strerror or error}.') from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f'"{path}" is no table of text, such as CSV: {error}.') from error
    first = 1 if lines and not _are_numbers(lines[0]) else 0
    rows = [_numbers(line, place, width, path) for place, line in enumerate(lines[first:], first + 1)]
    if not rows:
        raise DataError(f'"{path}" holds no row of numbers.')
    if len(rows) > MOST_ROWS:
        raise DataError(f'"{path}" has {len(rows):,} rows, and at most {MOST_ROWS:,} are looked at.')
    return rows


def _are_numbers(cells: list[str]) -> bool:
    try:
        return bool([float(cell) for cell in cells])
    except ValueError:
        return False


def _numbers(cells: list[str], place: int, width: int, path: Path) -> list[float]:
    if len(cells) != width:
        raise DataError(
            f'Row {place} of "{path}" has {len(cells)} columns, and the network takes {width} numbers. Leave '
            "out the columns that are no input."
        )
    found = []
    for cell in cells:
        try:
            found.append(float(cell))
        except ValueError:
            raise DataError(f'Row {place} of "{path}" holds "{cell}", which is no number.') from None
    if not all(math.isfinite(number) for number in found):
        raise DataError(f'Row {place} of "{path}" holds NaN or infinity.')
    return found
