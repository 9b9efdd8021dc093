"""The fingerprint of data: of every number and of nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from studio.data.fingerprint import Fingerprint, digest
from studio.data.source import RawData

RAW = RawData(np.arange(12, dtype=np.float32).reshape(6, 2), np.arange(6) % 2)


def test_digest_is_the_sha256_of_kinds_shapes_and_bytes() -> None:
    expected = b"<f4(6, 2)" + RAW.inputs.tobytes() + b"<i8(6,)" + RAW.targets.tobytes()
    assert digest(RAW) == hashlib.sha256(expected).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        replace(RAW, inputs=RAW.inputs[::-1]),
        replace(RAW, inputs=RAW.inputs.reshape(6, 2, 1)),
        replace(
            RAW, inputs=np.where(RAW.inputs == 7, np.nextafter(np.float32(7), np.float32(8)), RAW.inputs)
        ),
        replace(RAW, targets=1 - RAW.targets),
        replace(RAW, inputs=RAW.inputs[:-1], targets=RAW.targets[:-1]),
        replace(RAW, test=(RAW.inputs, RAW.targets)),
    ],
    ids=["order", "shape", "one-number", "targets", "fewer", "test-set"],
)
def test_digest_of_other_data_is_another(other: RawData) -> None:
    assert digest(other) != digest(RAW)


def test_digest_is_of_the_numbers_and_not_of_how_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.data.fingerprint._BLOCK_BYTES", 20)
    assert digest(replace(RAW, inputs=np.asfortranarray(RAW.inputs))) == digest(RAW)


def test_fingerprint_is_the_digest_and_the_number_of_samples() -> None:
    taken = Fingerprint(replace(RAW, test=(RAW.inputs[:2], RAW.targets[:2])))
    assert (taken.text, taken.count) == (digest(replace(RAW, test=(RAW.inputs[:2], RAW.targets[:2]))), 8)


def test_what_goes_wrong_is_told_where_it_is_waited_for() -> None:
    taken = Fingerprint(replace(RAW, inputs=object()))  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        _ = taken.text
