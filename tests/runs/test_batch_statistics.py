"""Other statistics in a checkpoint, and the way back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.runs import batch_statistics, checkpoints

TENSORS = {
    "fc.weight": np.arange(6.0).reshape(2, 3),
    "bn.running_mean": np.ones(2),
    "bn.running_var": np.ones(2),
}
OTHERS = {"bn.running_mean": np.full(2, 5.0), "bn.running_var": np.full(2, 7.0)}
ABOUT = {"epoch": "3", "step": "60"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "best.safetensors"
    checkpoints.save(made, TENSORS, ABOUT)
    return made


def test_others_stand_in_the_checkpoint_and_the_rest_is_as_it_was(path: Path) -> None:
    assert batch_statistics.method_of(path) == "running"
    batch_statistics.replace(path, OTHERS, "final_phase")
    found = checkpoints.load(path)
    assert batch_statistics.method_of(path) == "final_phase"
    assert found.metadata == {**ABOUT, "statistics": "final_phase"}
    for name, tensor in (TENSORS | OTHERS).items():
        assert np.array_equal(found.tensors[name], tensor)


def test_those_of_training_come_back_byte_for_byte(path: Path) -> None:
    before = path.read_bytes()
    batch_statistics.replace(path, OTHERS, "update_bn")
    batch_statistics.replace(path, {"bn.running_mean": np.zeros(2)}, "final_phase")
    assert batch_statistics.as_trained(path).metadata == ABOUT
    assert np.array_equal(batch_statistics.as_trained(path).tensors["bn.running_var"], np.ones(2))
    batch_statistics.replace(path, {}, "running")
    assert path.read_bytes() == before
    assert [kept.name for kept in path.parent.iterdir()] == [path.name]


def test_a_newer_checkpoint_has_its_own_and_what_lay_aside_does_not_count(path: Path) -> None:
    batch_statistics.replace(path, OTHERS, "update_bn")
    newer = {**TENSORS, "bn.running_mean": np.full(2, 9.0)}
    checkpoints.save(path, newer, {"epoch": "4", "step": "80"})
    assert np.array_equal(batch_statistics.as_trained(path).tensors["bn.running_mean"], np.full(2, 9.0))
    batch_statistics.replace(path, OTHERS, "final_phase")
    assert np.array_equal(batch_statistics.as_trained(path).tensors["bn.running_mean"], np.full(2, 9.0))


def test_a_crash_between_the_two_files_leaves_all_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real = path.read_bytes(), checkpoints.save

    def save(target: Path, *rest: object) -> None:
        if target == path:
            raise RunError("The disk is full.")
        real(target, *rest)

    monkeypatch.setattr(checkpoints, "save", save)
    with pytest.raises(RunError, match="full"):
        batch_statistics.replace(path, OTHERS, "update_bn")
    assert path.read_bytes() == before
    assert batch_statistics.as_trained(path).metadata == ABOUT


@pytest.mark.parametrize("others", [{"bn2.running_mean": np.ones(2)}, {"bn.running_mean": np.ones(3)}])
def test_statistics_of_another_network_are_refused(path: Path, others: dict[str, np.ndarray]) -> None:
    before = path.read_bytes()
    with pytest.raises(RunError, match="another network"):
        batch_statistics.replace(path, others, "update_bn")
    assert path.read_bytes() == before


def test_what_is_missing_or_damaged_is_told(path: Path) -> None:
    batch_statistics.replace(path, OTHERS, "update_bn")
    (path.parent / "best.running.safetensors").unlink()
    with pytest.raises(RunError, match=r"best\.running\.safetensors.*cannot be read"):
        batch_statistics.as_trained(path)
    path.write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00[1, 2, 3, 4, 5]")
    with pytest.raises(RunError, match="damaged"):
        batch_statistics.method_of(path)
    path.write_bytes(b"\x01")
    with pytest.raises(RunError, match="damaged"):
        batch_statistics.method_of(path)
    path.unlink()
    with pytest.raises(RunError, match="cannot be read"):
        batch_statistics.method_of(path)
