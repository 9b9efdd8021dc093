from __future__ import annotations

import math

import pytest

from studio.cli.output import duration, finite, print_table, share
from studio.cli.train_output import RichDisplay, epoch_line
from studio.runs.records import EpochEnded, RunChanged, RunProgress


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7800, "2 h 10 min"),
        (math.inf, "unknown"),
        (-1, "0 s"),
    ],
)
def test_duration_is_said_as_a_person_says_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers_that_json_lacks_become_null() -> None:
    assert finite({"a": [math.nan, (1.5, math.inf)], "b": 1}) == {"a": [None, [1.5, None]], "b": 1}


def test_accuracy_of_a_run_without_one_is_a_dash() -> None:
    assert (share(0.956), share(math.nan)) == ("95.6%", "–")


def test_table_aligns_words_left_and_numbers_right(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "n"), [("a", "5"), ("longer", "100")], numbers="1")
    assert capsys.readouterr().out == "name      n\na         5\nlonger  100\n"


def test_epoch_line_of_a_regression_has_no_accuracy() -> None:
    epoch = EpochEnded("run-1", 2, 40, 0.5, 0.25, math.nan, math.nan, True)
    progress = RunProgress("run-1", 40, 100, 2, 5, 1.0, 61.0, 100.0, 0.0)
    line = epoch_line(epoch, progress)
    assert line == "epoch 2/5  train loss 0.5000  val loss 0.2500  best  1 min 01 s left"


def test_bar_shows_lines_of_epochs_above_it(capsys: pytest.CaptureFixture[str]) -> None:
    with RichDisplay(err=False) as shown:
        shown.report(RunChanged("run-1", "starting", 0, 0, device="cpu"))
        shown.report(RunProgress("run-1", 20, 40, 1, 2, 1.0, 5.0, 100.0, 0.0))
        shown.report(EpochEnded("run-1", 1, 20, 0.5, 0.25, 0.5, 0.625, True))
    out = capsys.readouterr().out
    assert "run-1 on cpu" in out
    assert "epoch 1/2  train loss 0.5000  acc 50.0%  val loss 0.2500  acc 62.5%  best  5 s left" in out
