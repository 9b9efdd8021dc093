"""A run knows the data it was trained on, and does not go on with others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio import zoo
from studio.data import datasets
from studio.data.fingerprint import digest
from studio.errors import DataError
from studio.project.project import Project
from studio.runs.records import RunChanged
from studio.runs.store import RunStore
from studio.training.run import Run, train

Make = Callable[..., Project]

ROWS = [f"{row},{row * 3 % 7},{'yes' if row % 2 else 'no'}" for row in range(60)]


def write(folder: Path, rows: list[str]) -> None:
    (folder / "table.csv").write_text("\n".join(["a,b,c", *rows]))


def trained(make_project: Make, folder: Path) -> Run:
    write(folder, ROWS)
    graph = zoo.build("mlp", input_shape=(2,), hidden=(4,), num_classes=2)
    project = make_project(graph, {"dataset": "csv", "options": {"file": "table.csv"}}, epochs=1)
    return train(project, folder=folder, runs_folder=folder / "runs", name="one")


def resume(make_project: Make, folder: Path, **more: Any) -> Run:
    return train(make_project(), folder=folder, runs_folder=folder / "runs", resume="one", epochs=2, **more)


def test_a_run_keeps_the_fingerprint_of_its_data(make_project: Make, tmp_path: Path) -> None:
    run = trained(make_project, tmp_path)
    assert run.info.fingerprint == digest(datasets.load(run.project().data, tmp_path))


def test_a_file_saved_again_is_the_same_data(make_project: Make, tmp_path: Path) -> None:
    trained(make_project, tmp_path)
    write(tmp_path, [row.replace(",", " , ") for row in ROWS])
    assert len(resume(make_project, tmp_path).history) == 2


@pytest.mark.parametrize(
    ("rows", "change"),
    [(ROWS[:-1], "60 samples then, 59 now"), (["5,5,no", *ROWS[1:]], "other contents of 60 samples")],
    ids=["shrunk", "changed"],
)
def test_resume_on_other_data_is_refused_and_the_run_stays(
    make_project: Make, recorder: Any, tmp_path: Path, rows: list[str], change: str
) -> None:
    before = trained(make_project, tmp_path).info
    write(tmp_path, rows)
    with pytest.raises(DataError, match=f"data changed.*{change}.*initial_weights"):
        resume(make_project, tmp_path, reporter=recorder)
    assert recorder.of(RunChanged)[-1].state == "failed"
    info = RunStore(tmp_path / "runs").run("one").info
    assert (info.state, info.step, info.fingerprint) == ("finished", before.step, before.fingerprint)
    write(tmp_path, ROWS)
    assert len(resume(make_project, tmp_path).history) == 2
