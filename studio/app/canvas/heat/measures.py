"""What of a network can be shown as a heat map: amounts of cards and of wires, as far as they are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from studio.app.canvas.heat.scale import NOTHING, Scale, Steps, scale_of
from studio.app.canvas.overlays import human_bytes, human_count
from studio.app.facts import Facts
from studio.app.plots.wording import number
from studio.app.units import cost_name, cost_of
from studio.catalog.registry import signatures
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.port import find_port
from studio.graph.report import NodeReport

WireMeasure: TypeAlias = Literal["none", "elements", "bytes", "macs", "activation", "flow"]
CardMeasure: TypeAlias = Literal["none", "parameters", "macs", "bytes", "field", "gradient", "ratio"]

LIVE: frozenset[str] = frozenset({"activation", "flow", "gradient", "ratio"})
"""What is not known of a design but seen of a run."""

Seen: TypeAlias = Callable[[str, str], float]
"""From a measure of those and a node's dotted name to its amount; 0 where it was not seen."""

Source: TypeAlias = tuple[str, str]
"""A node's id and the name of one of its outputs."""

FLOAT_BYTES, WHOLE_BYTES = 4, 8


def nothing_seen(_measure: str, _name: str) -> float:
    """Return what was seen where there is no run."""
    return 0.0


@dataclass(frozen=True, slots=True)
class CardHeat:
    """How hot each card is.

    Attributes:
        scale: None if all of them cost nothing.
        amounts: By node id.
        written: The same in words, for those above nothing.
    """

    scale: Scale | None
    amounts: Mapping[str, float]
    written: dict[str, str]

    def step(self, node_id: str) -> int:
        """Return a node's step of the colour map."""
        return self.scale.step(self.amounts.get(node_id, 0)) if self.scale is not None else NOTHING


@dataclass(frozen=True, slots=True)
class WireHeat:
    """How hot each wire is: `steps` has one number for each row of wires."""

    scale: Scale | None
    steps: Steps


def card_heat(
    measure: CardMeasure, graph: Graph, facts: Facts, seen: Seen = nothing_seen, prefix: str = ""
) -> CardHeat | None:
    """Return how much each node of a level costs, or what was seen of it; None for ``none``.

    Args:
        seen: What a run shows.
        prefix: What dotted names of nodes of this level begin with.
    """
    if measure == "none":
        return None
    if measure in LIVE:
        return _live_cards(measure, graph, seen, prefix)
    title, amount, write = _card_measures()[measure]
    found = {
        node_id: amount(report) for node_id in graph.nodes if (report := facts.report(node_id)) is not None
    }
    scale = scale_of(title, found.values(), write)
    return CardHeat(scale, found, {node_id: write(size) for node_id, size in found.items() if size > 0})


def _live_cards(measure: str, graph: Graph, seen: Seen, prefix: str) -> CardHeat:
    """Return what was seen of each node in a run."""
    title = {"gradient": "Gradient of weights", "ratio": "Update / weight"}[measure]
    amounts = {node.id: seen(measure, prefix + node.name) for node in graph.nodes.values()}
    scale = scale_of(title, amounts.values(), number)
    return CardHeat(scale, amounts, {key: number(size) for key, size in amounts.items() if size > 0})


def _card_measures() -> dict[str, tuple[str, Callable[[NodeReport], int], Callable[[int], str]]]:
    """Return the title, the amount and the writing of each measure, in the units preferred now."""
    return {
        "parameters": ("Parameters", lambda report: report.parameters, human_count),
        "macs": (cost_name(), lambda report: cost_of(report.macs), human_count),
        "bytes": ("Activations of a sample", lambda report: report.activation_bytes, human_bytes),
        "field": ("Receptive field", lambda report: max(report.receptive_field or (0,)), _side),
    }


def _side(length: int) -> str:
    return f"{length:,} px"


def wire_heat(
    measure: WireMeasure,
    edges: list[Edge],
    graph: Graph,
    facts: Facts,
    seen: Seen = nothing_seen,
    prefix: str = "",
    kept: dict[Source, int] | None = None,
) -> WireHeat | None:
    """Return how much flows through each wire, or what its source costs; None for ``none``.

    Args:
        edges: The wires in the order of their rows.
        seen: What a run shows.
        prefix: What dotted names of nodes of this level begin with.
        kept: Amounts by source from earlier, as long as nothing else is known; new ones are added.
    """
    if measure == "none":
        return None
    if measure in LIVE:
        return _live_wires(measure, edges, graph, seen, prefix)
    title, write = {
        "elements": ("Elements on wires", human_count),
        "bytes": ("Memory of a sample on wires", human_bytes),
        "macs": (f"{cost_name()} of a wire's source", human_count),
    }[measure]
    kept, amounts = kept if kept is not None else {}, []
    for edge in edges:
        place = edge.source, edge.source_port
        if place not in kept:
            kept[place] = amount_on(measure, edge, graph, facts)
        amounts.append(kept[place])
    return _wire_heat(title, amounts, write)


def _live_wires(measure: str, edges: list[Edge], graph: Graph, seen: Seen, prefix: str) -> WireHeat:
    """Return what was seen of each wire's source in a run."""
    title = {"activation": "Spread of activations", "flow": "Gradient on wires"}[measure]
    amounts = [seen(measure, prefix + graph.node(edge.source).name) for edge in edges]
    return _wire_heat(title, amounts, number)


def _wire_heat(title: str, amounts: Sequence[float], write: Callable[[Any], str]) -> WireHeat:
    scale = scale_of(title, amounts, write)
    many = np.array(amounts, dtype=np.float64)
    steps = scale.steps(many) if scale is not None else np.full(len(many), NOTHING, dtype=np.int8)
    return WireHeat(scale, steps)


def amount_on(measure: WireMeasure, edge: Edge, graph: Graph, facts: Facts) -> int:
    """Return how much flows through a wire, or what its source costs; 0 where that is not known."""
    if measure == "macs":
        report = facts.report(edge.source)
        return cost_of(report.macs) if report is not None else 0
    shape = facts.shape_on(graph, edge)
    if shape is None:
        return 0
    return math.prod(shape) * (_item_bytes(edge, graph) if measure == "bytes" else 1)


def _item_bytes(edge: Edge, graph: Graph) -> int:
    """Return how much memory each number takes that flows through a wire."""
    node = graph.node(edge.source)
    ports = signatures(graph)(node)
    port = find_port(ports.outputs, edge.source_port) if ports is not None else None
    is_whole = port is not None and (port.dtype or node.arguments.get("dtype")) == "int64"
    return WHOLE_BYTES if is_whole else FLOAT_BYTES
