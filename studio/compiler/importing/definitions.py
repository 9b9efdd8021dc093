"""From drafts to blocks: drafts that are alike become one definition, with arguments for what differs.

All drafts of one height are looked at together, the lowest first, so that what a draft is made of has its
definitions already. Two drafts are alike if they have the same label, the same layers with the same names,
and the same wires; numbers may differ, and become the block's arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from immutables import Map

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.importing import layout, slots
from studio.compiler.importing.drafts import Draft, Part, node_id
from studio.graph.block import INPUT, OUTPUT, PREFIX, REPEAT, Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.names import FreeNames
from studio.graph.node import Edge, Node, Value

Key: TypeAlias = tuple[Any, ...]


@dataclass(eq=False)
class Definition:
    """What becomes one block.

    Attributes:
        number: Which; the lower ones were found first.
        draft: One of the drafts it stands for.
        arguments: What can be set, with the first draft's value as default.
        settings: What stands at each place of each part: a value, or an expression.
    """

    number: int
    draft: Draft
    arguments: dict[str, Value] = field(default_factory=dict)
    settings: list[dict[str, Value]] = field(default_factory=list)


@dataclass
class Use:
    """An instance of a definition, as a part of a draft."""

    definition: Definition
    arguments: dict[str, Value]
    repeat: int | None = None


class Definitions:
    """Finds the definitions of all drafts in a draft.

    Attributes:
        found: All of them.
    """

    def __init__(self) -> None:
        self.found: list[Definition] = []
        self._uses: dict[int, Use] = {}

    def graph(self, draft: Draft) -> Graph:
        """Return a network with all blocks that are in it."""
        heights: dict[int, list[Draft]] = {}
        for inner in _inside(draft):
            heights.setdefault(_height(inner), []).append(inner)
        for height in sorted(heights):
            self._define(heights[height])
        whole = Definition(0, draft, settings=[self._values(part) for part in draft.parts])
        names = self._names(draft)
        used = self._reachable(draft)
        blocks = [
            Block(
                names[one.number],
                self._built(one, names),
                tuple(BlockArgument(name, value) for name, value in one.arguments.items()),
            )
            for one in self.found
            if one.number in used
        ]
        outermost = self._built(whole, names)
        return Graph.of(outermost.nodes.values(), outermost.edges(), blocks)

    def _define(self, drafts: list[Draft]) -> None:
        """Find the definitions of drafts of one height."""
        groups: dict[Key, list[Draft]] = {}
        for draft in drafts:
            row = self._row(draft)
            if row is not None:
                self._uses[id(draft)] = row
            else:
                groups.setdefault(self._key(draft), []).append(draft)
        for group in groups.values():
            self._define_group(group)

    def _define_group(self, group: list[Draft]) -> None:
        """Make one definition of drafts that are alike; several, if too much of them differs."""
        values = [[self._values(part) for part in draft.parts] for draft in group]
        shared = slots.share(values, group[0].parts)
        if shared is None:
            same: dict[str, list[Draft]] = {}
            for draft, own in zip(group, values, strict=True):
                same.setdefault(repr(own), []).append(draft)
            for alike in same.values():
                self._define_group(alike)
            return
        definition = Definition(len(self.found) + 1, group[0], shared.defaults, shared.settings)
        self.found.append(definition)
        for draft, arguments in zip(group, shared.arguments, strict=True):
            self._uses[id(draft)] = Use(definition, arguments)

    def _row(self, draft: Draft) -> Use | None:
        """Return a plain row of equal blocks as one use, repeated."""
        inner = [part for part in draft.parts if part.inner is not None]
        if not draft.is_row or len(inner) != len(draft.parts) - 2 or not inner:
            return None
        uses = [self._uses[id(part.inner)] for part in inner]
        first = uses[0]
        ports = (first.definition.draft.ports(INPUT), first.definition.draft.ports(OUTPUT))
        chain = [(place, place + 1) for place in range(len(inner) + 1)]
        is_chain = [(line[0], line[2]) for line in sorted(draft.lines)] == chain
        if (
            [part.name for part in inner] != [str(place) for place in range(len(inner))]
            or not is_chain
            or first.repeat is not None
            or any(use != first for use in uses)
            or [len(names) for names in ports] != [1, 1]
        ):
            return None
        return Use(first.definition, first.arguments, len(inner))

    def _key(self, draft: Draft) -> Key:
        """Return what drafts of one definition have in common."""
        parts = []
        for part in draft.parts:
            use = self._uses.get(id(part.inner)) if part.inner is not None else None
            made_of = (use.definition.number, use.repeat) if use is not None else part.kind
            parts.append((part.name, made_of, slots.pattern(self._values(part), self._spec(part))))
        return draft.label, tuple(parts), tuple(draft.lines)

    def _values(self, part: Part) -> dict[str, Value]:
        """Return all that can differ between a part and its like, whether it is the default or not."""
        if part.inner is not None:
            return self._uses[id(part.inner)].arguments
        spec = self._spec(part)
        return {**(spec.values(part.arguments) if spec else {}), **part.arguments}

    def _spec(self, part: Part) -> LayerSpec | None:
        return registry.find(part.kind) if part.kind else None

    def _names(self, draft: Draft) -> dict[int, str]:
        """Return what the definitions are called, those that are used first before the others."""
        free = FreeNames(())
        names: dict[int, str] = {}
        for inner in _inside(draft, outermost_first=True):
            definition = self._uses[id(inner)].definition
            if definition.number not in names:
                names[definition.number] = _numbered(free, definition.draft.label)
        return names

    def _reachable(self, draft: Draft) -> set[int]:
        """Return the numbers of all definitions that are used in a draft, through any others."""
        found: set[int] = set()
        waiting = [draft]
        while waiting:
            for part in waiting.pop().parts:
                if part.inner is not None:
                    definition = self._uses[id(part.inner)].definition
                    if definition.number not in found:
                        found.add(definition.number)
                        waiting.append(definition.draft)
        return found

    def _built(self, definition: Definition, names: dict[int, str]) -> Graph:
        """Return the graph of a definition, laid out."""
        draft = definition.draft
        count = len(draft.parts)
        blocks = {place for place, part in enumerate(draft.parts) if part.inner is not None}
        wires = _ordered(count, [(line[0], line[2]) for line in draft.lines])
        places = layout.places(count, wires, blocks)
        nodes = []
        for place, part in enumerate(draft.parts):
            kind, given = part.kind, definition.settings[place]
            if part.inner is not None:
                use = self._uses[id(part.inner)]
                kind = PREFIX + names[use.definition.number]
                defaults = use.definition.arguments
                repeat: dict[str, Value] = {REPEAT: use.repeat} if use.repeat is not None else {}
                given = {**slots.unlike(given, defaults), **repeat}
            else:
                given = slots.unlike_spec(given, self._spec(part))
            x, y = places[place]
            nodes.append(Node(node_id(place), kind, part.name, Map(given), x, y))
        edges = [
            Edge(node_id(source), port, node_id(target), into, index)
            for source, port, target, into, index in draft.lines
        ]
        return Graph.of(nodes, edges)


def _inside(draft: Draft, outermost_first: bool = False) -> Iterator[Draft]:
    """Yield all drafts in a draft, however deep."""
    for part in draft.parts:
        if part.inner is not None:
            if outermost_first:
                yield part.inner
            yield from _inside(part.inner, outermost_first)
            if not outermost_first:
                yield part.inner


def _height(draft: Draft) -> int:
    return 1 + max((_height(part.inner) for part in draft.parts if part.inner is not None), default=-1)


def _ordered(count: int, lines: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return wires that lead forward only, for the layout."""
    return [(source, target) for source, target in lines if source < target]


def _numbered(free: FreeNames, label: str) -> str:
    """Return a free name of a block: ``Bottleneck``, ``Bottleneck2``."""
    return free.take(label)
