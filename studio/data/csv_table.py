"""A person's own CSV file as a data set."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.data import columns, room, table_file
from studio.data.filling import Gap
from studio.data.source import Options, RawData, Source
from studio.data.table_file import Table
from studio.errors import DataError
from studio.project import tables
from studio.project.sample import Sample

COPIES = 3
"""The features are in memory as read, as split and as normalized."""


def _table(options: Options, folder: Path) -> Table:
    path = folder / tables.checked_file(options["file"], "CSV file")
    return table_file.read(path, options["delimiter"], options["header"])


def _target(table: Table, options: Options) -> str:
    name = options["target"] or table.names[-1]
    if name not in table.names:
        raise tables.unknown_column(name, table.names, "target")
    return str(name)


def _features(table: Table, target: str, options: Options) -> list[str]:
    """Return the columns to learn from."""
    if target in tables.column_list(options["features"]):
        raise DataError(f'features: "{target}" is what is to be predicted. Take it out.', argument="features")
    names = [name for name in table.names if name != target]
    found = tables.chosen(options["features"], names, "features")
    if not found:
        raise DataError(
            f'"{table.path.name}" has no column left to learn from. Name some in features, or set delimiter.',
            argument="features",
        )
    return found


def _raw(options: Options, folder: Path) -> tuple[RawData, Sample]:
    return _read(_table(options, folder), tuple(sorted(options.items())))


@lru_cache(maxsize=2)
def _read(table: Table, settings: tuple[tuple[str, object], ...]) -> tuple[RawData, Sample]:
    """Return the samples and what one is like; the same table with the same settings is read once."""
    options: Options = dict(settings)
    target = _target(table, options)
    truth, classes = columns.target(table, target, options["task"])
    words = tables.column_list(options["words"])
    for name in words:
        if name not in table.names:
            raise tables.unknown_column(name, table.names, "words")
    parts, gaps, width = [], [], 0
    for name in _features(table, target, options):
        found = columns.feature(table, name, name in words, options["encoding"])
        absent = np.isnan(found.values[:, 0])
        if absent.any():
            gaps.append(_gap(table, name, int(absent.argmax()), width, found, options["missing"]))
        width += found.values.shape[1]
        room.refuse_large(COPIES * 4 * len(truth) * width, f'"{table.path.name}"', "Leave columns out.")
        parts.append(found.values)
    return RawData(np.concatenate(parts, 1), truth, gaps=tuple(gaps)), Sample((width,), classes)


def _gap(table: Table, name: str, row: int, start: int, found: columns.Features, method: str) -> Gap:
    if method == "error":
        raise DataError(
            f"{columns.where(table, name, row)}: the value is missing. Set missing to mean or most_frequent, "
            "or leave the column out of features.",
            argument="missing",
        )
    return columns.gap(name, start, found, method)


CSV_TABLE = Source(
    count=lambda options, folder: (len(_table(options, folder).lines), 0),
    load=lambda options, folder: _raw(options, folder)[0],
    sample=lambda options, folder: _raw(options, folder)[1],
)
