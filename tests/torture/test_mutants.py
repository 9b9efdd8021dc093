from __future__ import annotations

from pathlib import Path

from tests.torture.trials import holds


def test_2000_mutated_projects_open_with_problems_or_are_refused_by_name(tmp_path: Path) -> None:
    assert holds("mutants", 2_000, tmp_path).figures["opened"] > 300
