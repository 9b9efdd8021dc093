from __future__ import annotations

from pathlib import Path

from tests.torture.trials import holds


def test_projects_and_panels_leave_nothing_behind(tmp_path: Path) -> None:
    holds("open-leaks-nothing", 20, tmp_path)
