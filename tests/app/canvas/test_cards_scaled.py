"""The tests of what is done on the cards themselves once more, on a screen of 150 %."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.scaled import check_at_150_percent

HERE = Path(__file__).parent
NAMES = ("test_card_buttons.py", "test_card_commands.py", "test_inner.py", "gestures/test_resize_card.py")


def test_cards_at_150_percent(tmp_path: Path) -> None:
    check_at_150_percent([HERE / name for name in NAMES], tmp_path)
