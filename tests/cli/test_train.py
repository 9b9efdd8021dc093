from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studio.project import files
from studio.runs.store import RunStore

ROOT = Path(__file__).resolve().parents[2]


def test_training_prints_a_line_for_each_epoch_and_the_best(studio: Callable, project: Path) -> None:
    result = studio("train", project, "--run", "mine")
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0] == "mine on cpu"
    assert [line.split("  ")[0] for line in lines[1:3]] == ["epoch 1/2", "epoch 2/2"]
    assert "train loss" in lines[1]
    assert "val loss" in lines[1]
    assert lines[-1].startswith("mine: finished.")
    assert result.err == ""


def test_training_as_json_is_one_document(studio: Callable, project: Path) -> None:
    result = studio("train", project, "--epochs", 3, "--json", "--set", "training.lr=0.1")
    found = result.json
    assert (found["run"], found["state"]) == ("run-1", "finished")
    assert [epoch["epoch"] for epoch in found["history"]] == [1, 2, 3]
    assert found["best"]["val_loss"] == min(epoch["val_loss"] for epoch in found["history"])
    assert RunStore(project.with_name("small.runs")).run("run-1").project().training.lr == 0.1


def test_broken_design_is_not_trained_and_all_problems_are_told(studio: Callable, project: Path) -> None:
    result = studio("train", project, "--set", "data.dataset=moons")
    assert result.code == 1
    assert "Error: " in result.err
    assert not project.with_name("small.runs").exists()


def test_diverging_run_fails_with_a_message_and_is_kept(studio: Callable, project: Path) -> None:
    result = studio("train", project, "--set", "training.lr=1000000", "--epochs", 50)
    assert result.code == 1
    assert result.err.startswith("Error: ")
    assert RunStore(project.with_name("small.runs")).run("run-1").info.state == "failed"


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--device", "gpu"], 2, '"gpu" is no device'),
        (["--device", "cuda:99"], 1, 'no device "cuda:99"'),
        (["--run", "a", "--resume", "b"], 2, "Use one of them"),
        (["--resume", "ghost"], 1, 'There is no run "ghost"'),
        (["--run", "../out"], 1, '"../out"'),
        (["--epochs", "many"], 2, "many"),
        (["--set", "training.epochs=0"], 2, "at least 1"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_wrong_option_is_a_clear_message(
    studio: Callable, project: Path, arguments: list[str], code: int, text: str
) -> None:
    result = studio("train", project, *arguments)
    assert result.code == code
    assert text in result.err


def test_data_that_is_not_here_yet_says_how_to_fetch_it(studio: Callable, project: Path) -> None:
    found = files.read(project)
    files.write(replace(found, data=found.data.model_copy(update={"dataset": "mnist"})), project)
    result = studio("train", project)
    assert result.code == 1
    assert "--download" in result.err


def test_ctrl_c_keeps_a_checkpoint_and_the_run_can_be_resumed(studio: Callable, project: Path) -> None:
    endless = ["--epochs", "100000", "--set", "training.patience=0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "studio", "train", str(project), *endless],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert any(line.startswith("epoch 2/") for line in process.stdout)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130
    assert "Stopping at the next step" in err
    assert f"studio train {project} --resume run-1" in err
    assert "run-1: stopped" in out

    done = RunStore(project.with_name("small.runs")).run("run-1").info.epochs
    result = studio("train", project, "--resume", "run-1", "--epochs", done + 2, "--json")
    assert result.code == 0, result.err
    assert result.json["state"] == "finished"
    assert [epoch["epoch"] for epoch in result.json["history"]] == list(range(1, done + 3))


def test_runs_are_listed_and_shown(studio: Callable, project: Path) -> None:
    assert "No runs yet" in studio("runs", project).out
    studio("train", project, "--run", "mine")
    result = studio("runs", project)
    assert result.code == 0
    assert result.out.splitlines()[1].split()[:3] == ["mine", "finished", "2"]
    shown = studio("runs", project, "show", "mine")
    assert shown.out.startswith("mine: finished")
    assert "with seed 0" in shown.out
    assert len([line for line in shown.out.splitlines() if line.strip()[:1].isdigit()]) == 2


def test_runs_as_json(studio: Callable, project: Path) -> None:
    assert studio("runs", project, "--json").json["runs"] == []
    studio("train", project, "--run", "mine")
    (listed,) = studio("runs", project, "list", "--json").json["runs"]
    assert (listed["name"], listed["state"], listed["epochs"]) == ("mine", "finished", 2)
    shown = studio("runs", project, "show", "mine", "--json").json
    assert shown["name"] == "mine"
    assert [epoch["epoch"] for epoch in shown["history"]] == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["show"], 2, "Which run?"),
        (["list", "mine"], 2, "takes no run"),
        (["delete"], 2, "delete"),
        (["show", "ghost"], 1, 'There is no run "ghost"'),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_wrong_question_about_runs_is_a_clear_message(
    studio: Callable, project: Path, arguments: list[str], code: int, text: str
) -> None:
    result = studio("runs", project, *arguments)
    assert result.code == code
    assert text in result.err


@pytest.mark.parametrize(
    ("settings", "code", "text"),
    [
        (["training.precision=fp16"], 1, "fp16 is computed on cuda, and the device is cpu"),
        (["training.precision=half"], 2, "precision"),
        (["training.cuda_graphs=true"], 1, "CUDA graphs need a CUDA device"),
        (["training.cuda_graphs=true", "training.checkpointing=true"], 2, "do not go together"),
        (["training.keep_last=0"], 2, "keep_last"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_numerics_that_cannot_be_are_refused_before_a_run_is_made(
    studio: Callable, project: Path, settings: list[str], code: int, text: str
) -> None:
    result = studio("train", project, *(part for one in settings for part in ("--set", one)))
    assert (result.code, text in result.err) == (code, True), result.err
    assert not project.with_name("small.runs").exists()


def test_numerics_and_checkpoints_are_set_from_the_command_line(studio: Callable, project: Path) -> None:
    wanted = {"precision": "bf16", "checkpointing": "true", "data_on": "host", "keep_last": "2"}
    options = [part for name, value in wanted.items() for part in ("--set", f"training.{name}={value}")]
    result = studio("train", project, *options)
    assert result.code == 0, result.err
    kept = RunStore(project.with_name("small.runs")).run("run-1").project().training
    assert (kept.precision, kept.checkpointing, kept.data_on, kept.keep_last) == ("bf16", True, "host", 2)
