from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_changed_design_goes_on_from_a_run(studio: Callable, project: Path) -> None:
    studio("train", project, "--device", "cpu", "--run", "one")
    result = studio("train", project, "--device", "cpu", "--run", "two", "--from", "one")
    assert result.code == 0
    shown = studio("runs", project, "show", "two", "--json").json
    assert shown["carried"]["source"] == "one"
    assert shown["carried"]["fresh"] == []
    assert "fc1.weight" in shown["carried"]["remembered"]
    assert "go on as one left them" in studio("runs", project, "show", "two").out
    assert "carried" not in studio("runs", project, "show", "one", "--json").json


def test_it_goes_with_neither_resume_nor_processes(studio: Callable, project: Path) -> None:
    for other in (("--resume", "one"), ("--processes", "2")):
        result = studio("train", project, "--from", "one", *other)
        assert (result.code, "--from" in result.err) == (2, True)
