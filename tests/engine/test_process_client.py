"""The engine's process for real: its answers, its deaths, and what is left of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio import logs
from studio.engine import child as child_module
from studio.engine.link import accept, listen, stop_listening
from studio.engine.process_client import ProcessClient
from studio.engine.records import (
    Check,
    Checked,
    ControlRun,
    DescribeData,
    EngineLost,
    Failed,
    Ready,
    RunStarted,
    StartRun,
    Warm,
)
from studio.project.config import DataConfig
from studio.runs import checkpoints
from studio.runs.records import EpochEnded, RunChanged, Steps
from studio.runs.store import RunStore
from tests.helpers.talk import PATIENCE_S, Talk, design

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and /proc")


def is_gone(pid: int) -> bool:
    """Whether a process ended; one that nobody reaped yet did."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def count_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def kept_step(resume: Path) -> int:
    """The step that a run would go on from; an epoch of `design` has 20."""
    return int(json.loads(checkpoints.load(resume).metadata["position"])["step"])


def start_run(talk: Talk, folder: Path, **fields: object) -> RunStarted:
    """Start a run that goes on until it is stopped."""
    started = talk.ask(StartRun, project=design(epochs=100_000), runs_folder=str(folder), **fields)
    assert isinstance(started, RunStarted), started
    return started


def test_engine_answers_trains_and_stops_with_a_checkpoint(engine: Talk, tmp_path: Path) -> None:
    ready = engine.wait_for_kind(Ready)
    assert ready.pid == engine.client.pid  # type: ignore[attr-defined]
    assert "cpu" in ready.devices
    checked = engine.ask(Check, project=design())
    assert isinstance(checked, Checked)
    assert checked.problems == ()
    assert checked.totals.parameters == 64 * 16 + 16 + 16 * 10 + 10
    described = engine.ask(DescribeData, data=DataConfig(dataset="digits").model_dump(mode="json"))
    assert (described.shape, described.samples.shape) == ((1, 8, 8), (16, 1, 8, 8))

    started = start_run(engine, tmp_path / "digits.runs")
    engine.wait_for_kind(EpochEnded, run=started.run)
    engine.wait_for_kind(Steps, run=started.run)
    engine.client.request(ControlRun, action="stop")
    engine.wait_for_kind(RunChanged, state="stopped")
    assert RunStore(tmp_path / "digits.runs").run(started.run).checkpoint_path("resume").exists()


def test_killed_engine_is_told_once_another_resumes_and_closing_leaves_nothing(tmp_path: Path) -> None:
    threads, num_files = set(threading.enumerate()), count_files()
    store = RunStore(tmp_path / "digits.runs")
    client = ProcessClient()
    client.start()
    talk = Talk(client)
    started = start_run(talk, store.folder)
    resume = store.folder / started.run / "resume.safetensors"
    wait_until(lambda: resume.exists() and kept_step(resume) >= 40)
    assert client.pid is not None
    os.kill(client.pid, signal.SIGKILL)
    lost = talk.wait_for_kind(EngineLost)
    assert "killed by signal 9 (SIGKILL)" in lost.message
    assert not client.alive
    assert store.run(started.run).info.state == "interrupted"
    talk.forget()

    client.start()
    assert client.alive
    again = start_run(talk, store.folder, resume=started.run)
    assert again.run == started.run
    assert talk.wait_for_kind(EpochEnded, run=started.run).epoch > 2
    assert not [record for record in talk.said if isinstance(record, EngineLost)]

    pid = client.pid
    client.close(timeout_s=PATIENCE_S)
    assert not Path(f"/proc/{pid}").exists(), "a zombie was left"
    assert store.run(started.run).info.state == "stopped"
    assert not client.alive
    assert set(threading.enumerate()) <= threads
    assert count_files() <= num_files
    assert not [record for record in client.drain() if isinstance(record, EngineLost)]


def test_request_without_an_engine_is_answered() -> None:
    client = ProcessClient()
    number = client.request(Warm)
    assert client.drain() == [Failed(number, "lost", "The engine is not running.")]
    assert not client.alive
    client.close()


def test_request_that_cannot_be_encoded_is_answered(engine: Talk) -> None:
    failed = engine.ask(Check, project={"x": object()})
    assert isinstance(failed, Failed)
    assert "expected a JSON value" in failed.message


def test_close_while_the_engine_starts_leaves_nothing() -> None:
    threads = set(threading.enumerate())
    client = ProcessClient()
    client.start()
    pid = client.pid
    client.close()
    assert not Path(f"/proc/{pid}").exists()
    assert set(threading.enumerate()) <= threads


def test_hung_engine_is_killed_at_close() -> None:
    client = ProcessClient()
    client.start()
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    client.close(timeout_s=0.2)
    assert not Path(f"/proc/{pid}").exists()


def test_engine_that_the_system_asks_to_end_ends_in_order(engine: Talk) -> None:
    assert isinstance(engine.ask(ControlRun, action="stop"), Failed)
    os.kill(engine.client.pid, signal.SIGTERM)  # type: ignore[attr-defined]
    assert "ended by itself with exit code 0" in engine.wait_for_kind(EngineLost).message


def test_engine_does_not_outlive_its_window(tmp_path: Path) -> None:
    window = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\n"
            "from tests.helpers.talk import Talk\n"
            "from tests.engine.test_process_client import *\n"
            "client = ProcessClient(); client.start(); talk = Talk(client)\n"
            "run = start_run(talk, Path(sys.argv[1])).run\n"
            "talk.wait_for_kind(EpochEnded)\n"
            "print(client.pid, run, flush=True)\n"
            "time.sleep(1000)\n",
            str(tmp_path / "digits.runs"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert window.stdout is not None
    with window.stdout as stream:
        pid, run = stream.readline().split()
    window.kill()
    window.wait()
    wait_until(lambda: is_gone(int(pid)))
    info = RunStore(tmp_path / "digits.runs").run(run).info
    assert info.state == "stopped"


def test_key_stands_neither_in_arguments_nor_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes(range(32))
    monkeypatch.setattr(child_module.secrets, "token_bytes", lambda count: key)
    client = ProcessClient()
    client.start()
    public = [Path(f"/proc/{client.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    client.close()
    assert b"studio.engine" in public[0]
    assert not any(key.hex().encode() in text or key in text for text in public)


def test_program_that_cannot_be_started_is_a_lost_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module.sys, "executable", "/nowhere/python")
    client = ProcessClient()
    client.start()
    (lost,) = client.drain()
    assert isinstance(lost, EngineLost)
    assert "could not be started" in lost.message
    assert not client.alive


def play(monkeypatch: pytest.MonkeyPatch, script: str) -> Talk:
    """Start a client whose engine is a script."""
    real = subprocess.Popen

    def launch(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-c", script, *command[-1:]], cwd=ROOT, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(child_module.subprocess, "Popen", launch)
    client = ProcessClient()
    client.start()
    return Talk(client)


def test_engine_that_dies_before_it_connects_is_lost_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = play(monkeypatch, "import sys; print('one'); sys.exit('no torch here')")
    lost = talk.wait_for_kind(EngineLost)
    assert "exit code 1" in lost.message
    assert "no torch here" in lost.log
    assert not talk.client.alive


def test_crash_in_native_code_is_told_with_where_it_was_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    client = ProcessClient()
    client.start()
    pid = client.pid
    assert pid is not None
    wait_until(logs.crash_file("engine", pid).exists)
    time.sleep(0.2)  # the file is there a moment before the handler is
    os.kill(pid, signal.SIGSEGV)
    lost = Talk(client).wait_for_kind(EngineLost)
    assert "SIGSEGV" in lost.message
    assert "Segmentation fault" in lost.log
    assert logs.take_crashes() == []
    assert [path.suffix for path in logs.log_folder().glob("engine-*")] == [logs.REPORT]


def test_log_of_a_chatty_engine_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = play(monkeypatch, "print('x' * 10**7); [print(number) for number in range(10**5)]")
    log = talk.wait_for_kind(EngineLost).log
    assert len(log) < 200_000
    assert log.endswith("99999")


def test_engine_that_speaks_nonsense_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = play(
        monkeypatch,
        "import json, sys, time\n"
        "from multiprocessing.connection import Client\n"
        "key = bytes.fromhex(sys.stdin.readline().strip())\n"
        "link = Client(json.loads(sys.argv[1]), authkey=key)\n"
        "link.send_bytes(b'nonsense'); time.sleep(1000)\n",
    )
    lost = talk.wait_for_kind(EngineLost)
    assert "could not be read" in lost.message


def test_engine_told_nonsense_says_so_and_goes_on() -> None:
    key = bytes(32)
    listener = listen(key)
    process = child_module._launch(json.dumps(listener.address))
    child_module._hand_over(process, key)
    link = accept(listener, lambda: False)
    stop_listening(listener)
    assert link is not None
    assert process.stdout is not None
    link._connection.send_bytes(b"nonsense")
    link.send(Ready(1, 2, "", (), ""))
    answers = [link.receive(), link.receive()]
    assert [answer.code for answer in answers if isinstance(answer, Failed)] == ["protocol", "protocol"]
    link.send(ControlRun(3, "stop"))
    assert link.receive() == Failed(3, "idle", "There is no run to stop.")
    link.close()
    with process.stdout:
        process.stdout.read()
    assert process.wait(PATIENCE_S) == 0
