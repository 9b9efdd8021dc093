"""What the columns of a table hold, before anybody said what they are for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.data import table_file
from studio.data.table_file import is_missing, is_number
from studio.project import datasets, tables
from studio.project.config import DataConfig

LOOKED_AT = 10_000
"""Rows that are counted: enough to know a column by, and quick."""

EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What the first rows of a column hold.

    Attributes:
        name: Of the column.
        numbers: Fields that are numbers.
        missing: Fields that say nothing.
        different: Different fields that say something.
        examples: The first of those.
    """

    name: str
    numbers: int
    missing: int
    different: int
    examples: tuple[str, ...]


def facts(config: DataConfig, home: Path) -> tuple[int, tuple[ColumnFacts, ...]]:
    """Return how many rows a table has, and what its columns hold.

    Args:
        config: Data settings whose data set is a table.
        home: The data folder.

    Raises:
        DataError: The table cannot be read.
    """
    options = datasets.options_of(config)
    path = tables.data_file(home, str(options["file"]), "table's file")
    table = table_file.read(path, str(options["delimiter"]), str(options["header"]))
    found = (_of(name, fields[:LOOKED_AT]) for name, fields in zip(table.names, table.columns, strict=True))
    return len(table.lines), tuple(found)


def _of(name: str, fields: tuple[str, ...]) -> ColumnFacts:
    known = [field for field in fields if not is_missing(field)]
    different = dict.fromkeys(known)
    return ColumnFacts(
        name,
        sum(map(is_number, known)),
        len(fields) - len(known),
        len(different),
        tuple(different)[:EXAMPLES],
    )
