"""The ring of losses: nothing is lost, and when it is read does not show."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from studio.errors import TrainingError
from studio.runs.records import Steps
from studio.training import steps
from studio.training.stepped import Stepped
from studio.training.steps import StepLog, refuse_nonfinite

CPU = torch.device("cpu")


def judge(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return scores.argmax(1) == targets


def judged(loss: float, correct: int, size: int) -> Stepped:
    """A step of which some samples are right."""
    scores = torch.eye(2)[torch.zeros(size, dtype=torch.int64)]
    return Stepped(torch.tensor(loss), None, scores, (torch.arange(size) >= correct).long())


def plain(loss: float) -> Stepped:
    """A step of a network that is no classifier."""
    return Stepped(torch.tensor(loss), None, None, torch.empty(0))


def make(capacity: int = 1024) -> StepLog:
    return StepLog(CPU, judge, capacity)


def fill(log: StepLog, losses: list[float], read_every: int) -> list[Steps]:
    found = []
    for step, loss in enumerate(losses, 1):
        log.add(judged(loss, step % 4, 4), 4, 0.1)
        if step % read_every == 0:
            found.append(log.read("r", step))
    found.append(log.read("r", len(losses)))
    return [steps for steps in found if steps is not None]


def test_every_step_is_read_once_with_its_number() -> None:
    found = fill(make(), [float(value) for value in range(10)], read_every=3)
    assert np.concatenate([steps.steps for steps in found]).tolist() == list(range(1, 11))
    assert np.concatenate([steps.losses for steps in found]).tolist() == list(range(10))
    assert np.concatenate([steps.accuracies for steps in found])[:4].tolist() == [0.25, 0.5, 0.75, 0.0]


def test_sums_do_not_depend_on_when_they_were_read() -> None:
    losses = (torch.rand(200, generator=torch.Generator().manual_seed(0)) ** 9).tolist()
    logs = [make() for _ in range(3)]
    for log, every in zip(logs, (1, 7, 1000), strict=True):
        fill(log, losses, every)
    assert len({log.loss_sum for log in logs}) == 1
    assert logs[0].samples == 800


def test_full_ring_says_so() -> None:
    log = make(2)
    log.add(plain(1.0), 1, 0.1)
    assert not log.full
    log.add(plain(1.0), 1, 0.1)
    assert log.full
    log.read("r", 2)
    assert not log.full


def test_without_accuracy_it_is_nan() -> None:
    log = make()
    log.add(plain(1.0), 8, 0.1)
    steps = log.read("r", 1)
    assert steps is not None
    assert math.isnan(steps.accuracies[0])
    assert math.isnan(log.correct_sum)


@pytest.mark.parametrize(
    ("value", "word"), [(math.nan, "NaN"), (math.inf, "infinite"), (-math.inf, "infinite")]
)
def test_first_loss_that_is_no_number_is_named_with_its_step(value: float, word: str) -> None:
    losses = np.array([1.0, 2.0, value, math.nan], np.float32)
    steps = Steps("r", np.arange(11, 15), losses, losses)
    with pytest.raises(
        TrainingError, match=rf"became {word} at step 13 \(epoch 2\).*try 0\.05 or less"
    ) as error:
        refuse_nonfinite(steps, 2, 0.5)
    assert error.value.step == 13


def test_outputs_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "WAITING", 100)
    asked: list[int] = []

    def count(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        asked.append(len(scores))
        return judge(scores, targets)

    log = StepLog(CPU, count)
    for step in range(60):
        log.add(judged(1.0, step % 3, 5), 5, 0.1)
    found = log.read("r", 60)
    assert found is not None
    assert max(asked) <= 100 / 2 + 5
    assert (found.accuracies * 5).round().tolist() == [step % 3 for step in range(60)]


def test_batches_of_several_sizes_are_counted_apart() -> None:
    log = make()
    for correct, size in ((3, 4), (1, 2), (0, 4), (1, 1)):
        log.add(judged(1.0, correct, size), size, 0.1)
    found = log.read("r", 4)
    assert found is not None
    assert found.accuracies.tolist() == [0.75, 0.5, 0.0, 1.0]
    assert log.correct_sum == 5


def test_learning_rates_and_what_regularizes_come_along() -> None:
    log = make()
    log.add(replace(plain(1.5), penalty=torch.tensor(0.25)), 1, 0.5)
    log.add(replace(plain(1.0), penalty=torch.tensor(0.125)), 1, 0.25)
    found = log.read("r", 2)
    assert found is not None
    assert found.lrs.tolist() == [0.5, 0.25]
    assert found.penalties.tolist() == [0.25, 0.125]
