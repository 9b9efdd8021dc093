"""Pictures that are read batch by batch: the same numbers, few in memory, and damage told in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.data import datasets, image_folder, on_demand, prepare, preview, room
from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.transforms import Transform


def config(folder: Path, **options: object) -> DataConfig:
    chosen = {"size": 8, "read": "on_demand", **options}
    return DataConfig.model_validate({"dataset": "image_folder", "folder": str(folder), "options": chosen})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    for name in ("ants", "bees", "cats"):
        (tmp_path / name).mkdir()
        for number in range(20):
            height, width = (int(size) for size in generator.integers(9, 40, 2))
            pixels = generator.integers(0, 256, (height, width, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    return tmp_path


def counted(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list that grows by every picture that is read."""
    read, seen = image_folder.read_picture, []

    def watched(path: Path, size: int, mode: str) -> np.ndarray:
        seen.append(path)
        return read(path, size, mode)

    monkeypatch.setattr(image_folder, "read_picture", watched)
    return seen


@pytest.mark.parametrize(
    "transforms", [(), (Transform.of("random_crop", size=6, padding=1),)], ids=["", "crop"]
)
def test_batches_have_the_numbers_of_a_set_that_was_read_at_once(folder: Path, transforms: tuple) -> None:
    both = [
        prepare.prepare(config(folder, read=read).model_copy(update={"transforms": transforms}), augment=True)
        for read in ("once", "on_demand")
    ]
    assert (both[0].mean, both[0].shape, both[0].train.samples) == (both[1].mean, both[1].shape, None)
    rows = torch.tensor([5, 0, 17])
    for part in ("train", "validation", "test"):
        once, later = (getattr(data, part) for data in both)
        assert (len(once), once.inputs.shape[1:]) == (len(later), later.inputs.shape[1:])
        for one, other in zip(once.take(rows % len(once)), later.take(rows % len(later)), strict=True):
            torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_only_what_is_measured_is_read_beforehand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = counted(monkeypatch)
    monkeypatch.setattr(on_demand, "MOST_MEASURED", 7)
    data = prepare.prepare(config(folder), fingerprint=True)
    assert (len(seen), data.train.inputs.numel(), sum(map(len, (data.train, data.validation)))) == (7, 0, 51)
    data.train.take(torch.arange(4))
    assert len(seen) == 11
    assert data.fingerprint is not None
    assert data.fingerprint.count == 60


def test_a_set_that_does_not_fit_is_read_on_demand_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "all_bytes", lambda: 2**20)
    assert prepare.prepare(config(folder, read="auto")).train.samples is None
    assert prepare.prepare(config(folder, read="auto", size=64)).train.samples is not None


def test_a_thousand_classes_keep_their_order_and_stay_in_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"class {number}" for number in range(1000)]
    for level, name in enumerate(names):
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("L", (9, 9), level % 256).save(tmp_path / name / f"{number}.png")
    seen = counted(monkeypatch)
    chosen = config(tmp_path).model_copy(update={"stratify": False})
    described = datasets.describe(chosen)
    assert (described.classes, described.counts, len(seen)) == (tuple(sorted(names)), (1400, 300, 300), 0)
    monkeypatch.setattr(on_demand, "MOST_MEASURED", 64)
    data = prepare.prepare(chosen)
    inputs, targets = data.train.take(torch.arange(10))
    assert (inputs.shape, len(seen)) == ((10, 3, 8, 8), 64 + 10)
    wanted = [int(described.classes[label].split()[1]) % 256 for label in targets.tolist()]
    levels = inputs[:, 0, 0, 0] * data.std[0] + data.mean[0]
    assert (levels * 255).round().int().tolist() == wanted


def test_preview_counts_all_and_reads_few(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_demand, "MOST_MEASURED", 16)
    seen = counted(monkeypatch)
    found = preview.look(config(folder), count=4)
    assert (found.inputs.shape, found.found.class_counts.sum(), len(seen)) == ((4, 3, 8, 8), 60, 16)


@pytest.mark.parametrize("gone", [True, False], ids=["gone", "damaged"])
def test_a_file_that_goes_bad_is_told_when_its_batch_comes(folder: Path, gone: bool) -> None:
    data = prepare.prepare(config(folder))
    for path in folder.glob("*/*.png"):
        path.unlink() if gone else path.write_bytes(b"oops")
    with pytest.raises(DataError, match=r"\.png\" cannot be read as a picture"):
        data.train.take(torch.arange(3))


def test_files_without_a_head_are_left_out(folder: Path) -> None:
    (folder / "ants" / "3.png").write_bytes(b"hello")
    found = datasets.describe(config(folder, damaged="skip"))
    assert sum(found.counts) == 59
    assert found.message == (
        "1 damaged file was left out: ants/3.png. Pictures are read batch by batch; up to 2,048 of them are "
        "measured beforehand."
    )
