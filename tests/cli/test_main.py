"""Dispatch, errors and exit codes of the command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest

from studio.cli import templates
from studio.cli.group import COMMANDS
from studio.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


def test_help_lists_every_command(studio: Callable) -> None:
    result = studio("--help")
    assert result.code == 0
    assert all(f"\n  {name} " in result.out for name in COMMANDS)
    assert result.err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(studio: Callable, name: str) -> None:
    result = studio(name, "--help")
    assert result.code == 0
    assert f"Usage: studio {name}" in result.out


def test_version_is_printed(studio: Callable) -> None:
    import studio as package

    assert studio("--version").out.strip() == package.__version__


def test_module_is_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "studio", "--version"], cwd=ROOT, capture_output=True, text=True
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_unknown_command_suggests_the_nearest(studio: Callable) -> None:
    result = studio("trian")
    assert result.code == 2
    assert result.err.startswith('Error: There is no command or file "trian"; did you mean "train"?\n')
    assert result.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "a.flow", "b.flow"],
        ["train", "a.flow", "--epochs", "0"],
        ["--nonsense"],
        ["check", "a", "--x"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two_and_a_hint(studio: Callable, arguments: list[str]) -> None:
    result = studio(*arguments)
    assert result.code == 2
    assert result.err.startswith("Error: ")
    assert "Try: studio" in result.err
    assert result.out == ""


@pytest.mark.parametrize("command", ["check", "summary", "train", "runs", "open"])
def test_missing_file_is_one_clear_message(studio: Callable, tmp_path: Path, command: str) -> None:
    result = studio(command, tmp_path / "nothing.flow")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert 'There is no file "' in result.err


def test_error_with_json_is_one_json_document_too(studio: Callable, tmp_path: Path) -> None:
    result = studio("check", tmp_path / "nothing.flow", "--json")
    assert result.code == 1
    assert "There is no file" in result.json["error"]
    assert "There is no file" in result.err


@pytest.mark.parametrize("word", ["mine.flow", "folder/mine", "./train"])
def test_word_that_looks_like_a_file_is_opened(
    studio: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f'There is no file "{Path(word)}"' in studio(word).err


def test_file_named_like_a_command_is_reached_by_its_path(
    studio: Callable, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    project.rename("train")
    opened: list[Path | None] = []
    monkeypatch.setattr("studio.cli.display.why_no_display", lambda: None)
    monkeypatch.setattr("studio.cli.display.why_no_qt", lambda: None)
    monkeypatch.setattr("studio.app.start.run", lambda path: opened.append(path) or 0)
    assert studio("./train").code == 0
    assert opened == [Path("train")]


def test_unexpected_exception_is_kept_in_a_file(
    studio: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(**_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(platformdirs, "user_log_path", lambda *args, **options: tmp_path / "log")
    monkeypatch.setattr(templates.command, "callback", fail)
    result = studio("templates")
    assert result.code == 1
    assert result.err.count("\n") == 1
    log = tmp_path / "log" / "command-line.log"
    assert str(log) in result.err
    assert "KeyError: 'surprise'" in log.read_text()


def test_unexpected_exception_with_debug_shows_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(templates.command, "callback", fail)
    assert main(["--debug", "templates"]) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MemoryError(), "not enough memory"),
        (PermissionError(13, "Permission denied", "/data"), "The system refused: Permission denied: /data."),
    ],
    ids=["memory", "permission"],
)
def test_failure_of_the_system_is_said_in_words(
    studio: Callable, monkeypatch: pytest.MonkeyPatch, error: Exception, text: str
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(templates.command, "callback", fail)
    result = studio("templates")
    assert result.code == 1
    assert text in result.err


def test_interrupt_exits_with_130(studio: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(templates.command, "callback", fail)
    assert studio("templates").code == 130


def test_reader_that_closes_the_pipe_gets_no_complaint() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "templates", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    with process.stderr as stream:
        assert stream.read() == b""
    assert process.wait() == 0
