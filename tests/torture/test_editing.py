from __future__ import annotations

from pathlib import Path

from tests.torture.trials import holds


def test_killed_while_editing_loses_next_to_nothing(tmp_path: Path) -> None:
    holds("edit-killed", 25, tmp_path)


def test_killed_while_recovering_everything_is_offered_again(tmp_path: Path) -> None:
    holds("recover-killed", 25, tmp_path)
