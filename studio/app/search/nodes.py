"""Finding nodes of a network at all its levels: by name, by kind, and by what they are told.

A query is words, all of which have to fit: ``conv`` is in a name or a kind; ``kernel_size=3``, ``p>0.2`` and
``bias!=off`` compare an argument, given or by default; ``frozen`` and ``bias`` are something that is on;
``off`` is a node that is switched off.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TypeAlias

from studio.catalog.arguments import ArgSpec, show
from studio.catalog.registry import layers, spec_of
from studio.catalog.spec import LayerSpec
from studio.graph.block import ENABLED, PREFIX, Block, block_name
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

_COMPARED = re.compile(r"(\w+)(!=|<=|>=|=|<|>)(.+)")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_ON = frozenset(("on", "true", "yes"))
_OFF = frozenset(("off", "false", "no"))


@dataclass(frozen=True, slots=True)
class Hit:
    """One node that was found.

    Attributes:
        level: Ids of the instances that lead to it; empty for the network itself.
        node: The node.
        where: Names of those instances.
    """

    level: tuple[str, ...]
    node: Node
    where: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it is, as problems and `CanvasDisplay.reveal_path` have it."""
        return "/".join((*self.level, self.node.id))


@dataclass(frozen=True, slots=True)
class _Entry:
    """A node with what is known of it.

    Attributes:
        text: Its name, kind and title, in lower case.
    """

    node: Node
    spec: LayerSpec | None
    text: str


Test: TypeAlias = Callable[[_Entry], bool]


class NodeFinder:
    """Finds in one network, which never changes: what is looked at with every letter is made ready once.

    Args:
        design: The outermost graph, with all definitions.
    """

    def __init__(self, design: Graph) -> None:
        self.design = design
        self._entries = [
            (level, where, _Entry(node, spec, _text(node, spec)))
            for level, where, graph in _levels(design)
            for node in graph.ordered()
            for spec in (spec_of(node, design.blocks),)
        ]
        arguments = {each.name for block in design.blocks.values() for each in block.arguments}
        self._switches = _switches() | arguments

    def find(self, query: str) -> list[Hit]:
        """Return the nodes that fit, by levels; what is in a block is found once, in its first instance."""
        tests = [_test_of(word, self._switches) for word in query.split()]
        if not tests:
            return []
        return [
            Hit(level, entry.node, where)
            for level, where, entry in self._entries
            if all(test(entry) for test in tests)
        ]


def best(hits: list[Hit], query: str, level: tuple[str, ...]) -> int:
    """Return the place of the hit to begin with: one called just so, one at this level, else the first."""
    word = query.strip().casefold()

    def key(place: int) -> tuple[bool, bool, int]:
        hit = hits[place]
        return hit.node.name.casefold() != word, hit.level != level, place

    return min(range(len(hits)), key=key)


def _levels(design: Graph) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Graph]]:
    """Yield the network and the inside of every block that it has an instance of, each once."""
    seen: set[str] = set()
    waiting: list[tuple[tuple[str, ...], tuple[str, ...], Graph]] = [((), (), design)]
    while waiting:
        level, where, graph = waiting.pop(0)
        yield level, where, graph
        for node in graph.ordered():
            name = block_name(node)
            if name is not None and name in design.blocks and name not in seen:
                seen.add(name)
                inside = design.blocks[name].graph
                waiting.append(((*level, node.id), (*where, node.name), inside))


def _text(node: Node, spec: LayerSpec | None) -> str:
    """Return all that a node is called."""
    title = spec.title if spec is not None else ""
    return f"{node.name}\n{node.kind.removeprefix(PREFIX)}\n{title}".casefold()


def _test_of(word: str, switches: frozenset[str]) -> Test:
    """Return what a node has to be for a word of a query.

    Args:
        switches: Names of what can be on or off.
    """
    compared = _COMPARED.fullmatch(word)
    if compared is not None:
        name, sign, wanted = compared.groups()
        return lambda entry: _compares(_value(entry, name), sign, wanted)
    plain = word.casefold()
    if plain in ("off", "disabled"):
        return lambda entry: entry.node.arguments.get(ENABLED) is False
    if plain in switches:
        return lambda entry: plain in entry.text or _value(entry, plain) is True
    return lambda entry: plain in entry.text


@cache
def _switches() -> frozenset[str]:
    """Return the names of all arguments and settings of the catalog that are on or off."""
    found = (setting for spec in layers().values() for setting in (*spec.arguments, *spec.settings))
    return frozenset(setting.name for setting in found if setting.type == "bool")


def _value(entry: _Entry, name: str) -> Value:
    """Return an argument's or a setting's value, by default if it is not given; None if there is none."""
    node, spec = entry.node, entry.spec
    if spec is None:
        return node.arguments.get(name)
    setting = _setting(spec.kind, name) if not spec.kind.startswith(PREFIX) else spec.setting(name)
    if setting is None:
        return None
    return setting.coerce(node.arguments.get(name, setting.default))


@lru_cache(maxsize=4096)
def _setting(kind: str, name: str) -> ArgSpec | None:
    """Return an argument or a setting of a layer of the catalog; looked up often, and long to find."""
    spec = spec_of(Node("", kind, ""), _NO_BLOCKS)
    return spec.setting(name) if spec is not None else None


_NO_BLOCKS: Mapping[str, Block] = {}


def _compares(value: Value, sign: str, wanted: str) -> bool:
    """Say whether a value stands to what is wanted as a sign says."""
    if value is None:
        return sign == "=" and wanted.casefold() in ("auto", "none")
    if sign in _ORDER:
        number = _number(wanted)
        return number is not None and any(_ORDER[sign](each, number) for each in _numbers(value))
    return _is(value, wanted.casefold()) == (sign == "=")


def _is(value: Value, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted in (_ON if value else _OFF)
    if isinstance(value, tuple) and not re.search("[x×,]", wanted):
        return any(_is(item, wanted) for item in value)
    number = _number(wanted)
    if isinstance(value, int | float) and number is not None:
        return value == number
    return show(value).casefold() == re.sub("[x,]", "×", wanted.strip("()").replace(" ", ""))


def _numbers(value: Value) -> list[float]:
    items = value if isinstance(value, tuple) else (value,)
    return [float(item) for item in items if isinstance(item, int | float) and not isinstance(item, bool)]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
