"""The engine looks into designs and runs, each page in one answer that crosses the link."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import studio
from studio.compiler import lower
from studio.data.prepare import prepare
from studio.engine.inbox import Inbox
from studio.engine.link import decode, encode
from studio.engine.looking_inside import look_inside
from studio.engine.records import LookedInside, LookInside
from studio.errors import StudioError
from studio.project.format import to_data
from studio.project.project import Project
from studio.project.sample_projects import sample_project


def asked(project: Project, node: str, **how: object) -> LookedInside:
    return look_inside(LookInside(1, to_data(project), node, **how), lambda: False)  # type: ignore[arg-type]


def digits() -> Project:
    return sample_project("softmax-digits").project()


def test_values_are_what_the_network_gives() -> None:
    """Lecture row 124."""
    project = sample_project("cnn-digits").project()
    found = asked(project, "relu1", samples=20)
    assert found.units is not None
    inputs, labels = prepare(project.data).validation.take(torch.from_numpy(found.rows.copy()))
    torch.manual_seed(project.training.seed)
    module = lower.build(project.graph).module.eval()
    with torch.no_grad():
        maps = torch.relu(module.get_submodule("conv1")(inputs))
    np.testing.assert_allclose(found.units.values, maps.mean((2, 3)).T, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(found.units.zeros, (maps == 0).float().mean((0, 2, 3)), atol=1e-6)


def test_a_run_has_other_weights_and_its_own_design(tmp_path: Path) -> None:
    project = digits()
    run = studio.train(project, runs_folder=tmp_path, epochs=1, device="cpu")
    place = {"run": run.name, "runs_folder": str(tmp_path)}
    node = "fc"
    design = asked(project, node)
    trained = look_inside(LookInside(2, {}, node, **place), lambda: False)
    assert (design.weights, trained.weights) == ("untrained weights", f"best weights of {run.name}")
    assert design.units is not None
    assert trained.units is not None
    assert not np.allclose(design.units.values, trained.units.values)
    np.testing.assert_array_equal(design.rows, trained.rows)


def test_an_answer_crosses_the_link() -> None:
    found = asked(digits(), "flatten")
    again = decode(encode(found))
    assert isinstance(again, LookedInside)
    assert again.units is not None
    assert found.units is not None
    np.testing.assert_array_equal(again.units.correlation, found.units.correlation)


def test_a_part_may_have_fewer_samples_than_are_asked_for() -> None:
    found = asked(digits(), "flatten", samples=100_000)
    assert len(found.rows) == found.available
    assert found.notes == ()


def test_a_node_that_was_deleted_is_said() -> None:
    with pytest.raises(StudioError, match='"gone" is nothing that the network computes'):
        asked(digits(), "gone")


def test_other_data_than_the_network_takes_are_said() -> None:
    data = sample_project("mlp-moons").project().data
    with pytest.raises(StudioError, match=r"takes samples of shape \(1, 8, 8\), and .* has \(2,\)"):
        asked(replace(digits(), data=data), "fc")


def test_what_belongs_to_no_sample_is_said() -> None:
    with pytest.raises(StudioError, match=r"does not belong to single samples: for 2 it is \(1, "):
        asked(sample_project("vit-digits").project(), "class_token")


def test_cancelling_ends_it_and_the_newest_waits() -> None:
    with pytest.raises(StudioError, match="Cancelled"):
        look_inside(LookInside(1, to_data(digits()), "flatten"), lambda: True)
    inbox = Inbox()
    inbox.put(LookInside(1, {}, "a"))
    assert [moot.id for moot in inbox.put(LookInside(2, {}, "b"))] == [1]
