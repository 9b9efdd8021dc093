"""Walks as the engine answers them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import studio
from studio.engine import stepping
from studio.engine.link import decode, encode
from studio.engine.records import BoxShown, CloseSteps, OpenSteps, StepsOpened, TakeSteps
from studio.errors import ProbeError
from studio.project.format import from_data
from tests.helpers.talk import Talk, design


def test_boxes_come_one_by_one_and_cross_the_link() -> None:
    walk = stepping.Stepping()
    opened = walk.open(OpenSteps(4, design(), samples=6))
    assert decode(encode(opened)) == opened
    assert (opened.boxes, opened.samples) == (("image", "flatten", "fc1", "relu1", "fc2", "loss"), 6)
    shown = walk.take(TakeSteps(5, 4, 2))
    again = decode(encode(shown))
    assert isinstance(again, BoxShown)
    assert (again.place, again.box, math.isnan(again.loss)) == (2, 2, True)
    assert again.layer.startswith("Linear(")
    assert [(one.role, one.shape) for one in again.tensors][:2] == [("input", (6, 64)), ("output", (6, 16))]
    assert all(one.gradient is None for one in again.tensors)
    back = walk.take(TakeSteps(6, 4, 9))
    assert back.box == 2
    assert [one.gradient is not None for one in back.tensors] == [True] * 4
    assert back.tensors[1].value.values.shape == (16,)
    assert back.loss > 0


def test_a_closed_walk_keeps_nothing_and_says_so() -> None:
    walk = stepping.Stepping()
    walk.open(OpenSteps(4, design()))
    walk.close(CloseSteps(5, 4))
    assert walk._walk is None
    with pytest.raises(ProbeError, match="Begin a new one"):
        walk.take(TakeSteps(6, 4, 0))


def test_a_far_place_is_reached_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepping, "TURN_S", -1.0)
    walk = stepping.Stepping()
    walk.open(OpenSteps(4, design()))
    places = [walk.take(TakeSteps(5 + turn, 4, 11)).place for turn in range(12)]
    assert places == list(range(12))


def test_weights_of_a_run_are_taken(tmp_path: Path) -> None:
    run = studio.train(from_data(design(1)), runs_folder=tmp_path, device="cpu")
    walk = stepping.Stepping()
    opened = walk.open(OpenSteps(1, design(), run=run.name, runs_folder=str(tmp_path)))
    assert opened.weights == f"best weights of {run.name}"
    weight = walk.take(TakeSteps(2, 1, 2)).tensors[2]
    kept = run.checkpoint("best")["fc1.weight"].numpy()
    assert np.isclose(weight.value.norm, np.linalg.norm(kept), rtol=1e-5)


def test_numbers_that_are_none_and_empty_tensors() -> None:
    import torch

    found = stepping.numbers(torch.tensor([[1.0, math.nan], [3.0, 4.0]]), first=True)
    assert (found.low, found.high, found.finite) == (1.0, 4.0, False)
    empty = stepping.numbers(torch.zeros(0, 3), first=True)
    assert (math.isnan(empty.low), empty.values.size) == (True, 0)


def test_the_engine_answers(engine: Talk) -> None:
    opened = engine.ask(OpenSteps, project=design())
    assert isinstance(opened, StepsOpened)
    shown = engine.ask(TakeSteps, session=opened.id, place=11)
    assert (shown.place, shown.box) == (11, 0)
