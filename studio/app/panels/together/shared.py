"""Which arguments several layers of different kinds have in common, and what a control for them allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studio.catalog.spec import ArgSpec, LayerSpec
from studio.graph.block import TIED_TO
from studio.graph.node import Node

OF_ONE = frozenset({TIED_TO, "tied_as"})
"""What makes sense for one layer at a time: whose weights it uses."""


@dataclass(frozen=True, slots=True)
class Group:
    """Arguments that the same layers have.

    Attributes:
        holders: Ids of the layers.
        specs: The arguments, in the order of the first layer.
    """

    holders: tuple[str, ...]
    specs: tuple[ArgSpec, ...]


def groups(nodes: Sequence[Node], specs: Sequence[LayerSpec | None]) -> list[Group]:
    """Return what at least two of some layers share, by who shares it: what most have comes first.

    An argument is the same where name and type are; of a name with several types the one that most
    layers have counts.

    Args:
        nodes: The layers.
        specs: Their specs; None for an unknown layer, which shares nothing.
    """
    holders: dict[tuple[str, str], list[str]] = {}
    found: dict[tuple[str, str], list[ArgSpec]] = {}
    for node, layer in zip(nodes, specs, strict=True):
        for spec in (*layer.arguments, *layer.settings) if layer is not None else ():
            if spec.name not in OF_ONE:
                holders.setdefault((spec.name, spec.type), []).append(node.id)
                found.setdefault((spec.name, spec.type), []).append(spec)
    by_holders: dict[tuple[str, ...], list[ArgSpec]] = {}
    for key in _one_type_each(holders):
        by_holders.setdefault(tuple(holders[key]), []).append(joined(found[key]))
    ordered = sorted(by_holders.items(), key=lambda item: -len(item[0]))
    return [Group(ids, tuple(some)) for ids, some in ordered]


def _one_type_each(holders: dict[tuple[str, str], list[str]]) -> list[tuple[str, str]]:
    """Return the arguments that several layers have, each name once."""
    best: dict[str, tuple[str, str]] = {}
    for key, ids in holders.items():
        if len(ids) > 1 and (key[0] not in best or len(ids) > len(holders[best[key[0]]])):
            best[key[0]] = key
    return [key for key in holders if best.get(key[0]) == key]


def joined(specs: Sequence[ArgSpec]) -> ArgSpec:
    """Return a spec that allows what any of some specs allows; each layer is asked again for itself."""
    first = specs[0]
    if all(spec == first for spec in specs):
        return first
    widest = max(specs, key=lambda spec: spec.items)
    return replace(
        first,
        minimum=_lowest(spec.minimum for spec in specs),
        maximum=_highest(spec.maximum for spec in specs),
        open_range=all(spec.open_range for spec in specs),
        choices=tuple(dict.fromkeys(word for spec in specs for word in spec.choices)),
        optional=any(spec.optional for spec in specs),
        optional_items=any(spec.optional_items for spec in specs),
        infer=first.infer if all(spec.infer == first.infer for spec in specs) else "",
        unit=first.unit if all(spec.unit == first.unit for spec in specs) else "",
        max_items=max(spec.max_items for spec in specs),
        items=widest.items,
        item_names=widest.item_names,
        help=first.help
        if all(spec.help == first.help for spec in specs)
        else "Each layer says what it means.",
    )


def _lowest(limits: Iterable[float | None]) -> float | None:
    found = list(limits)
    return None if None in found else min(limit for limit in found if limit is not None)


def _highest(limits: Iterable[float | None]) -> float | None:
    found = list(limits)
    return None if None in found else max(limit for limit in found if limit is not None)
