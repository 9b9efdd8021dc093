"""Where a project's runs lie before it has a file, and how they come to it when it gets one."""

from __future__ import annotations

import shutil
import time
import uuid
from pathlib import Path

import platformdirs

from studio.app.document import Document
from studio.project.files import runs_folder


class RunHome:
    """The runs folder of the document: beside its file, or in the user's state folder until it has one."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._shelter: Path | None = None

    @property
    def folder(self) -> Path:
        """Where runs are written and read now."""
        if self._shelter is None and self._document.path is None:
            state = Path(platformdirs.user_state_dir("flowgraph-studio", False))
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:6]}.runs"
            self._shelter = state / "unsaved" / name
        if self._shelter is not None:
            return self._shelter
        assert self._document.path is not None
        return runs_folder(self._document.path)

    def forget(self) -> None:
        """Another project was opened: what lies in the shelter stays there."""
        self._shelter = None

    def bring_home(self) -> str:
        """Move the runs to the file that the project got; call it while none is being written.

        Returns:
            Why they stay where they are, or an empty string.
        """
        if self._shelter is None or self._document.path is None:
            return ""
        source, self._shelter = self._shelter, None
        target = runs_folder(self._document.path)
        if not source.exists():
            return ""
        if target.exists():
            return f"{target.name} is there already: runs made before saving stay in {source}."
        try:
            shutil.move(source, target)
        except OSError as error:
            return f"The runs made before saving stay in {source}: {error.strerror}."
        return ""
