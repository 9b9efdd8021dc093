"""A design without what is private in it: for a report that a stranger reads.

What stays is what a fault may depend on: kinds of layers, their numbers and choices, wires, blocks, places,
settings. Names become the kind's with a number; notes, paths, texts and code go.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from immutables import Map

from studio.catalog.code_arguments import CODE
from studio.catalog.registry import spec_of
from studio.graph.block import TIED_TO, Block
from studio.graph.block_arguments import rename_argument
from studio.graph.block_ports import rename_port
from studio.graph.definitions import put_block, rename_block
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value
from studio.graph.renaming import rename_all
from studio.project.config import DataConfig, TrainingConfig
from studio.project.datasets import DATASETS
from studio.project.project import Project

TEXT = "text"
"""Stands for a text that is not shown."""

PLAIN_ID = re.compile(r"n\d+")
UNKNOWN = "UnknownLayer"
"""Stands for kinds that this version does not have."""

TECHNICAL = re.compile(r"[\w .,=*+()<>\[\]-]{1,80}")
"""What the text arguments of layers look like: words, numbers and equations, no path and no prose."""


def scrubbed(project: Project) -> tuple[Project, dict[str, str]]:
    """Return a project without names, notes, paths and texts, and what its names became."""
    names: dict[str, str] = {}
    graph = _without_block_names(project.graph, names)
    graph = _plain_level(graph, graph, names)
    for block in list(graph.blocks.values()):
        inside = replace(_plain_level(block.graph, graph, names), blocks=block.graph.blocks)
        graph = put_block(graph, replace(block, graph=inside, summary="", reference=""))
    return Project("design", graph, _data(project.data), _training(project.training)), names


def _without_block_names(graph: Graph, names: dict[str, str]) -> Graph:
    """Return a graph whose blocks, with their arguments and ports, are numbered."""
    for block in list(graph.blocks.values()):
        for side, ports in (("input", block.inputs()), ("output", block.outputs())):
            taken = {node.name for node in block.graph.nodes.values()}
            for port, new in zip(ports, _numbered(f"port_{side}", len(ports), taken), strict=True):
                graph = rename_port(graph, block.name, side, port.name, new)  # type: ignore[arg-type]
                names.setdefault(port.name, new)
        old = [argument.name for argument in block.arguments]
        for name, new in zip(old, _numbered("argument", len(old), old), strict=True):
            graph = rename_argument(graph, block.name, name, new)
            names.setdefault(name, new)
        graph = put_block(graph, _without_help(graph.block(block.name)))
    blocks = list(graph.blocks)
    for name, new in zip(blocks, _numbered("Block", len(blocks), blocks), strict=True):
        graph = rename_block(graph, name, new)
        names[name] = new
    return graph


def _without_help(block: Block) -> Block:
    arguments = tuple(replace(argument, help="") for argument in block.arguments)
    return replace(block, arguments=arguments)


def _numbered(stem: str, count: int, taken: Iterable[str]) -> list[str]:
    """Return so many names that are not taken."""
    found: list[str] = []
    number = 0
    while len(found) < count:
        number += 1
        if f"{stem}_{number}" not in taken:
            found.append(f"{stem}_{number}")
    return found


def _plain_level(level: Graph, whole: Graph, names: dict[str, str]) -> Graph:
    """Return a level with its layers called after their kinds, and without texts."""
    counts: Counter[str] = Counter()
    new: dict[str, str] = {}
    for node in level.ordered():
        spec = spec_of(node, whole.blocks)
        if spec is not None and spec.kind in ("BlockInput", "BlockOutput"):
            continue  # a port's name is written into wires, and was dealt with
        stem = spec.stem if spec is not None else "layer"
        counts[stem] += 1
        new[node.id] = f"{stem}_{counts[stem]}"
        names.setdefault(node.name, new[node.id])
    level = _with_plain_ids(rename_all(level, new))
    nodes = level.nodes.mutate()
    for node in level.nodes.values():
        nodes[node.id] = _plain_node(node, whole)
    marks = level.marks.mutate()
    for mark in level.marks.values():
        marks[mark.id] = replace(mark, text=TEXT if mark.text else "")
    return replace(level, nodes=nodes.finish(), marks=marks.finish())


def _with_plain_ids(level: Graph) -> Graph:
    """Return a level with ids as the window makes them; in one that was made in Python they may be words."""
    custom = {node.id for node in level.nodes.values() if CODE in node.arguments}
    if all(PLAIN_ID.fullmatch(node_id) for node_id in level.nodes) and not custom:
        return level
    ids = {node.id: f"n{number}" for number, node in enumerate(level.ordered(), 1)}
    ports: dict[tuple[str, str], str] = {}

    def port(node_id: str, name: str) -> str:
        """Return what a port is called: those of custom layers are words of their code."""
        if node_id not in custom:
            return name
        return ports.setdefault((node_id, name), f"port_{len(ports) + 1}")

    def moved(edge: Edge) -> Edge:
        return replace(
            edge,
            source=ids[edge.source],
            source_port=port(edge.source, edge.source_port),
            target=ids[edge.target],
            target_port=port(edge.target, edge.target_port),
        )

    nodes = [replace(node, id=ids[node.id]) for node in level.nodes.values()]
    for place, node in enumerate(nodes):
        tied = node.arguments.get(TIED_TO)
        if isinstance(tied, str):
            nodes[place] = node.with_argument(TIED_TO, ids.get(tied, ""))
    bends = {moved(edge): points for edge, points in level.bends.items()}
    edges = [moved(edge) for edge in level.edges()]
    changed = Graph.of(nodes, edges, level.blocks.values(), bends=bends, direction=level.direction)
    return replace(changed, marks=level.marks)


def _plain_node(node: Node, whole: Graph) -> Node:
    known = spec_of(node, whole.blocks) is not None
    node = node if known else replace(node, kind=UNKNOWN)
    if CODE in node.arguments:  # the code is theirs, and so are the names of its arguments
        return replace(node, arguments=Map({CODE: TEXT}))
    for name, value in node.arguments.items():
        plain = _plain_value(value, known)
        if plain != value:
            node = node.with_argument(name, plain)
    return node


def _plain_value(value: Value, known: bool) -> Value:
    """Return an argument's value, with texts that are neither technical nor expressions replaced."""
    if isinstance(value, tuple):
        return tuple(_plain_value(item, known) for item in value)
    if isinstance(value, str) and value and not value.startswith("="):
        return value if known and TECHNICAL.fullmatch(value) else TEXT
    return value


def _data(data: DataConfig) -> DataConfig:
    spec = DATASETS.get(data.dataset)
    options = {}
    for name, value in data.options.items():
        option = spec.option(name) if spec is not None else None
        kept = not isinstance(value, str) or not value or (option is not None and value in option.choices)
        options[name] = value if kept else TEXT
    dataset = data.dataset if spec is not None else TEXT
    return data.model_copy(update={"folder": "", "options": options, "dataset": dataset})


def _training(training: TrainingConfig) -> TrainingConfig:
    if not training.initial_weights:
        return training
    return training.model_copy(update={"initial_weights": "weights.safetensors"})
