"""What was open comes back at the next start."""

from __future__ import annotations

import pytest

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.project.files import write
from tests.app.tabs.conftest import leave, project
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def files(tmp_path):
    found = [tmp_path / f"{name}.flow" for name in "abcd"]
    for path in found:
        write(project(path.stem, "ReLU"), path)
    return found


@pytest.fixture
def start(qtbot, tmp_path):
    """Start with some files remembered, as the program does."""

    def begin(files, shown, path=None):
        settings = Settings(tmp_path / "settings.json")
        settings.change(open_projects=tuple(map(str, files)), shown_project=shown)
        window = MainWindow(FakeClient(), settings)
        qtbot.addWidget(window, before_close_func=leave)
        window.projects.restore(path)
        return window

    return begin


def names(window) -> list[str]:
    return [sheet.name for sheet in window.document.sheets]


@pytest.mark.parametrize("shown", [0, 1, 3])
def test_projects_come_back_in_order_with_the_same_one_on_show(start, files, qtbot, shown):
    window = start(files, shown)
    assert names(window) == ["abcd"[shown]]
    window.show()
    qtbot.waitUntil(lambda: len(window.document.sheets) == 4)
    assert names(window) == list("abcd")
    assert window.document.name == "abcd"[shown]
    assert not any(sheet.is_modified or sheet.history.can_undo for sheet in window.document.sheets)


def test_missing_files_are_said_in_one_line(start, files, qtbot):
    files[1].unlink()
    files[3].write_text("{")
    window = start(files, 1)
    window.show()
    qtbot.waitUntil(lambda: bool(window.banner.text))
    assert window.banner.text.startswith("b.flow, d.flow were open the last time and cannot be opened now")
    assert names(window) == ["a", "c"]


def test_file_that_is_asked_for_is_on_show_beside_the_others(start, files, qtbot):
    window = start(files[:2], 0, files[2])
    window.show()
    qtbot.waitUntil(lambda: len(window.document.sheets) == 3)
    assert sorted(names(window)) == list("abc")
    assert window.document.name == "c"


def test_first_start_is_empty_and_says_nothing(start, qtbot):
    window = start([], 0)
    window.show()
    qtbot.waitExposed(window)
    assert names(window) == ["untitled"]
    assert window.banner.text == ""


def test_place_that_is_out_of_range_shows_the_last(start, files):
    assert names(start(files[:2], 9)) == ["b"]
