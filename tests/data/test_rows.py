"""Rows of numbers in a file, and everything else that is in files."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data.rows import MOST_ROWS, read_rows
from studio.errors import DataError


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "some.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("content", ["a,b\n1,2\n3,4\n", "1,2\n\n3,4", "\ufeff1,2\r\n3, 4\r\n"])
def test_numbers_are_read_with_and_without_names(tmp_path: Path, content: str) -> None:
    assert read_rows(written(tmp_path, content), 2) == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "holds no row"),
        ("a,b\n", "holds no row"),
        ("1,2,3\n", "has 3 columns, and the network takes 2"),
        ("a,b\n1,2\n1,x\n", 'Row 3 of .* holds "x"'),
        ("1,nan\n", "NaN or infinity"),
        ("1,2\n" * (MOST_ROWS + 1), "at most 1,000"),
        (b"\xff\xfe\x00", "no table of text"),
    ],
)
def test_what_is_no_row_of_numbers_is_said(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_rows(written(tmp_path, content), 2)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_rows(tmp_path / "none.csv", 2)
