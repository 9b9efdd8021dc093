"""Which keys each action has: its defaults, unless the person chose others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from studio.app.settings import Preferences, Settings

Shortcut: TypeAlias = str | QKeySequence.StandardKey
Chord: TypeAlias = str
"""Keys pressed together, as Qt writes them on every system: ``Ctrl+Shift+P``."""

FIXED: Mapping[Chord, str] = {
    **dict.fromkeys(("Left", "Right", "Up", "Down"), "push the selected layers"),
    **dict.fromkeys(("Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"), "push them by a pixel"),
    "Esc": "cancel what is going on, or leave the block",
    "Shift+Tab": "walk back along the network",
    "Tab": "search for a layer to add, or walk along the network",
    "Space": "search for a layer to add; held, a drag pushes the canvas",
}
"""What is not the business of any action, and what it does."""


class Keymap(QObject):
    """The keys of a window's actions, with what the person changed kept in the settings.

    A chord belongs to one action. One that the person gave to an action is no default of another any
    more, so that a default of a later version never takes away what was chosen.

    Args:
        settings: Keeps what was changed; None keeps it as long as the program runs.
    """

    changed = Signal()
    """Some action has other keys now."""

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._defaults: dict[str, tuple[Chord, ...]] = {}
        self._fixed: dict[Chord, str] = dict(FIXED)
        self._chosen: dict[str, tuple[Chord, ...]] = {}
        if settings is not None:
            self._chosen = _readable(settings.preferences.keys)
            settings.changed.connect(self._settings_changed)

    def register(self, name: str, keys: Iterable[Shortcut]) -> None:
        """Say what keys an action has by default."""
        self._defaults[name] = tuple(filter(None, map(chord, keys)))

    def fix(self, keys: Chord, does: str) -> None:
        """Keep a chord for something that is no action: ``open the File menu``."""
        self._fixed[keys] = does

    @property
    def fixed(self) -> dict[Chord, str]:
        """Chords that are not the business of any action, and what they do."""
        return dict(self._fixed)

    def keys(self, name: str) -> tuple[Chord, ...]:
        """Return the chords of an action; the first is the one that menus show."""
        if name in self._chosen:
            return self._chosen[name]
        return self._left_of_defaults(name, self._chosen)

    def defaults(self, name: str) -> tuple[Chord, ...]:
        """Return the chords that an action has until they are changed."""
        return self._defaults.get(name, ())

    def is_changed(self, name: str) -> bool:
        """Say whether an action's keys are not its defaults."""
        return self.keys(name) != self.defaults(name)

    def owner(self, keys: Chord) -> str | None:
        """Return the name of the action that a chord belongs to."""
        return next((name for name in self._defaults if keys in self.keys(name)), None)

    def why_not(self, keys: Chord) -> str:
        """Return why no action can have a chord; empty if one can."""
        if not keys:
            return "That is no key that an action can have."
        does = self._fixed.get(keys)
        return f"{spelled(keys)} is kept to {does}." if does else ""

    def bind(self, name: str, keys: Iterable[Chord]) -> None:
        """Give an action these chords and no others; who had one of them has it no more."""
        wanted = tuple(dict.fromkeys(keys))
        chosen = {
            other: tuple(key for key in theirs if key not in wanted)
            for other, theirs in self._chosen.items()
            if other != name
        }
        self._choose({**chosen, name: wanted})

    def reset(self, name: str) -> None:
        """Give an action its default keys back, also where another took them over."""
        self.bind(name, self.defaults(name))

    def reset_all(self) -> None:
        """Give every action its default keys back."""
        self._choose({})

    def _choose(self, chosen: Mapping[str, tuple[Chord, ...]]) -> None:
        """Keep what differs from what it would be anyway."""
        kept = dict(chosen)
        for name in chosen.keys() & self._defaults.keys():
            mine = kept.pop(name)
            if mine != self._left_of_defaults(name, kept):
                kept[name] = mine
        if kept == self._chosen:
            return
        self._chosen = kept
        if self._settings is not None:
            self._settings.change(keys=kept)
        self.changed.emit()

    def _left_of_defaults(self, name: str, chosen: Mapping[str, tuple[Chord, ...]]) -> tuple[Chord, ...]:
        """Return the default chords of an action that no action on hand was given instead."""
        taken = {key for other, keys in chosen.items() if other in self._defaults for key in keys}
        return tuple(key for key in self.defaults(name) if key not in taken)

    def _settings_changed(self, _old: Preferences, new: Preferences) -> None:
        chosen = _readable(new.keys)
        if chosen != self._chosen:
            self._chosen = chosen
            self.changed.emit()


def chord(keys: Shortcut | QKeySequence | QKeyCombination) -> Chord:
    """Return keys as they are kept; empty for none, and for several one after another."""
    sequence = QKeySequence(keys)
    return sequence.toString(QKeySequence.SequenceFormat.PortableText) if sequence.count() == 1 else ""


def chord_of(event: QKeyEvent) -> Chord:
    """Return the chord that a key event stands for.

    Shift counts only where it does not just make another sign of the key: ``?``, not ``Shift+?``.
    """
    held, text = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier, event.text()
    if text and text.isprintable() and not text.isalnum() and not text.isspace():
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return chord(QKeyCombination(held, Qt.Key(event.key())))


def spelled(keys: Chord) -> str:
    """Return a chord as it is written on this system."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _readable(keys: Mapping[str, Iterable[str]]) -> dict[str, tuple[Chord, ...]]:
    """Return what can be used of keys in a settings file; the first action to name a chord has it."""
    seen: set[Chord] = set()
    found: dict[str, tuple[Chord, ...]] = {}
    for name, theirs in keys.items():
        chords = [each for each in dict.fromkeys(map(chord, theirs)) if each and each not in seen]
        seen.update(chords)
        found[name] = tuple(chords)
    return found
