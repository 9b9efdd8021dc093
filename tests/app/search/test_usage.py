from __future__ import annotations

from pathlib import Path

import pytest

from studio.app.search.usage import Usage
from studio.app.settings import MAX_USED, Settings


def test_the_last_use_counts_most() -> None:
    usage = Usage()
    for kind in ("ReLU", "Linear"):
        usage.note(kind)
    assert usage.weight("Linear") > usage.weight("ReLU") > usage.weight("Conv2d") == 0
    assert usage.weight("Linear") + usage.weight("ReLU") == pytest.approx(1)


def test_often_beats_lately() -> None:
    usage = Usage()
    for kind in ("ReLU", "ReLU", "ReLU", "Linear"):
        usage.note(kind)
    assert usage.weight("ReLU") > usage.weight("Linear")


def test_uses_and_pins_are_there_at_the_next_start(tmp_path: Path) -> None:
    usage = Usage(Settings(tmp_path / "settings.json"))
    usage.note("GELU")
    assert usage.toggle_pin("Concat")
    again = Usage(Settings(tmp_path / "settings.json"))
    assert again.weight("GELU") == 1
    assert again.pinned == ("Concat",)
    assert not again.toggle_pin("Concat")
    assert Usage(Settings(tmp_path / "settings.json")).pinned == ()


def test_old_uses_are_forgotten(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    usage = Usage(settings)
    for kind in ("ReLU", *["Linear"] * MAX_USED):
        usage.note(kind)
    assert usage.weight("ReLU") == 0
    assert len(settings.preferences.used) == MAX_USED
