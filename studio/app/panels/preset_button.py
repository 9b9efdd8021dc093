"""A menu of published training settings, which says what each would change."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from studio.app.document import Document
from studio.catalog.spec import show
from studio.project import presets
from studio.project.presets import Preset


class PresetButton(QPushButton):
    """Opens the menu of presets."""

    chosen = Signal(str)
    """Key of the preset to take."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Presets", parent)
        self._document = document
        self.setObjectName("training.presets")
        self.setAccessibleName("Presets of the training settings")
        self.setToolTip("Set everything at once, as it was published")
        self.setProperty("role", "small")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._actions: dict[str, QAction] = {}
        for preset in presets.PRESETS:
            action = menu.addAction(preset.title)
            action.setObjectName(f"training.preset.{preset.key}")
            action.triggered.connect(lambda _checked=False, key=preset.key: self.chosen.emit(key))
            self._actions[preset.key] = action
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)

    def refresh(self) -> None:
        """Say of every preset what it would change, and tick the one in force."""
        project = self._document.project
        for preset in presets.PRESETS:
            action = self._actions[preset.key]
            changes = presets.differences(project, preset)
            action.setCheckable(not changes)
            action.setChecked(not changes)
            action.setToolTip(_told(preset, changes, presets.advice(preset, project)))


def _told(preset: Preset, changes: list[tuple[str, object, object]], advice: tuple[str, ...]) -> str:
    lines = [preset.summary, f"From: {preset.reference}", ""]
    lines += [f"{name}: {_shown(now)} → {_shown(then)}" for name, now, then in changes]
    if not changes:
        lines.append("These settings are in force.")
    return "\n".join([*lines, *advice])


def _shown(value: object) -> str:
    return show(value) if isinstance(value, bool | int | float | str | tuple) else str(value)
