"""Where on screen the things are that the tour points at, and where its note goes beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtWidgets import QWidget

from studio.app.theme.tokens import SPACE

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

AIR = SPACE
"""Around what is lit."""

GAP = 3 * SPACE
"""Between what is lit and the note, and between the note and the window's edge."""


def find(window: MainWindow, spot: str) -> list[QRect]:
    """Return where a spot is, in the window's coordinates; nothing if it is not there or not in sight."""
    kind, _, name = spot.partition(":")
    if kind in ("node", "kind"):
        return _nodes(window, kind, name)
    if kind == "tab":
        return _tab(window, name)
    widget = window.findChild(QWidget, spot)
    return [_of(window, widget)] if widget is not None and widget.isVisible() else []


def is_there(window: MainWindow, spot: str) -> bool:
    """Say whether what a spot names is there at all, in sight or not."""
    kind, _, name = spot.partition(":")
    nodes = window.document.graph.nodes.values()
    if kind == "node":
        return any(node.name == name for node in nodes)
    if kind == "kind":
        return any(node.kind == name for node in nodes)
    return kind == "tab" or window.findChild(QWidget, spot) is not None


def _nodes(window: MainWindow, kind: str, name: str) -> list[QRect]:
    canvas, found = window.canvas, []
    for node in canvas.scene.graph.nodes.values():
        if (node.name if kind == "node" else node.kind) == name:
            card = canvas.camera.rect_to_screen(canvas.scene.geometry.rect(node.id))
            seen = card.intersected(QRectF(canvas.rect())).toAlignedRect()
            if not seen.isEmpty():
                found.append(QRect(canvas.mapTo(window, seen.topLeft()), seen.size()))
    return found


def _tab(window: MainWindow, name: str) -> list[QRect]:
    tabs = window.tabs
    for place in range(tabs.count()):
        page = tabs.widget(place)
        if page is not None and page.objectName() == name and tabs.isVisible():
            box = tabs.tabBar().tabRect(place)
            return [QRect(tabs.tabBar().mapTo(window, box.topLeft()), box.size())]
    return []


def _of(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def place_note(spots: Iterable[QRect], size: QSize, room: QRect) -> QPoint:
    """Return the corner of a note of a size: beside what is lit, covering none of it if there is any way.

    Args:
        spots: What is lit.
        room: Where the note may be.
    """
    lit = [spot.adjusted(-AIR, -AIR, AIR, AIR) for spot in spots]
    around = QRect()
    for spot in lit:
        around = around.united(spot)
    inside = room.adjusted(GAP, GAP, -GAP, -GAP)
    if around.isNull():
        middle = inside.center()
        return QPoint(middle.x() - size.width() // 2, middle.y() - size.height() // 2)
    across, down = around.center().x() - size.width() // 2, around.center().y() - size.height() // 2
    wanted = (
        QPoint(across, around.bottom() + GAP),
        QPoint(around.right() + GAP, down),
        QPoint(around.left() - GAP - size.width(), down),
        QPoint(across, around.top() - GAP - size.height()),
        inside.bottomLeft() - QPoint(0, size.height()),
        inside.bottomRight() - QPoint(size.width(), size.height()),
        inside.topLeft(),
        inside.topRight() - QPoint(size.width(), 0),
    )
    found = [_kept_inside(corner, size, inside) for corner in wanted]
    return min(found, key=lambda corner: _covered(QRect(corner, size), lit))


def _kept_inside(corner: QPoint, size: QSize, room: QRect) -> QPoint:
    right, bottom = room.right() + 1 - size.width(), room.bottom() + 1 - size.height()
    return QPoint(max(min(corner.x(), right), room.left()), max(min(corner.y(), bottom), room.top()))


def _covered(note: QRect, lit: list[QRect]) -> int:
    """Return how much of what is lit a note covers, in pixels."""
    parts = (note.intersected(spot) for spot in lit)
    return sum(part.width() * part.height() for part in parts if not part.isEmpty())
