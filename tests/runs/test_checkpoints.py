"""Checkpoints come back as they were, or not at all."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from studio.errors import RunError
from studio.runs import checkpoints

TENSORS = {
    "conv.weight": np.arange(12, dtype=np.float32).reshape(3, 4),
    "bn.num_batches_tracked": np.array(7, np.int64),
    "rng": np.arange(5, dtype=np.uint8),
    "nothing": np.zeros((0, 3), np.float32),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "last.safetensors"
    checkpoints.save(path, TENSORS, {"epoch": "3", "note": "größer"})
    return path


def test_save_then_load_gives_the_same_arrays_and_texts(saved: Path) -> None:
    loaded = checkpoints.load(saved)
    assert loaded.metadata == {"epoch": "3", "note": "größer"}
    assert set(loaded.tensors) == set(TENSORS)
    for name, array in TENSORS.items():
        assert loaded.tensors[name].dtype == array.dtype
        assert loaded.tensors[name].shape == array.shape
        assert np.array_equal(loaded.tensors[name], array)


def test_any_safetensors_reader_reads_the_file(saved: Path) -> None:
    with safe_open(saved, framework="np") as file:
        assert sorted(file.keys()) == sorted(TENSORS)
        assert np.array_equal(file.get_tensor("conv.weight"), TENSORS["conv.weight"])


def test_view_is_written_as_what_it_looks_like(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3).T
    checkpoints.save(tmp_path / "x", {"x": array}, {})
    assert checkpoints.load(tmp_path / "x").tensors["x"].tolist() == [[0, 3], [1, 4], [2, 5]]


def test_every_flipped_bit_is_noticed(saved: Path) -> None:
    data = saved.read_bytes()
    for place in range(len(data)):
        saved.write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(RunError, match="damaged"):
            checkpoints.load(saved)


@pytest.mark.parametrize("length", [0, 4, 8, 100, -1])
def test_truncated_file_is_noticed(saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(RunError, match=r'"last.safetensors" .*is damaged.*Use another checkpoint'):
        checkpoints.load(saved)


def test_hostile_header_size_is_refused(saved: Path) -> None:
    saved.write_bytes(struct.pack("<Q", 2**62) + b"{}")
    with pytest.raises(RunError, match="damaged"):
        checkpoints.load(saved)


def test_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read: No such file"):
        checkpoints.load(tmp_path / "best.safetensors")


def test_saving_where_nothing_can_be_written_is_a_run_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="was not kept"):
        checkpoints.save(tmp_path / "no" / "folder" / "x", {}, {})


def test_same_weights_are_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np; from pathlib import Path; from studio.runs import checkpoints; "
        "checkpoints.save(Path(sys.argv[1]), {n: np.ones(3, np.float32) for n in 'abcd'}, "
        "{n: n for n in 'tuvwxyz'})"
    )
    for name in ("one", "two", "three"):
        subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], check=True)
    assert len({(tmp_path / name).read_bytes() for name in ("one", "two", "three")}) == 1
