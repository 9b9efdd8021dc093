from __future__ import annotations

from studio.app.cheat_sheet.sections import Section, columns


def heights(found: list[list[Section]]) -> list[int]:
    return [sum(len(section.lines) + 2 for section in column) for column in found]


def sections(*lines: int) -> list[Section]:
    return [Section(f"s{place}", ("line",) * count) for place, count in enumerate(lines)]  # type: ignore[arg-type]


def test_columns_keep_the_order_and_are_about_as_high() -> None:
    found = columns(sections(8, 8, 2, 2, 2, 8), 3)
    assert [section.title for column in found for section in column] == [f"s{place}" for place in range(6)]
    assert max(heights(found)) - min(heights(found)) <= 10
    assert len(found) == 3


def test_long_section_stays_in_one_column() -> None:
    found = columns(sections(40, 1, 1), 3)
    assert heights(found)[0] == 42
    assert len(found) <= 3


def test_no_section_makes_no_column() -> None:
    assert columns([], 3) == []
