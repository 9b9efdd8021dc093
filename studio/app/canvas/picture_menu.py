"""Menus of live pictures: for the selected layers, for their family, and for all families."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu, QWidget

from studio.app.in_force import preferred
from studio.app.live_pictures import HAVE_FILTERS, NO_FILTERS, TIPS, TITLES
from studio.catalog.spec import FAMILIES, Family
from studio.graph.node import LivePicture

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Choose = Callable[[LivePicture], object]

PICTURED: tuple[Family, ...] = tuple(family for family in FAMILIES if family != "loss")
"""Families with layers of which something can be seen."""

AS_FAMILY = "As its family"


def picture_menu(view: CanvasView, parent: QWidget) -> QMenu:
    """Return the menu of live pictures for the selected layers, and for all of their family."""
    menu = QMenu("Live picture", parent)
    menu.setObjectName("canvas.pictures")
    fill_picture_menu(menu, view)
    return menu


def fill_picture_menu(menu: QMenu, view: CanvasView) -> None:
    """Put the pictures into a menu, in the place of what it held: see `picture_menu`."""
    commands = view.card_commands
    menu.clear()
    menu.setToolTipsVisible(True)
    chosen, family = commands.chosen_picture, commands.chosen_family
    usual = preferred().live_pictures.get(family, "auto") if family else "auto"
    words = f"{AS_FAMILY}: {TITLES[usual].lower()}" if family else AS_FAMILY
    _add(menu, "", words, "", commands.show_picture, chosen == "")
    menu.addSeparator()
    _add_all(menu, commands.show_picture, chosen, commands.why_not_picture)
    if family in PICTURED:
        menu.addSeparator()
        every = menu.addMenu(f"For all layers of {FAMILIES[family]}".replace("&", "&&"))
        every.setObjectName("canvas.pictures.family")
        every.setToolTipsVisible(True)
        choose = partial(view.family_picture_wanted.emit, family)
        _add_all(every, choose, preferred().live_pictures.get(family, "auto"), commands.why_not_picture)


def fill_families_menu(menu: QMenu, choose: Callable[[str, LivePicture], object]) -> None:
    """Put a menu of pictures for each family into a menu, in the place of what it held.

    Args:
        menu: Is emptied first.
        choose: Called with a family and its picture; with no family, all are to show what matters.
    """
    menu.clear()
    menu.setToolTipsVisible(True)
    now = preferred().live_pictures
    for family in PICTURED:
        words = FAMILIES[family].replace("&", "&&")
        chosen = now.get(family, "auto")
        each = menu.addMenu(words if chosen == "auto" else f"{words}: {TITLES[chosen].lower()}")
        each.setObjectName(f"menu.pictures.{family}")
        each.setToolTipsVisible(True)
        _add_all(each, partial(choose, family), chosen, partial(_why_not, family))
    menu.addSeparator()
    reset = menu.addAction("What matters, everywhere")
    reset.setObjectName("action.pictures.reset")
    reset.setEnabled(bool(now))
    reset.setToolTip("" if now else "All families show what matters.")
    reset.triggered.connect(lambda _checked=False: choose("", "auto"))


def _why_not(family: str, picture: LivePicture) -> str:
    return NO_FILTERS if picture == "filters" and family not in HAVE_FILTERS else ""


def _add_all(
    menu: QMenu, choose: Choose, chosen: LivePicture | None, why_not: Callable[[LivePicture], str]
) -> None:
    for picture, title in TITLES.items():
        if picture == "none":
            menu.addSeparator()
        _add(menu, picture, title, why_not(picture), choose, picture == chosen)


def _add(
    menu: QMenu, picture: LivePicture, title: str, why_not: str, choose: Choose, is_chosen: bool
) -> None:
    action = menu.addAction(title.replace("&", "&&"))
    action.setObjectName(f"action.picture.{picture or 'family'}")
    action.setCheckable(True)
    action.setChecked(is_chosen)
    action.setEnabled(not why_not)
    action.setToolTip(why_not or TIPS.get(picture, ""))
    action.triggered.connect(lambda _checked=False: choose(picture))
