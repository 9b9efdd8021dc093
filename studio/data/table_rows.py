"""Rows of another table with the columns of the one that a network learned from, to be predicted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.data import columns, csv_table, datasets, filling, splits, table_file
from studio.data.csv_table import Read
from studio.data.rows import MOST_ROWS
from studio.data.source import Inputs
from studio.data.table_file import Table
from studio.errors import DataError, nearest
from studio.project import tables
from studio.project.config import DataConfig
from studio.project.datasets import options_of

SUFFIXES = (".csv", ".tsv", ".txt", *table_file.PARQUET)


def takes(config: DataConfig, path: Path) -> bool:
    """Say whether a file holds rows for a network that learned from a table."""
    return config.dataset == tables.CSV and path.suffix.lower() in SUFFIXES


def read(config: DataConfig, folder: Path | None, path: Path) -> Inputs:
    """Return the rows of a table as the data set gives its samples, before normalization.

    Columns are found by their names, in any order, and others are passed over: the target need not be there.
    Words get the numbers that they have in the table that was learned from, and gaps are filled as there.

    Args:
        config: The data settings, whose data set is a table.
        folder: The project file's folder.
        path: The other table.

    Shape:
        returns: (N, E)

    Raises:
        DataError: A column is missing, a word was never learned, or a value is missing that never was.
    """
    options = options_of(config)
    learned = csv_table.read(options, datasets.data_folder(config, folder))
    table = table_file.read(path, str(options["delimiter"]), "yes" if learned.has_names else "no")
    if len(table.lines) > MOST_ROWS:
        raise DataError(f'"{path}" has {len(table.lines):,} rows, and at most {MOST_ROWS:,} are looked at.')
    for coding in learned.codings:
        if coding.name not in table.names:
            listed = nearest(coding.name, table.names) or f". It has {', '.join(table.names[:12])}."
            raise DataError(
                f'"{path.name}" has no column "{coding.name}", which the network learned from{listed}'
            )
    rows = csv_table.encode(table, learned.codings, options)
    if rows.dtype != np.float32:
        return rows
    return _filled(rows, table, learned, config)


def _filled(rows: Inputs, table: Table, learned: Read, config: DataConfig) -> Inputs:
    """Return rows with their gaps filled as those of the table that was learned from."""
    raw = learned.raw
    if raw.gaps:
        train = splits.split(raw.targets, 0, config, raw.placing)[splits.TRAIN]
        rows = filling.apply(rows, raw.gaps, filling.fit(raw.inputs[train], raw.gaps))
    start = 0
    for coding in learned.codings:
        absent = np.isnan(rows[:, start])
        if absent.any():
            raise DataError(
                f"{columns.where(table, coding.name, int(absent.argmax()))}: the value is missing, and none "
                "was in the table that was learned from. Fill it in."
            )
        start += coding.width
    return rows
