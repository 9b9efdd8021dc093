"""One sample that somebody brings along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.data import single
from studio.errors import DataError
from studio.project.sample import Sample

PICTURE = Sample((3, 4, 6), ("a", "b"))
ROW = Sample((2,), ("a", "b"))


def test_picture_of_the_right_size_is_what_its_pixels_say(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    found = single.read(tmp_path / "a.png", PICTURE)
    assert found.shape == (1, 3, 4, 6)
    np.testing.assert_array_equal(found[0], pixels.transpose(2, 0, 1).astype(np.float32) / np.float32(255))


def test_picture_is_brought_to_size_and_channels(tmp_path: Path) -> None:
    Image.new("L", (50, 90), 51).save(tmp_path / "grey.jpg")
    found = single.read(str(tmp_path / "grey.jpg"), PICTURE)
    np.testing.assert_allclose(found, np.full((1, 3, 4, 6), 0.2), atol=0.005)


def test_arrays_of_bytes_with_channels_last(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    np.save(tmp_path / "a.npy", pixels)
    found = single.read(tmp_path / "a.npy", PICTURE)
    np.testing.assert_allclose(found[0], pixels.transpose(2, 0, 1) / 255, rtol=1e-6)


def test_row_and_array_stay_as_they_are() -> None:
    np.testing.assert_array_equal(single.read([0.5, -3.0], ROW), [[0.5, -3.0]])
    assert single.read(np.array([[7, 8]]), ROW).dtype == np.float32


def test_whole_numbers_are_checked_against_the_vocabulary() -> None:
    tokens = Sample((3,), (), "int64", 10)
    assert single.read([1.0, 9.0, 0.0], tokens).dtype == np.int64
    for wrong in ([1.0, 10.0, 0.0], [0.5, 1.0, 2.0], [-1.0, 0.0, 0.0]):
        with pytest.raises(DataError, match="whole numbers from 0 to 9"):
            single.read(wrong, tokens)


def test_what_does_not_fit_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "text.npy").write_text("no array")
    np.save(tmp_path / "words.npy", np.array(["a", "b"]))
    for source, sample, words in (
        (tmp_path / "gone.png", PICTURE, "cannot be read: No such file"),
        (tmp_path / "gone.npy", ROW, "cannot be read: No such file"),
        (tmp_path / "text.png", PICTURE, "no picture of a known kind"),
        (tmp_path / "text.npy", ROW, "no array"),
        (tmp_path / "words.npy", ROW, "made of numbers"),
        (tmp_path / "text.png", ROW, "no pictures"),
        ([1.0], ROW, r"has 2 numbers \(shape \(2,\)\), and 1 were given"),
        ([1.0, float("nan")], ROW, "NaN or infinity"),
    ):
        with pytest.raises(DataError, match=words):
            single.read(source, sample)
