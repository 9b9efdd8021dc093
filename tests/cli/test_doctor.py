from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio import diagnose


def test_a_watched_run_is_judged(studio: Callable, project: Path) -> None:
    studio("train", project, "--device", "cpu", "--watch", "--set", "training.lr=100000")
    result = studio("doctor", project, "--json")
    assert result.code == 1
    assert result.json["run"] == "run-1"
    finding = result.json["findings"][0]
    assert (finding["severity"], finding["code"], finding["node"]) == ("error", "diverges", "")
    assert finding["remedies"][0] == "Lower lr to 1e4"
    assert "diverges" in studio("doctor", project).out
    assert diagnose(project, "run-1")[0].code == "diverges"


def test_a_design_without_runs_is_judged(studio: Callable, project: Path) -> None:
    result = studio("doctor", project)
    assert (result.code, result.out) == (0, "Nothing is unwise in the design.\n")
    assert diagnose(project) == []


def test_a_run_that_is_not_there_is_named(studio: Callable, project: Path) -> None:
    result = studio("doctor", project, "--run", "gone")
    assert result.code == 1
    assert "gone" in result.err
