"""The menu of colours that a person can give to nodes and marks: those of the families, and a palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, PALETTE, SWATCH
from studio.catalog.spec import FAMILIES


def color_menu(
    parent: QWidget, choose: Callable[[str], object], chosen: str | None, usual: str = "As its family"
) -> QMenu:
    """Return a menu of colours by name.

    Args:
        parent: The menu that it is part of, or the widget that opens it.
        choose: Called with the name of a colour, or with nothing for that of each node's family.
        chosen: The colour that all have now; None if they have several.
        usual: What it is called not to have a colour of one's own.
    """
    menu = QMenu("Colour", parent)
    menu.setObjectName("canvas.colors")
    fill_color_menu(menu, choose, chosen, usual)
    return menu


def fill_color_menu(
    menu: QMenu, choose: Callable[[str], object], chosen: str | None, usual: str = "As its family"
) -> None:
    """Put the colours into a menu, in the place of what it held: see `color_menu`."""
    menu.clear()
    _add(menu, "", usual, choose, chosen)
    menu.addSeparator()
    seen: set[str] = set()
    for family, title in FAMILIES.items():
        color = theme().colors.families[family]
        if color not in seen:  # some families share one
            _add(menu, family, title, choose, chosen)
        seen.add(color)
    menu.addSeparator()
    for name in PALETTE:
        _add(menu, name, name.capitalize(), choose, chosen)


def title_of(name: str, usual: str = "As its family") -> str:
    """Return what a colour is called in the menu."""
    return FAMILIES.get(name, name.capitalize()) if name else usual  # type: ignore[call-overload]


def _add(menu: QMenu, name: str, title: str, choose: Callable[[str], object], chosen: str | None) -> None:
    words = title.replace("&", "&&")
    action = menu.addAction(swatch(name), words) if name else menu.addAction(words)
    action.setObjectName(f"action.color.{name or 'family'}")
    action.setCheckable(True)
    action.setChecked(name == chosen)
    action.triggered.connect(lambda _checked=False: choose(name))


def swatch(name: str) -> QIcon:
    """Return a dot of a colour."""
    pixmap = QPixmap(ICON, ICON)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().named_color(name, "faint"))
    painter.drawEllipse(pixmap.rect().center(), SWATCH // 2 + 1, SWATCH // 2 + 1)
    painter.end()
    return QIcon(pixmap)
