"""Arrays that NumPy saved: what is taken, and what is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from studio.data import datasets, prepare, room
from studio.errors import DataError
from studio.project.config import DataConfig

X = np.arange(40 * 3 * 4 * 4, dtype=np.float32).reshape(40, 3, 4, 4)
Y = np.arange(40) % 4


def config(folder: Path, file: str = "data.npz", **options: str) -> DataConfig:
    settings = {"dataset": "npz", "folder": str(folder), "options": {"file": file, **options}}
    return DataConfig.model_validate({**settings, "normalization": "none"})


def assert_holds(data: prepare.PreparedData, x: np.ndarray) -> None:
    parts = torch.cat([data.train.inputs, data.validation.inputs, data.test.inputs]).numpy()
    order = np.argsort(parts.reshape(len(parts), -1)[:, 0])
    np.testing.assert_array_equal(parts[order], x)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back_bit_for_bit(tmp_path: Path, save: object) -> None:
    save(tmp_path / "data.npz", x=X, y=Y)  # type: ignore[operator]
    described, data = datasets.describe(config(tmp_path)), prepare.prepare(config(tmp_path))
    assert (described.shape, described.classes) == ((3, 4, 4), ("0", "1", "2", "3"))
    assert_holds(data, X)
    for row, label in zip(data.train.inputs, data.train.targets, strict=True):
        assert int(row.flatten()[0]) // 48 % 4 == int(label)


def test_two_npy_files_and_bytes_as_samples(tmp_path: Path) -> None:
    x = np.arange(80, dtype=np.uint8).reshape(40, 2)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "labels.npy", Y[:, None])
    assert_holds(prepare.prepare(config(tmp_path, "x.npy", targets="labels")), x.astype(np.float32))


def test_floats_as_targets_are_values(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=X, y=Y.astype(np.float64) / 3)
    data = prepare.prepare(config(tmp_path))
    assert (data.classes, data.train.targets.dtype, data.train.targets.shape) == ((), torch.float32, (28, 1))


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (X.ravel()[:40], Y, r"at least two sizes, none of them 0, not (40,)"),
        (X[:0], Y[:0], "none of them 0"),
        (X.astype(str), Y, "the samples must be numbers"),
        (X.astype(complex), Y, "must be numbers, not complex128"),
        (X, Y[:39], "the targets must be 40 numbers"),
        (X, np.zeros((40, 2)), "of shape (40, 2)"),
        (X, Y - 1, "found -1 to 2"),
        (X, Y * 0, "from 0 to at least 1"),
        (X, Y + 100_000, "below 100,000"),
        (np.where(X == 100, np.nan, X), Y, "the samples hold nan at (2, 0, 1, 0)"),
        (X.astype(np.float64) + 1e300, Y, "the samples hold inf at (0, 0, 0, 0)"),
        (X, np.where(Y == 1, np.inf, 0.0), "the targets hold inf at (1, 0)"),
        (np.array([[1], "a"] * 20, object), Y, "holds Python objects, which are not opened"),
    ],
)
def test_unfit_arrays_are_refused_in_words(
    tmp_path: Path, x: np.ndarray, y: np.ndarray, message: str
) -> None:
    np.savez(tmp_path / "data.npz", x=x, y=y)
    for ask in (datasets.describe, prepare.prepare):
        with pytest.raises(DataError) as caught:
            ask(config(tmp_path))
        assert message in caught.value.message


@pytest.mark.parametrize("body", [b"", b"hello", b"PK\x03\x04 and no more"])
@pytest.mark.parametrize("name", ["data.npz", "data.npy"])
def test_damaged_files_are_refused_in_words(tmp_path: Path, name: str, body: bytes) -> None:
    (tmp_path / name).write_bytes(body)
    (tmp_path / "y.npy").write_bytes(body)
    with pytest.raises(DataError, match=f'Cannot read "{name}"'):
        datasets.describe(config(tmp_path, name))


def test_cut_file_is_refused_in_words(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-1])
    with pytest.raises(DataError, match=r'Cannot read "x\.npy"'):
        datasets.describe(config(tmp_path, "x.npy"))


def test_wrong_names_are_told_with_the_nearest(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x_train=X, y=Y)
    with pytest.raises(DataError, match='no array "x_trian"; did you mean "x_train"'):
        datasets.describe(config(tmp_path, inputs="x_trian"))
    with pytest.raises(DataError, match="there is no such file"):
        datasets.describe(config(tmp_path, "other.npz"))
    with pytest.raises(DataError, match=r"neither an \.npz nor an \.npy"):
        datasets.describe(config(tmp_path, "data.pkl"))


def test_arrays_larger_than_half_of_the_free_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "data.npz", x=X, y=Y)
    monkeypatch.setattr(room, "free_bytes", lambda: 50_000)
    with pytest.raises(DataError, match="at most half"):
        datasets.describe(config(tmp_path))


def test_an_array_of_groups_keeps_samples_together(tmp_path: Path) -> None:
    people = np.array([f"p{number // 4}" for number in range(40)])
    np.savez(tmp_path / "data.npz", x=X, y=Y, who=people)
    chosen = config(tmp_path, groups="who")
    data = prepare.prepare(chosen)
    parts = (data.train, data.validation, data.test)
    found = [set(people[(part.inputs[:, 0, 0, 0] / 48).long().numpy()]) for part in parts]
    assert sorted(name for part in found for name in part) == sorted(set(people))
    assert sum(datasets.describe(chosen).counts) == 40


def test_groups_of_another_length_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=X, y=Y, who=Y[:-1])
    with pytest.raises(DataError, match="groups must be 40 whole numbers or words"):
        datasets.describe(config(tmp_path, groups="who"))
