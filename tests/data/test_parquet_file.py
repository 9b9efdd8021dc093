"""Parquet files: the same data as the CSV file of the same table, and damage said in words."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from studio.data import datasets, prepare
from studio.errors import DataError
from studio.project.config import DataConfig

polars = pytest.importorskip("polars")

ROWS = {
    "length": [row / 7 for row in range(60)],
    "count": [row % 5 for row in range(60)],
    "wet": [row % 2 == 0 for row in range(60)],
    "colour": ["red" if row % 3 else "blue" for row in range(60)],
    "ripe": ["yes" if row % 2 else "no" for row in range(60)],
}


def config(file: str, **options: object) -> DataConfig:
    return DataConfig.model_validate({"dataset": "csv", "options": {"file": file, **options}})


def write(folder: Path, rows: dict[str, list[object]]) -> None:
    polars.DataFrame(rows).write_parquet(folder / "table.parquet")


def test_parquet_gives_the_same_tensors_as_csv(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    polars.DataFrame(ROWS).write_csv(tmp_path / "table.csv")
    one, other = (prepare.prepare(config(f"table.{kind}"), tmp_path) for kind in ("parquet", "csv"))
    assert one.train.inputs.equal(other.train.inputs)
    assert one.test.targets.equal(other.test.targets)
    assert (one.classes, one.shape) == (("no", "yes"), (6,))


def test_nulls_and_nans_are_missing_and_named_by_row(tmp_path: Path) -> None:
    for value in (None, float("nan")):
        write(tmp_path, {**ROWS, "length": [*ROWS["length"][:9], value, *ROWS["length"][10:]]})
        with pytest.raises(DataError, match='row 10, column "length": the value is missing'):
            datasets.describe(config("table.parquet"), tmp_path)
        filled = prepare.prepare(config("table.parquet", missing="mean"), tmp_path)
        assert np.isfinite(filled.train.inputs.numpy()).all()


def test_dates_are_words(tmp_path: Path) -> None:
    write(tmp_path, {"day": [date(2026, 1, 1 + row % 3) for row in range(60)], "ripe": ROWS["ripe"]})
    assert datasets.describe(config("table.parquet"), tmp_path).shape == (3,)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"a": [[1], [2]], "b": ["x", "y"]}, 'column "a" holds List'),
        ({"a": [], "b": []}, "has no rows"),
        ({"a": [float("inf")] * 30, "b": ["x", "y"] * 15}, '"inf" is too large'),
    ],
    ids=["lists", "empty", "infinite"],
)
def test_tables_that_cannot_be_learned_from_are_refused(
    tmp_path: Path, rows: dict[str, list[object]], message: str
) -> None:
    write(tmp_path, rows)
    with pytest.raises(DataError, match=message):
        datasets.describe(config("table.parquet"), tmp_path)


def test_damaged_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "table.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DataError, match=r'Cannot read "table\.parquet" as a table'):
        datasets.describe(config("table.parquet"), tmp_path)


def test_without_polars_the_line_to_install_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, ROWS)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(DataError, match=r'pip install "flowgraph-studio\[tables\]"'):
        datasets.describe(config("table.parquet", target="count"), tmp_path)
