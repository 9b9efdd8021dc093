"""The tests of what is chosen from lists once more, on a screen of 150 %."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.scaled import check_at_150_percent

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    "name", ["test_searching.py", "test_replacing.py", "test_find_bar.py", "test_by_keyboard.py"]
)
def test_at_150_percent(name: str, tmp_path: Path) -> None:
    check_at_150_percent([HERE / name], tmp_path)
