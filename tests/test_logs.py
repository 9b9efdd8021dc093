from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from studio import logs


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    yield platformdirs.user_log_path("flowgraph-studio", appauthor=False)
    logs.end()


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_nothing_is_written_before_something_is_logged(folder):
    logs.begin("window")
    assert not folder.exists()
    logging.getLogger("studio.app").warning("the engine is %s", "gone")
    logging.getLogger("studio.app").debug("unseen")
    text = logs.log_file("window").read_text()
    assert text.endswith("WARNING studio.app: the engine is gone\n")
    assert text.count("\n") == 1
    assert str(os.getpid()) in text


def test_log_is_begun_anew_when_it_is_full(folder, monkeypatch):
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    logs.begin("engine")
    for number in range(200):
        logging.getLogger("studio").warning("line %d", number)
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["engine.log", "engine.log.1", "engine.log.2", "engine.log.3"]
    assert all(path.stat().st_size <= 1000 for path in folder.iterdir())
    assert logs.log_file("engine").read_text().endswith("line 199\n")
    assert len(logs.log_files()) == 4


def test_a_log_that_another_process_began_anew_is_followed(folder):
    logs.begin("window")
    log = logging.getLogger("studio")
    log.warning("one")
    logs.log_file("window").rename(folder / "window.log.1")
    log.warning("two")
    assert "two" in logs.log_file("window").read_text()


def test_where_nothing_can_be_written_the_program_goes_on(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    logs.begin("window")
    logging.getLogger("studio").error("unheard")
    assert capsys.readouterr().err == ""
    assert logs.take_crashes() == []
    assert logs.log_files() == []
    ended = run(CRASH)  # what cannot go into a file goes where it always went
    assert "Segmentation fault" in ended.stderr


CRASH = """
import ctypes
from studio import logs
logs.watch_crashes("window")
def deep(): ctypes.string_at(0)
deep()
"""


def test_a_crash_in_native_code_is_told_once_and_kept(folder):
    ended = run(CRASH)
    assert ended.returncode == -signal.SIGSEGV
    found = logs.take_crashes()
    assert [crash.part for crash in found] == ["window"]
    assert "Segmentation fault" in found[0].text
    assert "in deep" in found[0].text
    assert "Flowgraph Studio" in found[0].text
    assert abs(found[0].when - time.time()) < 60
    assert found[0].path.read_text() == found[0].text
    assert logs.take_crashes() == []
    assert [path.name for path in folder.iterdir()] == [found[0].path.name]


def test_a_process_that_is_killed_or_ends_in_order_leaves_no_report(folder):
    run("import os\nfrom studio import logs\nlogs.watch_crashes('engine')\nos.kill(os.getpid(), 9)")
    run("from studio import logs\nlogs.watch_crashes('engine')\nlogs.unwatch_crashes()")
    assert logs.take_crashes() == []
    assert list(folder.iterdir()) == []


def test_the_file_of_a_process_that_runs_is_left_alone(folder):
    folder.mkdir(parents=True)
    logs.crash_file("window", os.getpid()).touch()
    assert logs.take_crashes() == []
    assert logs.crash_file("window", os.getpid()).exists()


def test_only_the_newest_reports_are_kept(folder):
    folder.mkdir(parents=True)
    for number in range(9):
        path = logs.crash_file("engine", 100 + number)
        path.write_text(f"fault {number}")
        os.utime(path, (1e9 + number, 1e9 + number))
        assert "fault" in logs.take_crash("engine", 100 + number)
    assert len(list(folder.iterdir())) == logs.KEPT_REPORTS
    assert logs.take_crash("engine", 5) == ""
