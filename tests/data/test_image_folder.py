"""Pictures in one folder for each class: order, size, colour, and damaged files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data import datasets, image_folder, prepare, room
from studio.errors import DataError
from studio.project.config import DataConfig

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "imagefolder" / "hymenoptera-256" / "train"
COLOURS = {"bees": (255, 204, 0), "ants": (51, 0, 0), "Wasps": (0, 255, 102)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, colour in COLOURS.items():
        (tmp_path / name).mkdir()
        for number in range(10):
            Image.new("RGB", (40 + number, 30), colour).save(tmp_path / name / f"{number}.png")
    (tmp_path / "bees" / "notes.txt").write_text("no picture")
    return tmp_path


def config(folder: Path, **options: object) -> DataConfig:
    settings = {"dataset": "image_folder", "folder": str(folder), "options": options, "normalization": "none"}
    return DataConfig.model_validate(settings)


def test_classes_are_sorted_and_pictures_are_what_their_folder_says(folder: Path) -> None:
    chosen = config(folder, size=16)
    described, data = datasets.describe(chosen), prepare.prepare(chosen)
    assert (described.shape, described.classes) == ((3, 16, 16), ("Wasps", "ants", "bees"))
    assert described.counts == (len(data.train), len(data.validation), len(data.test)) == (22, 4, 4)
    for pixels, label in zip(data.train.inputs, data.train.targets, strict=True):
        expected = np.array(COLOURS[described.classes[int(label)]], np.float32) / np.float32(255)
        np.testing.assert_array_equal(pixels.numpy(), np.broadcast_to(expected[:, None, None], (3, 16, 16)))


def test_grey_has_one_channel(folder: Path) -> None:
    chosen = config(folder, size=8, colour="grey")
    assert datasets.describe(chosen).shape == prepare.prepare(chosen).shape == (1, 8, 8)


def test_the_middle_is_cut_out(tmp_path: Path) -> None:
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    found = image_folder.read_picture(tmp_path / "wide.png", 10, "RGB")
    np.testing.assert_array_equal(found, np.full((3, 10, 10), 200))


def test_picture_stands_as_its_camera_was_held(tmp_path: Path) -> None:
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8)
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    found = image_folder.read_picture(tmp_path / "turned.png", 8, "L")
    np.testing.assert_array_equal(found, pixels[None, ::-1, ::-1])


@pytest.mark.parametrize("damage", ["cut", "text", "empty"])
def test_damaged_pictures_are_named_or_left_out(folder: Path, damage: str) -> None:
    path = folder / "ants" / "3.png"
    body = path.read_bytes()
    path.write_bytes({"cut": body[: len(body) // 2], "text": b"hello", "empty": b""}[damage])
    with pytest.raises(DataError, match=r'"ants/3\.png" cannot be read as a picture'):
        prepare.prepare(config(folder, size=8))
    found = datasets.describe(config(folder, size=8, damaged="skip"))
    assert (sum(found.counts), found.available) == (29, True)
    assert found.message == "1 damaged file was left out: ants/3.png."


def test_class_without_a_readable_picture_is_an_error(folder: Path) -> None:
    for path in (folder / "ants").iterdir():
        path.write_bytes(b"")
    with pytest.raises(DataError, match='No picture of class "ants" can be read'):
        datasets.describe(config(folder, damaged="skip"))


def test_huge_picture_is_damage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match="cannot be read as a picture"):
        datasets.describe(config(folder, size=9))


def test_folders_that_hold_no_classes_are_refused(folder: Path) -> None:
    (folder / "zebras").mkdir()
    with pytest.raises(DataError, match='class "zebras" has no pictures'):
        datasets.describe(config(folder))
    with pytest.raises(DataError, match="needs a folder for each class, and has 0"):
        datasets.describe(config(folder / "bees"))
    with pytest.raises(DataError, match="there is no such folder"):
        datasets.describe(config(folder / "birds"))


def test_pictures_larger_than_half_of_the_free_memory_are_refused_unread(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda: 2**20)
    monkeypatch.setattr(image_folder, "read_picture", lambda *_: pytest.fail("a picture was read"))
    with pytest.raises(DataError, match="30 pictures of 128×128 would take about 18 MiB"):
        datasets.describe(config(folder, size=128, read="once"))


def test_new_picture_is_seen(folder: Path) -> None:
    assert sum(datasets.describe(config(folder)).counts) == 30
    Image.new("RGB", (9, 9)).save(folder / "ants" / "new.png")
    assert sum(datasets.describe(config(folder)).counts) == 31


def test_thousand_classes_keep_their_order(tmp_path: Path) -> None:
    names = [f"class {number}" for number in range(1000)]
    for name in names:
        (tmp_path / name).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name / "a.png")
    assert image_folder.list_pictures(tmp_path).classes == tuple(sorted(names))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pictures are not here")
def test_real_photographs() -> None:
    found = datasets.describe(config(REAL))
    assert (found.shape, found.classes, sum(found.counts)) == ((3, 64, 64), ("ants", "bees"), 244)


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    """Two classes in three roots, five pictures each, of two patients."""
    for part in ("train", "val", "test"):
        for level, name in enumerate(("ants", "bees")):
            (tmp_path / part / name).mkdir(parents=True)
            for number in range(5):
                path = tmp_path / part / name / f"{part}{number % 2}_{number}.png"
                Image.new("L", (8, 8), 20 * number + level).save(path)
    return tmp_path


def test_folders_of_parts_decide_the_split(parted: Path) -> None:
    chosen = config(parted, size=8, colour="grey")
    described = datasets.describe(chosen)
    assert (described.classes, described.counts, described.message) == (("ants", "bees"), (10, 10, 10), "")
    data = prepare.prepare(chosen)
    assert data.test.targets.bincount().tolist() == [5, 5]


def test_a_class_missing_from_a_part_is_said(parted: Path) -> None:
    for path in (parted / "val" / "bees").iterdir():
        path.unlink()
    (parted / "val" / "bees").rmdir()
    found = datasets.describe(config(parted, size=8))
    assert found.message == 'The validation part has no sample of "bees".'
    assert found.counts == (10, 5, 10)


def test_a_pattern_keeps_pictures_together(parted: Path) -> None:
    chosen = config(parted / "train", size=8, colour="grey", group=r"^(?:ants|bees)/(train\d_\d)")
    data = prepare.prepare(chosen)
    numbers = [
        {int(x * 255) // 20 for x in part.inputs[:, 0, 0, 0].tolist()}
        for part in (data.train, data.validation, data.test)
    ]
    assert sorted(number for part in numbers for number in part) == list(range(5))


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("(", "is no regular expression"), ("zebra", 'finds nothing in "ants/train0_0.png"')],
    ids=["broken", "nothing"],
)
def test_a_pattern_that_says_no_group_is_refused(parted: Path, pattern: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        datasets.describe(config(parted / "train", size=8, group=pattern))


def test_a_group_in_two_roots_is_refused(parted: Path) -> None:
    with pytest.raises(DataError, match='Group "0" is in train and validation'):
        datasets.describe(config(parted, size=8, group=r"_(\d)"))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pictures are not here")
def test_real_folders_of_parts_open_as_they_are() -> None:
    found = datasets.describe(config(REAL.parent, size=16))
    assert (found.classes, found.counts) == (("ants", "bees"), (244, 153, 0))
