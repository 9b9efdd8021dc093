"""Tables of a person's own: what is read, what is filled, and every kind of damage said in words."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data import datasets, prepare, preview, room
from studio.errors import DataError
from studio.project.config import DataConfig

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "tabular"
real = pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not here")

ROWS = "".join(
    f"{row},{row % 7}.5,{'red' if row % 3 else 'blue'},{'yes' if row % 2 else 'no'}\n" for row in range(40)
)
GOOD = "length,width,colour,ripe\n" + ROWS


def config(folder: Path, text: str | bytes = GOOD, **options: object) -> DataConfig:
    body = text if isinstance(text, bytes) else text.encode()
    (folder / "table.csv").write_bytes(body)
    return DataConfig.model_validate(
        {"dataset": "csv", "options": {"file": "table.csv", **options}, "normalization": "none"}
    )


def inputs(data: prepare.PreparedData) -> np.ndarray:
    rows = torch.cat([data.train.inputs, data.validation.inputs, data.test.inputs]).numpy()
    return rows[np.lexsort(rows.T[::-1])]


def test_numbers_stay_and_words_become_columns(tmp_path: Path) -> None:
    chosen = config(tmp_path)
    described = datasets.describe(chosen, tmp_path)
    assert (described.shape, described.classes, described.counts) == ((4,), ("no", "yes"), (28, 6, 6))
    rows = inputs(prepare.prepare(chosen, tmp_path))
    expected = [[row, row % 7 + 0.5, row % 3 == 0, row % 3 != 0] for row in range(40)]
    np.testing.assert_array_equal(rows, np.array(expected, np.float32))
    names = datasets.features_of(chosen, tmp_path)
    assert names == ("length", "width", "colour = blue", "colour = red")


def test_ordinal_words_are_places_in_the_alphabet(tmp_path: Path) -> None:
    data = prepare.prepare(config(tmp_path, encoding="ordinal", features="colour"), tmp_path)
    assert inputs(data).ravel().tolist() == [0.0] * 14 + [1.0] * 26


def test_target_is_found_by_name_and_one_column_left_out(tmp_path: Path) -> None:
    found = datasets.describe(config(tmp_path, target="colour", features="-ripe"), tmp_path)
    assert (found.shape, found.classes) == ((2,), ("blue", "red"))


def test_numbers_that_are_names_become_columns(tmp_path: Path) -> None:
    assert datasets.describe(config(tmp_path, words="width", features="width"), tmp_path).shape == (7,)


def test_target_of_many_numbers_is_a_value(tmp_path: Path) -> None:
    chosen = config(tmp_path, target="length")
    data = prepare.prepare(chosen, tmp_path)
    assert data.classes == ()
    assert (data.train.targets.dtype, tuple(data.train.targets.shape)) == (torch.float32, (28, 1))


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolon"), ("\t", "tab"), ("|", "bar")])
def test_delimiter_is_found_and_can_be_said(tmp_path: Path, mark: str, name: str) -> None:
    text = GOOD.replace(",", mark)
    for choice in ("auto", name):
        assert datasets.describe(config(tmp_path, text, delimiter=choice), tmp_path).shape == (4,)


def test_table_without_header_has_numbered_columns(tmp_path: Path) -> None:
    chosen = config(tmp_path, ROWS, target="column 4", features="column 1")
    assert sum(datasets.describe(chosen, tmp_path).counts) == 40


def test_quotes_blanks_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = '\ufeffname, size\n"a, b", 1\n\n' + "c, 2\n" * 30 + '"a, b", 1\n' * 30
    chosen = config(tmp_path, text, target="name")
    found = datasets.describe(chosen, tmp_path)
    assert (found.classes, sum(found.counts)) == (("a, b", "c"), 61)


def test_gaps_are_filled_from_the_training_part_alone(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{row if row % 4 else ''},{row % 2}\n" for row in range(80))
    chosen = config(tmp_path, text, missing="mean")
    data = prepare.prepare(chosen, tmp_path)
    filled = [float(x) for x in data.train.inputs.ravel() if not float(x).is_integer() or float(x) % 4 == 0]
    known = [float(x) for x in data.train.inputs.ravel() if float(x).is_integer() and float(x) % 4]
    assert filled
    np.testing.assert_allclose(filled, np.mean(known), rtol=1e-6)
    assert not any(part.inputs.isnan().any() for part in (data.train, data.validation, data.test))
    assert not np.isnan(preview.look(chosen, tmp_path).inputs).any()


def test_missing_words_become_the_most_frequent_one(tmp_path: Path) -> None:
    text = GOOD.replace("1,1.5,red,yes", "1,1.5,,yes")
    rows = inputs(prepare.prepare(config(tmp_path, text, missing="most_frequent"), tmp_path))
    assert rows[1].tolist() == [1.0, 1.5, 0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("\n \n", {}, "is empty"),
        ("a,b\n", {"header": "yes"}, "a header and no rows"),
        (GOOD + "1,2\n", {}, "line 42: 2 fields, and the lines before have 4"),
        (GOOD + ",1,red,no\n", {}, 'line 42, column "length": the value is missing. Set missing'),
        (GOOD + "NaN,1,red,no\n", {}, 'line 42, column "length": the value is missing'),
        (GOOD + "1,1,red,\n", {}, 'line 42, column "ripe": the target is missing'),
        (GOOD + "long,1,red,no\n", {}, 'line 42, column "length": "long" is not a number'),
        (GOOD + "inf,1,red,no\n", {}, 'line 42, column "length": "inf" is too large'),
        (GOOD + "1e39,1,red,no\n", {}, '"1e39" is too large'),
        (GOOD, {"target": "rype"}, 'no column "rype"; did you mean "ripe"'),
        (GOOD, {"features": "lenght"}, 'features: there is no column "lenght"; did you mean "length"'),
        (GOOD, {"words": "colours"}, 'did you mean "colour"'),
        (GOOD, {"features": "ripe"}, "is what is to be predicted"),
        (GOOD, {"task": "value"}, 'line 2, column "ripe": "no" is not a number'),
        (GOOD.replace("yes", "no"), {}, '"no" in every row: there is nothing to tell apart'),
        ("a,a\n1,2\n", {"header": "yes"}, 'two columns are called "a"'),
        ("a\nb\nc\n", {}, "has no column left to learn from"),
        (GOOD.replace("colour", "naïve").encode("latin-1"), {}, "no UTF-8 text"),
        (GOOD + '1,2,"red,no\n', {}, "Cannot read"),
        ("x,y\n" + "".join(f"word{row},{row % 2}\n" for row in range(300)), {}, "300 different words"),
        ("x,y\n" + "".join(f",{row % 2}\n" for row in range(30)), {"header": "yes"}, 'Column "x" is empty'),
        (GOOD, {"file": "other.csv"}, "there is no such file"),
        (GOOD, {"file": ""}, "Choose the table's file"),
        (GOOD, {"file": "/table.csv"}, "must open on any machine"),
        (GOOD, {"file": "../table.csv"}, "must open on any machine"),
        (GOOD, {"file": "C:table.csv"}, "must open on any machine"),
        (GOOD, {"file": "."}, "it is a folder"),
    ],
)
def test_damage_is_said_in_words(
    tmp_path: Path, text: str | bytes, options: dict[str, object], message: str
) -> None:
    chosen = config(tmp_path, text, **options)
    for ask in (datasets.describe, prepare.prepare, preview.look):
        with pytest.raises(DataError) as caught:
            ask(chosen, tmp_path)
        assert message in caught.value.message


def test_changed_file_is_read_anew(tmp_path: Path) -> None:
    assert sum(datasets.describe(config(tmp_path), tmp_path).counts) == 40
    assert sum(datasets.describe(config(tmp_path, GOOD + ROWS), tmp_path).counts) == 80


def test_table_larger_than_half_of_the_free_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda: 1000)
    with pytest.raises(DataError, match="at most half of the 0 MiB that are free"):
        datasets.describe(config(tmp_path), tmp_path)


@real
@pytest.mark.parametrize(
    ("options", "shape", "classes", "count"),
    [
        ({"file": "iris.csv"}, (4,), 3, 150),
        ({"file": "abalone.csv"}, (10,), 0, 4177),
        ({"file": "adult-train.csv", "missing": "mean"}, (105,), 2, 32561),
        ({"file": "winequality-white.csv"}, (11,), 7, 4898),
        (
            {"file": "california-housing.csv", "target": "median_house_value", "missing": "mean"},
            (13,),
            0,
            20640,
        ),
    ],
)
def test_real_tables(options: dict[str, object], shape: tuple[int, ...], classes: int, count: int) -> None:
    chosen = DataConfig.model_validate({"dataset": "csv", "folder": str(REAL), "options": options})
    found = datasets.describe(chosen)
    assert (found.shape, len(found.classes), sum(found.counts)) == (shape, classes, count)
    data = prepare.prepare(chosen)
    assert math.isfinite(float(data.train.inputs.sum()))


GAPPY = "x,kind,y\n" + "".join(
    f"{row if row % 5 else ''},{('a', 'b', '')[row % 3]},{row % 2}\n" for row in range(90)
)


def test_rows_with_gaps_are_dropped_and_that_is_said(tmp_path: Path) -> None:
    chosen = config(tmp_path, GAPPY, missing="drop")
    kept = [row for row in range(90) if row % 5 and row % 3 < 2]
    described = datasets.describe(chosen, tmp_path)
    assert sum(described.counts) == len(kept)
    assert described.message == f"{90 - len(kept)} rows with missing values were left out."
    rows = inputs(prepare.prepare(chosen, tmp_path))
    np.testing.assert_array_equal(rows, np.array([[r, r % 3 == 0, r % 3 == 1] for r in kept], np.float32))


def test_a_row_is_not_dropped_for_a_column_that_is_not_used(tmp_path: Path) -> None:
    found = datasets.describe(config(tmp_path, GAPPY, missing="drop", features="-kind"), tmp_path)
    assert (sum(found.counts), found.shape) == (72, (1,))


def test_median_is_that_of_the_training_part(tmp_path: Path) -> None:
    text = "x,y\n" + "".join(f"{row**2 if row % 4 else ''},{row % 2}\n" for row in range(80))
    data = prepare.prepare(config(tmp_path, text, missing="median"), tmp_path)
    squares = {row**2 for row in range(80) if row % 4}
    values = data.train.inputs.ravel().numpy()
    known = values[np.isin(values, list(squares))]
    filled = set(np.concatenate([part.inputs.ravel().numpy() for part in (data.train, data.validation)]))
    assert np.float32(np.median(known)) in filled


def test_missing_fields_are_a_word_or_a_number_of_their_own(tmp_path: Path) -> None:
    chosen = config(tmp_path, GAPPY, missing="category")
    data = prepare.prepare(chosen, tmp_path)
    assert data.shape == (5,)
    rows = data.train.inputs
    assert set(rows[:, 1].tolist()) == {0.0, 1.0}
    np.testing.assert_array_equal(rows[:, 2:].sum(1).numpy(), 1.0)
    mean = rows[rows[:, 1] == 0, 0].double().mean()
    np.testing.assert_allclose(rows[rows[:, 1] == 1, 0].numpy(), float(mean), rtol=1e-6)


def test_text_in_a_column_of_numbers_counts_as_missing(tmp_path: Path) -> None:
    text = GOOD.replace("1,1.5,red,yes", "long,1.5,red,yes")
    chosen = config(tmp_path, text, numbers="length", missing="drop")
    assert sum(datasets.describe(chosen, tmp_path).counts) == 39


def test_codes_number_the_words_of_all_columns_for_one_embedding(tmp_path: Path) -> None:
    chosen = config(tmp_path, encoding="codes", features="colour,width", words="width")
    found = datasets.describe(chosen, tmp_path)
    assert (found.shape, found.dtype, found.vocabulary) == ((2,), "int64", 9)
    rows = inputs(prepare.prepare(chosen, tmp_path))
    colours = sorted((int(row % 3 != 0), 2 + row % 7) for row in range(40))
    assert sorted(map(tuple, rows.tolist())) == colours


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (GOOD, {"encoding": "codes"}, 'Column "length" holds numbers, and codes are for words'),
        (GAPPY, {"encoding": "codes", "features": "kind", "missing": "mean"}, "category or drop"),
        (GOOD, {"group": "colors"}, 'group: there is no column "colors"; did you mean "colour"'),
        (GOOD, {"group": "colour", "features": "colour"}, '"colour" decides the split. Take it out'),
        (GOOD, {"group": "colour"}, "2 groups for 3 parts"),
        (GOOD, {"part": "colour"}, 'line 2, column "colour": "blue" is no part of the data'),
        (GAPPY, {"group": "kind", "missing": "mean"}, 'line 4, column "kind": the value is missing'),
        ("x,y\n" + ",1\n,2\n" * 9, {"header": "yes", "missing": "drop"}, "drop leaves none"),
    ],
)
def test_choices_that_cannot_be_are_said_in_words(
    tmp_path: Path, text: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        datasets.describe(config(tmp_path, text, **options), tmp_path)
    assert message in caught.value.message


def test_a_column_keeps_its_groups_in_one_part(tmp_path: Path) -> None:
    text = "who,x,y\n" + "".join(f"p{row % 12},{row % 12},{row % 2}\n" for row in range(120))
    chosen = config(tmp_path, text, group="who")
    data = prepare.prepare(chosen, tmp_path)
    people = [set(part.inputs.ravel().tolist()) for part in (data.train, data.validation, data.test)]
    assert sorted(x for part in people for x in part) == list(range(12))
    assert datasets.describe(chosen, tmp_path).counts == tuple(
        len(part) for part in (data.train, data.validation, data.test)
    )


def test_a_column_names_the_parts(tmp_path: Path) -> None:
    names = ("train", "Train", "val", "test")
    text = "x,y,where\n" + "".join(
        f"{row},{'ab'[row % 4 == 2 or row % 8 == 0]},{names[row % 4]}\n" for row in range(40)
    )
    chosen = config(tmp_path, text, part="where", target="y")
    found = datasets.describe(chosen, tmp_path)
    assert (found.counts, found.shape) == ((20, 10, 10), (1,))
    assert found.message == ('The validation part has no sample of "a". The test part has no sample of "b".')
    data = prepare.prepare(chosen, tmp_path)
    assert sorted(data.test.inputs.ravel().tolist()) == list(range(3, 40, 4))
    assert data.absent == found.message


TEST_ROWS = "ripe,colour,width,length\n" + "".join(
    f"{('no', 'yes')[row % 2]},red,1.5,{row}\n" for row in range(6)
)


def test_a_second_file_is_the_test_part(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(TEST_ROWS)
    chosen = config(tmp_path, test_file="test.csv")
    assert datasets.describe(chosen, tmp_path).counts == (34, 6, 6)
    data = prepare.prepare(chosen, tmp_path)
    assert sorted(data.test.inputs[:, 0].tolist()) == [0, 1, 2, 3, 4, 5]
    assert data.test.inputs[:, 1:].unique(dim=0).tolist() == [[1.5, 0.0, 1.0]]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (TEST_ROWS.replace("colour", "color"), {}, '"test.csv" has no column "colour"'),
        (TEST_ROWS.replace(",3\n", ",\n"), {}, '"test.csv", line 5, column "length": the value is missing'),
        (TEST_ROWS, {"part": "colour"}, "part and test_file both say"),
        (TEST_ROWS, {"test_file": "../test.csv"}, 'The option test_file is "../test.csv"'),
        (TEST_ROWS, {"group": "colour"}, 'Group "red" is in train and test'),
    ],
    ids=["column", "gap", "both", "outside", "torn"],
)
def test_a_second_file_that_does_not_fit_is_said_in_words(
    tmp_path: Path, text: str, options: dict[str, object], message: str
) -> None:
    (tmp_path / "test.csv").write_text(text)
    with pytest.raises(DataError) as caught:
        datasets.describe(config(tmp_path, **{"test_file": "test.csv", **options}), tmp_path)
    assert message in caught.value.message


def test_rows_that_are_dropped_leave_the_others_in_their_part(tmp_path: Path) -> None:
    (tmp_path / "test.csv").write_text(TEST_ROWS.replace(",3\n", ",\n"))
    chosen = config(tmp_path, GOOD + ",1.5,red,no\n", test_file="test.csv", missing="drop")
    data = prepare.prepare(chosen, tmp_path)
    assert sorted(data.test.inputs[:, 0].tolist()) == [0, 1, 2, 4, 5]


@real
def test_real_files_for_training_and_testing_open_as_they_are() -> None:
    options = {"file": "adult-train.csv", "test_file": "adult-test.csv", "missing": "category"}
    found = datasets.describe(
        DataConfig.model_validate({"dataset": "csv", "folder": str(REAL), "options": options})
    )
    assert found.counts[2] == 16281
    # The classes of the second file end in a full stop: that is said, and not passed over.
    assert 'The test part has no sample of "<=50K", ">50K".' in found.message
