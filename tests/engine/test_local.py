"""The engine in this process: the same requests, the same records."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.engine.local import LocalClient
from studio.engine.records import (
    Check,
    Checked,
    ControlRun,
    DescribeData,
    Failed,
    FetchData,
    FindLr,
    Ready,
    RunStarted,
    StartRun,
    Tried,
    Try,
    Warm,
)
from studio.graph.node import Edge
from studio.runs.records import EpochEnded, RunChanged, RunProgress, Steps
from tests.helpers.talk import Talk, design


@pytest.fixture
def local() -> Iterator[Talk]:
    client = LocalClient()
    client.start()
    yield Talk(client)
    client.close(60)


def test_ready_comes_by_itself_and_again_when_asked(local: Talk) -> None:
    assert local.wait_for_kind(Ready).default_device in local.said[0].devices  # type: ignore[union-attr]
    assert isinstance(local.ask(Warm), Ready)


def test_check_of_a_wrong_design_brings_problems_and_shapes(local: Talk) -> None:
    document = design()
    del document["graph"]["edges"][0]
    checked = local.ask(Check, project=document)
    assert isinstance(checked, Checked)
    assert any(problem.severity == "error" for problem in checked.problems)
    assert len(checked.nodes) == len(document["graph"]["nodes"])


def test_check_of_a_malformed_document_fails_with_words(local: Talk) -> None:
    failed = local.ask(Check, project={"format": "flowgraph-studio", "version": 1, "graph": {"nodes": 5}})
    assert isinstance(failed, Failed)
    assert failed.code == "project"
    assert "graph.nodes" in failed.message


@pytest.mark.parametrize("kind", [DescribeData, FetchData])
def test_unknown_data_set_fails_with_words(local: Talk, kind: type) -> None:
    failed = local.ask(kind, data={"dataset": "digit"})
    assert isinstance(failed, Failed)
    assert failed.code == "data"
    assert '"digits"' in failed.message


@pytest.mark.parametrize("kind", [DescribeData, FetchData])
def test_malformed_data_settings_fail_with_words(local: Talk, kind: type) -> None:
    failed = local.ask(kind, data={"dataset": 7})
    assert isinstance(failed, Failed)
    assert failed.code == "project"
    assert "data.dataset must be a text" in failed.message


def test_run_from_start_to_finish(local: Talk, tmp_path: Path) -> None:
    path = tmp_path / "mine.flow"
    started = local.ask(StartRun, project=design(epochs=3), path=str(path), run="first")
    assert started == RunStarted(started.id, "first", str(tmp_path / "mine.runs"))
    finished = local.wait_for_kind(RunChanged, state="finished")
    epochs = [record for record in local.said if isinstance(record, EpochEnded)]
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    assert epochs[-1].val_accuracy > 0.8
    steps = [number for record in local.said if isinstance(record, Steps) for number in record.steps]
    assert steps == list(range(1, finished.step + 1))
    assert any(isinstance(record, RunProgress) for record in local.said)


def test_run_of_a_design_with_problems_is_refused_with_them(local: Talk, tmp_path: Path) -> None:
    document = design()
    del document["graph"]["edges"][0]
    failed = local.ask(StartRun, project=document, runs_folder=str(tmp_path / "x.runs"))
    assert isinstance(failed, Failed)
    assert failed.code == "problems"
    assert failed.problems


def test_resume_of_a_run_that_is_not_there_is_refused(local: Talk, tmp_path: Path) -> None:
    failed = local.ask(StartRun, project=design(), runs_folder=str(tmp_path / "x.runs"), resume="ghost")
    assert isinstance(failed, Failed)
    assert failed.code == "run"
    assert '"ghost"' in failed.message


def test_paused_run_goes_on_and_stops(local: Talk, tmp_path: Path) -> None:
    local.ask(StartRun, project=design(epochs=100_000), runs_folder=str(tmp_path / "x.runs"))
    local.client.request(ControlRun, action="pause")
    local.wait_for_kind(RunChanged, state="paused")
    local.forget()
    local.client.request(ControlRun, action="resume")
    local.wait_for_kind(RunChanged, state="running")
    local.client.request(ControlRun, action="set_lr", lr=0.0125)
    said = local.wait_for_kind(RunChanged, state="running")
    while "to 0.0125" not in said.message:
        local.forget()
        said = local.wait_for_kind(RunChanged, state="running")
    local.client.request(ControlRun, action="stop")
    local.wait_for_kind(RunChanged, state="stopped")


def test_close_while_training_stops_the_run_and_its_threads(tmp_path: Path) -> None:
    client = LocalClient()
    client.start()
    talk = Talk(client)
    talk.wait_for_kind(Ready)
    talk.ask(StartRun, project=design(epochs=100_000), runs_folder=str(tmp_path / "x.runs"))
    client.close(60)
    assert not client.alive
    names = {thread.name for thread in threading.enumerate()}
    assert not [name for name in names if name == "engine" or name.startswith("run-")]
    assert any(isinstance(record, RunChanged) and record.state == "stopped" for record in client.drain())
    failed = talk.ask(Check, project=design())
    assert failed.code == "lost"


def test_try_says_what_a_wire_would_bring_about(local: Talk) -> None:
    document = design()
    source, target = document["graph"]["edges"].pop().split(" -> ")
    wire = Edge(*source.split("."), *target.split("."))
    tried = local.ask(Try, project=document, wires=(wire,))
    assert isinstance(tried, Tried)
    assert [(trial.node, trial.severity) for trial in tried.trials] == [(wire.target, "")]


def test_try_of_a_malformed_document_fails_with_words(local: Talk) -> None:
    failed = local.ask(Try, project={"format": "cake"})
    assert isinstance(failed, Failed)
    assert failed.code == "project"


def test_a_run_and_a_search_for_a_learning_rate_wait_for_each_other(local: Talk, tmp_path: Path) -> None:
    folder = str(tmp_path / "x.runs")
    local.ask(StartRun, project=design(epochs=100_000), runs_folder=folder)
    refused = local.ask(FindLr, project=design(), method="range")
    assert isinstance(refused, Failed)
    assert "still going on" in refused.message
    local.client.request(ControlRun, action="stop")
    local.wait_for_kind(RunChanged, state="stopped")
