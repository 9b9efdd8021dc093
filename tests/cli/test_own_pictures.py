"""Pictures of the person's own that are read batch by batch, from the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CLASSES = 43


@pytest.fixture
def signs(studio: Callable, tmp_path: Path) -> Path:
    """A tree as that of the German traffic signs: 43 folders, pictures of many sizes."""
    generator = np.random.default_rng(0)
    for label in range(CLASSES):
        folder = tmp_path / "signs" / f"{label:05d}"
        folder.mkdir(parents=True)
        for number in range(7):
            size = tuple(int(side) for side in generator.integers(15, 60, 2))
            Image.new("RGB", size, (6 * label, 255 - 6 * label, 90)).save(folder / f"{number}.ppm")
    sets = ("data.dataset=image_folder", "data.folder=signs", "data.options.size=16")
    chosen = [word for one in (*sets, "data.options.read=on_demand") for word in ("--set", one)]
    made = studio("new", "mlp", "-o", tmp_path / "signs.flow", "--set", "hidden=16", *chosen)
    assert made.code == 0, made.err
    return tmp_path / "signs.flow"


def test_pictures_of_many_sizes_go_to_43_outputs(studio: Callable, signs: Path) -> None:
    assert studio("check", signs).code == 0
    trained = studio("train", signs, "--epochs", 2, "--set", "training.device=cpu", "--json")
    assert trained.code == 0, trained.err
    found = studio("evaluate", signs, "--json")
    assert len(found.json["classes"]) == CLASSES


def test_a_run_goes_as_if_all_had_been_read_at_once(studio: Callable, signs: Path) -> None:
    best = []
    for read in ("once", "on_demand"):
        how = ("--set", f"data.options.read={read}", "--set", "training.device=cpu")
        best.append(studio("train", signs, "--epochs", 2, "--json", *how).json["best"])
    assert best[0]["val_loss"] == pytest.approx(best[1]["val_loss"], abs=0)


def test_damage_that_a_run_meets_ends_in_a_sentence(studio: Callable, signs: Path) -> None:
    for path in (signs.parent / "signs" / "00007").iterdir():
        path.write_bytes(path.read_bytes()[:40])
    found = studio("train", signs, "--epochs", 1, "--set", "training.device=cpu")
    assert found.code == 1
    assert 'ppm" cannot be read as a picture' in found.err
    assert "Traceback" not in found.err
