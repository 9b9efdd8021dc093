"""Reading beside the window's thread: the newest question is answered, on the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from studio.app.reading import Reading
from studio.errors import RunError


def ignore(_found: object) -> None:
    """Take no notice."""


def test_a_value_is_read_in_a_thread_and_taken_by_the_window_s(qtbot: QtBot, qapp: QObject) -> None:
    reading, threads = Reading(qapp), []

    def read() -> int:
        threads.append(threading.current_thread())
        return 7

    def take(found: int) -> None:
        threads.append(threading.current_thread())
        assert found == 7

    reading.start(read, take, pytest.fail)
    assert reading.is_busy
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()
    assert not reading.is_busy


@pytest.mark.parametrize(
    ("error", "words"),
    [(RunError("The run is gone."), "The run is gone."), (OSError(5, "I/O error"), "I/O error")],
)
def test_what_cannot_be_read_is_said(qtbot: QtBot, qapp: QObject, error: Exception, words: str) -> None:
    said: list[str] = []

    def read() -> None:
        raise error

    Reading(qapp).start(read, pytest.fail, said.append)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert words in said[0]


@pytest.mark.parametrize("how", ["asked anew", "forgotten"])
def test_an_older_answer_is_dropped(qtbot: QtBot, qapp: QObject, how: str) -> None:
    reading, go, read_once, taken = Reading(qapp), threading.Event(), threading.Event(), []

    def slowly() -> str:
        go.wait(10)
        read_once.set()
        return "old"

    reading.start(slowly, taken.append, pytest.fail)
    if how == "forgotten":
        reading.forget()
    else:
        reading.start(lambda: "new", taken.append, pytest.fail)
        qtbot.waitUntil(lambda: taken == ["new"])
    go.set()
    qtbot.waitUntil(read_once.is_set)
    qtbot.wait(30)
    assert taken == ([] if how == "forgotten" else ["new"])


def test_nobody_is_told_who_is_gone(qtbot: QtBot, qapp: QObject) -> None:
    parent, go, done = QObject(), threading.Event(), threading.Event()
    reading = Reading(parent)
    work: Callable[[], None] = lambda: (go.wait(10), done.set())  # type: ignore[assignment]  # noqa: E731
    reading.start(work, pytest.fail, pytest.fail)
    parent.deleteLater()
    qtbot.wait(20)
    go.set()
    qtbot.waitUntil(done.is_set)
    qtbot.wait(20)
