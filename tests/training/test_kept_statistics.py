"""Statistics of batch normalization as an action after training: written, told, brought back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from studio import zoo
from studio.errors import DataError, RunError
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.kept_statistics import keep_statistics
from studio.training.run import Run, train

Make = Callable[..., Project]


@pytest.fixture
def run(make_project: Make, tmp_path: Path) -> Run:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(8,), num_classes=2, batch_norm=True, dropout=0.0)
    return train(make_project(graph, epochs=2), runs_folder=tmp_path)


def digest(run: Run, which: str = "best") -> str:
    return hashlib.sha256((run.folder / f"{which}.safetensors").read_bytes()).hexdigest()


@pytest.mark.parametrize("method", ["update_bn", "final_phase"])
@pytest.mark.parametrize("which", ["best", "last"])
def test_what_is_kept_is_what_evaluation_finds_and_the_way_back_is_exact(
    run: Run, method: str, which: str
) -> None:
    before, trained = digest(run, which), run.evaluate(which).loss
    found = run.evaluate(which, statistics=method)
    wanted = run.recalibrated(method, which).state_dict()
    kept = run.keep_statistics(method, which)
    assert (kept.layers, kept.samples) == (1, 140)
    assert run.evaluate(which).loss == found.loss != trained
    weights = run.checkpoint(which)
    norms = [name for name in weights if name.endswith(("running_mean", "running_var"))]
    assert norms
    assert all(torch.equal(weights[name], wanted[name]) for name in norms)
    assert run.evaluate(which, statistics="running").loss == trained
    run.keep_statistics("running", which)
    assert digest(run, which) == before
    told = [event.message for event in RunStore(run.folder.parent).run(run.name).events()][-2:]
    assert (
        f"{which}: the statistics of 1 batch normalization were replaced: {method.split('_')[0]}" in told[0]
    )
    assert "byte for byte" in told[1]


def test_the_run_s_state_and_last_words_stay(run: Run) -> None:
    before = run.info
    run.keep_statistics("final_phase")
    assert run.info == before


def test_a_resumed_run_is_not_touched_by_it(make_project: Make, tmp_path: Path) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(8,), num_classes=2, batch_norm=True)
    plain, changed = (
        train(make_project(graph, epochs=2, patience=5), runs_folder=tmp_path / name) for name in "ab"
    )
    for which in ("best", "last"):
        changed.keep_statistics("final_phase", which)
    again = [
        train(make_project(graph), epochs=4, resume=one.name, runs_folder=one.folder.parent)
        for one in (plain, changed)
    ]
    assert digest(again[0], "last") == digest(again[1], "last")


def test_without_batch_normalization_there_is_nothing_to_replace(make_project: Make, tmp_path: Path) -> None:
    run = train(make_project(epochs=1), runs_folder=tmp_path)
    before = digest(run)
    with pytest.raises(RunError, match="no batch normalization"):
        run.keep_statistics("final_phase")
    with pytest.raises(RunError, match="Choose best or last"):
        run.keep_statistics("final_phase", "resume")
    assert digest(run) == before


def test_cancelled_nothing_is_written(run: Run) -> None:
    before, events = digest(run), len(RunStore(run.folder.parent).run(run.name).events())
    with pytest.raises(DataError, match="Cancelled"):
        keep_statistics(
            RunStore(run.folder.parent), run.name, "final_phase", "best", run.folder, cancelled=lambda: True
        )
    assert digest(run) == before
    assert len(RunStore(run.folder.parent).run(run.name).events()) == events


def test_a_run_that_goes_on_is_left_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.runs.lock.PATIENCE_S", 0.0)
    store = RunStore(run.folder.parent)
    with store.at_rest(run.name), pytest.raises(RunError, match="still going on"):
        run.keep_statistics("final_phase")
