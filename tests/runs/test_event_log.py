"""Event files are read as they were written, by us and by others, and damage ends them without harm."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.runs.event_log import choose, read_log
from studio.runs.tensorboard import Scalar, _bytes, _double, _key, _record, _text, _varint, event_file

POINTS = [Scalar("train/loss", step, 1.0 / step, 1e9) for step in range(1, 300)]


def write(folder: Path, points: list[Scalar], name: str = "events.out.tfevents.1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(event_file(1e9, points))
    return path


def tensor_event(tag: str, step: int, tensor: bytes) -> bytes:
    """Return a record as TensorFlow 2 writes scalars."""
    value = _text(1, tag) + _bytes(8, tensor)
    body = _double(1, 1e9) + _key(2, 0) + _varint(step) + _bytes(5, _bytes(1, value))
    return _record(body)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, POINTS)
    (curve,) = read_log(tmp_path).values()
    assert curve.steps.tolist() == list(range(1, 300))
    assert curve.values == pytest.approx(1.0 / np.arange(1, 300), rel=1e-6)
    assert list(read_log(tmp_path / "events.out.tfevents.1")) == ["train/loss"]


def test_folders_and_several_files_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "train", [Scalar("epoch_loss", 1, 2.0, 1e9)])
    write(tmp_path / "validation", [Scalar("epoch_loss", 1, 3.0, 1e9)])
    found = read_log(tmp_path)
    assert sorted(found) == ["train/epoch_loss", "validation/epoch_loss"]
    assert choose(list(found)).val_loss == "validation/epoch_loss"


@pytest.mark.parametrize(
    "tensor",
    [
        _key(1, 0) + _varint(1) + _bytes(2, b"") + _bytes(4, struct.pack("<f", 0.5)),
        _key(1, 0) + _varint(1) + _bytes(5, struct.pack("<f", 0.5)),
        _key(1, 0) + _varint(2) + _bytes(4, struct.pack("<d", 0.5)),
    ],
    ids=["content", "float_val", "double"],
)
def test_scalars_of_tensorflow_2_are_read(tmp_path: Path, tensor: bytes) -> None:
    path = tmp_path / "events.out.tfevents.2"
    path.write_bytes(event_file(1e9, []) + tensor_event("loss", 7, tensor))
    assert read_log(tmp_path)["loss"].values.tolist() == [0.5]


def test_a_histogram_is_no_scalar(tmp_path: Path) -> None:
    shape = _bytes(2, _bytes(2, _key(1, 0) + _varint(3)))
    tensor = _key(1, 0) + _varint(1) + shape + _bytes(4, struct.pack("<3f", 1, 2, 3))
    path = tmp_path / "events.out.tfevents.3"
    path.write_bytes(event_file(1e9, POINTS[:1]) + tensor_event("weights", 1, tensor))
    assert list(read_log(tmp_path)) == ["train/loss"]


def test_a_file_that_breaks_off_anywhere_gives_what_came_before(tmp_path: Path) -> None:
    body = write(tmp_path, POINTS[:20]).read_bytes()
    for length in range(60, len(body), 7):
        (tmp_path / "events.out.tfevents.1").write_bytes(body[:length])
        try:
            steps = read_log(tmp_path)["train/loss"].steps
        except RunError:
            continue
        assert steps.tolist() == list(range(1, len(steps) + 1))


def test_any_flipped_byte_does_no_harm(tmp_path: Path) -> None:
    body = bytearray(write(tmp_path, POINTS[:10]).read_bytes())
    for place in range(0, len(body), 3):
        changed = bytearray(body)
        changed[place] ^= 0xFF
        (tmp_path / "events.out.tfevents.1").write_bytes(changed)
        with contextlib.suppress(RunError):
            values = read_log(tmp_path)["train/loss"].values
            assert values.tolist() == pytest.approx((1.0 / np.arange(1, len(values) + 1)).tolist(), rel=1e-6)


def test_no_log_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no event files"):
        read_log(tmp_path)
    (tmp_path / "a.tfevents").write_bytes(b"not an event file at all, but long enough")
    with pytest.raises(RunError, match="is no event file"):
        read_log(tmp_path)


def test_tags_of_several_programs_are_understood() -> None:
    lightning = choose(["epoch", "hp_metric", "train_loss", "train_acc", "val_loss", "val_acc"])
    assert (lightning.loss, lightning.val_loss) == ("train_loss", "val_loss")
    assert (lightning.accuracy, lightning.val_accuracy) == ("train_acc", "val_acc")
    torch = choose(["Loss/train", "Loss/test", "Accuracy/train", "Accuracy/test"])
    assert (torch.loss, torch.val_loss, torch.val_accuracy) == ("Loss/train", "Loss/test", "Accuracy/test")
    assert choose(["lr", "value"]).loss == ""
