"""What the window remembers between starts: the person's preferences, recent files, where panels stand."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from PySide6.QtCore import QObject, Signal

from studio.errors import ProjectError
from studio.graph.node import LivePicture
from studio.project.atomic import write_bytes

log = logging.getLogger(__name__)

MAX_RECENT = 10
MAX_RECENT_COMMANDS = 12
MAX_USED = 200

REMEMBERED = {
    "keys",
    "recent",
    "tour_step",
    "recent_commands",
    "open_projects",
    "shown_project",
    "geometry",
    "layout",
    "used",
    "pinned",
}
"""What is kept beside the choices: nothing on screen looks otherwise for it."""


class Preferences(BaseModel):
    """The person's choices, as they lie in ``settings.json`` of the user's configuration folder.

    Attributes:
        theme: ``system`` follows the desktop.
        byte_units: ``binary`` counts memory in KiB, ``decimal`` in kB.
        cost_units: ``FLOPs`` counts each multiply-accumulate as two operations.
        wire_style: How wires run between ports.
        grid_visible: The canvas shows dots.
        grid_snaps: What is moved comes to rest on the grid.
        grid_size: Its step, in canvas units.
        animates: The canvas glides; off, it jumps.
        autosave_s: How often what is not saved is written to the recovery journal; 0 is never.
        device: What ``auto`` stands for on this machine; ``auto`` leaves it to the engine.
        monitoring_share: Part of training time that looking into the network may cost.
        live_pictures: What cards show while training, by family, where that is not what matters.
        keys: Chords of actions whose keys were changed, by the action's name.
        recent: Paths of the last projects, newest first.
        tour_step: Where the guided tour goes on: number of its step, from 0.
        recent_commands: Names of the commands last run from the palette, newest first.
        open_projects: Paths of the projects that were open when the window was closed, in order.
        shown_project: Which of them was on show.
        geometry: Qt's window geometry, base64.
        layout: Qt's dock layout, base64.
        used: Kinds of the layers added last, newest last; what is used most is found first.
        pinned: Kinds that a search shows first.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    theme: Literal["system", "light", "dark"] = "system"
    byte_units: Literal["binary", "decimal"] = "binary"
    cost_units: Literal["MACs", "FLOPs"] = "MACs"
    wire_style: Literal["curved", "straight", "orthogonal"] = "curved"
    grid_visible: bool = True
    grid_snaps: bool = True
    grid_size: int = Field(default=8, ge=2, le=64)
    animates: bool = True
    autosave_s: int = Field(default=5, ge=0, le=3600)
    device: str = "auto"
    monitoring_share: float = Field(default=0.02, ge=0.0, le=0.5)
    live_pictures: dict[str, LivePicture] = Field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    recent: tuple[str, ...] = Field(default=(), max_length=MAX_RECENT)
    tour_step: int = Field(default=0, ge=0, le=1000)
    recent_commands: tuple[str, ...] = Field(default=(), max_length=MAX_RECENT_COMMANDS)
    open_projects: tuple[str, ...] = ()
    shown_project: int = Field(default=0, ge=0)
    geometry: str = ""
    layout: str = ""
    used: tuple[str, ...] = Field(default=(), max_length=MAX_USED)
    pinned: tuple[str, ...] = ()


class Settings(QObject):
    """Preferences with the file they live in.

    A damaged file costs the preferences, never the program, and a bad value costs only itself: the
    default is used and the file is put right at the next change.

    Args:
        path: The settings file; by default in the user's configuration folder.
    """

    changed = Signal(object, object)
    """(old, new) `Preferences`: after every change that made a difference."""

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = path or Path(platformdirs.user_config_dir("flowgraph-studio", False)) / "settings.json"
        self._preferences = self._read()

    @property
    def preferences(self) -> Preferences:
        """The current choices."""
        return self._preferences

    def change(self, **changes: object) -> None:
        """Change some preferences, write them down, and announce it.

        Raises:
            ValidationError: One of them cannot have that value; nothing is changed then.
        """
        old = self._preferences
        self._preferences = Preferences.model_validate({**old.model_dump(), **changes})
        if self._preferences == old:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(self.path, self._preferences.model_dump_json(indent=2).encode())
        except (OSError, ProjectError) as error:
            log.warning("Settings could not be written: %s", error)
        self.changed.emit(old, self._preferences)

    def add_recent(self, path: Path) -> None:
        """Put a project at the top of the recent ones."""
        text = str(path.resolve())
        others = [other for other in self._preferences.recent if other != text]
        self.change(recent=(text, *others)[:MAX_RECENT])

    def _read(self) -> Preferences:
        try:
            found = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return Preferences()
        except (OSError, ValueError, RecursionError) as error:
            log.warning("Settings at %s could not be read, defaults are used: %s", self.path, error)
            return Preferences()
        return _as_far_as_valid(found if isinstance(found, dict) else {})


def _as_far_as_valid(found: dict[str, Any]) -> Preferences:
    """Return what can be used of a settings file: of another version, or edited by hand."""
    try:
        return Preferences.model_validate(found)
    except ValidationError as error:
        bad = {str(each["loc"][0]) for each in error.errors()}
        log.warning("Settings left at their defaults: %s", ", ".join(sorted(bad)))
        return Preferences.model_validate({name: found[name] for name in found if name not in bad})
