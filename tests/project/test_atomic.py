from __future__ import annotations

import errno
import os
import random
import signal
import stat
import subprocess
import sys
import zipfile
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.errors import ProjectError
from studio.project import atomic
from studio.project.atomic import keep_copy, write_bytes, writing

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="POSIX signals and limits")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.flow", b"one", backup=True)
    assert (tmp_path / "a.flow").read_bytes() == b"one"
    assert names(tmp_path) == ["a.flow"]


def test_an_empty_file_can_be_written(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.flow", b"")
    assert (tmp_path / "a.flow").read_bytes() == b""


def test_the_content_from_before_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    for content in (b"one", b"two", b"three"):
        write_bytes(path, content, backup=True)
    assert path.read_bytes() == b"three"
    assert (tmp_path / "a.flow.bak").read_bytes() == b"two"
    assert names(tmp_path) == ["a.flow", "a.flow.bak"]


def test_no_backup_is_made_unless_asked(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write_bytes(tmp_path / "a.flow", content)
    assert names(tmp_path) == ["a.flow"]


def test_a_backup_that_is_the_file_itself_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(b"one")
    os.link(path, tmp_path / "a.flow.bak")
    write_bytes(path, b"two", backup=True)
    assert (tmp_path / "a.flow.bak").read_bytes() == b"one"
    assert names(tmp_path) == ["a.flow", "a.flow.bak"]


def test_a_backup_does_not_change_when_another_program_writes_into_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_bytes(b"one")
    keep_copy(tmp_path / "a.flow", tmp_path / "kept")
    (tmp_path / "a.flow").write_bytes(b"two")
    assert (tmp_path / "kept").read_bytes() == b"one"


@posix
def test_the_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(b"one")
    path.chmod(0o640)
    write_bytes(path, b"two")
    assert path.stat().st_mode & 0o777 == 0o640


@posix
def test_a_new_file_has_the_mode_that_the_person_set(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.flow", b"one")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a.flow").stat().st_mode == (tmp_path / "b").stat().st_mode


@posix
def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.flow").write_bytes(b"one")
    (tmp_path / "link.flow").symlink_to("real/a.flow")
    write_bytes(tmp_path / "link.flow", b"two", backup=True)
    assert (tmp_path / "link.flow").is_symlink()
    assert (tmp_path / "real" / "a.flow").read_bytes() == b"two"
    assert names(tmp_path / "real") == ["a.flow", "a.flow.bak"]


@posix
def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.flow").symlink_to("b.flow")
    (tmp_path / "b.flow").symlink_to("a.flow")
    with pytest.raises(ProjectError, match="the link leads in a circle"):
        write_bytes(tmp_path / "a.flow", b"two")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("gone/a.flow", r'Could not save "a.flow": the folder ".*gone" does not exist'),
        ("file/a.flow", r"the folder .* does not exist"),
        ("folder", r"there is a folder of that name\. Nothing was overwritten\. Choose another name"),
        ("x" * 300, "the name is too long for this disk"),
        ("a\0b", "null byte"),
    ],
    ids=["no folder", "file as folder", "folder", "long", "null"],
)
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, path: str, message: str) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProjectError, match=message):
        write_bytes(tmp_path / path, b"two")
    assert names(tmp_path) == ["file", "folder"]


@posix
def test_a_device_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProjectError, match="it is a device or a pipe, not a file"):
        write_bytes(tmp_path / "pipe", b"two")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.parametrize("locked", ["a.flow", "."], ids=["file", "folder"])
def test_what_is_read_only_stays_as_it_is(tmp_path: Path, locked: str) -> None:
    (tmp_path / "a.flow").write_bytes(b"one")
    mode = (tmp_path / locked).stat().st_mode
    (tmp_path / locked).chmod(mode & ~0o222)
    with pytest.raises(ProjectError, match="you may not write there"):
        write_bytes(tmp_path / "a.flow", b"two")
    (tmp_path / locked).chmod(mode)
    assert (tmp_path / "a.flow").read_bytes() == b"one"


def failing(number: int) -> Callable[..., Any]:
    """A system call that fails with an error number."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "the disk is full. Nothing was overwritten. Free some space"),
        (errno.EDQUOT, "your share of the disk is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "you may not write there"),
        (errno.EIO, "the disk reports a fault"),
        (errno.EBUSY, "busy"),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "open"])
def test_a_failing_disk_leaves_the_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, message: str
) -> None:
    (tmp_path / "a.flow").write_bytes(b"one")
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, call, failing(number))
        with pytest.raises(ProjectError, match=message):
            write_bytes(tmp_path / "a.flow", b"two", backup=True)
    assert (tmp_path / "a.flow").read_bytes() == b"one"
    assert names(tmp_path) == ["a.flow"]


def test_a_failing_rename_leaves_the_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.flow").write_bytes(b"one")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing(errno.EACCES))
        with pytest.raises(ProjectError, match="you may not write there"):
            write_bytes(tmp_path / "a.flow", b"two", backup=True)
    assert (tmp_path / "a.flow").read_bytes() == b"one"
    assert names(tmp_path) == ["a.flow"]


def test_a_write_that_takes_less_than_it_was_given_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr(atomic.os, "write", lambda descriptor, data: whole(descriptor, bytes(data[:3])))
    write_bytes(tmp_path / "a.flow", b"0123456789")
    assert (tmp_path / "a.flow").read_bytes() == b"0123456789"


def test_a_copy_that_cannot_be_made_leaves_no_rubbish(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        keep_copy(tmp_path / "gone", tmp_path / "copy")
    assert names(tmp_path) == []


FULL_DISK = """
import resource, sys
from pathlib import Path
from studio.errors import ProjectError
from studio.project.atomic import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_bytes(Path(sys.argv[1]), b"x" * 1_000_000, backup=True)
except ProjectError as error:
    print(error)
"""


@posix
def test_a_disk_that_takes_only_part_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    path.write_bytes(b"one")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "the file would be larger than this system allows. Nothing was overwritten." in done.stdout
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["a.flow"]


SAVING = """
import sys
from pathlib import Path
from studio.project.atomic import write_bytes
path, number = Path(sys.argv[1]), 0
while True:
    write_bytes(path, b"%08d" % number * 100_000, backup=True)
    number += 1
    print("saved", flush=True)
"""


@posix
def test_a_process_killed_while_saving_leaves_whole_files(tmp_path: Path) -> None:
    path, chance = tmp_path / "a.flow", random.Random(0)
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", SAVING, str(path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            for _ in range(3):
                assert process.stdout.readline() == b"saved\n"
            try:
                process.wait(chance.uniform(0, 0.02))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        for kept in (path, tmp_path / "a.flow.bak"):
            content = kept.read_bytes()
            assert len(content) == 800_000
            assert content == content[:8] * 100_000


# Content in pieces, what a kill leaves, and disks that vanish -----------------------------------------


def test_pieces_are_one_file_when_the_block_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with writing(path, backup=True) as output:
        assert output.write(b"one") == 3
        assert output.write(memoryview(array("i", [1, 2]))) == 8
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"one" + array("i", [1, 2]).tobytes()
    assert names(tmp_path) == ["a.bin", "a.bin.bak"]


@pytest.mark.parametrize("error", [RuntimeError("mine"), ValueError("mine"), OSError("mine")], ids=repr)
def test_an_error_of_the_block_is_its_own_and_throws_the_file_away(tmp_path: Path, error: Exception) -> None:
    (tmp_path / "a.bin").write_bytes(b"old")

    def breaks_off() -> None:
        with writing(tmp_path / "a.bin") as output:
            output.write(b"new")
            raise error

    with pytest.raises(type(error), match="mine"):
        breaks_off()
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_zip_can_be_written_into_it(tmp_path: Path) -> None:
    with writing(tmp_path / "a.zip") as output, zipfile.ZipFile(output, "w") as archive:  # type: ignore[call-overload]
        archive.writestr("one", b"1" * 5000)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.read("one") == b"1" * 5000


def test_what_killed_processes_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    old, new, other = (tmp_path / name for name in (".studio-1.tmp", ".studio-2.tmp", "mine.tmp"))
    for path in (old, new, other):
        path.write_bytes(b"")
    for path in (old, other):
        os.utime(path, (100, 100))
    write_bytes(tmp_path / "a.flow", b"one")
    assert names(tmp_path) == [".studio-2.tmp", "a.flow", "mine.tmp"]


@posix
def test_a_folder_that_may_be_written_but_not_read_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def unreadable(path: Path, flags: int, *rest: int) -> int:
        if path == tmp_path:
            raise PermissionError(errno.EACCES, "no")
        return real(path, flags, *rest)

    monkeypatch.setattr(atomic.os, "open", unreadable)
    write_bytes(tmp_path / "a.flow", b"one")
    assert (tmp_path / "a.flow").read_bytes() == b"one"


@pytest.mark.parametrize("call", ["write", "fsync"])
@pytest.mark.parametrize("number", [errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN], ids=errno.errorcode.get)
def test_a_drive_that_vanishes_meanwhile_is_said_although_nothing_can_be_tidied_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    (tmp_path / "a.flow").write_bytes(b"one")
    with monkeypatch.context() as patch:
        patch.setattr(atomic.os, call, failing(number))
        patch.setattr(Path, "unlink", failing(number))
        with pytest.raises(ProjectError, match="the drive does not answer any more"):
            write_bytes(tmp_path / "a.flow", b"two")
    assert (tmp_path / "a.flow").read_bytes() == b"one"


@posix
@pytest.mark.parametrize("backup", [False, True])
def test_all_is_on_the_disk_before_the_name_changes_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backup: bool
) -> None:
    """What a power cut needs; nothing here can cut the power."""
    path, told = tmp_path / "a.flow", []
    path.write_bytes(b"old")
    sync, replace = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        told.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        sync(descriptor)

    def renamed(source: Path, target: Path) -> None:
        told.append(f"rename {target.name}")
        replace(source, target)

    monkeypatch.setattr(atomic.os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    write_bytes(path, b"new", backup=backup)
    kept = ["sync file", "rename a.flow.bak"] if backup else []
    assert told == ["sync file", *kept, "rename a.flow", "sync folder"]
