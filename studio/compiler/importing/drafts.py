"""Levels of a recording as drafts of blocks: nodes, wires and ports, before equal ones are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from studio.compiler.importing.hierarchy import Hierarchy, Path, is_below
from studio.compiler.importing.recording import Recording, Step, Wire
from studio.errors import ImportingError
from studio.graph.block import INPUT, OUTPUT, TIED_TO
from studio.graph.names import FreeNames, usable, why_not_name
from studio.graph.node import Value

CONTAINERS = ("Sequential", "ModuleList", "ModuleDict")
"""Classes whose names say nothing about what is in them."""

Line: TypeAlias = tuple[int, str, int, str, int]
"""A wire: place of a part, its port, place of another part, its port, and the order at that port."""


@dataclass
class Part:
    """What becomes a node: a layer, a port of the block, or a block in it.

    Attributes:
        kind: The catalog's name; empty for a block.
        name: The node's name.
        arguments: The node's arguments.
        inner: The draft of a block.
    """

    kind: str
    name: str
    arguments: dict[str, Value] = field(default_factory=dict)
    inner: Draft | None = None


@dataclass
class Draft:
    """What becomes a graph.

    Attributes:
        label: What a block of it would be called.
        is_row: The module is a plain row of others.
        parts: In the order in which they ran; ports of the block first and last.
        lines: Wires between them.
    """

    label: str = ""
    is_row: bool = False
    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def ports(self, kind: str) -> list[str]:
        """Return the names of its input or output ports, in order."""
        return [part.name for part in self.parts if part.kind == kind]


class Drafting:
    """Turns a recording whose layers have their places into one draft, with drafts in it.

    Args:
        recording: What was seen.
        hierarchy: Where it goes.

    Attributes:
        keys: What the weights are called in the module, by what they are called in the network.
    """

    def __init__(self, recording: Recording, hierarchy: Hierarchy) -> None:
        self._recording = recording
        self._hierarchy = hierarchy
        self.keys: dict[str, str] = {}
        self._used: dict[Wire, list[Path]] = {}
        for step in recording.steps:
            for _, wire in step.inputs:
                self._used.setdefault(wire, []).append(hierarchy.level[step])
        for _, wire in recording.outputs:
            self._used.setdefault(wire, []).append(())

    def draft(self) -> Draft:
        """Return the whole network; where it would not be clear what it gives, with Output nodes."""
        level = _Level(Draft(), (), "", self._recording.steps)
        self._fill(level)
        draft, results = level.draft, [(name, level.made[wire]) for name, wire in self._recording.outputs]
        fed = {line[:2] for line in draft.lines}
        if len(results) > 1 or results[0][1] in fed or level.loose(fed) != {results[0][1]}:
            free = FreeNames(part.name for part in draft.parts)
            for name, source in results:
                draft.parts.append(Part("Output", free.take(name)))
                draft.lines.append((*source, len(draft.parts) - 1, "input", 0))
        return draft

    def _fill(self, level: _Level) -> tuple[list[Wire], list[Wire]]:
        """Fill in a level's draft and return the wires at its ports."""
        where, path, draft = self._hierarchy.level, level.path, level.draft
        inner: dict[str, list[Step]] = {}
        for step in level.steps:
            if where[step] != path:
                inner.setdefault(where[step][len(path)], []).append(step)
        names = self._names(level, inner)
        entries = self._inputs(level) if path else []
        for place, wire in enumerate(entries):
            level.made[wire] = (place, "output")
            draft.parts.append(Part(INPUT, _port(place, "input")))
        feeds: list[tuple[int, list[tuple[str, Wire]]]] = []
        for step in level.steps:
            key = where[step][len(path)] if where[step] != path else ""
            if not key:
                feeds.append((len(draft.parts), step.inputs))
                level.add(Part(step.kind, names[step], dict(step.arguments)), step.outputs, step)
                own = {_dotted(level.prefix, names[step], key): full for key, full in step.keys.items()}
                self.keys.update(own)
            elif key in inner:
                feeds.append((len(draft.parts), self._add_inner(level, key, names[key], inner.pop(key))))
        for place, wires in feeds:
            level.feed(place, wires)
        leaving = self._outputs(level) if path else []
        for place, wire in enumerate(leaving):
            draft.parts.append(Part(OUTPUT, _port(place, "output")))
            draft.lines.append((*level.made[wire], len(draft.parts) - 1, "input", 0))
        level.tie()
        return entries, leaving

    def _add_inner(self, level: _Level, key: str, name: str, steps: list[Step]) -> list[tuple[str, Wire]]:
        """Add a block to a level and return what feeds its ports."""
        path = (*level.path, key)
        prefix = _dotted(level.prefix, name)
        made_of = self._recording.classes.get(".".join(path), "")
        label = _title(key) if made_of in (*CONTAINERS, "") else made_of.lstrip("_")
        below = _Level(Draft(label, made_of in CONTAINERS), path, prefix, steps)
        entries, leaving = self._fill(below)
        outputs = {_port(place, "output"): wire for place, wire in enumerate(leaving)}
        level.add(Part("", name, {}, below.draft), outputs)
        return [(_port(place, "input"), wire) for place, wire in enumerate(entries)]

    def _names(self, level: _Level, inner: dict[str, list[Step]]) -> dict[Step | str, str]:
        """Return what everything at a level is called: first what has weights, and then the functions."""
        here = [step for step in level.steps if self._hierarchy.level[step] == level.path]
        owned: list[Step | str] = [*inner, *(step for step in here if step.path)]
        free = FreeNames(())
        names: dict[Step | str, str] = {}
        for item in [*owned, *(step for step in here if not step.path)]:
            wanted = item if isinstance(item, str) else self._hierarchy.name[item]
            names[item] = free.take(wanted if why_not_name(wanted) is None else usable(wanted))
        return names

    def _inputs(self, level: _Level) -> list[Wire]:
        """Return the wires that enter a level: in the order of its arguments, then of its layers."""
        where, path = self._hierarchy.level, level.path
        found = [
            wire for step in level.steps for _, wire in step.inputs if not is_below(where[wire.source], path)
        ]
        visits = self._recording.visits.get(".".join(path), [])
        first = [wire for visit in visits for wire in visit.inputs if wire in set(found)]
        return list(dict.fromkeys([*first, *found]))

    def _outputs(self, level: _Level) -> list[Wire]:
        """Return the wires that leave a level: in the order of its results, then of its layers."""
        found = [
            wire
            for step in level.steps
            for wire in step.outputs.values()
            if any(not is_below(user, level.path) for user in self._used.get(wire, ()))
        ]
        visits = self._recording.visits.get(".".join(level.path), [])
        first = [wire for visit in visits for wire in visit.outputs if wire in set(found)]
        return list(dict.fromkeys([*first, *found]))


@dataclass
class _Level:
    """A draft in the making.

    Attributes:
        draft: What it becomes.
        path: Which level.
        prefix: What its weights' names begin with.
        steps: All layers in it and below it.
        made: Part and port by the wire that leaves there.
        places: Part by layer.
    """

    draft: Draft
    path: Path
    prefix: str
    steps: list[Step]
    made: dict[Wire, tuple[int, str]] = field(default_factory=dict)
    places: dict[Step, int] = field(default_factory=dict)

    def add(self, part: Part, outputs: dict[str, Wire], step: Step | None = None) -> None:
        """Add a part, with the wires that leave it."""
        place = len(self.draft.parts)
        self.draft.parts.append(part)
        self.made.update({wire: (place, port) for port, wire in outputs.items()})
        if step is not None:
            self.places[step] = place

    def feed(self, place: int, wires: list[tuple[str, Wire]]) -> None:
        """Draw the wires into a part."""
        count: dict[str, int] = {}
        for port, wire in wires:
            index = count.get(port, 0)
            count[port] = index + 1
            self.draft.lines.append((*self.made[wire], place, port, index))

    def tie(self) -> None:
        """Let later calls of a layer use the weights of the first."""
        for step, place in self.places.items():
            if step.again is None:
                continue
            arguments = self.draft.parts[place].arguments
            if step.again in self.places:
                arguments[TIED_TO] = node_id(self.places[step.again])
            elif arguments.pop("tied_as", "weight") == "weight":
                del arguments[TIED_TO]
            else:
                raise ImportingError(
                    f'"{_dotted(self.prefix, step.name)}" uses the weights of "{step.again.path}", which '
                    "lies in another part of the module; only layers side by side can share weights."
                )

    def loose(self, fed: set[tuple[int, str]]) -> set[tuple[int, str]]:
        """Return the outputs that feed nothing."""
        return set(self.made.values()) - fed


def node_id(place: int) -> str:
    """Return the id of the node that a part becomes."""
    return f"n{place + 1}"


def _dotted(*words: str) -> str:
    return ".".join(filter(None, words))


def _port(place: int, stem: str) -> str:
    return stem if place == 0 else f"{stem}{place + 1}"


def _title(key: str) -> str:
    """Return the name of a block that is called after the attribute that holds it."""
    words = [word for word in key.replace("-", "_").split("_") if word]
    title = "".join(word[:1].upper() + word[1:] for word in words)
    return title if title[:1].isalpha() else f"Sequential{title}" if not title.isdigit() else "Sequential"
