"""A checksum within a safetensors file: other readers do not mind it, and damage does not pass it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import numpy as safetensors

from studio.project import sealed

TENSORS = {"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(2, np.int64)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "w.safetensors"
    path.write_bytes(b"".join(sealed.seal(safetensors.save(TENSORS, {"format": "pt"}))))
    return path


def test_others_read_it_as_before(path: Path) -> None:
    found = safetensors.load_file(path)
    assert {name: array.tolist() for name, array in found.items()} == {
        name: array.tolist() for name, array in TENSORS.items()
    }


def test_what_was_written_fits(path: Path) -> None:
    assert sealed.check_file(path)
    assert sealed.texts_of(path.read_bytes()) == {"format": "pt"}


def test_a_file_of_another_program_has_none(tmp_path: Path) -> None:
    safetensors.save_file(TENSORS, tmp_path / "w.safetensors")
    assert not sealed.check_file(tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match="it has no checksum"):
        sealed.texts_of((tmp_path / "w.safetensors").read_bytes())


def test_damage_in_the_numbers_is_found_piece_by_piece(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 7)
    data = path.read_bytes()
    size = 8 + int.from_bytes(data[:8], "little")
    assert sealed.check_file(path)
    for place in range(size, len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(ValueError, match="its checksum does not fit"):
            sealed.check_file(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x08",
        b"\xff" * 20,
        (2).to_bytes(8, "little") + b"[]",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
    ],
    ids=["empty", "short", "huge", "no table", "deep"],
)
def test_what_is_no_safetensors_file_is_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(ValueError, match="header"):
        sealed.check_file(path)


def test_sealing_twice_is_sealing_once(path: Path) -> None:
    data = path.read_bytes()
    assert b"".join(sealed.seal(data)) == data
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert list(header[sealed.METADATA]) == ["format", sealed.CHECKSUM]
