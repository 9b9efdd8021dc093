"""A project, one of its runs and that run's weights in one file that opens on any machine: ``.flowz``.

It is a zip whose names are those that its files get again: ``digits.flow``, ``digits.runs/runs.sqlite`` with
the one run, ``digits.runs/run-1/best.safetensors`` … A manifest names each with its size and SHA-256. Data
are not in it, nor anything that only means something on this machine. `studio.runs.unpacking` reads it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from studio.errors import ProjectError, RunError
from studio.project import files, grants
from studio.project import format as document
from studio.project.project import Project
from studio.project.weights import weights_path, with_initial_weights
from studio.runs import carried, database, names
from studio.runs.reader import DESIGN, RunReader
from studio.runs.store import RunStore

SUFFIX = files.SHARED_SUFFIX
FORMAT, VERSION = "flowgraph-studio-share", 1
MANIFEST = "manifest.json"
WEIGHTS = ("best.safetensors", "last.safetensors")
_CHUNK = 2**20
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The same project gives the same file, whenever it is packed."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What was packed.

    Attributes:
        path: The file.
        files: Names in it with their bytes, the manifest left out.
        notes: What was left out, in sentences.
    """

    path: Path
    files: dict[str, int]
    notes: tuple[str, ...]


def share(
    project: Project,
    target: Path,
    *,
    home: Path | None = None,
    store: RunStore | None = None,
    run: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> Shared:
    """Pack a project, and a run of it.

    Args:
        project: The design and its settings; its name is what the file inside is called.
        target: The file to write, whole or not at all.
        home: The project file's folder, where its initial weights lie.
        store: Where its runs are.
        run: Name of one of them; empty packs the design alone.
        cancelled: Is asked after every part.

    Raises:
        ProjectError: Something is missing, cannot be read, or nothing can be written there.
        RunError: There is no such run, or it is damaged.
    """
    name = _file_name(project.name)
    notes: list[str] = []
    packed = _with_plain_weights(_without_this_machine(project, home or Path(), notes))
    with tempfile.TemporaryDirectory(prefix="studio-share-") as scratch:
        sources: dict[str, Path | bytes] = {f"{name}{files.SUFFIX}": document.dumps(packed).encode()}
        weights = project.training.initial_weights
        if weights:
            place = packed.training.initial_weights
            sources[place] = _existing(weights_path(weights, home), "initial weights")
        if run:
            assert store is not None
            sources |= _run_files(store, run, f"{name}.runs", Path(scratch), home or Path(), notes)
        return Shared(target, _write(target, sources, f"{name}{files.SUFFIX}", run, cancelled), tuple(notes))


def _file_name(name: str) -> str:
    """Return a project's name as a file's on any system."""
    plain = "".join(letter if letter.isalnum() or letter in " ._-" else "-" for letter in name)
    plain = plain.strip(" .-")[:64].strip(" .-") or "project"
    return plain if names.is_plain(plain) else f"project-{plain}"


def _with_plain_weights(project: Project) -> Project:
    """Return a project whose initial weights are called so that every system can have them."""
    name = project.training.initial_weights
    if not name or all(map(names.is_plain, name.split("/"))):
        return project
    return with_initial_weights(project, "initial.safetensors")


def _without_this_machine(project: Project, home: Path, notes: list[str]) -> Project:
    """Return a project without a data folder that lies elsewhere: it would mean nothing there."""
    folder = project.data.folder
    if not folder or (not files.is_absolute(folder) and grants.lies_in(home / folder, home)):
        return project
    notes.append("The data folder lies outside the project's own, and was left out: choose it anew there.")
    return replace(project, data=project.data.model_copy(update={"folder": ""}))


def _existing(path: Path, what: str) -> Path:
    if not path.is_file():
        raise ProjectError(
            f'The {what} "{path.name}" are not in "{path.parent}". Put them there, or clear them.'
        )
    return path


def _run_files(
    store: RunStore, run: str, folder: str, scratch: Path, home: Path, notes: list[str]
) -> dict[str, Path | bytes]:
    """Return what is packed of a run, by name in the archive."""
    reader = store.run(run)
    database_copy = scratch / database.FILE
    _copy_rows(store.folder, run, database_copy)
    design = _without_this_machine(reader.project(), home, notes if not notes else [])
    found: dict[str, Path | bytes] = {
        f"{folder}/{database.FILE}": database_copy,
        f"{folder}/{run}/{DESIGN}": document.dumps(design).encode(),
    }
    for which in WEIGHTS:
        path = _checkpoint(reader, which)
        if path is not None:
            found[f"{folder}/{run}/{which}"] = path
    if not any(name.endswith(WEIGHTS) for name in found):
        notes.append(f"{run} has no weights yet.")
    taken = carried.read(reader.folder)
    if taken is not None:
        found[f"{folder}/{run}/{carried.FILE}"] = reader.folder / carried.FILE
    return found


def _checkpoint(reader: RunReader, which: str) -> Path | None:
    try:
        return reader.checkpoint_path(which.removesuffix(".safetensors"))
    except RunError:
        return None


def _copy_rows(store: Path, run: str, target: Path) -> None:
    """Write a database that holds one run, without reports that tell of this machine."""
    with database.opened(target.parent) as own:
        own.execute("ATTACH DATABASE ? AS theirs", (f"{(store / database.FILE).absolute()}",))
        with database.transaction(own):
            (number,) = own.execute("SELECT id FROM theirs.runs WHERE name = ?", (run,)).fetchone()
            for table, key in (("runs", "id"), *((table, "run") for table in database.RECORDS)):
                names = ", ".join(row[1] for row in own.execute(f"PRAGMA main.table_info({table})"))
                own.execute(
                    f"INSERT INTO main.{table} ({names}) SELECT {names} FROM theirs.{table} WHERE {key} = ?",
                    (number,),
                )
            own.execute("UPDATE main.events SET details = ''")
            own.execute("UPDATE main.runs SET pid = 0")
        own.execute("DETACH DATABASE theirs")
        own.execute("VACUUM")
        own.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _write(
    target: Path, sources: dict[str, Path | bytes], project: str, run: str, cancelled: Callable[[], bool]
) -> dict[str, int]:
    """Write the archive beside its place, and move it there; return the sizes of what is in it."""
    with _replacing(target) as path:
        written: dict[str, dict[str, Any]] = {}
        with zipfile.ZipFile(path, "w") as archive:
            for name in sorted(sources):
                written[name] = _add(archive, name, sources[name], cancelled)
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "project": project,
                "run": run,
                "files": written,
            }
            text = json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False).encode()
            _add(archive, MANIFEST, text, cancelled)
    return {name: int(facts["bytes"]) for name, facts in written.items()}


def _add(
    archive: zipfile.ZipFile, name: str, source: Path | bytes, cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """Add a file, weights as they are because they do not get smaller; return its size and SHA-256."""
    info = zipfile.ZipInfo(name, _MOMENT)
    info.external_attr = 0o644 << 16
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".safetensors") else zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w", force_zip64=True) as member:
        for chunk in _chunks(source):
            if cancelled():
                raise ProjectError("Sharing was cancelled; nothing was written.")
            member.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _chunks(source: Path | bytes) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Yield a path beside a file; what is written there takes the file's place, or is removed."""
    path = target.parent / f".studio-{secrets.token_hex(8)}.tmp"
    try:
        yield path
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        path.replace(target)
    except (OSError, zipfile.BadZipFile, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProjectError(f'Could not write "{target}": {reason}. Choose another place.') from error
    finally:
        path.unlink(missing_ok=True)
