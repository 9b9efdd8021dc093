"""A person's own table, of CSV or Parquet, as a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.data import columns, room, table_file
from studio.data.codings import Coding, as_codes, learn
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
class Read:
    """What a table holds under some options.

    Attributes:
        raw: The samples.
        sample: What one is like.
        codings: Of the features, in their order.
        dropped: Rows that were left out.
        has_names: Its columns are named, and not just counted.
    """

    raw: RawData
    sample: Sample
    codings: tuple[Coding, ...]
    dropped: int
    has_names: bool


def read(options: Options, folder: Path) -> Read:
    """Return what the table in a folder holds.

    Raises:
        DataError: It cannot be read, or an option does not fit it.
    """
    path = tables.data_file(folder, options["file"], "table's file")
    table = table_file.read(path, options["delimiter"], options["header"])
    if options["test_file"]:
        other = tables.data_file(folder, options["test_file"], "file for testing", "test_file")
        table = _joined(
            table, table_file.read(other, options["delimiter"], "yes" if table.has_names else "no")
        )
    return _read(table, tuple(sorted(options.items())))


_joined = lru_cache(maxsize=1)(table_file.joined)
"""The same table for the same two, so that it is a key as they are."""


@lru_cache(maxsize=2)
def _read(table: Table, settings: tuple[tuple[str, object], ...]) -> Read:
    """Return what a table holds; the same table with the same settings is read once."""
    options: Options = dict(settings)
    target = _named(table, options, "target") or table.names[-1]
    group, part = _named(table, options, "group"), _named(table, options, "part")
    features = _features(table, target, (group, part), options)
    numbers, words = _listed(table, options, "numbers"), _listed(table, options, "words")
    rows = len(table.lines)
    if options["missing"] == "drop":
        table = columns.without_gaps(table, [*features, target], numbers)
    truth, classes = columns.target(table, target, options["task"])
    codings, width = [], 0
    for name in features:
        own_word = options["missing"] == "category"
        codings.append(
            learn(table, name, options["encoding"], name in words, name in numbers, own_word=own_word)
        )
        width += codings[-1].width
        room.refuse_large(COPIES * 4 * len(truth) * width, f'"{table.path.name}"', "Leave columns out.")
    inputs = encode(table, codings, options)
    gaps = _gaps(table, codings, inputs, options["missing"]) if inputs.dtype == np.float32 else ()
    is_whole = options["encoding"] == "codes"
    vocabulary = sum(len(coding.words) for coding in codings) if is_whole else 0
    sample = Sample((width,), classes, "int64" if is_whole else "float32", vocabulary)
    raw = RawData(inputs, truth, gaps=gaps, placing=_placing(table, truth, group, part))
    return Read(raw, sample, tuple(codings), rows - len(table.lines), table.has_names)


def encode(table: Table, codings: Sequence[Coding], options: Options) -> Inputs:
    """Return the features of a table's rows, NaN where one is missing.

    Shape:
        returns: (N, E)

    Raises:
        DataError: A field is not what was learned of its column.
    """
    values = np.concatenate([coding.encode(table) for coding in codings], 1)
    return as_codes(codings, values) if options["encoding"] == "codes" else values


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


def _gaps(table: Table, codings: Sequence[Coding], inputs: Inputs, method: str) -> tuple[Gap, ...]:
    """Return what is to be filled, and how; words have no mean.

    Raises:
        DataError: Nothing is to be filled, and a value is missing.
    """
    gaps, start = [], 0
    for coding in codings:
        absent = np.isnan(inputs[:, start])
        if absent.any():
            if method == "error":
                raise DataError(
                    f"{columns.where(table, coding.name, int(absent.argmax()))}: the value is missing. Set "
                    "missing to drop, mean, median, most_frequent or category, or leave the column out of "
                    "features.",
                    argument="missing",
                )
            # Of a number that says whether it was missing, only the number itself has gaps.
            stop = start + (coding.width if coding.words else 1)
            by = "most_frequent" if coding.words else {"category": "mean"}.get(method, method)
            gaps.append(Gap(coding.name, start, stop, by))
        start += coding.width
    return tuple(gaps)


def _placing(table: Table, truth: Inputs, group: str, part: str) -> Placing | None:
    """Return what the columns say of where rows belong; None if no column is to say it."""
    if part and table.seam is not None:
        raise DataError(
            "part and test_file both say which rows are for testing. Clear one of them.", argument="part"
        )
    if not group and not part and table.seam is None:
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
    if table.seam is not None:
        parts = np.where(np.arange(len(truth)) < table.seam[0], NAMES["train"], NAMES["test"])
    return Placing(truth, groups, names, parts)


def _note(options: Options, folder: Path) -> str:
    dropped = read(options, folder).dropped
    if not dropped:
        return ""
    rows = "1 row with missing values was" if dropped == 1 else f"{dropped:,} rows with missing values were"
    return f"{rows} left out."


CSV_TABLE = Source(
    count=lambda options, folder: (len(read(options, folder).raw.targets), 0),
    load=lambda options, folder: read(options, folder).raw,
    sample=lambda options, folder: read(options, folder).sample,
    note=_note,
    placing=lambda options, folder: read(options, folder).raw.placing,
    features=lambda options, folder: tuple(
        title for coding in read(options, folder).codings for title in coding.titles
    ),
)
