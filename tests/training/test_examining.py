"""The closer look finds what was planted, and nothing in healthy networks."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.doctor.case import of_design
from studio.doctor.closer import Closer, UnitFacts
from studio.doctor.diagnosis import diagnose
from studio.errors import TrainingError
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.examining import examine, noise_of
from studio.training.loop import Trainer


def project(graph: Graph, **settings: Any) -> Project:
    training = TrainingConfig(**{"epochs": 6, "device": "cpu", "patience": 0, **settings})
    return Project("closer", graph, DataConfig(dataset="digits"), training)


def trained(design: Project) -> dict[str, torch.Tensor]:
    trainer = Trainer(design)
    assert trainer.run().state == "finished"
    assert trainer.module is not None
    return trainer.module.state_dict()


def codes(design: Project, closer: Closer) -> set[tuple[str, str]]:
    from dataclasses import replace

    case = replace(of_design(design), closer=closer)
    return {(finding.code, finding.name) for finding in diagnose(case)}


@pytest.mark.parametrize("template", ["mlp", "small_cnn"])
def test_healthy_networks_are_left_in_peace(template: str) -> None:
    design = project(zoo.build(template, input_shape=(1, 8, 8)))
    closer = examine(design, weights=trained(design))
    assert closer.samples == 256
    assert codes(design, closer) == set()


def test_ten_zeroed_and_five_copied_units_are_all_found_and_no_others() -> None:
    design = project(zoo.build("mlp", input_shape=(1, 8, 8), hidden=(64, 32), activation="Tanh"))
    weights = trained(design)
    weights["fc1.weight"][10:20], weights["fc1.bias"][10:20] = 0.0, 0.5
    for unit in range(5):
        weights["fc1.weight"][40 + unit] = weights["fc1.weight"][unit]
        weights["fc1.bias"][40 + unit] = weights["fc1.bias"][unit]
    closer = examine(design, weights=weights)
    facts = {one.node: one for one in closer.units}
    assert facts["tanh1"].constant == tuple(range(10, 20))
    assert set(facts["tanh1"].pairs) == {(unit, 40 + unit) for unit in range(5)}
    assert facts["tanh2"].constant == ()
    assert codes(design, closer) == {("ignores-input", "tanh1"), ("duplicate-units", "tanh1")}


def test_statistics_that_are_not_those_of_the_data_are_found() -> None:
    design = project(zoo.build("small_cnn", input_shape=(1, 8, 8)), batch_size=16)
    weights = trained(design)
    weights["bn1.running_mean"] += 3.0
    closer = examine(design, weights=weights)
    assert closer.eval_loss > closer.train_loss + 0.1
    assert ("train-eval-difference", "") in codes(design, closer)


def test_noise_is_the_variance_over_what_is_shared() -> None:
    generator = torch.Generator().manual_seed(0)
    shared = torch.full((1000,), 0.1)
    gradients = [shared + torch.randn(1000, generator=generator) for _ in range(64)]
    assert noise_of(gradients) == pytest.approx(1000.0 / 10.0, rel=0.25)
    assert noise_of([shared, shared.clone()]) == 0.0
    assert math.isnan(noise_of([shared]))


def test_batches_of_one_on_a_fresh_network_are_noise() -> None:
    design = project(zoo.build("mlp", input_shape=(1, 8, 8)), batch_size=1)
    closer = Closer(0, noise=examine(design).noise)
    small = examine(project(zoo.build("mlp", input_shape=(1, 8, 8)), batch_size=128)).noise
    assert closer.noise > 4 * small
    loud = Closer(0, noise=500.0)
    assert codes(design, loud) == {("gradient-noise", "")}


def test_copies_are_counted_once() -> None:
    facts = UnitFacts("relu", 10, (), ((0, 1), (0, 2), (1, 2), (5, 6)))
    assert facts.copies == 3


def test_it_can_be_cancelled_and_tells_how_far_it_is() -> None:
    design, seen = project(zoo.build("mlp", input_shape=(1, 8, 8))), list[float]()
    examine(design, report=lambda done, _total, _label: seen.append(done))
    assert seen == sorted(seen)
    with pytest.raises(TrainingError, match="Cancelled"):
        examine(design, cancelled=lambda: True)


def test_terminal(tmp_path: Path) -> None:
    from studio.cli.main import main
    from studio.project import files

    path = tmp_path / "a.flow"
    files.write(project(zoo.build("mlp", input_shape=(1, 8, 8))), path)
    assert main(["doctor", str(path), "--closely"]) == 0
