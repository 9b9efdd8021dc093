"""Undo and redo over immutable values: the past is a list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """A value, and what the person did to get there."""

    value: T
    label: str


class History(Generic[T]):
    """A line of values with a current one.

    One gesture is one step: while a gesture is open, `record` replaces its step instead of adding
    another, and a gesture that ends where it began leaves no step.

    Args:
        value: The first value; it cannot be undone.
        limit: How many steps are kept. Values share structure, so a step is cheap.
    """

    def __init__(self, value: T, limit: int = 1000) -> None:
        self._entries: list[Entry[T]] = [Entry(value, "")]
        self._index = 0
        self._limit = limit
        self._gesture: tuple[int, T, str] | None = None
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

    def mark_saved(self) -> None:
        """Remember the current value as the one in the file."""
        self._saved = self.value

    def mark_unsaved(self) -> None:
        """Say that no value is in a file: for a project that was recovered or never saved."""
        self._saved = None

    def record(self, value: T, label: str) -> None:
        """Make `value` the current one; what could be redone is gone."""
        if value == self.value:
            return
        keep = self._index + 1
        if self._gesture is not None:
            keep = self._gesture[0] + 1
            label = self._gesture[2] or label
        del self._entries[keep:]
        self._entries.append(Entry(value, label))
        surplus = len(self._entries) - (self._limit + 1)
        if surplus > 0:
            del self._entries[:surplus]
            if self._gesture is not None:
                self._gesture = (max(0, self._gesture[0] - surplus), *self._gesture[1:])
        self._index = len(self._entries) - 1

    def begin_gesture(self, label: str) -> None:
        """Open a gesture: all that is recorded until it ends is one step."""
        if self._gesture is None:
            self._gesture = (self._index, self.value, label)

    def end_gesture(self) -> None:
        """Close the gesture; if nothing changed in the end, no step is left."""
        if self._gesture is None:
            return
        start, before, _ = self._gesture
        self._gesture = None
        if self._index == start + 1 and self.value == before:
            del self._entries[self._index :]
            self._index = start

    def cancel_gesture(self) -> T:
        """Close the gesture and go back to where it began; return that value."""
        if self._gesture is not None:
            start, _, _ = self._gesture
            self._gesture = None
            if self._index > start:
                del self._entries[start + 1 :]
                self._index = start
        return self.value

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
