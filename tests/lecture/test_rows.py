"""No row of the lecture's groups about training and data is forgotten; what is said to check it exists."""

from __future__ import annotations

import ast
from itertools import chain
from pathlib import Path

import pytest

from tests.lecture.rows import GROUPS, ROWS, Note

TESTS = Path(__file__).parents[1]


def names_in(path: Path) -> set[str]:
    """Return the names of a file's tests."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_groups_is_there_and_no_other() -> None:
    assert sorted(ROWS) == sorted(chain.from_iterable(GROUPS.values()))


@pytest.mark.parametrize("row", sorted(ROWS))
def test_what_checks_a_row_exists(row: int) -> None:
    found = ROWS[row]
    if isinstance(found, Note):
        assert len(found.reason.split()) > 5
        return
    assert found
    for one in found:
        file, _, name = one.partition(" ")
        path = TESTS / f"{file}.py"
        assert path.is_file(), one
        assert {f"test_{name}", name} & names_in(path), one
