"""What every gesture of the mouse has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication

from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the mouse is.

    Attributes:
        screen: Place in the widget.
        canvas: Place on the canvas.
        modifiers: Keys held.
    """

    screen: QPointF
    canvas: QPointF
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    def holds(self, modifier: Qt.KeyboardModifier) -> bool:
        """Say whether a key is held."""
        return bool(self.modifiers & modifier)


class Gesture:
    """One press, drag and release.

    Nothing in the design changes before `end`, so that `cancel` has only the picture to put back, and
    the whole gesture is one step of undo.

    Attributes:
        cursor: Mouse cursor while it lasts.
        dragging: Whether the mouse went far enough from where it was pressed to mean it.
    """

    cursor: Qt.CursorShape | None = None

    def __init__(self, view: CanvasView, pointer: Pointer) -> None:
        self.view = view
        self.origin = pointer
        self.pointer = pointer
        self.dragging = False

    @property
    def hidden_edges(self) -> frozenset[Edge]:
        """Wires that the gesture paints itself, or has taken off."""
        return frozenset()

    def start(self) -> None:
        """Begin; `origin` is where."""

    def move(self, pointer: Pointer) -> None:
        """Follow the mouse."""
        self.pointer = pointer
        if not self.dragging:
            way = pointer.screen - self.origin.screen
            self.dragging = way.manhattanLength() >= min(QApplication.startDragDistance(), 6)
        if self.dragging:
            self.drag(pointer)

    def drag(self, pointer: Pointer) -> None:
        """Follow the mouse, once it has gone far enough to mean it."""

    def learn(self) -> None:
        """Take note that more is known of what would come of it (`CanvasView.trials`)."""

    def end(self, pointer: Pointer) -> None:
        """Do what the gesture was for."""

    def cancel(self) -> None:
        """Put the picture back."""

    def paint(self, painter: QPainter) -> None:
        """Paint over the canvas, in widget coordinates."""
