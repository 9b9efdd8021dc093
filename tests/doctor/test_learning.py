"""What curves alone say: cases are made by hand, so that no other finding stands before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from studio import zoo
from studio.doctor import learning
from studio.doctor.case import Case, of_design
from studio.doctor.finding import Finding
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.runs.records import EpochEnded


def case_of(**settings: Any) -> Case:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), num_classes=10)
    return of_design(Project("curves", graph, training=TrainingConfig(**settings)))


def standing_at(loss: float, **settings: Any) -> Finding:
    """Return what is found of a network whose loss stands for eight epochs."""
    epochs = tuple(EpochEnded("one", epoch, epoch, loss, loss, 0.1, 0.1, False) for epoch in range(1, 9))
    (finding,) = learning.underfits(replace(case_of(**settings), epochs=epochs))
    return finding


@pytest.mark.parametrize(
    ("settings", "lower"),
    [
        ({"optimizer": "adam", "lr": 1.0}, 1e-3),
        ({"optimizer": "adam", "lr": 2e-3}, 2e-4),
        ({"optimizer": "sgd", "lr": 5.0}, 0.5),
    ],
    ids=["adam", "adam at a usual rate", "sgd"],
)
def test_a_loss_far_above_guessing_asks_for_smaller_steps(settings: dict[str, Any], lower: float) -> None:
    finding = standing_at(9.0, **settings)
    assert (finding.code, finding.term) == ("underfits", "learning rate too high")
    assert "Guessing costs ln 10 = 2.3" in finding.evidence
    assert "larger learning rate" not in finding.explanation
    assert [remedy.settings for remedy in finding.remedies] == [(("lr", pytest.approx(lower)),)]


def test_a_loss_of_guessing_asks_for_better_optimization() -> None:
    finding = standing_at(2.3, optimizer="sgd", lr=1e-3, momentum=0.0)
    assert "larger learning rate" in finding.explanation
    assert {setting for remedy in finding.remedies for setting, _ in remedy.settings} >= {"momentum", "lr"}


def test_a_loss_is_restless_only_if_it_jumps_and_stands() -> None:
    steps = np.arange(1, 401)
    jumping = np.where(steps % 2, 1.0, 3.0).astype(np.float32)
    case = case_of(lr=0.4)
    assert [one.code for one in learning.jumps_about(replace(case, steps=steps, losses=jumping))] == [
        "oscillates"
    ]
    falling = jumping * np.linspace(1.0, 0.1, 400, dtype=np.float32)
    assert not list(learning.jumps_about(replace(case, steps=steps, losses=falling)))
    calm = np.where(steps % 2, 1.9, 2.1).astype(np.float32)
    assert not list(learning.jumps_about(replace(case, steps=steps, losses=calm)))
