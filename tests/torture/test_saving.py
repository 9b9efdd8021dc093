from __future__ import annotations

from pathlib import Path

from tests.torture.trials import holds


def test_killed_while_saving_leaves_whole_files(tmp_path: Path) -> None:
    holds("save-killed", 25, tmp_path)
