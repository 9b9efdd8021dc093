"""Opening a shared project: a ``.flowz`` comes from anywhere, so nothing in it is believed.

Names, sizes, kinds and the room between them are judged before a byte is unpacked, each file is unpacked no
further than its manifest says, and everything lies in a folder of its own until all of it is sound. Only then
does that folder get the name that the person chose.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from studio.errors import ProjectError, RunError
from studio.project import files, strict_json
from studio.project import format as document
from studio.project.project import Project
from studio.runs import carried, database, names
from studio.runs.reader import DESIGN
from studio.runs.sharing import FORMAT, MANIFEST, SUFFIX, VERSION, WEIGHTS
from studio.runs.store import RunStore

MOST_FILES = 64
MOST_TEXT = strict_json.MAX_BYTES
MOST_ROWS = 2**30
"""Bytes of the database of a run."""

MOST_WEIGHTS = 2**35
RATIO = 200
"""So many times as large as packed, at most, is what a text or a database can be."""

SMALL = 2**20
"""Below this the ratio does not matter."""

SPARE = 64 * 2**20
"""Bytes that stay free on the disk."""

_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Contents:
    """What a shared file holds, as far as can be told without unpacking it.

    Attributes:
        project: Name of the project's file in it.
        run: Name of the run in it; empty: none.
        bytes: By name, how many there are.
        hashes: By name, the SHA-256 that is to be found.
    """

    project: str
    run: str
    bytes: dict[str, int]
    hashes: dict[str, str]

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.bytes.values())


def is_shared(path: Path) -> bool:
    """Say whether a file is called as a shared project is."""
    return path.suffix.lower() == SUFFIX


def look(path: Path) -> Contents:
    """Return what a shared file holds; nothing is unpacked.

    Raises:
        ProjectError: It cannot be read, is none, or holds what it should not.
    """
    with _Archive(path) as archive:
        return archive.contents


def read_project(path: Path) -> Project:
    """Return the project in a shared file, without unpacking the rest.

    Raises:
        ProjectError: As `look`; or the project in it is not sound.
    """
    with _Archive(path) as archive:
        name = archive.contents.project
        return archive.sound_project(archive.read(name, MOST_TEXT))


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a shared file into a folder, and return the path of the project in it.

    Args:
        path: The shared file.
        folder: Where to; it must be empty or not there yet, or hold this very file unpacked already.

    Raises:
        ProjectError: As `look`; or a file in it is damaged, or the folder cannot be used.
    """
    with _Archive(path) as archive:
        contents = archive.contents
        there = folder / contents.project
        if _is_there(contents, folder):
            return there
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ProjectError(
                f'"{folder}" is there already and holds something else. Choose a folder that is empty or new.'
            )
        scratch = folder.absolute().parent / f".studio-{secrets.token_hex(8)}.tmp"
        try:
            _refuse_full(scratch.parent, contents.total)
            archive.write_all(scratch)
            _refuse_unsound(scratch, contents)
            if folder.exists():
                folder.rmdir()
            scratch.rename(folder)
        except OSError as error:
            raise ProjectError(
                f'Could not unpack "{path.name}" to "{folder}": {error.strerror}. Choose another folder.'
            ) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return there


def folder_for(path: Path) -> Path:
    """Return the folder that a shared file is unpacked to where nobody chose one: beside it, of its name."""
    return path.absolute().with_suffix("")


def _is_there(contents: Contents, folder: Path) -> bool:
    """Say whether a folder holds what would be unpacked: the same run, or without one the same project."""
    if not (folder / contents.project).is_file():
        return False
    stem = contents.project.removesuffix(files.SUFFIX)
    lasting = [name for name in contents.bytes if name.startswith(f"{stem}.runs/{contents.run}/")]
    return all(
        _digest_of(folder / name) == contents.hashes[name]
        for name in (lasting if contents.run else [contents.project])
    )


def _digest_of(path: Path) -> str:
    """Return a file's SHA-256; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _refuse_full(folder: Path, needed: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if needed + SPARE > free:
        raise ProjectError(
            f'It needs {needed / 2**20:,.0f} MB, and "{folder}" has room for {free / 2**20:,.0f} MB. Make '
            "room, or choose another folder."
        )


def _refuse_unsound(folder: Path, contents: Contents) -> None:
    """Open what was unpacked, as the program will."""
    files.read(folder / contents.project)
    if contents.run:
        try:
            RunStore(files.runs_folder(folder / contents.project)).run(contents.run).project()
        except RunError as error:
            raise ProjectError(f"The run in it is not sound. {error.message}") from error


class _Archive:
    """A shared file that is open, its list of contents judged."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> _Archive:
        try:
            if not stat.S_ISREG(self._path.stat().st_mode):
                self._refuse("it is no file")
            self._zip = zipfile.ZipFile(self._path)
        except FileNotFoundError as error:
            raise ProjectError(f'There is no file "{self._path}". Check the name.') from error
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            raise ProjectError(
                f'Could not open "{self._path.name}": {getattr(error, "strerror", None) or error}. It is no '
                "shared project, or damaged; ask for it again."
            ) from error
        try:
            self._members = self._judged_members()
            self.contents = self._judged_contents()
        except BaseException:
            self._zip.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _refuse(self, reason: str) -> NoReturn:
        raise ProjectError(
            f'Could not open "{self._path.name}": {reason}. Shared projects are not made so; do not trust it.'
        )

    def _judged_members(self) -> dict[str, zipfile.ZipInfo]:
        """Return the members by name, none of which leads elsewhere, is a link, or is there twice."""
        found: dict[str, zipfile.ZipInfo] = {}
        lower: set[str] = set()
        if len(self._zip.infolist()) > MOST_FILES:
            self._refuse(f"it holds {len(self._zip.infolist()):,} files, and {MOST_FILES} are allowed")
        for info in self._zip.infolist():
            name = info.orig_filename
            parts = name.split("/")
            if len(name) > 200 or len(parts) > 8 or not all(names.is_plain(part) for part in parts):
                self._refuse(f"it holds a file called {_shown(name)}, which cannot be unpacked everywhere")
            if name.lower() in lower:
                self._refuse(f"it holds {_shown(name)} twice")
            mode = info.external_attr >> 16
            if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
                self._refuse(f"{_shown(name)} in it is no file but a link or a device")
            if info.flag_bits & 0x1:
                self._refuse(f"{_shown(name)} in it is locked with a password")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self._refuse(f"{_shown(name)} in it is packed in a way that is not used")
            if info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1):
                self._refuse(
                    f"{_shown(name)} in it would be {info.file_size:,} bytes of {info.compress_size:,}"
                )
            found[name] = info
            lower.add(name.lower())
        self._refuse_overlap(list(found.values()))
        return found

    def _refuse_overlap(self, members: list[zipfile.ZipInfo]) -> None:
        """Refuse files that lie over each other, which a small archive unfolds without end by."""
        end = 0
        for info in sorted(members, key=lambda info: info.header_offset):
            if info.header_offset < end:
                self._refuse("files in it lie over each other")
            end = info.header_offset + 30 + info.compress_size
        if end > self._path.stat().st_size:
            self._refuse("it is shorter than it says")

    def _judged_contents(self) -> Contents:
        """Return what the manifest says, if that is what is there."""
        if MANIFEST not in self._members:
            self._refuse("it has no list of its contents")
        found = strict_json.parse(self.read(MANIFEST, SMALL))
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            self._refuse("its list of contents is another one")
        version = found.get("version")
        if not isinstance(version, int) or version < 1:
            self._refuse("its list of contents has no version")
        if version > VERSION:
            raise ProjectError(
                f'Could not open "{self._path.name}": a later version of the program wrote it (format '
                f"{version}, this one knows {VERSION}). Update the program."
            )
        contents = _contents_of(found)
        if contents is None or {*contents.bytes, MANIFEST} != set(self._members):
            self._refuse("its list of contents does not say what is in it")
        for name, size in contents.bytes.items():
            if self._members[name].file_size != size or size > _most(name, contents):
                self._refuse(f"{_shown(name)} in it has another size than it can have")
        return contents

    def read(self, name: str, most: int) -> bytes:
        """Return a member, if it is no longer than that."""
        return b"".join(self._chunks(name, most))

    def _chunks(self, name: str, most: int) -> Iterator[bytes]:
        left = min(most, self._members[name].file_size)
        try:
            with self._zip.open(self._members[name]) as member:
                while chunk := member.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        self._refuse(f"{_shown(name)} in it is longer than it says")
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
            raise ProjectError(
                f'"{self._path.name}" is damaged at {_shown(name)}: {error}. Ask for it again.'
            ) from error

    def sound_project(self, data: bytes) -> Project:
        """Return the project that a document in it holds."""
        name = Path(self.contents.project).stem
        try:
            project = document.loads(data, name)
        except ProjectError as error:
            raise type(error)(f'Could not open "{self._path.name}". {error.message}') from error
        if files.is_absolute(project.data.folder):
            self._refuse("its project names a data folder of another machine")
        return project

    def write_all(self, folder: Path) -> None:
        """Unpack everything into a new folder."""
        folder.mkdir()
        for name, size in self.contents.bytes.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            with path.open("xb") as file:
                for chunk in self._chunks(name, size):
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != self.contents.hashes[name]:
                raise ProjectError(
                    f'"{self._path.name}" is damaged: {_shown(name)} is not what was packed. Ask for it anew.'
                )


def _shown(name: str) -> str:
    text = name if len(name) <= 60 else f"{name[:60]}…"
    return f'"{text}"' if text.isprintable() else ascii(text)


def _contents_of(found: dict[str, Any]) -> Contents | None:
    """Return what a manifest says; None if it says it in no known way, or names what does not belong."""
    project, run, listed = found.get("project"), found.get("run"), found.get("files")
    if set(found) != {"format", "version", "project", "run", "files"}:
        return None
    if not isinstance(project, str) or not isinstance(run, str) or not isinstance(listed, dict):
        return None
    if not project.endswith(files.SUFFIX) or "/" in project or project not in listed:
        return None
    sizes, hashes = {}, {}
    for name, facts in listed.items():
        if (
            not isinstance(facts, dict)
            or set(facts) != {"bytes", "sha256"}
            or not _belongs(name, project, run)
        ):
            return None
        size, digest = facts["bytes"], facts["sha256"]
        if not isinstance(size, int) or isinstance(size, bool) or size < 0 or not isinstance(digest, str):
            return None
        sizes[name], hashes[name] = size, digest
    return Contents(project, run, sizes, hashes)


def _belongs(name: str, project: str, run: str) -> bool:
    """Say whether a shared project has such a file: its own, its run's, or weights that it starts from."""
    folder = f"{project.removesuffix(files.SUFFIX)}.runs"
    if name.startswith(f"{folder}/"):
        own = {f"{run}/{file}" for file in (DESIGN, carried.FILE, *WEIGHTS)} | {database.FILE}
        return bool(run) and name.removeprefix(f"{folder}/") in own
    return name == project or name.endswith(".safetensors")


def _most(name: str, contents: Contents) -> int:
    if name.endswith(".safetensors"):
        return MOST_WEIGHTS
    return MOST_ROWS if name.endswith(database.FILE) else MOST_TEXT
