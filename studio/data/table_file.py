"""A CSV file as named columns of text: what stands between fields, and whether a header names them.

A Parquet file names its columns, and says by itself what they hold; it becomes the same columns of text.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from studio.data import parquet_file, room
from studio.errors import DataError, nearest
from studio.project.tables import DELIMITERS

MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none"})
"""Fields that say that nothing is known, in small letters."""

PARQUET = (".parquet", ".pq")

LINES_LOOKED_AT = 50
BYTES_PER_BYTE = 12
"""Python's texts take about so many times the room of the file."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The fields of a file, stripped of blanks; equal to itself alone, so that it is a cheap key.

    Attributes:
        path: The file.
        names: Of the columns.
        columns: (E, N) fields.
        lines: (N,) at which line of the file each row ends.
        unit: What `lines` count.
        seam: The first row that is of another file, and that file; None: all are of one.
    """

    path: Path
    names: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    unit: str = "line"
    seam: tuple[int, Path] | None = None

    def place(self, row: int) -> str:
        """Return how messages name a row."""
        path = self.seam[1] if self.seam is not None and row >= self.seam[0] else self.path
        return f'"{path.name}", {self.unit} {self.lines[row]}'

    @property
    def has_names(self) -> bool:
        """Whether a header names the columns, or the file itself."""
        return self.names != numbered(len(self.names))


def is_missing(field: str) -> bool:
    """Say whether a field says that nothing is known."""
    return field.lower() in MISSING


def is_number(field: str) -> bool:
    """Say whether a field is a number, finite or not."""
    try:
        float(field)
    except ValueError:
        return False
    return "_" not in field


def numbered(count: int) -> tuple[str, ...]:
    """Return what columns are called that no header names."""
    return tuple(f"column {place + 1}" for place in range(count))


def joined(first: Table, second: Table) -> Table:
    """Return a table with the rows of another below its own, column by column of the same name.

    Raises:
        DataError: The other lacks a column.
    """
    lost = next((name for name in first.names if name not in second.names), None)
    if lost is not None:
        listed = nearest(lost, second.names) or f". It has {', '.join(second.names[:12])}."
        raise DataError(
            f'"{second.path.name}" has no column "{lost}", which "{first.path.name}" has{listed}',
            argument="test_file",
        )
    below = [second.columns[second.names.index(name)] for name in first.names]
    columns = tuple(own + other for own, other in zip(first.columns, below, strict=True))
    seam = (len(first.lines), second.path)
    return replace(first, columns=columns, lines=first.lines + second.lines, seam=seam)


def read(path: Path, delimiter: str, header: str) -> Table:
    """Return the table in a file; one that did not change is not read again.

    Args:
        path: The file.
        delimiter: A key of `DELIMITERS`, or ``auto``.
        header: ``yes``, ``no`` or ``auto``.

    Raises:
        DataError: There is no such file, or it is no table.
    """
    try:
        facts = path.stat()
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
    except OSError as error:
        reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or error
        raise DataError(
            f'Cannot read "{path}": {reason}. Check the options file and folder.', argument="file"
        ) from error
    return _read(path, facts.st_mtime_ns, facts.st_size, delimiter, header)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int, delimiter: str, header: str) -> Table:
    room.refuse_large(size * BYTES_PER_BYTE, f'Reading "{path.name}"', "Take a part of its rows.")
    if path.suffix.lower() in PARQUET:
        names, fields = parquet_file.read(path)
        return Table(path, names, fields, tuple(range(1, len(fields[0]) + 1)), "row")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        mark = DELIMITERS.get(delimiter) or _delimiter(text)
        rows, lines = _rows(path, text, mark)
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        reason = str(error)
        if isinstance(error, UnicodeDecodeError):
            reason = f"byte {error.start + 1} is no UTF-8 text"
        raise DataError(
            f'Cannot read "{path.name}" as a table: {reason}. Save it as a CSV file in UTF-8.',
            argument="file",
        ) from error
    names = numbered(len(rows[0]))
    if header == "yes" or (header == "auto" and _has_header(rows)):
        names, rows, lines = _names(path, rows[0]), rows[1:], lines[1:]
    if not rows:
        raise DataError(f'"{path.name}" has a header and no rows.', argument="file")
    return Table(path, names, tuple(zip(*rows, strict=True)), tuple(lines))


def _rows(path: Path, text: str, mark: str) -> tuple[list[list[str]], list[int]]:
    """Return all rows with fields, and the lines at which they end."""
    rows: list[list[str]] = []
    lines = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=mark, skipinitialspace=True, strict=True)
    for fields in reader:
        if not any(field.strip() for field in fields):
            continue
        if rows and len(fields) != len(rows[0]):
            raise DataError(
                f'"{path.name}", line {reader.line_num}: {len(fields)} fields, and the lines before have '
                f"{len(rows[0])}. Mend the line, or set delimiter.",
                argument="file",
            )
        rows.append([field.strip() for field in fields])
        lines.append(reader.line_num)
    if not rows:
        raise DataError(f'"{path.name}" is empty.', argument="file")
    return rows, lines


def _delimiter(text: str) -> str:
    """Return the mark that divides all of the first lines into the same number of fields, and the most."""
    start = list(islice(iter(text.splitlines(keepends=True)), LINES_LOOKED_AT))
    best, most = ",", (False, 1)
    for mark in DELIMITERS.values():
        counts = {len(row) for row in csv.reader(start, delimiter=mark, skipinitialspace=True) if row}
        # Two different counts are a ragged file rather than another mark, unless another one fits all.
        found = (len(counts) == 1, max(counts, default=1))
        if found[1] > 1 and found > most:
            best, most = mark, found
    return best


def _has_header(rows: list[list[str]]) -> bool:
    """Say whether the first row names the columns: no number in it, and none of its words below it."""
    first, rest = rows[0], rows[1:]
    if not rest or len(set(first)) < len(first) or any(is_missing(word) or is_number(word) for word in first):
        return False
    sample = rest[: 20 * LINES_LOOKED_AT]
    return all(word not in {row[place] for row in sample} for place, word in enumerate(first))


def _names(path: Path, fields: list[str]) -> tuple[str, ...]:
    names = tuple(field or f"column {place + 1}" for place, field in enumerate(fields))
    twice = next((name for name, many in Counter(names).items() if many > 1), None)
    if twice is not None:
        raise DataError(
            f'"{path.name}": two columns are called "{twice}". Rename one, or set header to no.',
            argument="header",
        )
    return names
