"""Texts with classes from tables and folders, and running texts in pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.data import datasets, prepare, room, text_files
from studio.errors import DataError
from studio.project.config import DataConfig

TABLE = "review,mood\n" + "".join(
    f'"it was {"good" if row % 2 else "bad"}, day {row}",{"yes" if row % 2 else "no"}\n' for row in range(60)
)


def classes(folder: Path, **options: object) -> DataConfig:
    return DataConfig.model_validate({"dataset": "text_classes", "folder": str(folder), "options": options})


def running(folder: Path, text: str, **options: object) -> DataConfig:
    (folder / "text.txt").write_bytes(text.encode())
    chosen = {"file": "text.txt", "length": 8, **options}
    return DataConfig.model_validate({"dataset": "text", "folder": str(folder), "options": chosen})


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (tmp_path / "reviews.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_table_gives_words_of_the_training_part(table: Path) -> None:
    chosen = classes(table, file="reviews.csv", length=6)
    described, data = datasets.describe(chosen), prepare.prepare(chosen)
    assert (described.shape, described.classes, described.dtype) == ((6,), ("no", "yes"), "int64")
    assert described.counts == (42, 9, 9)
    known = {int(number) for number in data.train.inputs.unique()}
    assert known == set(range(2, described.vocabulary))  # six words a text: none is padded, all are known
    assert int((data.test.inputs[:, -1] == 1).sum()) == 9  # each day is in one text only


def test_vocabulary_does_not_depend_on_other_parts(table: Path) -> None:
    chosen = classes(table, file="reviews.csv")
    before = prepare.parted(chosen, None)
    placing = datasets.load(chosen)
    held_out = set(range(60)) - set(_rows_of(before.train[0], placing.inputs, before))
    lines = TABLE.splitlines()
    for row in held_out:
        lines[1 + row] = lines[1 + row].replace("day", "zzz zzz zzz")
    (table / "reviews.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    after = prepare.parted(chosen, None)
    assert (after.sample.tokens, len(held_out)) == (before.sample.tokens, 18)
    np.testing.assert_array_equal(after.train[0], before.train[0])


def _rows_of(train: np.ndarray, raw: np.ndarray, found: prepare.Parted) -> list[int]:
    """Return which samples of the file the training part has: each names its day in its last word."""
    days = [found.sample.tokens[number] for number in train[:, -1]]
    return [int(day) for day in days]


def test_padding_stands_where_it_is_wanted_and_long_texts_lose_their_end(table: Path) -> None:
    for side, place in (("left", slice(0, 2)), ("right", slice(6, 8))):
        found = datasets.load(classes(table, file="reviews.csv", length=8, padding_side=side)).inputs
        assert (found[:, place] == 0).all()
        assert int((found == 0).sum()) == 60 * 2
    assert datasets.load(classes(table, file="reviews.csv", length=3)).inputs.shape == (60, 3)


def test_vocabulary_has_its_cap(table: Path) -> None:
    described = datasets.describe(classes(table, file="reviews.csv", max_vocabulary=5))
    assert described.vocabulary == 5


def test_folders_are_classes_and_parts(tmp_path: Path) -> None:
    for part in ("train", "val", "test"):
        for name in ("neg", "pos"):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(4):
                (tmp_path / part / name / f"{number}.txt").write_text(f"{name} {number}")
    described = datasets.describe(classes(tmp_path, length=4))
    assert (described.classes, described.counts, described.message) == (("neg", "pos"), (8, 8, 8), "")
    assert described.vocabulary == 2 + 6


@pytest.mark.parametrize(
    ("body", "options", "message"),
    [
        (TABLE, {"text": "reviews"}, 'no column "reviews"; did you mean "review"'),
        (TABLE, {"target": "review"}, "cannot be both the texts and their classes"),
        (TABLE + ",no\n", {}, 'line 62: "review" is empty'),
        ("a,b\nx,yes\ny,yes\n", {"header": "yes"}, "has the class .yes., and there must be at least 2"),
        ("", {}, "is empty"),
    ],
)
def test_bad_tables_are_told(table: Path, body: str, options: dict, message: str) -> None:
    (table / "reviews.csv").write_text(body, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        datasets.describe(classes(table, file="reviews.csv", **options))


def test_pieces_are_followed_by_their_classes(tmp_path: Path) -> None:
    text = "abcdefghij" * 100
    chosen = running(tmp_path, text)
    described = datasets.describe(chosen)
    assert (described.shape, described.vocabulary, described.message) == ((8,), 12, "")
    assert described.classes == ("padding", "unknown", *described.classes[2:])
    for part in prepare.parted(chosen, None).parts:
        for piece, following in zip(*part, strict=True):
            said = "".join(described.classes[number] for number in (*piece, following))
            assert len(said) == 9
            assert said in text


@pytest.mark.parametrize(("count", "length", "step"), [(1000, 8, 1), (1000, 8, 8), (107, 20, 3), (20, 19, 1)])
def test_pieces_lie_within_their_blocks(count: int, length: int, step: int) -> None:
    starts, blocks = text_files.pieces(count, length, step)
    assert len(starts)
    assert int(starts.max()) + length < count
    covered = [
        {place for start in starts[blocks == block] for place in range(start, start + length + 1)}
        for block in np.unique(blocks)
    ]
    assert sum(map(len, covered)) == len(set().union(*covered))


def test_overlapping_pieces_share_nothing_between_parts(tmp_path: Path) -> None:
    text = "".join(chr(0x4E00 + place) for place in range(2000))  # each character once
    parts = prepare.parted(running(tmp_path, text, step=1), None)
    assert len(parts.train[0]) > 1000
    assert int((parts.validation[0] != 1).sum()) == int((parts.test[0] != 1).sum()) == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"\xff\xfe\xff", "byte 1 is no UTF-8 text"),
        (b" \n", "is empty"),
        (b"abcdefghijk", "too short for pieces of 8 in three parts"),
    ],
)
def test_bad_running_texts_are_told(tmp_path: Path, body: bytes, message: str) -> None:
    chosen = running(tmp_path, "")
    (tmp_path / "text.txt").write_bytes(body)
    with pytest.raises(DataError, match=message):
        datasets.describe(chosen)


def test_lost_running_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Choose the text file"):
        datasets.describe(running(tmp_path, "x", file=""))
    with pytest.raises(DataError, match="there is no such file"):
        datasets.describe(running(tmp_path, "x", file="none.txt"))


def test_too_much_for_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda: 2**20)
    with pytest.raises(DataError, match="pieces of 8 would take"):
        datasets.describe(running(tmp_path, "abcdefghij" * 500, step=1))


def test_changed_text_has_another_fingerprint(tmp_path: Path) -> None:
    prints = [
        prepare.parted(running(tmp_path, text * 300), None, fingerprint=True).fingerprint.text
        for text in ("abcd", "abce")
    ]
    assert prints[0] != prints[1]
