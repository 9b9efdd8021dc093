"""How a file was, to notice that it is another one now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.project import stamp
from studio.project.stamp import stamp_of


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "a.flow"
    file.write_bytes(b"abc")
    found = stamp_of(file)
    assert found is not None
    assert found.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (found.size, found.mtime_ns) == (3, file.stat().st_mtime_ns)


def test_a_file_of_the_same_size_and_time_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.flow"
    file.write_bytes(b"abc")
    known = stamp_of(file)
    monkeypatch.setattr(stamp, "digest_of", lambda _content: pytest.fail("it was read"))
    assert stamp_of(file, known) is known


def test_a_file_that_was_touched_is_the_same_and_one_that_was_written_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.flow"
    file.write_bytes(b"abc")
    known = stamp_of(file)
    assert known is not None
    os.utime(file, ns=(1, 1))
    touched = stamp_of(file, known)
    assert touched is not None
    assert (touched.digest, touched.mtime_ns) == (known.digest, 1)
    file.write_bytes(b"abd")
    changed = stamp_of(file, touched)
    assert changed is not None
    assert changed.digest != known.digest


@pytest.mark.parametrize("kind", ["missing", "folder", "too large"])
def test_what_is_no_project_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    file = tmp_path / "a.flow"
    monkeypatch.setattr(stamp, "MAX_BYTES", 2)
    if kind == "folder":
        file.mkdir()
    elif kind == "too large":
        file.write_bytes(b"abc")
    assert stamp_of(file) is None
