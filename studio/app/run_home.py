"""Where a project's runs lie before it has a file, and how they come to it when it gets one."""

from __future__ import annotations

import errno
import shutil
import time
import uuid
from pathlib import Path

import platformdirs

from studio.project.atomic import ENDING, PREFIX
from studio.project.files import runs_folder


class RunHome:
    """The runs folder of a project: beside its file, or in the user's state folder until it has one.

    It is asked with the project's file, or None, and knows nothing else of it.

    Args:
        shelter: Where its runs wait already: those of a project that is recovered.
    """

    def __init__(self, shelter: Path | None = None) -> None:
        self._shelter = shelter

    @property
    def aside(self) -> Path | None:
        """Where runs wait for the project to get a file; None if there are none."""
        return self._shelter if self._shelter is not None and self._shelter.is_dir() else None

    def folder(self, path: Path | None) -> Path:
        """Return where runs are written and read now."""
        if self._shelter is None and path is None:
            state = Path(platformdirs.user_state_dir("flowgraph-studio", False))
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}.runs"
            self._shelter = state / "unsaved" / name
        if self._shelter is not None:
            return self._shelter
        assert path is not None
        return runs_folder(path)

    def bring_home(self, path: Path | None) -> str:
        """Move the runs to the file that the project got; call it while none is being written.

        Returns:
            Why they stay where they are, or an empty string.
        """
        if self._shelter is None or path is None:
            return ""
        source, self._shelter = self._shelter, None
        target = runs_folder(path)
        if not source.exists():
            return ""
        if target.exists():
            return f"{target.name} is there already: runs made before saving stay in {source}."
        try:
            _move(source, target)
        except OSError as error:
            return f"The runs made before saving stay in {source}: {error.strerror or error}."
        return ""


def _move(source: Path, target: Path) -> None:
    """Move a folder, also to another disk: under its new name it is whole or not there.

    Raises:
        OSError: It cannot be moved, and is where it was.
    """
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    copy = target.with_name(f"{PREFIX}{uuid.uuid4().hex}{ENDING}")
    try:
        shutil.copytree(source, copy)
        copy.rename(target)
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    shutil.rmtree(source, ignore_errors=True)
