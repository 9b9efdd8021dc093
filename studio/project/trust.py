"""Which code of custom layers this person trusts on this machine.

Trust is given to an exact text. What is kept is its HMAC under a key that only this person can read,
outside of every project, so that no project can bring its own trust along, and nobody who can write the list
alone can add to it. A text of which one byte differs is another text.

Trust is no sandbox: trusted code runs with all the rights of the person. Whoever can read the key, or
write into this program, can run code already.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import os
import secrets
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from studio.catalog.code_reading import check_text
from studio.catalog.code_templates import SHIPPED
from studio.errors import CodeError, ProjectError, StudioError
from studio.project import atomic, strict_json

log = logging.getLogger(__name__)

FORMAT, VERSION = "flowgraph-studio-trust", 1
KEY_BYTES = 32
MAX_ENTRIES = 10_000
MAX_STORE = 8 * 2**20
"""Most bytes of the list."""

_PURPOSE = b"flowgraph-studio custom layer 1\0"
"""Stands before the code, so that the key can never be made to sign something else."""

_HAS_MODES = hasattr(os, "geteuid")
"""Whether a file's mode says who may read it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text that is trusted.

    Attributes:
        mac: HMAC-SHA-256 of the text, in hexadecimal.
        name: The layer's name when it was trusted; a reminder, nothing depends on it.
        source: The project that it stood in.
        when: When it was trusted, in UTC.
    """

    mac: str
    name: str = ""
    source: str = ""
    when: str = ""


class TrustStore:
    """The list of trusted code, and the key that it is made with.

    Args:
        folder: Where both lie; by default in the user's configuration folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        home = folder or Path(platformdirs.user_config_dir("flowgraph-studio", False))
        self.key_path = home / "trust.key"
        self.path = home / "trusted.json"
        self._seen: tuple[Any, ...] = ()
        self._key: bytes | None = None
        self._entries: tuple[Entry, ...] = ()

    def trusts(self, code: str) -> bool:
        """Say whether exactly this code may run here."""
        if code in SHIPPED:
            return True
        self._refresh()
        if self._key is None:
            return False
        wanted, found = _mac(self._key, code), False
        for entry in self._entries:
            found |= hmac.compare_digest(entry.mac, wanted)
        return found

    def trust(self, code: str, name: str = "", source: str = "") -> None:
        """Let exactly this code run here from now on.

        Args:
            code: The code.
            name: The layer's name, for the list.
            source: The project's name, for the list.

        Raises:
            CodeError: The code is too long, or holds letters that cannot be seen.
            ProjectError: The list or the key cannot be written.
        """
        check_text(code)
        if self.trusts(code):
            return
        self._key = self._key or self._new_key()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = Entry(_mac(self._key, code), name[:64], source[:200], now)
        self._write([*self._entries, entry][-MAX_ENTRIES:])

    def revoke(self, code: str) -> bool:
        """Trust this code no more; say whether it was trusted."""
        if code in SHIPPED or not self.trusts(code):
            return False
        assert self._key is not None
        mac = _mac(self._key, code)
        self._write([entry for entry in self._entries if not hmac.compare_digest(entry.mac, mac)])
        return True

    def entries(self) -> tuple[Entry, ...]:
        """Return what is trusted, in the order in which it came to be."""
        self._refresh()
        return self._entries

    def forget(self, macs: Collection[str]) -> None:
        """Trust the texts of these entries no more.

        Raises:
            ProjectError: The list cannot be written.
        """
        self._write(entry for entry in self.entries() if entry.mac not in macs)

    def why_void(self) -> str:
        """Return why what was trusted before counts no more, in a sentence; empty if nothing is wrong."""
        try:
            _read_key(self.key_path)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return (
                f'What was trusted before does not count: the key "{self.key_path}" {error.strerror}. '
                "Trusting code again makes a new key."
            )
        return ""

    def _refresh(self) -> None:
        """Read key and list anew if either changed."""
        seen = (_signature(self.key_path), _signature(self.path))
        if seen == self._seen:
            return
        try:
            self._key = _read_key(self.key_path)
        except OSError as error:
            if not isinstance(error, FileNotFoundError):
                log.warning("the key of trusted code %s %s", self.key_path, error.strerror)
            self._key = None
        self._entries = _read_entries(self.path)
        self._seen = seen

    def _new_key(self) -> bytes:
        """Make a key that nobody else can read, and return it; another window's, if that was quicker."""
        try:
            self.key_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            key = secrets.token_bytes(KEY_BYTES)
            made = self.key_path.with_name(f".{self.key_path.name}-{secrets.token_hex(8)}.tmp")
            try:
                _write_private(made, key)
                return self._settle(made, key)
            finally:
                made.unlink(missing_ok=True)
        except OSError as error:
            raise ProjectError(
                f'The key for trusted code cannot be kept in "{self.key_path.parent}": '
                f"{error.strerror or error}. Nothing was trusted."
            ) from error

    def _settle(self, made: Path, key: bytes) -> bytes:
        """Give a new key its name, unless a sound one has it by now."""
        with contextlib.suppress(OSError):
            os.link(made, self.key_path)
            return key
        with contextlib.suppress(OSError):
            return _read_key(self.key_path)
        made.replace(self.key_path)
        return key

    def _write(self, entries: Iterable[Entry]) -> None:
        found = tuple(entries)
        listed = [
            {"mac": entry.mac, "name": entry.name, "source": entry.source, "when": entry.when}
            for entry in found
        ]
        document = {"format": FORMAT, "version": VERSION, "trusted": listed}
        atomic.write_bytes(self.path, strict_json.write(document).encode())
        self._entries, self._seen = found, ()


def store() -> TrustStore:
    """Return the store of the person who runs this."""
    home = Path(platformdirs.user_config_dir("flowgraph-studio", False))
    found = _stores.get(home)
    if found is None:
        found = _stores[home] = TrustStore(home)
    return found


_stores: dict[Path, TrustStore] = {}


def is_trusted(code: str) -> bool:
    """Say whether this person trusts exactly this code on this machine."""
    return store().trusts(code)


def require(code: str) -> None:
    """Let trusted code through, and nothing else.

    Raises:
        CodeError: This person has not trusted exactly this code on this machine.
    """
    if not is_trusted(code):
        raise CodeError("its code has not been trusted on this machine, so it does not run")


def _mac(key: bytes, code: str) -> str:
    # Half a character cannot be written as UTF-8; it is refused elsewhere, and here is just another text.
    return hmac.new(key, _PURPOSE + code.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _signature(path: Path) -> tuple[int, ...] | None:
    """Return what changes when a file does; None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_mode, found.st_uid)


def _read_key(path: Path) -> bytes:
    """Return the key.

    Raises:
        FileNotFoundError: There is none.
        OSError: There is one that cannot be relied on; `strerror` says why, in words that follow its name.
    """
    data = _read(path, KEY_BYTES + 1, private=True)
    if len(data) != KEY_BYTES:
        raise OSError(0, "is damaged")
    return data


def _read(path: Path, limit: int, *, private: bool = False) -> bytes:
    """Return up to so many bytes of a plain file that is not reached through a link.

    Raises:
        OSError: It is something else, or (`private`) others can read or write it.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is no file")
        if private and _HAS_MODES and status.st_uid != os.geteuid():
            raise OSError(0, "belongs to somebody else")
        if private and _HAS_MODES and stat.S_IMODE(status.st_mode) & 0o077:
            raise OSError(0, "can be read or changed by others")
        return file.read(limit)


def _write_private(path: Path, data: bytes) -> None:
    """Write a new file that only this person can read, and see it onto the disk."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _read_entries(path: Path) -> tuple[Entry, ...]:
    """Return the list; nothing of one that is damaged, because trust can be given again."""
    try:
        data = _read(path, MAX_STORE + 1)
        document = strict_json.parse(data) if len(data) <= MAX_STORE else None
    except FileNotFoundError:
        return ()
    except (OSError, StudioError) as error:
        log.warning("the list of trusted code %s cannot be read: %s", path, error)
        return ()
    named = document if isinstance(document, dict) else {}
    listed = (
        named.get("trusted") if (named.get("format"), named.get("version")) == (FORMAT, VERSION) else None
    )
    if not isinstance(listed, list):
        log.warning("the list of trusted code %s is none", path)
        return ()
    found = (_entry(item) for item in listed[:MAX_ENTRIES])
    return tuple(entry for entry in found if entry is not None)


def _entry(item: object) -> Entry | None:
    if not isinstance(item, dict):
        return None
    texts = [item.get(field, "") for field in ("mac", "name", "source", "when")]
    if not all(isinstance(text, str) and text.isascii() for text in texts[:1]):
        return None
    return Entry(*(str(text) for text in texts))
