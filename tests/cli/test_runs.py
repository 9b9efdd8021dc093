"""``studio runs``: compared, exported and tidied in the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def trained(studio: Callable, project: Path) -> Path:
    for name, lr in (("slow", "0.001"), ("quick", "0.1")):
        done = studio("train", project, "--epochs", 2, "--run", name, "--set", f"training.lr={lr}")
        assert done.code == 0, done.err
    return project


def test_runs_are_compared(studio: Callable, trained: Path) -> None:
    found = studio("runs", trained, "compare", "slow", "quick", "--json")
    assert found.json["settings"] == {"training.lr": [0.001, 0.1]}
    assert found.json["design"] == {"quick": []}
    assert found.json["best"] == "quick"
    said = studio("runs", trained, "compare", "slow", "quick").out
    assert "training.lr" in said
    assert "slow to quick: the same network" in said
    assert "Lowest validation loss: quick" in said


def test_runs_are_renamed_tagged_and_annotated(studio: Callable, trained: Path) -> None:
    assert studio("runs", trained, "rename", "slow", "turtle").code == 0
    assert studio("runs", trained, "tag", "turtle", "first", "baseline").code == 0
    assert studio("runs", trained, "untag", "turtle", "first").code == 0
    assert studio("runs", trained, "note", "turtle", "far too slow").code == 0
    shown = studio("runs", trained, "show", "turtle").out
    assert "tags: baseline" in shown
    assert "far too slow" in shown
    assert "generalization gap" in shown
    listed = studio("runs", trained, "--tag", "baseline", "--json").json
    assert [run["name"] for run in listed["runs"]] == ["turtle"]


def test_runs_are_thrown_away_and_brought_back(studio: Callable, trained: Path) -> None:
    studio("runs", trained, "delete", "slow")
    assert "slow" not in studio("runs", trained).out
    assert "slow" in studio("runs", trained, "trash").out
    studio("runs", trained, "restore", "slow")
    assert "slow" in studio("runs", trained).out
    studio("runs", trained, "delete", "slow")
    assert "1 run deleted for good" in studio("runs", trained, "empty-trash").out


def test_runs_are_exported(studio: Callable, trained: Path, tmp_path: Path) -> None:
    found = studio("runs", trained, "export", "--folder", tmp_path / "out", "--json").json
    assert sorted(Path(path).name for path in found["files"]) == [
        "quick-epochs.csv", "quick-steps.csv", "runs.csv", "slow-epochs.csv", "slow-steps.csv",
    ]  # fmt: skip
    assert studio("runs", trained, "export", "quick", "--to", "tensorboard", "--folder", tmp_path).code == 0
    assert list((tmp_path / "quick").glob("events.out.tfevents.*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["compare", "slow"], "compare RUN RUN"),
        (["rename", "slow"], "rename RUN NAME"),
        (["list", "x"], "no run"),
    ],
)
def test_too_few_words_say_what_to_write(
    studio: Callable, trained: Path, words: list[str], said: str
) -> None:
    found = studio("runs", trained, *words)
    assert found.code == 2
    assert said in found.err


def test_looks_at_the_test_part_are_told(studio: Callable, trained: Path) -> None:
    assert studio("evaluate", trained, "--run", "quick", "--split", "test").code == 0
    assert "measured on the test part once" in studio("runs", trained, "show", "quick").out


def test_the_data_of_a_run_are_told_by_their_fingerprint(studio: Callable, trained: Path) -> None:
    assert re.search(r"^data: SHA-256 [0-9a-f]{64}$", studio("runs", trained, "show", "quick").out, re.M)
