"""Small and read-only disks of a process's own, which are gone with it: Linux lets one have them.

Root needs nothing more; others get them where the system lets them have a user namespace.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2


def be_apart() -> None:
    """Let this process, which must have one thread, mount what nobody else sees.

    Raises:
        OSError: The system does not let it.
    """
    user, group = os.getuid(), os.getgid()
    _call("unshare", CLONE_NEWNS | (CLONE_NEWUSER if user else 0))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)


def mount_small(folder: Path, size: int) -> None:
    """Mount an empty disk of so many bytes on a folder."""
    _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, f"size={size}".encode())


def make_read_only(folder: Path) -> None:
    """Let nobody write into a folder, not even root."""
    _call("mount", os.fsencode(folder), os.fsencode(folder), None, MS_BIND, None)
    _call("mount", b"none", os.fsencode(folder), None, MS_REMOUNT | MS_BIND | MS_RDONLY, None)


def pull_out(folder: Path) -> None:
    """Take away what is mounted on a folder, used or not."""
    _call("umount2", os.fsencode(folder), MNT_DETACH)


@cache
def can_mount() -> bool:
    """Say whether a process may have disks of its own here."""
    if sys.platform != "linux":
        return False
    code = "from tests.torture.mounting import be_apart; be_apart()"
    root = Path(__file__).resolve().parents[2]
    return subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True).returncode == 0


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
