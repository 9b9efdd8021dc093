"""Where every recorded layer goes: the level of the module hierarchy that its weights' names ask for.

A level becomes a block. Which levels there are is decided by paths, not by calls, because the keys of the
``state_dict`` are paths: a list of modules is called by nobody and is a level all the same. Blocks must not
feed each other in a circle, so what stands between two parts of a level is moved into it; and where that
cannot be, the level is opened into the one around it and its weights are called differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

import networkx as nx

from studio.catalog import registry
from studio.compiler.importing.recording import Recording, Step, Wire

Path: TypeAlias = tuple[str, ...]


@dataclass
class Hierarchy:
    """Which layer goes where.

    Attributes:
        level: Level by layer.
        name: What a layer would like to be called there.
        opened: Levels that could not become blocks.
    """

    level: dict[Step, Path] = field(default_factory=dict)
    name: dict[Step, str] = field(default_factory=dict)
    opened: set[Path] = field(default_factory=set)

    def inputs(self, path: Path, steps: Iterable[Step]) -> list[Wire]:
        """Return the wires that enter a level or what lies below it."""
        found = (
            wire
            for step in steps
            if is_below(self.level[step], path)
            for _, wire in step.inputs
            if not is_below(self.level[wire.source], path)
        )
        return list(dict.fromkeys(found))


def is_below(level: Path, path: Path) -> bool:
    """Say whether a level is another one, or lies below it."""
    return level[: len(path)] == path


def arrange(recording: Recording) -> Hierarchy:
    """Return where every layer goes, so that blocks at no level feed each other in a circle."""
    found = _by_paths(recording)
    while True:
        circle = _circle(found, recording.steps)
        if circle is None:
            return found
        _break(found, *circle)


def _split(path: str) -> Path:
    return tuple(path.split(".")) if path else ()


def _by_paths(recording: Recording) -> Hierarchy:
    """Place every layer where its path says, and every function in the module that called it."""
    found = Hierarchy()
    modules = {_split(step.path) for step in recording.steps if step.path}
    crowded = _crowded(recording.steps)
    for step in recording.steps:
        path = _split(step.path)
        found.name[step] = step.name
        if path and step not in crowded:
            found.level[step] = path[:-1]
        else:
            found.level[step] = path if path else _outside(_split(step.home), modules)
    for step in crowded:
        found.name[step] = registry.get(step.kind).stem
    return found


def _crowded(steps: Iterable[Step]) -> set[Step]:
    """Return the layers whose place is a level as well: a module with a function's weights and more."""
    paths = [(_split(step.path), step) for step in steps if step.path]
    levels = {path[:end] for path, _ in paths for end in range(len(path))}
    return {step for path, step in paths if path in levels}


def _outside(home: Path, modules: set[Path]) -> Path:
    """Return the innermost level round a function that is not itself one node."""
    for end in range(1, len(home) + 1):
        if home[:end] in modules:
            return home[: end - 1]
    return home


def _circle(found: Hierarchy, steps: list[Step]) -> tuple[Path, set[Path], set[Step]] | None:
    """Return a level, the levels in it and the layers in it that feed each other in a circle."""
    levels = {level[:end] for level in found.level.values() for end in range(len(level) + 1)}
    graphs: dict[Path, nx.DiGraph[Path | Step]] = {level: nx.DiGraph() for level in levels}
    for step in steps:
        for _, wire in step.inputs:
            into, out_of = found.level[step], found.level[wire.source]
            shared = _shared(into, out_of)
            source = _item(wire.source, out_of, shared)
            target = _item(step, into, shared)
            if source != target:
                graphs[shared].add_edge(source, target)
    for level in sorted(graphs, key=len):
        for items in nx.strongly_connected_components(graphs[level]):
            if len(items) > 1:
                inner = {item for item in items if isinstance(item, tuple)}
                return level, inner, {item for item in items if isinstance(item, Step)}
    return None


def _shared(one: Path, other: Path) -> Path:
    """Return the innermost level that both lie in."""
    end = 0
    while end < min(len(one), len(other)) and one[end] == other[end]:
        end += 1
    return one[:end]


def _item(step: Step, level: Path, at: Path) -> Path | Step:
    """Return what a layer is part of at a level: a level in it, or itself."""
    return step if level == at else level[: len(at) + 1]


def _break(found: Hierarchy, level: Path, inner: set[Path], steps: set[Step]) -> None:
    """Take a circle apart."""
    if len(inner) == 1 and not any(step.path or step.again or step.keys for step in steps):
        for step in steps:
            found.level[step] = next(iter(inner))
        return
    for path in inner:
        found.opened.add(path)
        for step, place in found.level.items():
            if place == path:
                found.level[step] = level
                found.name[step] = f"{path[-1]}_{found.name[step]}"
            elif is_below(place, path):
                found.level[step] = (*level, f"{path[-1]}_{place[len(path)]}", *place[len(path) + 1 :])
