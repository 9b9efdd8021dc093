from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data.datasets import load
from studio.project.config import DataConfig


def test_picture_and_array_of_one_digit_agree(studio: Callable, project: Path, tmp_path: Path) -> None:
    assert studio("train", project).code == 0
    digit = load(DataConfig()).inputs[0, 0]
    np.save(tmp_path / "a.npy", digit)
    Image.fromarray(np.round(digit * 255).astype(np.uint8)).save(tmp_path / "a.png")
    found = studio("predict", project, tmp_path / "a.npy", tmp_path / "a.png", "--json").json
    first, second = found["predictions"]
    assert first["label"] == second["label"]
    assert [item["class"] for item in first["top"]] == [item["class"] for item in second["top"]]
    assert first["top"][0]["probability"] == pytest.approx(second["top"][0]["probability"], abs=0.01)


def test_row_with_negative_numbers(studio: Callable, project: Path) -> None:
    assert studio("train", project, "--set", "training.epochs=1").code == 0
    result = studio("predict", project, "-0.5", *["0.1"] * 63)
    assert result.code == 0
    assert result.out.startswith("the numbers given: ")
    assert studio("predict", project, ",".join(["0.1"] * 64)).code == 0


def test_what_cannot_go_in_is_said_in_words(studio: Callable, project: Path) -> None:
    assert studio("train", project, "--set", "training.epochs=1").code == 0
    result = studio("predict", project, "1", "2")
    assert result.code == 1
    assert "One sample has 64 numbers" in result.err
    assert "cannot be read" in studio("predict", project, "gone.png").err
