"""The preferences in force: for whoever paints, writes numbers or asks the engine, without a window at hand.

There is one per program, like the theme. The window tells it whose settings to follow.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from functools import cache

from PySide6.QtCore import QObject, Signal

from studio.app.settings import REMEMBERED, Preferences, Settings
from studio.project.project import Project


class InForce(QObject):
    """Holds the current preferences, and says when others are in force."""

    changed = Signal(object, object)
    """(old, new) `Preferences`: when something chosen is another, not when more is merely remembered."""

    units_changed = Signal()
    """Memory or cost is to be written in other units."""

    def __init__(self) -> None:
        super().__init__()
        self._preferences = Preferences()
        self._settings: Settings | None = None

    @property
    def preferences(self) -> Preferences:
        """The person's choices; the defaults until a window was made."""
        return self._preferences

    def follow(self, settings: Settings) -> None:
        """Take the preferences of these settings, now and whenever they change; leave others alone."""
        if self._settings is not None:
            self._settings.changed.disconnect(self._changed)
        self._settings = settings
        settings.changed.connect(self._changed)
        self._changed(self._preferences, settings.preferences)

    def forget(self) -> None:
        """Follow nobody, by the defaults."""
        if self._settings is not None:
            self._settings.changed.disconnect(self._changed)
        self._settings = None
        self._changed(self._preferences, Preferences())

    def _changed(self, _old: Preferences, new: Preferences) -> None:
        old, self._preferences = self._preferences, new
        if new.model_dump(exclude=REMEMBERED) != old.model_dump(exclude=REMEMBERED):
            self.changed.emit(old, new)
            if (old.byte_units, old.cost_units) != (new.byte_units, new.cost_units):
                self.units_changed.emit()


@cache
def in_force() -> InForce:
    """Return the program's preferences."""
    return InForce()


def preferred() -> Preferences:
    """Return the preferences in force."""
    return in_force().preferences


def for_this_machine(project: Project, devices: Collection[str]) -> Project:
    """Return a project with the device that ``auto`` stands for here, if the engine has it among its own."""
    device = preferred().device
    if project.training.device != "auto" or device not in devices:
        return project
    return replace(project, training=project.training.model_copy(update={"device": device}))
