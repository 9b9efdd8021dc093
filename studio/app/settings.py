"""What the window remembers between starts: theme, recent files, where its panels stand."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.errors import ProjectError
from studio.project.atomic import write_bytes

log = logging.getLogger(__name__)

MAX_RECENT = 10


class Preferences(BaseModel):
    """The person's choices, as they lie in ``settings.json`` of the user's configuration folder.

    Attributes:
        theme: ``system`` follows the desktop.
        recent: Paths of the last projects, newest first.
        geometry: Qt's window geometry, base64.
        layout: Qt's dock layout, base64.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    theme: Literal["system", "light", "dark"] = "system"
    recent: tuple[str, ...] = Field(default=(), max_length=MAX_RECENT)
    geometry: str = ""
    layout: str = ""


class Settings:
    """Preferences with the file they live in.

    A damaged file costs the preferences, never the program: defaults are used and the file is replaced
    at the next change.

    Args:
        path: The settings file; by default in the user's configuration folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_config_dir("flowgraph-studio", False)) / "settings.json"
        self._preferences = self._read()

    @property
    def preferences(self) -> Preferences:
        """The current choices."""
        return self._preferences

    def change(self, **changes: object) -> None:
        """Change some preferences and write them down."""
        self._preferences = Preferences.model_validate({**self._preferences.model_dump(), **changes})
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self.path, self._preferences.model_dump_json(indent=2).encode())
        except (OSError, ProjectError) as error:
            log.warning("Settings could not be written: %s", error)

    def add_recent(self, path: Path) -> None:
        """Put a project at the top of the recent ones."""
        text = str(path.resolve())
        others = [other for other in self._preferences.recent if other != text]
        self.change(recent=(text, *others)[:MAX_RECENT])

    def _read(self) -> Preferences:
        try:
            return Preferences.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValidationError) as error:
            log.warning("Settings at %s could not be read, defaults are used: %s", self.path, error)
            return Preferences()
