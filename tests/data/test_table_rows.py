"""Rows of another table become what they would have been in the one that was learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.data import datasets, table_rows
from studio.errors import DataError
from studio.project.config import DataConfig

LEARNED = "size,colour,ripe\n" + "".join(
    f"{row if row % 9 else ''},{('red', 'blue', 'green')[row % 3]},{'ny'[row % 2]}\n" for row in range(60)
)


def config(folder: Path, text: str = LEARNED, **options: object) -> DataConfig:
    (folder / "learned.csv").write_text(text)
    return DataConfig.model_validate({"dataset": "csv", "options": {"file": "learned.csv", **options}})


def rows(folder: Path, text: str, chosen: DataConfig) -> np.ndarray:
    (folder / "new.csv").write_text(text)
    return table_rows.read(chosen, folder, folder / "new.csv")


@pytest.mark.parametrize("missing", ["median", "category"])
@pytest.mark.parametrize("encoding", ["one_hot", "ordinal"])
def test_the_table_itself_gives_its_own_samples(tmp_path: Path, missing: str, encoding: str) -> None:
    chosen = config(tmp_path, missing=missing, encoding=encoding)
    known = datasets.load(chosen, tmp_path).inputs
    found = rows(tmp_path, LEARNED, chosen)
    has_all = ~np.isnan(known).any(1)
    np.testing.assert_array_equal(found[has_all], known[has_all])
    assert np.isfinite(found).all()


def test_codes_are_those_of_the_table(tmp_path: Path) -> None:
    chosen = config(tmp_path, encoding="codes", features="colour")
    assert rows(tmp_path, "colour\ngreen\nblue\n", chosen).tolist() == [[1], [0]]


def test_columns_are_found_by_name_in_any_order_without_the_target(tmp_path: Path) -> None:
    chosen = config(tmp_path, missing="mean")
    assert rows(tmp_path, "colour,extra,size\nred,x,7\n", chosen).tolist() == [[7.0, 0.0, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size,color\n1,red\n", 'no column "colour", which the network learned from; did you mean "color"'),
        ("size,colour\n1,pink\n", '"pink" is none of the words that were learned: blue, green, red.'),
        ("size,colour\nbig,red\n", '"new.csv", line 2, column "size": "big" is not a number'),
        ("size,colour\n1,\n", 'line 2, column "colour": the value is missing, and none was'),
    ],
    ids=["column", "word", "number", "gap"],
)
def test_what_was_never_learned_is_said_in_words(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        rows(tmp_path, text, config(tmp_path, missing="mean"))
    assert message in caught.value.message


def test_a_table_without_names_takes_one_without(tmp_path: Path) -> None:
    body = LEARNED.partition("\n")[2]
    chosen = config(tmp_path, body, target="column 3", missing="mean")
    assert rows(tmp_path, "4,blue,y\n", chosen).tolist() == [[4.0, 1.0, 0.0, 0.0]]
