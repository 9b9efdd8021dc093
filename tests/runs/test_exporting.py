"""Runs as tables and as event files."""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.runs.exporting import export_runs
from studio.runs.records import EpochEnded
from studio.runs.store import RunStore
from studio.runs.tensorboard import Scalar, crc32c, event_file, masked
from tests.runs.test_tidying import add


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path / "net.runs")
    add(made, "one")
    writer = made.reopen_run("one")
    writer.epoch(EpochEnded("one", 1, 3, 0.5, 0.4, 0.9, float("nan"), True))
    writer.close()
    return made


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_tables_hold_every_number(store: RunStore, tmp_path: Path) -> None:
    files = export_runs([store.run("one")], tmp_path / "out", "csv")
    assert sorted(path.name for path in files) == ["one-epochs.csv", "one-steps.csv", "runs.csv"]
    steps = table(tmp_path / "out" / "one-steps.csv")
    assert [int(row["step"]) for row in steps] == [1, 2, 3]
    assert [float(row["loss"]) for row in steps] == pytest.approx([1.0, 1 / 2, 1 / 3])
    (epoch,) = table(tmp_path / "out" / "one-epochs.csv")
    assert (epoch["val_loss"], epoch["val_accuracy"]) == ("0.4", "")
    (run,) = table(tmp_path / "out" / "runs.csv")
    assert (run["name"], run["best_val_loss"]) == ("one", "0.4")


def test_nothing_chosen_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="No run was chosen"):
        export_runs([], tmp_path, "csv")


def test_a_folder_that_cannot_be_written_is_said(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RunError, match="Cannot write"):
        export_runs([store.run("one")], tmp_path / "file", "csv")


@pytest.mark.parametrize(
    ("body", "crc"),
    [(b"", 0), (b"a", 0xC1D04330), (b"123456789", 0xE3069283), (bytes(32), 0x8A9136AA)],
)
def test_checksums_are_those_of_the_standard(body: bytes, crc: int) -> None:
    assert crc32c(body) == crc  # RFC 3720, B.4, and the catalogue of CRCs


def records(body: bytes) -> list[bytes]:
    """The records of an event file, each with its checksums held against its bytes."""
    found = []
    while body:
        (length,) = struct.unpack("<Q", body[:8])
        assert struct.unpack("<I", body[8:12])[0] == masked(body[:8])
        found.append(body[12 : 12 + length])
        assert struct.unpack("<I", body[12 + length : 16 + length])[0] == masked(found[-1])
        body = body[16 + length :]
    return found


def test_an_event_file_is_as_tensorboard_reads_it() -> None:
    head, first = records(event_file(1.5, [Scalar("train/loss", 300, 0.25, 2.0)]))
    assert head == b"\x09" + struct.pack("<d", 1.5) + b"\x1a\x0dbrain.Event:2"
    value = b"\x0a\x0atrain/loss\x15" + struct.pack("<f", 0.25)
    summary = b"\x0a" + bytes([len(value)]) + value
    assert first == b"\x09" + struct.pack("<d", 2.0) + b"\x10\xac\x02\x2a" + bytes([len(summary)]) + summary


def test_tensorboard_itself_reads_it_if_it_is_there(store: RunStore, tmp_path: Path) -> None:
    event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    export_runs([store.run("one")], tmp_path / "out", "tensorboard")
    found = event_accumulator.EventAccumulator(str(tmp_path / "out" / "one"))
    found.Reload()
    losses = [event.value for event in found.Scalars("train/loss")]
    assert losses == pytest.approx(np.array([1.0, 1 / 2, 1 / 3]), rel=1e-6)
    assert [event.step for event in found.Scalars("validation/loss")] == [3]
