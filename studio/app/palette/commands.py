"""Everything that a window can do, gathered from its menus and its table of actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QMenuBar

from studio.app.actions import ACTION, Actions, plain
from studio.app.palette.matching import Match, Target, match

RECENT_BONUS = 12.0
"""So much counts that a command was the last one run; those before it count less."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done now, or the reason why it cannot.

    Attributes:
        name: As in the table of actions; for those of menus that fill themselves, where they stand.
        title: What it is called.
        path: The menu it stands in: ``View › Theme``.
        keys: As this system writes them.
        tip: What it does, in more words.
        why_not: Empty if it can be done.
        is_on: For what is on or off; None for everything else.
    """

    name: str
    title: str
    path: str
    keys: str
    tip: str
    why_not: str
    is_on: bool | None
    icon: QIcon
    run: Callable[[], object]
    target: Target

    def spoken(self) -> str:
        """Return all of it in a sentence, for who cannot see it."""
        state = {None: "", True: "on", False: "off"}[self.is_on]
        why_not = f"not now: {self.why_not}" if self.why_not else ""
        return ", ".join(filter(None, (self.title, state, self.path, self.keys, why_not)))


@dataclass(frozen=True, slots=True)
class Found:
    """A command with how well it fits."""

    command: Command
    match: Match


def commands_of(bar: QMenuBar, actions: Actions) -> list[Command]:
    """Return the commands in the order of the menus; those in no menu follow."""
    names = {action: name for name, action in actions.all().items()}
    found: dict[str, Command] = {}
    for path, action in _in_menus(bar):
        name = names.get(action) or action.objectName().removeprefix(ACTION) or f"{path} › {action.text()}"
        found.setdefault(name, _command(name, path, action, actions))
    for name, action in actions.all().items():
        found.setdefault(name, _command(name, name.split(".")[0].capitalize(), action, actions))
    return list(found.values())


def ranked(commands: list[Command], query: str, recent: tuple[str, ...]) -> list[Found]:
    """Return what fits a query, the best and the recently used first; equals as in the menus."""
    bonus = {name: RECENT_BONUS / (1 + place) for place, name in enumerate(recent)}
    found = [
        Found(command, Match(result.score + bonus.get(command.name, 0.0), result.marks))
        for command in commands
        if (result := match(query, command.target)) is not None
    ]
    return sorted(found, key=lambda each: -each.match.score)


def _in_menus(bar: QMenuBar) -> Iterator[tuple[str, QAction]]:
    for each in bar.actions():
        menu = each.menu()
        if isinstance(menu, QMenu):
            yield from _in_menu(menu, plain(each.text()))


def _in_menu(menu: QMenu, path: str) -> Iterator[tuple[str, QAction]]:
    """Walk a menu as it is when it opens: some are filled only then."""
    menu.aboutToShow.emit()
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from _in_menu(inner, f"{path} › {plain(action.text())}")
        elif action.text() and not action.isSeparator():
            yield path, action


def _command(name: str, path: str, action: QAction, actions: Actions) -> Command:
    title = plain(action.text())
    enabled = action.isEnabled()
    tip = action.statusTip() if enabled else ""
    return Command(
        name=name,
        title=title,
        path=path,
        keys=actions.keys(name),
        tip=tip,
        why_not="" if enabled else action.toolTip(),
        is_on=action.isChecked() if action.isCheckable() else None,
        icon=action.icon(),
        run=action.trigger,
        target=Target.of(title, f"{path} {tip}", name.replace("_", " ")),
    )
