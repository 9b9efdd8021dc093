"""Roles of columns, as options and back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.project import column_roles
from studio.project.column_roles import Column, read, with_role, write

NAMES = ("age", "city, state", "who", "fold", "y")


def roles(options: dict[str, object]) -> list[str]:
    return [column.role for column in read(options, NAMES)]


def test_without_options_the_last_column_is_the_target() -> None:
    assert roles({}) == ["feature"] * 4 + ["target"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"target": "age"}, ["target"] + ["feature"] * 4),
        (
            {"features": '-"city, state"', "group": "who"},
            ["feature", "feature", "group", "feature", "target"],
        ),
        ({"features": '"-city, state"'}, ["feature", "ignore", "feature", "feature", "target"]),
        ({"features": "age", "part": "fold"}, ["feature", "ignore", "ignore", "part", "target"]),
        ({"features": "gone,-lost"}, ["feature"] * 4 + ["target"]),
    ],
)
def test_options_are_read(options: dict[str, object], expected: list[str]) -> None:
    assert roles(options) == expected


def test_types_are_read_and_written() -> None:
    columns = read({"words": "age", "numbers": '"city, state"'}, NAMES)
    assert [column.type for column in columns] == ["words", "number", "auto", "auto", "auto"]
    assert write({"missing": "drop"}, columns) == {
        "missing": "drop",
        "words": "age",
        "numbers": '"city, state"',
    }


def test_only_what_is_no_default_is_written() -> None:
    assert write({"file": "a.csv"}, read({}, NAMES)) == {"file": "a.csv"}
    changed = with_role(read({}, NAMES), "who", "ignore")
    assert write({"features": "age"}, changed) == {"features": "-who"}


def test_a_role_of_one_is_taken_from_the_other() -> None:
    columns = with_role(with_role(read({}, NAMES), "age", "target"), "who", "group")
    columns = with_role(columns, "fold", "group")
    assert [column.role for column in columns] == ["target", "feature", "feature", "group", "feature"]


def test_what_cannot_be_learned_from_is_said() -> None:
    columns = read({}, ("x", "y"))
    assert "No column is a feature" in column_roles.why_not(with_role(columns, "x", "ignore"))
    assert "No column is the target" in column_roles.why_not(with_role(columns, "y", "ignore"))
    assert column_roles.why_not(columns) == ""


@given(
    st.lists(
        st.text(st.characters(categories=["L", "P", "Zs"]), min_size=1), min_size=3, max_size=6, unique=True
    ),
    st.lists(st.sampled_from(["feature", "ignore"]), min_size=6, max_size=6),
    st.lists(st.sampled_from(["auto", "number", "words"]), min_size=6, max_size=6),
)
def test_what_is_written_is_read_back(names: list[str], rest: Sequence[str], types: Sequence[str]) -> None:
    names = [name.strip() for name in names if name.strip() and not name.strip().startswith("-")]
    if len(set(names)) < 3:
        return
    names = list(dict.fromkeys(names))
    given_roles = ["target", "feature", *rest][: len(names)]
    columns = tuple(Column(*each) for each in zip(names, given_roles, types, strict=False))  # type: ignore[arg-type]
    assert read(write({}, columns), [column.name for column in columns]) == columns
