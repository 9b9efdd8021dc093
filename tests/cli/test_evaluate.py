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


def test_several_runs_vote(studio: Callable, project: Path) -> None:
    for seed in (1, 2):
        studio("train", project, "--run", f"seed-{seed}", "--set", f"training.seed={seed}")
    found = studio("evaluate", project, "--run", "seed-1", "--run", "seed-2", "--json").json
    assert found["runs"] == ["seed-1", "seed-2"]
    alone = [studio("evaluate", project, "--run", name, "--json").json for name in found["runs"]]
    errors = [one["top1_error"]["value"] for one in alone]
    assert [one["top1_error"] for one in found["each"]] == errors
    assert abs(found["mean_top1_error"]["value"] - sum(errors) / 2) < 1e-12
    told = studio("evaluate", project, "--run", "seed-1", "--run", "seed-2").out
    assert told.startswith("seed-1, seed-2, best weights")
    assert "top-1 error of one run, mean" in told


def test_crops_and_scales_that_make_no_sense_are_said_in_words(studio: Callable, project: Path) -> None:
    studio("train", project)
    assert "pictures of 8 x 8 only" in studio("evaluate", project, "--scales", "8,12").err
    assert "Set crop_size below 8" in studio("evaluate", project, "--crops", 10).err
    assert "neither 1 nor 10" in studio("evaluate", project, "--crops", 3).err
    assert "no list of whole numbers" in studio("evaluate", project, "--scales", "a").err
    cropped = studio("evaluate", project, "--crops", 10, "--scales", "10", "--json")
    assert cropped.json["samples"] == studio("evaluate", project, "--json").json["samples"]
