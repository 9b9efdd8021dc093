"""The harness itself: failures are counted, and none is overlooked."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.torture import __main__ as torture
from tests.torture import process, promises
from tests.torture.nursery import Nursery, Tell
from tests.torture.trials import Promise, Trials, attempt_all, holds

HERE = Path(__file__).parent


def every_third(trials: Trials) -> None:
    for attempt in trials:
        with attempt:
            assert attempt.number % 3, "a third"


def breaks_off(trials: Trials) -> None:
    raise RuntimeError("nothing works")


def dies(trials: Trials) -> None:
    for attempt in trials:
        with attempt:
            if attempt.number == 2:
                os.kill(os.getpid(), signal.SIGKILL)


def promise(run: object) -> Promise:
    return Promise("test", "Something.", 10, run)  # type: ignore[arg-type]


def test_failures_are_counted_and_the_rest_is_tried(tmp_path: Path) -> None:
    outcome = attempt_all(promise(every_third), Trials(promise(every_third), 10, tmp_path))
    assert (outcome.tries, outcome.failures) == (10, 4)
    assert outcome.details[1].startswith("try 3: AssertionError: a third")


def test_a_promise_that_breaks_off_has_failed(tmp_path: Path) -> None:
    outcome = attempt_all(promise(breaks_off), Trials(promise(breaks_off), 10, tmp_path))
    assert (outcome.tries, outcome.failures) == (0, 1)
    assert "nothing works" in outcome.details[0]


def test_a_normal_test_fails_where_a_promise_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promises, "find", lambda name: promise(every_third))
    with pytest.raises(AssertionError, match="a third"):
        holds("test", 4, tmp_path)


def test_no_try_begins_when_the_time_is_up(tmp_path: Path) -> None:
    outcome = attempt_all(promise(every_third), Trials(promise(every_third), 10, tmp_path, limit_s=-1.0))
    assert outcome.tries == 0


def test_the_same_try_has_the_same_random_numbers(tmp_path: Path) -> None:
    first, again = (list(Trials(promise(dies), 3, tmp_path)) for _ in range(2))
    assert [one.random.random() for one in first] == [one.random.random() for one in again]
    assert len({one.random.random() for one in first}) == 3


def test_a_process_that_dies_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.sys, "executable", "/bin/false")
    result = process.run(promise(dies), 10, 60.0, 0, tmp_path / "test")
    assert (result.outcome.tries, result.outcome.failures) == (0, 1)
    assert "its process ended (1) before the tries did" in result.outcome.details[0]


def test_every_module_of_promises_is_in_the_list() -> None:
    found = {path.stem for path in HERE.glob("*.py") if "\nPROMISES" in path.read_text(encoding="utf-8")}
    assert found - {"trials"} == set(promises.MODULES)
    assert promises.promises()


def test_the_command_prints_what_was_tried(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code = torture.main(["--only", "save-killed", "--scale", "0.002", "--json"])
    report = json.loads(capfd.readouterr().out)
    (found,) = report["promises"]
    assert (code, found["promise"], found["tries"], found["failures"]) == (0, "save-killed", 2, 0)


def test_an_unknown_promise_is_wrong_usage(capfd: pytest.CaptureFixture[str]) -> None:
    assert torture.main(["--only", "nothing"]) == 2
    assert 'There is no promise "nothing"' in capfd.readouterr().err


def count_on(tell: Tell, upto: int) -> None:
    for number in range(upto):
        tell(number)
    time.sleep(60)


def test_a_child_tells_until_it_is_killed() -> None:
    with Nursery() as nursery:
        child = nursery.fork("tests.torture.test_trials:count_on", 3)
        assert [child.told() for _ in range(3)] == [(0,), (1,), (2,)]
        child.kill()
        assert child.rest() == []
        assert child.was_killed


def test_a_child_dies_at_the_line_it_is_told() -> None:
    with Nursery() as nursery:
        child = nursery.fork("tests.torture.test_trials:count_on", 1000, fuse=(20, "test_trials"))
        told = child.rest()
        assert child.was_killed
        assert 5 <= len(told) <= 10


def test_a_child_that_is_dead_may_be_killed_again_and_one_left_alone_does_not_disturb_the_next() -> None:
    with Nursery() as nursery:
        child = nursery.fork("tests.torture.test_trials:count_on", 1000, fuse=(20, "test_trials"))
        child.rest()
        child.status = None
        child.kill()
        child.status = 0
        nursery.fork("tests.torture.test_trials:count_on", 5).told()
        last = nursery.fork("tests.torture.test_trials:count_on", 2)
        assert [last.told() for _ in range(2)] == [(0,), (1,)]
        last.kill()
        assert last.rest() == []


def test_what_a_child_raises_fails_the_try() -> None:
    with Nursery() as nursery, pytest.raises(AssertionError, match="missing 1 required positional argument"):
        nursery.fork("tests.torture.test_trials:count_on").succeed()
