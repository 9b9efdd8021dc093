from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studio.project import lock
from studio.project.lock import HeldError, Holder, holder_of, lock_file, take, words, writing

HOLD = """
import sys, time
from pathlib import Path
from studio.project.lock import take
held = take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
held.release()
"""

RACE = """
import sys, time
from pathlib import Path
from studio.project.lock import HeldError, take
path, log = Path(sys.argv[1]), Path(sys.argv[2])
for _ in range(60):
    try:
        held = take(path)
    except HeldError:
        continue
    with log.open("a") as file:
        file.write("in\\n")
        file.flush()
        time.sleep(0.001)
        file.write("out\\n")
        file.flush()
    held.release()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "digits.flow"
    path.write_text("{}")
    return path


def hold(project: Path) -> subprocess.Popen[str]:
    """Return another process that holds a project."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(project)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate()
    process.wait()


def write_as(project: Path, **about: object) -> None:
    """Leave what another computer would have written."""
    there = {"format": "flowgraph-studio-lock", "user": "ada", "host": "turing", "pid": 7, "since": 1e9}
    lock_file(project).write_text(json.dumps({**there, "token": "x", **about}))


def test_the_holder_is_named_and_leaves_nothing_behind(project):
    process = hold(project)
    with pytest.raises(
        HeldError, match=r"“digits.flow” cannot be changed: .* on this computer has it"
    ) as caught:
        take(project)
    holder = caught.value.holder
    assert (holder.pid, holder.host) == (process.pid, lock.this_host())
    assert abs(holder.since - time.time()) < 60
    assert holder_of(project) == holder
    end(process)
    assert not lock_file(project).exists()
    assert holder_of(project) is None
    held = take(project)
    assert held is not None
    held.release()
    assert list(project.parent.iterdir()) == [project]


def test_a_killed_holder_leaves_no_lock(project):
    process = hold(project)
    process.send_signal(signal.SIGKILL)
    end(process)
    left = holder_of(project)
    assert left is not None
    assert left.gone
    held = take(project)
    assert held is not None
    held.release()


def test_the_number_of_a_dead_holder_may_be_that_of_another_process(project):
    write_as(project, host=lock.this_host(), pid=os.getppid())
    held = take(project)
    assert held is not None
    held.release()


def test_a_second_window_of_this_program_is_another(project):
    held = take(project)
    assert held is not None
    with pytest.raises(HeldError, match="another window of this program has it open"):
        take(project)
    held.release()


def test_another_computer_keeps_it_until_it_is_taken_over(project):
    write_as(project)
    with pytest.raises(HeldError, match="ada on turing has it open"):
        take(project)
    held = take(project, over=True)
    assert held is not None
    assert held.beat()
    write_as(project)  # it takes it back
    assert not held.beat()
    held.release()
    assert holder_of(project) == Holder("ada", "turing", 7, 1e9)


def test_a_living_holder_on_this_computer_is_not_taken_over_from(project):
    process = hold(project)
    with pytest.raises(HeldError):
        take(project, over=True)
    end(process)


def test_a_beat_can_be_seen_and_mends_a_file_that_was_removed(project):
    held = take(project)
    assert held is not None
    os.utime(lock_file(project), (1, 1))
    before = lock.seen(project)
    assert held.beat()
    assert lock.seen(project) != before
    lock_file(project).unlink()
    assert held.beat()
    with pytest.raises(HeldError):
        take(project)
    held.release()
    assert lock.seen(project) is None


def test_a_beat_tells_of_another_who_has_it_by_now(project):
    held = take(project)
    assert held is not None
    lock_file(project).unlink()
    process = hold(project)
    assert not held.beat()
    held.release()
    assert holder_of(project) is not None
    end(process)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "{}", '{"format": "flowgraph-studio-lock", "pid": "x"}', "\0" * 9]
)
def test_a_damaged_file_hinders_nobody(project, text):
    lock_file(project).write_text(text)
    held = take(project)
    assert held is not None
    held.release()


def test_names_of_others_are_shown_as_one_short_line(project):
    write_as(project, user="a\u202eb\n" + "c" * 500)
    holder = holder_of(project)
    assert holder is not None
    assert holder.user == "ab" + "c" * 56
    assert words(Holder(host="turing")) == "somebody on turing"
    assert words(Holder()) == "another program"


def test_where_nothing_can_be_written_there_is_no_lock(tmp_path):
    assert take(tmp_path / "missing" / "digits.flow") is None
    assert take(tmp_path / ("x" * 252 + ".flow")) is None


def test_a_drive_without_locks_asks_for_the_process(project, monkeypatch):
    monkeypatch.setattr(lock, "_grab", lambda _descriptor: None)
    held = take(project)
    assert held is not None
    with pytest.raises(HeldError):
        take(project)
    held.release()
    write_as(project, host=lock.this_host(), pid=2**22 + 5)
    again = take(project)
    assert again is not None
    again.release()


def test_writing_holds_and_lets_go(project):
    with writing(project), pytest.raises(HeldError):
        take(project)
    assert not lock_file(project).exists()


def test_of_many_who_want_it_one_has_it(project, tmp_path):
    log = tmp_path / "log"
    several = [subprocess.Popen([sys.executable, "-c", RACE, str(project), str(log)]) for _ in range(3)]
    assert [process.wait(60) for process in several] == [0, 0, 0]
    lines = log.read_text().split()
    assert lines == ["in", "out"] * (len(lines) // 2)
    assert lines
