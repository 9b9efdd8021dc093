from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.cli import display

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="displays of Linux")


@pytest.fixture
def headless(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display, and Qt not told to do without one."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """What the window was asked to open; it is not."""
    asked: list[Path | None] = []
    monkeypatch.setattr("studio.app.start.run", lambda path: asked.append(path) or 0)
    return asked


@pytest.mark.parametrize("arguments", [[], ["open"]], ids=["alone", "open"])
def test_without_a_file_an_empty_window_opens(
    studio: Callable, opened: list[Path | None], arguments: list[str]
) -> None:
    assert studio(*arguments).code == 0
    assert opened == [None]


@pytest.mark.parametrize("arguments", [[], ["--or-train"]], ids=["file", "or train"])
def test_file_opens_in_the_window_where_there_is_a_display(
    studio: Callable, opened: list[Path | None], project: Path, arguments: list[str]
) -> None:
    assert studio(project, *arguments).code == 0
    assert studio(*arguments, project).code == 0
    assert opened == [project, project]


@linux
@pytest.mark.usefixtures("headless")
def test_no_display_says_so_and_hints_at_training(
    studio: Callable, opened: list[Path | None], project: Path
) -> None:
    result = studio(project)
    assert result.code == 2
    assert "There is no display here" in result.err
    assert f"studio train {project}" in result.err
    assert opened == []


@linux
@pytest.mark.usefixtures("headless")
def test_no_display_trains_in_the_terminal_when_told_so(studio: Callable, project: Path) -> None:
    result = studio(project, "--or-train")
    assert result.code == 0, result.err
    assert "There is no display here" in result.err
    assert "epoch 2/2" in result.out


@linux
@pytest.mark.usefixtures("headless")
def test_display_where_no_server_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":4321")
    monkeypatch.setattr(display, "_x_server_answers", lambda: False)
    assert 'DISPLAY is ":4321"' in str(display.why_no_display())


@linux
@pytest.mark.parametrize("platform", ["offscreen", "minimal", "vnc:size=800x600"])
@pytest.mark.usefixtures("headless")
def test_platform_without_a_display_needs_none(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    assert display.why_no_display() is None


def test_missing_system_library_is_named_with_the_line_that_installs_it(
    studio: Callable, project: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Path | None]
) -> None:
    def fail(name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(display, "import_module", fail)
    monkeypatch.setattr(sys, "platform", "linux")
    result = studio(project)
    assert result.code == 1
    assert "this system lacks libEGL.so.1." in result.err
    assert "apt-get install libglib2.0-0 libgl1 libegl1" in result.err
    assert opened == []


@linux
def test_missing_library_of_the_x_plugin_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setattr(display, "_loads", lambda name: name != "libxcb-cursor.so.0")
    reason = str(display.why_no_qt())
    assert "lacks libxcb-cursor.so.0." in reason
    assert "libxcb-cursor0" in reason


def test_missing_qt_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise ImportError("No module named 'PySide6'")

    monkeypatch.setattr(display, "import_module", fail)
    assert "pip install PySide6-Essentials" in str(display.why_no_qt())
