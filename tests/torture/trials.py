"""What every promise of `make torture` is made of, and how to add one.

A promise is a sentence, a number of tries, and a function that makes them. The function goes through the
trials it is given; whatever fails within ``with attempt`` is one failure, and the next try goes on:

    def renaming(trials: Trials) -> None:
        for attempt in trials:
            with attempt:
                folder = attempt.folder()                 # empty, removed after a try that held
                number = attempt.random.randrange(100)    # the same for the same seed, promise and try
                ...
                assert found == expected, f"{found} after {number}"
                trials.worst("lost, s", 0.3)              # a figure beside the table: the largest stays

    PROMISES = (Promise("rename-killed", "A rename that is killed loses nothing.", 1_000, renaming),)

1. Write a module like that here, with imports of torch and of the window inside its functions.
2. Name it in `promises.MODULES`; a test sees to it that none is forgotten.
3. Let a normal test make a few tries, seconds in all: ``holds("rename-killed", 25, tmp_path)``.

A promise may prepare something long-lived before its loop, and should yield as many tries a second as it
can: in `make torture` each promise has a process and a time of its own, and ends early when the time is up.
`make torture ARGS="--only rename-killed --scale 0.1"` tries one alone.
"""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType

MOST_DETAILS = 20
"""Failures whose words are kept; all are counted."""


@dataclass(frozen=True)
class Promise:
    """Something the program promises, and how it is put to the test.

    Attributes:
        name: For the command line, such as ``save-killed``.
        says: What holds, in a sentence.
        tries: How many `make torture` makes.
        run: Makes them.
        limit_s: Time it may take there; tries that do not fit are left out, and the table says so.
    """

    name: str
    says: str
    tries: int
    run: Callable[[Trials], None]
    limit_s: float = 900.0


@dataclass
class Outcome:
    """How often a promise was tried, and how often it did not hold.

    Attributes:
        promise: Its name.
        tries: That were made.
        failures: That did not hold.
        details: What went wrong, for the first of them.
        figures: The worst that was measured, by name.
    """

    promise: str
    tries: int = 0
    failures: int = 0
    details: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def fail(self, detail: str) -> None:
        """Count a failure."""
        self.failures += 1
        if len(self.details) < MOST_DETAILS:
            self.details.append(detail)


class Trials:
    """The tries of one promise: go through them with ``for``.

    Args:
        promise: What is tried.
        tries: How many are wanted.
        folder: An empty folder to work in.
        limit_s: After which no further try begins.
        seed: Another one gives other random numbers.
        told: Is called after every try.
    """

    def __init__(
        self,
        promise: Promise,
        tries: int,
        folder: Path,
        limit_s: float = 1e9,
        seed: int = 0,
        told: Callable[[Outcome], None] = lambda outcome: None,
    ) -> None:
        self.wanted = tries
        self.folder = folder
        self.outcome = Outcome(promise.name)
        self.seed = seed
        self._told = told
        self._deadline = time.monotonic() + limit_s

    def __iter__(self) -> Iterator[Attempt]:
        for number in range(self.outcome.tries, self.wanted):
            if time.monotonic() > self._deadline:
                return
            yield Attempt(self, number)

    def worst(self, name: str, value: float) -> None:
        """Keep the largest of a measured figure."""
        figures = self.outcome.figures
        figures[name] = max(value, figures.get(name, value))

    def ended(self, failure: str = "") -> None:
        """Count a try."""
        self.outcome.tries += 1
        if failure:
            self.outcome.fail(failure)
        self._told(self.outcome)


class Attempt:
    """One try: what fails within its ``with`` is counted, and the next goes on."""

    def __init__(self, trials: Trials, number: int) -> None:
        self.number = number
        self.random = Random(f"{trials.seed}/{trials.outcome.promise}/{number}")
        self._trials = trials
        self._folder: Path | None = None

    def folder(self) -> Path:
        """Return a folder of this try alone; it stays where the try failed."""
        if self._folder is None:
            self._folder = self._trials.folder / f"try-{self.number}"
            self._folder.mkdir(parents=True)
        return self._folder

    def __enter__(self) -> Attempt:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is not None and not isinstance(error, Exception):
            return False
        if error is None:
            self._trials.ended()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
        else:
            lines = traceback.format_exception_only(error)
            place = traceback.extract_tb(trace)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            self._trials.ended(f"try {self.number}: {''.join(lines).strip()} ({where})")
        return True


def attempt_all(promise: Promise, trials: Trials) -> Outcome:
    """Make the tries; a promise that breaks off as a whole has failed."""
    try:
        promise.run(trials)
    except Exception:
        trials.outcome.fail(f"broke off after {trials.outcome.tries} tries: {traceback.format_exc(limit=-4)}")
    return trials.outcome


def holds(name: str, tries: int, folder: Path) -> Outcome:
    """Make some tries of a promise within a normal test, which fails when one of them does."""
    from tests.torture.promises import find

    promise = find(name)
    outcome = attempt_all(promise, Trials(promise, tries, folder))
    assert outcome.failures == 0, "\n".join([promise.says, *outcome.details])
    assert outcome.tries == tries
    return outcome
