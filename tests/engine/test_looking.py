"""What is sent of a node's output is small, and true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.engine.inbox import Inbox
from studio.engine.looking import MOST_MAPS, MOST_PIXELS, look_at, shown
from studio.engine.records import LookAt
from studio.project.files import read
from studio.project.format import to_data


def ask(examples: Path, name: str, sample: int = 0) -> LookAt:
    project = read(examples / "digits.flow")
    return LookAt(7, to_data(project), project.graph.named(name).id, sample)


def test_maps_of_a_convolution(examples: Path) -> None:
    found = look_at(ask(examples, "conv1"))
    assert (found.id, found.shape, found.values.shape) == (7, (32, 8, 8), (32, 8, 8))
    assert found.low == pytest.approx(float(found.values.min()))
    assert found.mean == pytest.approx(float(found.values.mean()), abs=1e-6)
    assert found.finite


def test_zeros_after_relu_are_counted(examples: Path) -> None:
    found = look_at(ask(examples, "relu1"))
    assert found.low == 0.0
    assert found.zeros == pytest.approx(float(np.mean(found.values == 0)))


def test_the_input_itself_can_be_looked_at(examples: Path) -> None:
    found = look_at(ask(examples, "image", 5))
    assert found.values.shape == (1, 8, 8)
    assert found.label in "0123456789"
    assert found.index == 5


def test_large_maps_are_made_smaller_by_means() -> None:
    maps = torch.rand(100, 200, 400)
    small = shown(maps)
    assert small.shape == (MOST_MAPS, MOST_PIXELS // 2, MOST_PIXELS)
    assert float(small.mean()) == pytest.approx(float(maps[:MOST_MAPS].mean()), abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "wanted"), [((), (1,)), ((7,), (7,)), ((5, 9), (1, 5, 9)), ((2, 3, 4, 5), (6, 4, 5))]
)
def test_every_shape_is_shown_somehow(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    assert tuple(shown(torch.zeros(shape)).shape) == wanted


def test_a_newer_look_makes_an_older_one_moot() -> None:
    inbox = Inbox()
    inbox.put(LookAt(1, {}, "n1"))
    assert [moot.id for moot in inbox.put(LookAt(2, {}, "n2"))] == [1]
