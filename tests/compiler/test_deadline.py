from __future__ import annotations

import contextlib
import importlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.compiler.deadline import OutOfTimeError, time_limit


def spin() -> None:
    while True:
        pass


def stubborn() -> None:
    while True:
        with contextlib.suppress(Exception):
            while True:
                pass


def sleep() -> None:
    time.sleep(60)


def ended(body: Callable[[], None], seconds: float) -> bool:
    try:
        with time_limit(seconds):
            body()
    except OutOfTimeError:
        return True
    return False


@pytest.mark.parametrize("body", [spin, stubborn, sleep])
def test_what_does_not_end_is_ended_on_the_main_thread(body: Callable[[], None]) -> None:
    assert ended(body, 0.05)


@pytest.mark.parametrize("body", [spin, stubborn])
def test_what_does_not_end_is_ended_on_another_thread(body: Callable[[], None]) -> None:
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(ended(body, 0.05)))
    thread.start()
    thread.join()
    assert found == [True]


def test_what_ends_is_left_alone_and_nothing_comes_later() -> None:
    found: list[bool] = []

    def run() -> None:
        found.append(any(ended(lambda: None, 0.001) for _ in range(50)))
        sum(range(10**6))

    run()
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [False, False]


@pytest.mark.parametrize("in_thread", [False, True])
def test_an_import_is_not_ended_half_way(
    in_thread: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"slow_{in_thread}.py").write_text("total = sum(range(10**7))\nready = True\n")
    monkeypatch.syspath_prepend(tmp_path)

    def bring() -> None:
        importlib.import_module(f"slow_{in_thread}")
        spin()

    found: list[bool] = []
    if in_thread:
        thread = threading.Thread(target=lambda: found.append(ended(bring, 0.05)))
        thread.start()
        thread.join()
    else:
        found.append(ended(bring, 0.05))
    assert found == [True]
    assert sys.modules[f"slow_{in_thread}"].ready


def test_its_own_exceptions_pass() -> None:
    with pytest.raises(ZeroDivisionError), time_limit(10.0):
        1 / 0


def test_the_timer_of_others_runs_on() -> None:
    signal = pytest.importorskip("signal")
    if not hasattr(signal, "setitimer"):
        pytest.skip("there are no timers here")
    before = signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM)
    assert ended(spin, 0.05)
    after = signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM)
    assert after[1] == before[1]
    assert (after[0][0] > 0) == (before[0][0] > 0)
