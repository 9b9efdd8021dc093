"""The open projects between two starts: which files they were, and which of them was on show."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app.document import Document
from studio.app.settings import Settings
from studio.errors import StudioError
from studio.project.files import read
from studio.project.project import Project


class Session(QObject):
    """Opens again what was open when the window was closed.

    The project that was on show comes at once, the others when there is time: reading them is no part
    of a quick start. Projects without a file are not remembered; they are asked about when closing.

    Args:
        document: Holds the open projects.
        settings: Keeps their paths.
    """

    missed = Signal(str)
    """In one line: which files could not be opened again."""

    def __init__(self, document: Document, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._settings = document, settings
        self._waiting: list[Path] = []
        self._missing: list[str] = []

    @property
    def is_restored(self) -> bool:
        """Whether all that was open the last time is open again, as far as it is still there."""
        return not self._waiting

    def open_now(self) -> tuple[list[str], int]:
        """Return the files that are open, and which of them is on show."""
        sheets = [sheet for sheet in self._document.sheets if sheet.path is not None]
        shown = self._document.sheet
        return [str(sheet.path) for sheet in sheets], sheets.index(shown) if shown in sheets else 0

    def remember(self) -> None:
        """Write down what is open."""
        paths, shown = self.open_now()
        self._settings.change(open_projects=tuple(paths), shown_project=shown)

    def restore_shown(self) -> None:
        """Open the project that was on show; if it is gone, the next that is not."""
        preferences = self._settings.preferences
        self._waiting = [Path(text) for text in preferences.open_projects]
        place = min(preferences.shown_project, max(len(self._waiting) - 1, 0))
        for path in (*self._waiting[place:], *reversed(self._waiting[:place])):
            project = self._read(path)
            if project is not None:
                self._document.open(project, path)
                return

    def restore_others(self) -> None:
        """Open the others beside it, in their order, and say which are gone."""
        waiting, self._waiting = self._waiting, []
        order = {path: place for place, path in enumerate(waiting)}
        for path in waiting:
            if self._document.find(path) is not None or str(path) in self._missing:
                continue
            project = self._read(path)
            if project is not None:
                self._document.add(project, path, self._place_for(path, order))
        if self._missing:
            self.missed.emit(_words(self._missing))
            self._missing = []

    def _read(self, path: Path) -> Project | None:
        try:
            return read(path)
        except StudioError:
            self._missing.append(str(path))
            return None

    def _place_for(self, path: Path, order: dict[Path, int]) -> int:
        """Return the place before the first project that stood behind this one."""
        sheets = self._document.sheets
        behind = (
            place
            for place, sheet in enumerate(sheets)
            if sheet.path is not None and order.get(sheet.path, -1) > order[path]
        )
        return next(behind, len(sheets))


def _words(missing: list[str]) -> str:
    names = ", ".join(Path(text).name for text in missing)
    verb = "was" if len(missing) == 1 else "were"
    return f"{names} {verb} open the last time and cannot be opened now: moved, deleted or damaged."
