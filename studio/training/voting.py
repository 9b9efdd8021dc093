"""Runs that vote: how good several networks are together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.runs.reader import Which
from studio.training.evaluating import Part
from studio.training.statistics import Choice, Report
from studio.training.together import PLAIN, Member, Together, evaluate_together
from studio.training.views import Views

if TYPE_CHECKING:
    from studio.training.run import Run


def evaluate_runs(
    runs: Sequence[Run],
    which: Which = "best",
    part: Part = "validation",
    *,
    folder: Path | str | None = None,
    device: str | None = None,
    statistics: Choice = "kept",
    views: Views = PLAIN,
    votes: Sequence[float] = (),
    report: Report = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Together:
    """Return how good the runs of a classifier are that vote: the mean of the probabilities they give.

    Args:
        runs: One or more, on the same samples; only their seeds of training may differ, or all else.
        which: As `Run.evaluate` takes it; so is what follows.
        votes: How much each run counts; none: all the same.

    Raises:
        StudioError: As `Run.evaluate` raises it; or the runs were given different samples.
    """
    members = [Member(run.project(), run.weights(which, statistics)) for run in runs]
    home = runs[0].home(folder)
    found = evaluate_together(
        members,
        home,
        part,
        device,
        views=views,
        votes=votes,
        statistics=statistics,
        report=report,
        cancelled=cancelled,
    )
    if part == "test":
        for run in runs:
            run.count_test_look()
    return found
