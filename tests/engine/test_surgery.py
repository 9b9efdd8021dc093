"""A changed design goes on from a run: planned by the engine, and trained after the old run was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.engine.answers import plan_carry
from studio.engine.link import decode, encode
from studio.engine.records import (
    CarryPlanned,
    ControlRun,
    Failed,
    OpenSteps,
    PlanCarry,
    RunStarted,
    StartRun,
    StepsOpened,
)
from studio.graph import edits
from studio.project.format import from_data, to_data
from studio.project.project import Project
from studio.runs import carried
from studio.runs.records import RunChanged
from studio.training.run import train
from tests.helpers.talk import Talk, design


def widened(document: dict[str, Any]) -> dict[str, Any]:
    """The same design with another number of hidden units."""
    found = from_data(document)
    graph = edits.set_argument(found.graph, found.graph.named("fc1").id, "out_features", 24)
    return to_data(Project(found.name, graph, found.data, found.training))


def test_a_plan_crosses_the_link(tmp_path: Path) -> None:
    run = train(from_data(design(1)), runs_folder=tmp_path)
    planned = plan_carry(PlanCarry(3, widened(design()), run.name, str(tmp_path)))
    assert decode(encode(planned)) == planned
    assert planned.carried.kept == ("fc2.bias",)
    assert planned.carried.fresh == ("fc1.weight", "fc1.bias", "fc2.weight")


def test_a_paused_run_is_stopped_and_the_changed_design_goes_on(engine: Talk, tmp_path: Path) -> None:
    folder = str(tmp_path / "net.runs")
    started = engine.ask(StartRun, project=design(100_000), runs_folder=folder, run="old")
    assert isinstance(started, RunStarted)
    engine.wait_for_kind(RunChanged, state="running")
    busy = engine.ask(OpenSteps, project=design())
    assert isinstance(busy, Failed)
    assert busy.code == "busy"
    engine.ask(ControlRun, action="pause")
    engine.wait_for_kind(RunChanged, state="paused")
    planned = engine.ask(PlanCarry, project=widened(design()), run="old", runs_folder=folder)
    assert isinstance(planned, CarryPlanned)
    engine.ask(ControlRun, action="stop")
    engine.wait_for_kind(RunChanged, run="old", state="stopped")
    again = engine.ask(StartRun, project=widened(design(2)), runs_folder=folder, run="new", carry_on="old")
    assert isinstance(again, RunStarted)
    engine.wait_for_kind(RunChanged, run="new", state="finished")
    assert carried.read(Path(folder) / "new") == planned.carried
    assert isinstance(engine.ask(OpenSteps, project=design()), StepsOpened)
