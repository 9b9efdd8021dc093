"""The run store: a folder beside the project with one database and a folder for each run.

    digits.runs/
      runs.sqlite                what can be plotted
      run-1/
        design.flow              the exact design and settings
        last.safetensors         weights of the last checkpoint, and of the best epoch
        best.safetensors         (and best.running.safetensors: see `batch_statistics`)
        resume.safetensors       all that going on exactly needs
        lock                     held by the process that writes

Any number of processes may read and write; a viewer asks again and sees what was added.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.errors import ProjectError, RunError, nearest
from studio.project import atomic
from studio.project import format as document
from studio.project.project import Project
from studio.runs import database, names
from studio.runs.lock import RunLock
from studio.runs.reader import (
    DESIGN,
    ENDED,
    INFO,
    INFO_KINDS,
    RunInfo,
    RunReader,
    info_of,
    known_names,
    own_file,
)
from studio.runs.rows import made
from studio.runs.writer import RunWriter

__all__ = ["RunInfo", "RunReader", "RunStore", "RunWriter"]


MOST_LETTERS = 40
"""Of a tag."""


class RunStore:
    """All runs of a project.

    Args:
        folder: Where they are kept; made with the first run.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def create_run(self, name: str, project: Project, device: str, seed: int) -> RunWriter:
        """Start a new run.

        Args:
            name: Its name; empty takes the next free of ``run-1``, ``run-2`` …
            project: Kept with the run as it is now.
            device: Where it will run.
            seed: Its seed.

        Raises:
            RunError: The name is taken or no file name, or nothing can be written there.
        """
        if name:
            names.check(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(f'Cannot create "{self.folder}" for the runs: {error.strerror}.') from error
        with database.opened(self.folder) as connection, database.transaction(connection):
            name = self._free_name(connection, name)
            now = time.time()
            row = connection.execute(
                "INSERT INTO runs (name, created, updated, device, seed, pid, state, step, message) "
                "VALUES (?, ?, ?, ?, ?, ?, 'starting', 0, '')",
                (name, now, now, device, seed, os.getpid()),
            )
            lock = self._make_folder(name, project)
        assert row.lastrowid is not None
        return RunWriter(self.folder, name, row.lastrowid, lock)

    def reopen_run(self, name: str) -> RunWriter:
        """Go on writing a run that ended or whose process died.

        Raises:
            RunError: There is no such run, or another process is writing it.
        """
        self.run(name)
        own_file(self.folder, self.folder / name)
        try:
            lock = RunLock.acquire(self.folder / name)
        except OSError as error:
            raise RunError(f'The run "{name}" cannot be resumed: {error.strerror}.') from error
        if lock is None:
            raise RunError(f'The run "{name}" is going on in another process. Stop it there first.')
        # Nobody else writes here, so what a killed process left is of no use.
        atomic.sweep(self.folder / name, 0.0)
        with database.opened(self.folder) as connection:
            run, state = connection.execute("SELECT id, state FROM runs WHERE name = ?", (name,)).fetchone()
        return RunWriter(self.folder, name, run, lock, state if state in ENDED else "stopped")

    def list_runs(self, *, trashed: bool = False) -> list[RunInfo]:
        """Return all runs, oldest first; none when nothing was ever trained.

        Args:
            trashed: Those that were thrown away, instead of the others.

        Raises:
            RunError: The database cannot be read.
        """
        if not (self.folder / database.FILE).exists():
            return []
        with database.opened(self.folder) as connection:
            where = "runs.trashed > 0" if trashed else "runs.trashed = 0"
            rows = connection.execute(f"{INFO} WHERE {where} ORDER BY runs.id").fetchall()
        return made(rows, INFO_KINDS, lambda *row: info_of(row, self.folder), self.folder)

    def rename(self, name: str, new: str) -> None:
        """Call a run something else.

        Raises:
            RunError: There is no such run, it is going on, or the name cannot be had.
        """
        self.run(name)
        names.check(new)
        if new == name:
            return
        lock = self._at_rest(name)
        try:
            with database.opened(self.folder) as connection, database.transaction(connection):
                # Another spelling of the same name is free, although some disks do not tell them apart.
                if new.lower() != name.lower():
                    self._free_name(connection, new)
                connection.execute("UPDATE runs SET name = ? WHERE name = ?", (new, name))
                (self.folder / name).rename(self.folder / new)
        except OSError as error:
            raise RunError(f'The run "{name}" cannot be renamed: {error.strerror}.') from error
        finally:
            lock.release()

    def annotate(self, name: str, *, tags: Collection[str] | None = None, note: str | None = None) -> None:
        """Give a run other tags, another note, or both.

        Args:
            name: The run's.
            tags: All of them, in any order; None leaves them.
            note: Free text; None leaves it.

        Raises:
            RunError: There is no such run, or a tag is empty, too long or no single line.
        """
        self.run(name)
        for tag in tags or ():
            if not tag.strip() or len(tag) > MOST_LETTERS or not tag.isprintable():
                raise RunError(
                    f'"{tag[:80]}" cannot be a tag. Use readable words, at most {MOST_LETTERS} letters.'
                )
        with database.opened(self.folder) as connection, database.transaction(connection):
            if tags is not None:
                text = "\n".join(sorted({tag.strip() for tag in tags}))
                connection.execute("UPDATE runs SET tags = ? WHERE name = ?", (text, name))
            if note is not None:
                connection.execute("UPDATE runs SET note = ? WHERE name = ?", (note, name))

    def count_test_look(self, name: str) -> int:
        """Keep in mind that a run was measured on the test part, and return how often that was."""
        with database.opened(self.folder) as connection, database.transaction(connection):
            connection.execute("UPDATE runs SET test_looks = test_looks + 1 WHERE name = ?", (name,))
            (looks,) = connection.execute("SELECT test_looks FROM runs WHERE name = ?", (name,)).fetchone()
        return int(looks)

    @contextmanager
    def at_rest(self, name: str) -> Iterator[RunReader]:
        """Hold a run that nobody writes, so that its files can be changed, and nobody begins to write it.

        Raises:
            RunError: There is no such run, or it is going on.
        """
        reader, lock = self.run(name), self._at_rest(name)
        try:
            yield reader
        finally:
            lock.release()

    def add_event(self, name: str, message: str) -> None:
        """Keep what was done with a run after it ended; its state stays, and so does what it last told."""
        with database.opened(self.folder) as connection, database.transaction(connection):
            connection.execute(
                "INSERT INTO events (run, time, state, step, epoch, message, node, details, device, lr) "
                "SELECT id, ?, state, step, (SELECT count(*) FROM epochs WHERE run = runs.id), ?, '', '', "
                "device, NULL FROM runs WHERE name = ?",
                (time.time(), message, name),
            )

    def trash(self, name: str) -> None:
        """Throw a run away; `restore` brings it back until the trash is emptied.

        Raises:
            RunError: There is no such run, or it is going on.
        """
        self.run(name)
        self._at_rest(name).release()
        self._set_trashed(name, time.time())

    def restore(self, name: str) -> None:
        """Bring a run back that was thrown away.

        Raises:
            RunError: There is none of that name in the trash.
        """
        if name not in [info.name for info in self.list_runs(trashed=True)]:
            raise RunError(f'There is no run "{name}" in the trash.')
        self._set_trashed(name, 0.0)

    def empty_trash(self) -> int:
        """Delete what was thrown away, files and all, for good; return how many runs that were.

        Raises:
            RunError: A file cannot be deleted.
        """
        gone = [info.name for info in self.list_runs(trashed=True)]
        for name in gone:
            try:
                shutil.rmtree(self.folder / name, ignore_errors=False)
            except FileNotFoundError:
                pass
            except OSError as error:
                raise RunError(f'The run "{name}" cannot be deleted: {error.strerror}.') from error
            with database.opened(self.folder) as connection, database.transaction(connection):
                (run,) = connection.execute("SELECT id FROM runs WHERE name = ?", (name,)).fetchone()
                for table in database.RECORDS:
                    connection.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
                connection.execute("DELETE FROM runs WHERE id = ?", (run,))
        return len(gone)

    def _set_trashed(self, name: str, when: float) -> None:
        with database.opened(self.folder) as connection, database.transaction(connection):
            connection.execute("UPDATE runs SET trashed = ? WHERE name = ?", (when, name))

    def _at_rest(self, name: str) -> RunLock:
        """Return the lock of a run that nobody writes.

        Raises:
            RunError: Somebody does, or the folder is gone.
        """
        try:
            lock = RunLock.acquire(self.folder / name)
        except OSError as error:
            raise RunError(f'The folder of the run "{name}" cannot be used: {error.strerror}.') from error
        if lock is None:
            raise RunError(f'The run "{name}" is still going on. Stop it first.')
        return lock

    def run(self, name: str) -> RunReader:
        """Return a run to be read.

        Raises:
            RunError: There is no such run.
        """
        taken = [info.name for info in self.list_runs()]
        if name not in taken:
            there = (
                nearest(name, taken) or f"; there are {', '.join(taken[-10:])}"
                if taken
                else "; there are none"
            )
            raise RunError(f'There is no run "{name}" in "{self.folder}"{there}')
        return RunReader(self.folder, name)

    def _free_name(self, connection: sqlite3.Connection, wanted: str) -> str:
        """Return the name of a new run; a folder left over by a deleted list counts as taken."""
        folders = {path.name for path in self.folder.iterdir() if path.is_dir()}
        taken = folders | set(known_names(connection))
        # Some disks do not tell upper from lower case.
        if wanted.lower() in {name.lower() for name in taken}:
            raise RunError(f'There already is a run "{wanted}". Choose another name, or resume that one.')
        return wanted or names.next_free(taken)

    def _make_folder(self, name: str, project: Project) -> RunLock:
        """Make a run's folder with its design, and take its lock."""
        folder = self.folder / name
        try:
            folder.mkdir()
            atomic.write_bytes(folder / DESIGN, document.dumps(project).encode())
            lock = RunLock.acquire(folder)
        except (OSError, ProjectError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise RunError(f'Cannot start a run in "{self.folder}": {error}') from error
        if lock is None:
            raise RunError(f'The folder "{folder}" is in use by another process.')
        return lock
