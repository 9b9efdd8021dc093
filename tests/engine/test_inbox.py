from __future__ import annotations

import threading

from studio.engine.inbox import Inbox
from studio.engine.records import Check, DescribeData, Try, Warm


def test_newest_check_wins_and_others_keep_their_place() -> None:
    inbox = Inbox()
    assert inbox.put(Check(1, {})) == []
    assert inbox.put(DescribeData(2, {})) == []
    assert inbox.put(Check(3, {})) == [Check(1, {})]
    assert [inbox.take(), inbox.take()] == [DescribeData(2, {}), Check(3, {})]


def test_withdraw_takes_out_only_what_waits() -> None:
    inbox = Inbox()
    inbox.put(Warm(1))
    assert inbox.withdraw(1)
    assert not inbox.withdraw(1)


def test_newest_trial_wins() -> None:
    inbox = Inbox()
    inbox.put(Try(1, {}))
    assert inbox.put(Check(2, {})) == []
    assert inbox.put(Try(3, {})) == [Try(1, {})]


def test_closed_inbox_refuses_and_wakes_whoever_waits() -> None:
    inbox = Inbox()
    taken: list[object] = []
    thread = threading.Thread(target=lambda: taken.append(inbox.take()))
    thread.start()
    assert inbox.close() == []
    thread.join(10)
    assert taken == [None]
    assert inbox.put(Warm(2)) == [Warm(2)]


def test_close_returns_what_was_waiting() -> None:
    inbox = Inbox()
    inbox.put(Warm(1))
    assert inbox.close() == [Warm(1)]
    assert inbox.take() is None
