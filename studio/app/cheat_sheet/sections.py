"""What stands on the sheet: actions with their keys by menu, keys that are fixed, and the mouse."""

from __future__ import annotations

from dataclasses import dataclass

from studio.app.actions import Actions
from studio.app.keymap import Keymap, spelled
from studio.app.palette.commands import Command


@dataclass(frozen=True, slots=True)
class Line:
    """What is done, and each of the ways to do it."""

    does: str
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    lines: tuple[Line, ...]


MOUSE: tuple[Section, ...] = (
    Section(
        "Mouse on the canvas",
        (
            Line("Select what is in a rectangle", ("drag",)),
            Line("Add to the selection, or take out of it", ("Shift+drag", "Ctrl+drag")),
            Line("Push the canvas", ("middle drag", "Space+drag")),
            Line("Zoom to the mouse", ("wheel", "pinch")),
            Line("Push the canvas sideways", ("Shift+wheel",)),
            Line("Search for a layer to add there", ("double click",)),
            Line("What can be done here", ("right click",)),
        ),
    ),
    Section(
        "Mouse on cards and wires",
        (
            Line("Move cards, snapping to the grid", ("drag",)),
            Line("Move without snapping", ("Ctrl held",)),
            Line("Take a card out of its chain and move it", ("Alt+drag",)),
            Line("Put a card on a wire", ("drop it there",)),
            Line("Move cards into a block", ("drop them there with Shift",)),
            Line("Rename a layer, enter a block", ("double click",)),
            Line("Make a card wider", ("drag its right edge",)),
            Line("Draw a wire from a port", ("drag",)),
            Line("Take off the end of a wire", ("drag near its end",)),
            Line("List the layers that fit a wire", ("drop it on the canvas",)),
            Line("Cut all wires that a line crosses", ("Alt+drag", "Ctrl+right drag")),
            Line("Put dots on all wires that a line crosses", ("Shift+right drag",)),
            Line("Put a dot on a wire, or take it off", ("double click",)),
            Line("Draw another wire from a dot", ("Shift+drag",)),
        ),
    ),
)


def sections(commands: list[Command], actions: Actions) -> list[Section]:
    """Return the sections: one for each menu that has actions with keys, then fixed keys, then the mouse."""
    keymap, found = actions.keymap, dict[str, list[Line]]()
    for command in commands:
        ways = tuple(map(spelled, keymap.keys(command.name)))
        if ways:
            line = Line(actions.title(command.name), ways)
            found.setdefault(command.path.split(" › ")[0], []).append(line)
    by_menu = [Section(title, tuple(lines)) for title, lines in found.items()]
    return [*by_menu, Section("Always", _fixed(keymap)), *MOUSE]


def _fixed(keymap: Keymap) -> tuple[Line, ...]:
    """Return what keys do that belong to no action, those that do the same in one line."""
    found: dict[str, list[str]] = {}
    for keys, does in keymap.fixed.items():
        if not (keys.startswith("Alt+") and does.startswith("open the ")):  # menus show these themselves
            found.setdefault(does[:1].upper() + does[1:], []).append(spelled(keys))
    return tuple(Line(does, tuple(ways)) for does, ways in found.items())


def columns(found: list[Section], number: int) -> list[list[Section]]:
    """Return sections in columns of about one height, in order."""
    heights = [len(section.lines) + 2 for section in found]
    high = max(max(heights, default=0), sum(heights) / number)
    while True:
        result = _filled(found, heights, high)
        if len(result) <= number:
            return result
        high += 1


def _filled(found: list[Section], heights: list[int], high: float) -> list[list[Section]]:
    """Return sections in as many columns as it takes if none may be higher than so many lines."""
    result: list[list[Section]] = []
    room = 0.0
    for section, height in zip(found, heights, strict=True):
        if height > room or not result:
            result.append([])
            room = high
        result[-1].append(section)
        room -= height
    return result
