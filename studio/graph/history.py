"""Undo and redo over immutable values: the past is a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A value, and what the person did to get there.

    Attributes:
        where: Where they did it, for who shows it; None for nowhere in particular.
    """

    value: T
    label: str
    where: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Gesture(Generic[T]):
    """Where an open gesture began.

    Attributes:
        start: Index of the entry that was current.
        label: What the gesture's step is called.
        redoable: The entries after it, which are gone only if the gesture leaves a step.
    """

    start: int
    label: str
    redoable: tuple[Entry[T], ...]


class History(Generic[T]):
    """A line of values with a current one.

    One gesture is one step: while a gesture is open, `record` replaces its step instead of adding
    another, and a gesture that ends where it began, or is cancelled, leaves no trace: what could be
    redone before it can be redone after it.

    Args:
        value: The first value; it cannot be undone.
        limit: How many steps are kept. Values share structure, so a step is cheap.
    """

    def __init__(self, value: T, limit: int = 1000) -> None:
        self._entries: list[Entry[T]] = [Entry(value, "")]
        self._index = 0
        self._limit = limit
        self._gesture: _Gesture[T] | None = None
        self._saved: T | None = value

    @property
    def value(self) -> T:
        """The current value."""
        return self._entries[self._index].value

    @property
    def entries(self) -> tuple[Entry[T], ...]:
        """All steps, oldest first, with those that can be redone at the end."""
        return tuple(self._entries)

    @property
    def index(self) -> int:
        """Place of the current value among `entries`."""
        return self._index

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._index > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to make again."""
        return self._index + 1 < len(self._entries)

    @property
    def undo_label(self) -> str:
        """What `undo` would take back."""
        return self._entries[self._index].label if self.can_undo else ""

    @property
    def redo_label(self) -> str:
        """What `redo` would make again."""
        return self._entries[self._index + 1].label if self.can_redo else ""

    @property
    def is_saved(self) -> bool:
        """Whether the current value is the one last marked by `mark_saved`."""
        return self._saved is not None and self.value == self._saved

    def was_saved_as(self, value: T) -> bool:
        """Say whether this is the value last marked by `mark_saved`."""
        return self._saved is not None and value == self._saved

    @property
    def saved_index(self) -> int | None:
        """Place among `entries` of the value last marked by `mark_saved`; None if it is not among them."""
        found = (place for place, entry in enumerate(self._entries) if entry.value is self._saved)
        return next(found, None)

    def mark_saved(self) -> None:
        """Remember the current value as the one in the file."""
        self._saved = self.value

    def mark_unsaved(self) -> None:
        """Say that no value is in a file: for a project that was recovered or never saved."""
        self._saved = None

    def record(self, value: T, label: str, where: tuple[str, ...] | None = None) -> None:
        """Make `value` the current one; what could be redone is gone."""
        if value == self.value:
            return
        keep = self._index + 1
        if self._gesture is not None:
            keep = self._gesture.start + 1
            label = self._gesture.label or label
        self._entries[keep:] = [Entry(value, label, where)]
        self._index = keep
        if self._gesture is None:
            self._forget_oldest()

    def begin_gesture(self, label: str) -> None:
        """Open a gesture: all that is recorded until it ends is one step.

        A gesture begun inside another is part of it, and ends with it.
        """
        if self._gesture is None:
            self._gesture = _Gesture(self._index, label, tuple(self._entries[self._index + 1 :]))

    def end_gesture(self) -> None:
        """Close the gesture; if nothing changed in the end, no step is left."""
        gesture = self._gesture
        if gesture is not None and self.value == self._entries[gesture.start].value:
            self.cancel_gesture()
        self._gesture = None
        self._forget_oldest()

    def cancel_gesture(self) -> T:
        """Close the gesture and go back to where it began; return that value."""
        if self._gesture is not None:
            self._index = self._gesture.start
            self._entries[self._index + 1 :] = self._gesture.redoable
            self._gesture = None
        return self.value

    def _forget_oldest(self) -> None:
        """Drop the oldest steps beyond the limit; never in mid-gesture, which may yet be cancelled."""
        surplus = self._index - self._limit
        if surplus > 0:
            del self._entries[:surplus]
            self._index -= surplus

    def undo(self) -> T:
        """Go one step back and return the value there."""
        self.end_gesture()
        if self.can_undo:
            self._index -= 1
        return self.value

    def redo(self) -> T:
        """Go one step forward and return the value there."""
        self.end_gesture()
        if self.can_redo:
            self._index += 1
        return self.value

    def go_to(self, index: int) -> T:
        """Jump to a step of `entries` and return the value there."""
        self.end_gesture()
        self._index = min(max(index, 0), len(self._entries) - 1)
        return self.value
