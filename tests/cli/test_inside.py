from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import save_file

from studio.compiler import lower
from studio.project import files
from studio.project.sample_projects import sample_project

ZEROED, COPIES = [2, 5], {9: 4}


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A network of which two channels of conv2 give nothing, and one is the copy of another."""
    project = sample_project("cnn-digits").project()
    state = lower.compile(project.graph).state_dict()
    state["conv2.weight"][ZEROED] = 0.0
    for copy, original in COPIES.items():
        state["conv2.weight"][copy] = state["conv2.weight"][original]
    save_file(state, tmp_path / "planted.safetensors")
    training = project.training.model_copy(update={"initial_weights": "planted.safetensors"})
    path = tmp_path / "planted.flow"
    files.write(replace(project, training=training), path)
    return path


def test_planted_units_are_named(studio: Callable, planted: Path, tmp_path: Path) -> None:
    """Lecture row 126."""
    table = tmp_path / "units.csv"
    found = studio("inside", planted, "--node", "conv2", "--untrained", "-o", table, "--json").json
    assert (found["units"], found["ignore_the_input"], found["give_no_number"]) == (32, ZEROED, [])
    assert [pair[:2] for pair in found["say_the_same"]] == [[4, 9]]
    assert 0 < found["mean_correlation"] < 1
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == found["samples"] == 256
    assert {row["unit 2"] for row in rows} == {rows[0]["unit 2"]}


def test_a_run_is_looked_into(studio: Callable, project: Path) -> None:
    assert studio("train", project, "--epochs", "1", "--device", "cpu").code == 0
    said = studio("inside", project, "--node", "fc1", "--samples", "20")
    assert said.code == 0, said.err
    assert "ignore the input" in said.out


def test_what_cannot_be_looked_into_is_said(studio: Callable, project: Path) -> None:
    refused = studio("inside", project, "--node", "gone", "--untrained")
    assert (refused.code, "nothing that the network computes" in refused.err) == (1, True)
    assert "--set goes with --untrained" in studio("inside", project, "--node", "x", "--set", "a=1").err
