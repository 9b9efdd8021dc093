from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.trials import holds


def test_undo_finds_back_on_the_value(tmp_path: Path) -> None:
    holds("undo-exact", 200, tmp_path)


def test_undo_finds_back_in_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.torture.undoing.GESTURES", 4)
    holds("undo-in-window", 50, tmp_path)
