"""Batches that are streamed are those that lie on the device, in the same order, to the last bit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.data import room
from studio.data.prepare import prepare
from studio.data.samples import HostSamples, Split
from studio.errors import DataError, TrainingError
from studio.project.project import Project
from studio.training import batches, epochs
from studio.training.batches import AHEAD, StreamedBatches, batches_of
from studio.training.control import Control
from studio.training.loop import Trainer
from studio.training.lr_search import halve
from studio.training.run import Run, train
from studio.training.stepper import Stepper

Make = Callable[..., Project]

SETTINGS: list[dict[str, Any]] = [
    {},
    {"batch_size": 7, "accumulate": 3},
    {"optimizer": "lbfgs", "lr": 0.1, "max_iter": 3},
    {"drop_last": True},
]


class Samples(HostSamples):
    """Samples in memory that count who asks, and may die."""

    asked: list[tuple[str, int]]
    error: BaseException | None

    def batch(self, rows: torch.Tensor) -> torch.Tensor:
        self.asked.append((threading.current_thread().name, len(rows)))
        if self.error is not None:
            raise self.error
        return super().batch(rows)


def streamed(count: int = 20, error: BaseException | None = None) -> tuple[StreamedBatches, Samples]:
    samples = Samples(torch.arange(count * 3, dtype=torch.float32).reshape(count, 3))
    object.__setattr__(samples, "asked", [])
    object.__setattr__(samples, "error", error)
    part = Split(torch.empty(0, 3), torch.arange(count), samples)
    batches = batches_of(part)
    assert isinstance(batches, StreamedBatches)
    return batches, samples


def weights(run: Run) -> dict[str, torch.Tensor]:
    return run.checkpoint("last")


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("settings", SETTINGS, ids=["plain", "accumulate", "lbfgs", "drop_last"])
def test_streamed_training_equals_resident_training_to_the_bit(
    make_project: Make, tmp_path: Path, settings: dict[str, Any]
) -> None:
    resident = train(make_project(**settings), runs_folder=tmp_path)
    run = train(make_project(**settings, data_on="host"), runs_folder=tmp_path)
    assert same(weights(resident), weights(run))
    assert [replace(end, run="") for end in resident.history] == [replace(end, run="") for end in run.history]


def test_pictures_for_a_vector_are_streamed_flat(digits: Make, tmp_path: Path) -> None:
    resident, run = (
        train(digits(epochs=1, data_on=data_on), runs_folder=tmp_path) for data_on in ("device", "host")
    )
    assert same(weights(resident), weights(run))
    assert run.evaluate().loss == resident.evaluate().loss


def test_streamed_run_is_resumed_to_the_bit(
    make_project: Make, tmp_path: Path, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(make_project(data_on="host"), runs_folder=tmp_path)
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    control = Control()
    recorder.on_record = lambda record: control.stop() if getattr(record, "step", 0) == 8 else None
    part = train(make_project(data_on="host"), runs_folder=tmp_path, control=control, reporter=recorder)
    assert part.state == "stopped"
    assert same(weights(whole), weights(train(make_project(), runs_folder=tmp_path, resume=part.name)))


def test_data_that_do_not_fit_on_the_device_are_streamed(
    make_project: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert prepare(make_project().data).train.samples is None
    monkeypatch.setattr(room, "fits_on", lambda needed, device: False)
    data = prepare(make_project().data)
    assert data.train.samples is not None
    assert (data.train.inputs.shape, len(data.train)) == ((0, 2), 140)
    assert prepare(make_project().data, data_on="device").train.samples is None


def test_main_memory_holds_what_it_holds_and_half_of_a_gpu_may_be_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (1000, 4000))
    assert room.fits_on(10**15, torch.device("cpu"))
    assert [room.fits_on(size, torch.device("cuda:0")) for size in (500, 501)] == [True, False]


def test_batches_are_prepared_ahead_by_another_thread_and_no_further_than_told() -> None:
    batches, samples = streamed()
    order = torch.randperm(20).split(2)
    batches.begin(order)
    for rows in order:
        inputs, targets = batches.take(rows)
        assert inputs[:, 0].tolist() == [3 * row for row in rows.tolist()]
        assert torch.equal(targets, rows)
    batches.close()
    assert [size for _, size in samples.asked] == [2] * 10
    assert all(name.startswith("batches") for name, _ in samples.asked)


def test_only_some_batches_are_prepared_before_they_are_asked_for() -> None:
    batches, samples = streamed()
    batches.begin(torch.arange(20).split(1))
    batches.close()
    assert len(samples.asked) <= AHEAD


def test_batch_that_was_not_foretold_is_gathered_at_once() -> None:
    batches, samples = streamed()
    batches.begin(torch.arange(20).split(5))
    inputs, _ = batches.take(torch.tensor([4, 4]))
    batches.close()
    assert inputs[:, 0].tolist() == [12.0, 12.0]
    assert threading.current_thread().name in {name for name, _ in samples.asked}


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (
            OSError("the disk went away"),
            TrainingError,
            r"could not be prepared: the disk went away \(OSError\)",
        ),
        (DataError('"cat.jpg" cannot be read.'), DataError, r'^"cat.jpg" cannot be read\.$'),
        (MemoryError(), TrainingError, "MemoryError"),
    ],
    ids=["disk", "sentence", "memory"],
)
def test_worker_that_dies_ends_in_a_sentence(error: Exception, kind: type[Exception], text: str) -> None:
    batches, _ = streamed(error=error)
    order = torch.arange(20).split(5)
    batches.begin(order)
    with pytest.raises(kind, match=text):
        batches.take(order[0])
    batches.close()


def test_run_whose_worker_dies_fails_in_words_and_leaves_no_thread(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def batch(self: HostSamples, rows: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        if len(calls) > 4:
            raise OSError("the disk went away")
        return self.inputs.index_select(0, rows)

    monkeypatch.setattr(HostSamples, "batch", batch)
    outcome = Trainer(make_project(data_on="host"), reporter=recorder).run()
    assert outcome.state == "failed"
    assert outcome.message.startswith("A batch could not be prepared: the disk went away")
    assert not [one for one in threading.enumerate() if one.name.startswith("batches")]


def test_streamed_data_serve_all_that_looks_at_them(make_project: Make) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2)
    found, expected = (halve(make_project(graph, data_on=data_on)) for data_on in ("host", "device"))
    assert found.lr == expected.lr


def test_a_stepper_that_was_told_nothing_starts_no_thread(make_project: Make) -> None:
    from studio.training.session import prepare_session

    with torch.random.fork_rng(devices=[]):
        session = prepare_session(make_project(data_on="host"), None, torch.device("cpu"))
    stepper = Stepper(session)
    stepper.take(session.module, session.order(1)[0], 0)
    assert not [one for one in threading.enumerate() if one.name.startswith("batches")]


def test_batches_gathered_in_bulk_are_those_gathered_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BULK", 3)
    part = Split(torch.randn(50, 4), torch.arange(50))
    bulk = batches.BulkBatches(part)
    order = torch.split(torch.randperm(50), 8)
    bulk.begin(order)
    for rows in order:
        inputs, targets = bulk.take(rows)
        assert torch.equal(inputs, part.inputs[rows])
        assert torch.equal(targets, rows)


def test_a_batch_out_of_turn_and_one_taken_again_are_gathered_at_once() -> None:
    part = Split(torch.randn(30, 4), torch.arange(30))
    bulk = batches.BulkBatches(part)
    order = torch.split(torch.arange(30), 10)
    bulk.begin(order[:2])
    for rows in (order[0], order[0], torch.tensor([7, 3]), order[1], order[2]):
        assert torch.equal(bulk.take(rows)[0], part.inputs[rows])
