"""Memory that a run would take is estimated first, and refused in words where it is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from studio import zoo
from studio.data import room as free
from studio.errors import CompileError
from studio.graph.problems import Problem
from studio.project.project import Project
from studio.training import devices
from studio.training.fit import check_project
from studio.training.run import train

Make = Callable[..., Project]
MIB = 2**20


def wide(make_project: Make, batch_size: int) -> Project:
    """Return a project whose steps take about 8 MiB for the weights and 0.5 MiB for each sample."""
    graph = zoo.build("mlp", input_shape=(2,), hidden=(60_000,), num_classes=2)
    return make_project(graph, batch_size=batch_size, momentum=0.0)


def memory_problem(project: Project) -> Problem | None:
    found = [problem for problem in check_project(project, None).problems if problem.code == "memory"]
    return found[0] if found else None


def test_more_than_half_of_what_is_free_is_refused_and_a_batch_that_fits_offered(
    make_project: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: 60 * MIB)
    found = memory_problem(wide(make_project, 128))
    assert found is not None
    assert (found.severity, found.argument) == ("error", "batch_size")
    assert "at most half of the 60.0 MiB that are free may be used" in found.message
    offered = int(found.suggestion.removeprefix("Lower batch_size to ").partition(",")[0])
    assert 1 < offered < 128
    assert memory_problem(wide(make_project, offered)) is None
    assert memory_problem(wide(make_project, 2 * offered)) is not None
    with pytest.raises(CompileError, match="Lower batch_size to"):
        train(wide(make_project, 128), runs_folder=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_network_that_fits_with_no_batch_is_to_be_made_smaller(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: MIB)
    found = memory_problem(wide(make_project, 128))
    assert found is not None
    assert "Not even a batch of one fits" in found.suggestion


def test_a_batch_holds_no_more_samples_than_there_are(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: 1000 * MIB)
    assert memory_problem(wide(make_project, 1_000_000)) is None


def test_data_count(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: 10 * MIB)
    project = make_project(zoo.build("mlp", input_shape=(300,)), {"dataset": "synthetic", "options": {}})
    many = {"dataset": "synthetic", "options": {"shape": "300", "samples": 10_000}}
    few = {"dataset": "synthetic", "options": {"shape": "300", "samples": 100}}
    graph = project.graph
    assert memory_problem(make_project(graph, many)) is not None
    assert memory_problem(make_project(graph, few)) is None


def test_on_a_device_of_its_own_it_is_a_warning(make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "resolve", lambda wanted: torch.device("cuda:0"))
    monkeypatch.setattr(devices, "memory_bytes", lambda device: 30 * MIB)
    found = memory_problem(wide(make_project, 128))
    assert found is not None
    assert found.severity == "warning"
    assert "cuda:0 has 30.0 MiB" in found.message


def test_a_system_that_does_not_tell_what_is_free_refuses_nothing(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: 0)
    assert memory_problem(wide(make_project, 128)) is None


def needed_bytes(problem: Problem | None) -> int:
    """Return what a message says a run would take, in bytes."""
    assert problem is not None
    number, unit = problem.message.removeprefix("Training takes about ").split(" ")[:2]
    return int(float(number) * {"MiB": MIB, "GiB": 1024 * MIB}[unit])


def test_processes_that_split_the_weights_take_less_each_and_share_the_memory(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free, "free_bytes", lambda: MIB)
    graph = zoo.build("mlp", input_shape=(2,), hidden=(500,) * 8, num_classes=2)
    found = {}
    for parallel, processes in (("ddp", 1), ("ddp", 4), ("fsdp", 4)):
        monkeypatch.setenv("WORLD_SIZE", str(processes))
        monkeypatch.setenv("LOCAL_WORLD_SIZE", "1")  # each on a machine of its own
        project = make_project(graph, parallel=parallel, optimizer="adam", batch_size=4)
        found[parallel, processes] = needed_bytes(memory_problem(project))
    weights = (7 * 500 * 501 + 3 * 500 + 2 * 501) * 4
    # Weights, gradients, and two numbers of Adam; with DDP the gradients once more.
    assert found["ddp", 1] == pytest.approx(4 * weights, rel=0.05)
    assert found["ddp", 4] == pytest.approx(5 * weights, rel=0.05)
    # A quarter of all, two layers' weights that are whole, and the gradient of one.
    assert found["fsdp", 4] == pytest.approx(weights + 3 * 500 * 500 * 4, rel=0.1)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    together = memory_problem(project)
    assert needed_bytes(together) == pytest.approx(4 * found["fsdp", 4], rel=0.02)
    assert together is not None
    assert "in 4 processes, and" in together.message
