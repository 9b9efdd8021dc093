"""The recovery journal: what is not saved, written aside from time to time, for after a crash.

It lies in a folder of the user, one file an unsaved project, and never over the project's own file. A
file belongs to the session (one run of the program) that wrote it; what a session leaves behind because
it could not end properly is what the next one offers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from studio.errors import ProjectError
from studio.project import strict_json
from studio.project.atomic import write_bytes
from studio.project.format import from_data, to_data
from studio.project.project import Project

FORMAT = "flowgraph-studio-recovery"
VERSION = 1
ENDING = ".recovery.json"


def recovery_folder() -> Path:
    """Return where this user's journal lies."""
    return Path(platformdirs.user_state_dir("flowgraph-studio", False)) / "recovery"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A project that was not saved, as the journal has it.

    Attributes:
        key: Session and number, under which it lies in the journal.
        project: As it was.
        path: Its file; empty if it never had one.
        shelter: Folder where its weights wait until it is saved; empty if there is none.
        steps: How many steps of the history the file is behind.
        written: When, in seconds since 1970.
        runs: Folder where its runs wait, made before it had a file; empty if there are none.
    """

    key: str
    project: Project
    path: str = ""
    shelter: str = ""
    steps: int = 0
    written: float = 0.0
    runs: str = ""

    @property
    def session(self) -> str:
        """The session that wrote it."""
        return self.key.partition(".")[0]

    @property
    def is_older_than_its_file(self) -> bool:
        """Whether the project's file was written after this."""
        try:
            return bool(self.path) and Path(self.path).stat().st_mtime > self.written
        except OSError:
            return False


class Journal:
    """A folder of unsaved projects.

    Args:
        folder: Is made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, unsaved: Unsaved) -> None:
        """Write a project aside, in the place of what was written under its key before.

        Raises:
            ProjectError: It could not be written; what was there before is still there.
        """
        document = {
            "format": FORMAT,
            "version": VERSION,
            "name": unsaved.project.name,
            "path": unsaved.path,
            "shelter": unsaved.shelter,
            "runs": unsaved.runs,
            "steps": unsaved.steps,
            "written": unsaved.written,
            "project": to_data(unsaved.project),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(f'The folder "{self.folder}" cannot be made: {error.strerror}.') from error
        write_bytes(self._file(unsaved.key), json.dumps(document, allow_nan=False).encode())

    def remove(self, key: str) -> None:
        """Forget a project: it was saved, or thrown away."""
        self._file(key).unlink(missing_ok=True)

    def has(self, key: str) -> bool:
        """Return whether something lies under a key."""
        return self._file(key).exists()

    def sessions(self) -> frozenset[str]:
        """Return the sessions that left something."""
        return frozenset(key.partition(".")[0] for key in self._keys())

    def left_by(self, sessions: frozenset[str]) -> tuple[Unsaved, ...]:
        """Return what these sessions left, the newest first; what cannot be read is passed over."""
        found = [self._read(key) for key in self._keys() if key.partition(".")[0] in sessions]
        sound = [unsaved for unsaved in found if unsaved is not None]
        return tuple(sorted(sound, key=lambda unsaved: -unsaved.written))

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{ENDING}"

    def _keys(self) -> list[str]:
        try:
            return sorted(path.name.removesuffix(ENDING) for path in self.folder.glob(f"*{ENDING}"))
        except OSError:
            return []

    def _read(self, key: str) -> Unsaved | None:
        try:
            return _unsaved(key, strict_json.parse(self._file(key).read_bytes()))
        except (OSError, ProjectError, KeyError, TypeError, ValueError):
            return None


def _unsaved(key: str, document: dict[str, Any]) -> Unsaved:
    """Return what a file of the journal holds.

    Raises:
        ProjectError, KeyError, TypeError, ValueError: It holds something else.
    """
    if document["format"] != FORMAT or document["version"] != VERSION:
        raise ProjectError("This is no recovery file of this version.")
    return Unsaved(
        key,
        from_data(document["project"], str(document["name"])),
        str(document["path"]),
        str(document["shelter"]),
        int(document["steps"]),
        float(document["written"]),
        str(document.get("runs", "")),
    )
