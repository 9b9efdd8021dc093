from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.project.files import runs_folder
from studio.runs.store import RunStore
from studio.training.run import Run


def test_newest_run_is_measured(studio: Callable, project: Path) -> None:
    assert studio("train", project, "--run", "first").code == 0
    assert studio("train", project, "--run", "second").code == 0
    found = studio("evaluate", project, "--json").json
    assert (found["run"], found["checkpoint"], found["split"]) == ("second", "best", "validation")
    expected = Run(RunStore(runs_folder(project)).run("second")).evaluate()
    assert expected.top1 is not None
    assert found["top1_error"]["value"] == expected.top1.value
    assert sum(map(sum, found["confusion"])) == found["samples"] == expected.count


def test_tables_for_people(studio: Callable, project: Path) -> None:
    assert studio("train", project).code == 0
    result = studio("evaluate", project, "--split", "test", "--checkpoint", "last")
    assert result.code == 0
    assert result.out.startswith("run-1, last weights, test part: ")
    for word in ("top-1 error", "top-5 error", "95 % interval", "precision", "Confusions"):
        assert word in result.out


def test_nothing_trained_yet_is_said_in_words(studio: Callable, project: Path) -> None:
    result = studio("evaluate", project)
    assert result.code == 1
    assert f"Train it first: studio train {project}" in result.err


def test_unknown_run_is_said_in_words(studio: Callable, project: Path) -> None:
    assert studio("train", project, "--run", "first").code == 0
    assert 'no run "frist"' in studio("evaluate", project, "--run", "frist").err


def test_an_earlier_checkpoint_that_stays_is_evaluated_by_its_step(studio: Callable, project: Path) -> None:
    settings = ["--set", "training.checkpoint_epochs=1", "--set", "training.keep_last=2"]
    studio("train", project, *settings)
    first, last = (
        studio("evaluate", project, "--checkpoint", name, "--json") for name in ("step-20", "last")
    )
    assert first.json["checkpoint"] == "step-20"
    assert first.json["loss"] > last.json["loss"]
    wrong = studio("evaluate", project, "--checkpoint", "step-x")
    assert (wrong.code, '"step-x" is neither' in wrong.err) == (2, True)
