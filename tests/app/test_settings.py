from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError
from pytestqt.qtbot import QtBot

from studio.app.settings import Preferences, Settings


def test_change_is_announced_and_written(tmp_path: Path, qtbot: QtBot) -> None:
    settings = Settings(tmp_path / "deep" / "settings.json")
    with qtbot.waitSignal(settings.changed) as told:
        settings.change(wire_style="orthogonal")
    old, new = told.args
    assert (old.wire_style, new.wire_style) == ("curved", "orthogonal")
    assert Settings(settings.path).preferences == new


def test_change_to_the_same_is_not_announced(tmp_path: Path, qtbot: QtBot) -> None:
    settings = Settings(tmp_path / "settings.json")
    with qtbot.assertNotEmitted(settings.changed):
        settings.change(theme="system")


def test_value_out_of_range_changes_nothing(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(ValidationError):
        settings.change(grid_size=0)
    assert settings.preferences == Preferences()
    assert not settings.path.exists()


def test_bad_value_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "grid_size": "wide", "keys": ["no"], "of_tomorrow": 1}))
    assert Settings(path).preferences == Preferences(theme="dark")


@pytest.mark.parametrize(
    "text", ["", "{nonsense", "[1, 2]", "null", "\udcff", "[" * 100_000], ids=lambda text: repr(text[:4])
)
def test_damaged_file_costs_nothing_but_itself(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    settings = Settings(path)
    assert settings.preferences == Preferences()
    settings.change(theme="dark")
    assert Settings(path).preferences.theme == "dark"


def test_file_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "light", "recent": ["a.flow"], "geometry": "AA==", "layout": ""}))
    assert Settings(path).preferences == Preferences(theme="light", recent=("a.flow",), geometry="AA==")
