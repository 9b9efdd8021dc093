"""A Parquet file as named columns of text. It needs polars, which comes with the extra ``tables``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio.data import room
from studio.errors import DataError

if TYPE_CHECKING:
    import polars

BYTES_PER_FIELD = 60
"""Python's texts take about so much room each; compressed files do not tell how many there are."""


def read(path: Path) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the names and the fields of the columns; a field that is null, or NaN, is empty.

    Raises:
        DataError: polars is not there, the file is damaged or empty, a column holds lists or the like, or
            there is no room for it.
    """
    try:
        import polars
    except ImportError as error:
        raise DataError(
            f'"{path.name}" is a Parquet file, which polars reads, and polars is not installed. Install it '
            'with: pip install "flowgraph-studio[tables]", or save the table as CSV.',
            argument="file",
        ) from error
    try:
        lazy = polars.scan_parquet(path)
        count, width = lazy.select(polars.len()).collect().item(), len(lazy.collect_schema())
        room.refuse_large(
            count * width * BYTES_PER_FIELD, f'Reading "{path.name}"', "Take a part of its rows or columns."
        )
        frame = lazy.collect()
    except (OSError, polars.exceptions.PolarsError, polars.exceptions.PanicException) as error:
        raise DataError(
            f'Cannot read "{path.name}" as a table: {error}. Save it as Parquet or CSV anew.', argument="file"
        ) from error
    if not frame.height or not frame.width:
        raise DataError(f'"{path.name}" has no rows.', argument="file")
    return tuple(frame.columns), tuple(_fields(path, column) for column in frame.get_columns())


def _fields(path: Path, column: polars.Series) -> tuple[str, ...]:
    """Return a column as text; numbers are written so that they are read as the same."""
    import polars

    if column.dtype.is_nested() or column.dtype in (polars.Binary, polars.Object):
        raise DataError(
            f'"{path.name}": column "{column.name}" holds {column.dtype}, neither numbers nor words. Save '
            "the table without it.",
            argument="file",
        )
    if column.dtype in (polars.Float32, polars.Float64):
        return tuple("" if value is None else repr(value) for value in column.to_list())
    return tuple((value or "").strip() for value in column.cast(polars.String).to_list())
