"""The run store: a folder beside the project with one database and a folder for each run.

    digits.runs/
      runs.sqlite                what can be plotted
      run-1/
        design.flow              the exact design and settings
        last.safetensors         weights of the last checkpoint, and of the best epoch
        best.safetensors
        resume.safetensors       all that going on exactly needs
        lock                     held by the process that writes

Any number of processes may read and write; a viewer asks again and sees what was added.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path

from studio.errors import ProjectError, RunError, nearest
from studio.project import atomic
from studio.project import format as document
from studio.project.project import Project
from studio.runs import database, names
from studio.runs.lock import RunLock
from studio.runs.reader import DESIGN, INFO, RunInfo, RunReader, info_of, known_names
from studio.runs.writer import RunWriter

__all__ = ["RunInfo", "RunReader", "RunStore", "RunWriter"]


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
                "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, 'starting', 0, '')",
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
        try:
            lock = RunLock.acquire(self.folder / name)
        except OSError as error:
            raise RunError(f'The run "{name}" cannot be resumed: {error.strerror}.') from error
        if lock is None:
            raise RunError(f'The run "{name}" is going on in another process. Stop it there first.')
        with database.opened(self.folder) as connection:
            (run,) = connection.execute("SELECT id FROM runs WHERE name = ?", (name,)).fetchone()
        return RunWriter(self.folder, name, run, lock)

    def list_runs(self) -> list[RunInfo]:
        """Return all runs, oldest first; none when nothing was ever trained.

        Raises:
            RunError: The database cannot be read.
        """
        if not (self.folder / database.FILE).exists():
            return []
        with database.opened(self.folder) as connection:
            rows = connection.execute(f"{INFO} ORDER BY runs.id").fetchall()
        return [info_of(row, self.folder) for row in rows]

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
