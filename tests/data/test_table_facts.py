"""What columns hold, counted over the first rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.data import table_facts
from studio.data.table_facts import ColumnFacts, facts
from studio.project.config import DataConfig

CONFIG = DataConfig(dataset="csv", options={"file": "t.csv"})


def test_numbers_gaps_and_different_fields_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ["1,red", "?,blue", "2.5,red", "x,NA"]
    (tmp_path / "t.csv").write_text("\n".join(["size,colour", *rows]))
    assert facts(CONFIG, tmp_path) == (
        4,
        (
            ColumnFacts("size", 2, 1, 3, ("1", "2.5", "x")),
            ColumnFacts("colour", 0, 1, 2, ("red", "blue")),
        ),
    )
    monkeypatch.setattr(table_facts, "LOOKED_AT", 1)
    assert facts(CONFIG, tmp_path)[1][0] == ColumnFacts("size", 1, 0, 1, ("1",))
