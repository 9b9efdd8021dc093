from __future__ import annotations

import pytest

from studio.app.palette.matching import Match, Target, match

TITLES = (
    "Group selection",
    "Ungroup",
    "Zoom in",
    "Zoom out",
    "Delete, closing the gap",
    "Save As",
    "Select all",
    "Pause or go on",
    "Theme: Dark",
    "100 %",
    "Duplicate",
)


def best(query: str) -> list[str]:
    found: list[tuple[float, str]] = []
    for title in TITLES:
        result = match(query, Target.of(title, "Menu"))
        if result is not None:
            found.append((-result.score, title))
    return [title for _, title in sorted(found)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("group", "Group selection"),
        ("gs", "Group selection"),
        ("sel", "Select all"),
        ("zo", "Zoom in"),
        ("z o", "Zoom out"),
        ("out zoom", "Zoom out"),
        ("remove", "Delete, closing the gap"),
        ("clone", "Duplicate"),
        ("dplct", "Duplicate"),
        ("GAP", "Delete, closing the gap"),
        ("100", "100 %"),
        ("shortcut nonsense", None),
    ],
)
def test_query_finds(query: str, first: str | None) -> None:
    assert next(iter(best(query)), None) == first


def test_start_of_a_word_comes_before_its_inside() -> None:
    assert best("group")[:2] == ["Group selection", "Ungroup"]


def test_every_word_must_be_found() -> None:
    assert match("zoom xyzzy", Target.of("Zoom in")) is None


def test_menu_and_explanation_are_searched_last() -> None:
    target = Target.of("Arrange", "Graph  lay the network out anew")
    found = match("network", target)
    assert found is not None
    assert found.marks == frozenset()
    title = match("arrange", target)
    assert title is not None
    assert title.score > found.score


def test_marks_are_the_letters_found() -> None:
    found = match("gr sel", Target.of("Group selection"))
    assert found is not None
    assert sorted(found.marks) == [0, 1, 6, 7, 8]
    assert match("gs", Target.of("Group selection")) == Match(found_score("gs"), frozenset({0, 6}))


def found_score(query: str) -> float:
    found = match(query, Target.of("Group selection"))
    assert found is not None
    return found.score


def test_empty_query_fits_everything() -> None:
    assert len(best("")) == len(TITLES)
