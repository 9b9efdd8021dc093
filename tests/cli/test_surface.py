from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.project import files
from studio.project.sample_projects import sample_project


@pytest.fixture
def xor(tmp_path: Path) -> Path:
    path = tmp_path / "xor.flow"
    files.write(sample_project("hidden-xor").project(), path)
    return path


def test_a_trained_xor_gives_each_class_its_share(studio: Callable, xor: Path, tmp_path: Path) -> None:
    assert studio("train", xor, "--device", "cpu", "--watch").code == 0
    table = tmp_path / "xor.csv"
    found = studio("surface", xor, "--node", "hidden", "-o", table, "--json").json
    shares = [output["share"] for output in found["outputs"]]
    assert sum(shares) == pytest.approx(1.0)
    assert (found["right"], found["points"], found["farthest"]) == (340, 340, None)
    assert [unit["value"] for unit in found["units"]] == ["a", "a", "h", "h"]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 97 * 97
    first = studio("surface", xor, "--step", "0", "--node", "hidden", "--json").json
    assert (first["step"], len(first["units"])) == (0, 4)
    assert first["right"] < 340
    assert "about none" in studio("surface", xor, "--step", "0", "--untrained").err
    near = min(rows, key=lambda row: (float(row["x1"]) - 1) ** 2 + float(row["x2"]) ** 2)
    assert float(near["p(true)"]) > 0.9
    assert float(near["p(true)"]) + float(near["p(false)"]) == pytest.approx(1.0)


def test_an_untrained_design_takes_settings(studio: Callable, xor: Path) -> None:
    said = studio("surface", xor, "--untrained", "--set", "data.options.noise=0.2")
    assert said.code == 0
    assert said.out.split()[:5] == ["output", "share", "mean", "low", "high"]


def test_what_cannot_be_drawn_is_said_in_words(studio: Callable, project: Path, xor: Path) -> None:
    refused = studio("surface", project, "--untrained")
    assert (refused.code, "one or two measurements" in refused.err) == (1, True)
    assert "--set goes with --untrained" in studio("surface", xor, "--set", "training.lr=1").err
