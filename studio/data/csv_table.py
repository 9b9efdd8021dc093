"""A person's own table, of CSV or Parquet, as a data set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.data import columns, room, table_file
from studio.data.columns import Features
from studio.data.filling import Gap
from studio.data.placing import NAMES, Placing, number_of
from studio.data.source import Inputs, Options, RawData, Source
from studio.data.table_file import Table
from studio.errors import DataError
from studio.project import tables
from studio.project.sample import Sample

COPIES = 3
"""The features are in memory as read, as split and as normalized."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a table holds under some options; `dropped` rows were left out of it."""

    raw: RawData
    sample: Sample
    dropped: int


def _found(options: Options, folder: Path) -> _Found:
    path = folder / tables.checked_file(options["file"], "table's file")
    table = table_file.read(path, options["delimiter"], options["header"])
    return _read(table, tuple(sorted(options.items())))


@lru_cache(maxsize=2)
def _read(table: Table, settings: tuple[tuple[str, object], ...]) -> _Found:
    """Return what a table holds; the same table with the same settings is read once."""
    options: Options = dict(settings)
    target = _named(table, options, "target") or table.names[-1]
    group, part = _named(table, options, "group"), _named(table, options, "part")
    features = _features(table, target, (group, part), options)
    numbers = _listed(table, options, "numbers")
    words = _listed(table, options, "words")
    whole = table
    if options["missing"] == "drop":
        table = columns.without_gaps(table, [*features, target], numbers)
    truth, classes = columns.target(table, target, options["task"])
    found, width = [], 0
    for name in features:
        found.append(_feature(table, name, name in words, name in numbers, options))
        width += found[-1].values.shape[1]
        room.refuse_large(COPIES * 4 * len(truth) * width, f'"{table.path.name}"', "Leave columns out.")
    placing = _placing(table, truth, group, part)
    dropped = len(whole.lines) - len(table.lines)
    if options["encoding"] == "codes":
        inputs, vocabulary = columns.codes(features, found)
        return _Found(
            RawData(inputs, truth, placing=placing), Sample((width,), classes, "int64", vocabulary), dropped
        )
    gaps = _gaps(table, features, found, options["missing"])
    inputs = np.concatenate([one.values for one in found], 1)
    return _Found(RawData(inputs, truth, gaps=gaps, placing=placing), Sample((width,), classes), dropped)


def _named(table: Table, options: Options, option: str) -> str:
    """Return the column that an option names; empty if it names none."""
    name = str(options[option])
    if name and name not in table.names:
        raise tables.unknown_column(name, table.names, option)
    return name


def _listed(table: Table, options: Options, option: str) -> list[str]:
    """Return the columns that an option lists."""
    names = tables.column_list(options[option])
    for name in names:
        if name not in table.names:
            raise tables.unknown_column(name, table.names, option)
    return names


def _features(table: Table, target: str, deciding: tuple[str, str], options: Options) -> list[str]:
    """Return the columns to learn from."""
    wanted = tables.column_list(options["features"])
    for name, role in (
        (target, "is what is to be predicted"),
        *((one, "decides the split") for one in deciding),
    ):
        if name and name in wanted:
            raise DataError(f'features: "{name}" {role}. Take it out.', argument="features")
    names = [name for name in table.names if name not in (target, *deciding)]
    found = tables.chosen(options["features"], names, "features")
    if not found:
        raise DataError(
            f'"{table.path.name}" has no column left to learn from. Name some in features, or set delimiter.',
            argument="features",
        )
    return found


def _feature(table: Table, name: str, as_words: bool, as_numbers: bool, options: Options) -> Features:
    """Return a column; of the fields that are missing, it is said where, if that is what is wanted."""
    own = options["missing"] == "category"
    found = columns.feature(table, name, options["encoding"], as_words, as_numbers, own_word=own)
    absent = np.isnan(found.values[:, 0])
    if options["missing"] == "error" and absent.any():
        raise DataError(
            f"{columns.where(table, name, int(absent.argmax()))}: the value is missing. Set missing to drop, "
            "mean, median, most_frequent or category, or leave the column out of features.",
            argument="missing",
        )
    return found


def _gaps(table: Table, names: list[str], found: list[Features], method: str) -> tuple[Gap, ...]:
    """Return what is to be filled, and how; words have no mean."""
    gaps, start = [], 0
    for name, one in zip(names, found, strict=True):
        if np.isnan(one.values[:, 0]).any():
            # Of a number that says whether it was missing, only the number itself has gaps.
            stop = start + (one.values.shape[1] if one.is_words else 1)
            by = "most_frequent" if one.is_words else {"category": "mean"}.get(method, method)
            gaps.append(Gap(name, start, stop, by))
        start += one.values.shape[1]
    return tuple(gaps)


def _placing(table: Table, truth: Inputs, group: str, part: str) -> Placing | None:
    """Return what the columns say of where rows belong; None if no column is to say it."""
    if not group and not part:
        return None
    groups, parts = None, None
    names: tuple[str, ...] = ()
    if group:
        groups, names = number_of([columns.known(table, group, row) for row in range(len(truth))])
    if part:
        said = [columns.known(table, part, row).lower() for row in range(len(truth))]
        wrong = next((row for row, word in enumerate(said) if word not in NAMES), None)
        if wrong is not None:
            raise DataError(
                f'{columns.where(table, part, wrong)}: "{said[wrong][:40]}" is no part of the data. Write '
                "train, val or test.",
                argument="part",
            )
        parts = np.array([NAMES[word] for word in said], np.int64)
    return Placing(truth, groups, names, parts)


def _note(options: Options, folder: Path) -> str:
    dropped = _found(options, folder).dropped
    if not dropped:
        return ""
    rows = "1 row with missing values was" if dropped == 1 else f"{dropped:,} rows with missing values were"
    return f"{rows} left out."


CSV_TABLE = Source(
    count=lambda options, folder: (len(_found(options, folder).raw.targets), 0),
    load=lambda options, folder: _found(options, folder).raw,
    sample=lambda options, folder: _found(options, folder).sample,
    note=_note,
    placing=lambda options, folder: _found(options, folder).raw.placing,
)
