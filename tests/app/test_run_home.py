"""Runs made before a project had a file come to it when it gets one: all of them, or they stay."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from studio.app.run_home import RunHome


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunHome:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    home = RunHome()
    folder = home.folder(None)
    (folder / "run-1").mkdir(parents=True)
    (folder / "run-1" / "last.safetensors").write_bytes(b"weights")
    (tmp_path / "nets").mkdir()
    return home


def another_disk(source: Path, target: Path) -> None:
    raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))


@pytest.mark.parametrize("is_another_disk", [False, True], ids=["same disk", "another disk"])
def test_runs_come_to_the_project(
    home: RunHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_another_disk: bool
) -> None:
    before = home.folder(None)
    if is_another_disk:
        real = Path.rename

        def rename(source: Path, target: Path) -> Path:
            if source == before:
                another_disk(source, target)
            return real(source, target)

        monkeypatch.setattr(Path, "rename", rename)
    assert home.bring_home(tmp_path / "nets" / "net.flow") == ""
    assert [path.name for path in (tmp_path / "nets").iterdir()] == ["net.runs"]
    assert (tmp_path / "nets" / "net.runs" / "run-1" / "last.safetensors").read_bytes() == b"weights"
    assert not before.exists()


def test_a_disk_that_is_full_meanwhile_leaves_them_where_they_were(
    home: RunHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: str, target: str, **_: object) -> None:
        Path(target).write_bytes(b"")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = home.folder(None)
    monkeypatch.setattr(Path, "rename", another_disk)
    monkeypatch.setattr(shutil, "copy2", full)
    said = home.bring_home(tmp_path / "nets" / "net.flow")
    assert said.startswith(f"The runs made before saving stay in {before}: ")
    assert list((tmp_path / "nets").iterdir()) == []
    assert (before / "run-1" / "last.safetensors").read_bytes() == b"weights"
