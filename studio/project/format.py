"""The `.flow` document: a project as JSON data, and strictly back.

A document is canonical: the same project always gives the same bytes, whole numbers on the canvas are
written without a fraction, and a wire is one line (``"n1.output -> n2.input"``), so that a change of
one argument is a change of one line. Kinds of layers are not looked up here: one that this version
does not know is kept as it is, and shows as a problem of the design.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from immutables import Map
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationError

from studio.errors import ProjectError
from studio.graph.block import Block, BlockArgument, why_not_argument_name, why_not_block_name
from studio.graph.graph import Graph
from studio.graph.node import ID_PATTERN, NAME_PATTERN, Edge, Node, Value
from studio.project import strict_json
from studio.project.config import Config, DataConfig, TrainingConfig
from studio.project.migrations import FORMAT, VERSION, migrate
from studio.project.project import Project
from studio.project.wording import explain

MAX_NODES = 100_000
"""Most nodes of a design, those inside its blocks' definitions counted."""

MAX_BLOCKS = 2_000
MAX_BLOCK_ARGUMENTS = 200
MAX_VALUE_DEPTH = 16
MAX_PLACE = 1e9
"""Farthest from the origin that a node may lie, in canvas pixels."""

_ID = ID_PATTERN.pattern
_PORT = "[A-Za-z_][A-Za-z0-9_]{0,63}"
_EDGE = re.compile(rf"({_ID})\.({_PORT}) -> ({_ID})\.({_PORT})(?:\[([1-9][0-9]{{0,6}})\])?")


def _checked_id(text: str) -> str:
    if not ID_PATTERN.fullmatch(text):
        raise ValueError("must be an id: letters, digits, - and _, at most 64 in all")
    return text


def _checked_name(text: str) -> str:
    if not NAME_PATTERN.fullmatch(text):
        raise ValueError("must be a letter, then letters, digits and underscores, at most 64 in all")
    return text


def _checked_kind(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be readable text")
    return text


def _few_enough(nodes: object) -> object:
    # Looked at before the nodes are, so that a million of them are refused at once.
    if isinstance(nodes, dict) and len(nodes) > MAX_NODES:
        raise ValueError(f"holds {len(nodes):,} nodes, and {MAX_NODES:,} are allowed")
    return nodes


def _few_enough_blocks(blocks: object) -> object:
    if not isinstance(blocks, dict):
        return blocks
    if len(blocks) > MAX_BLOCKS:
        raise ValueError(f"holds {len(blocks):,} blocks, and {MAX_BLOCKS:,} are allowed")
    inside = [block.get("nodes") for block in blocks.values() if isinstance(block, dict)]
    num_nodes = sum(len(nodes) for nodes in inside if isinstance(nodes, dict))
    if num_nodes > MAX_NODES:
        raise ValueError(f"holds {num_nodes:,} nodes, and {MAX_NODES:,} are allowed")
    return blocks


def _checked_block_name(text: str) -> str:
    if why_not_block_name(text) is not None:
        raise ValueError("must be a letter, then letters, digits and underscores, at most 64 in all")
    return text


def _checked_argument_name(text: str) -> str:
    reason = why_not_argument_name(text)
    if reason is not None:
        raise ValueError(reason)
    return text


def _argument(value: Any, depth: int = 0) -> Value:
    """Return an argument's value with lists as tuples."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("must be a finite number")
        return value
    if isinstance(value, int):
        if abs(value) >= 10**strict_json.MAX_DIGITS:
            raise ValueError(f"must be a number of at most {strict_json.MAX_DIGITS} digits")
        return value
    if isinstance(value, str):
        if not _is_unicode(value):
            raise ValueError("must be valid Unicode text")
        return value
    if isinstance(value, list | tuple):
        if depth == MAX_VALUE_DEPTH:
            raise ValueError(f"must not be nested more than {MAX_VALUE_DEPTH} levels deep")
        return tuple(_argument(item, depth + 1) for item in value)
    raise ValueError("must be a number, a text, true, false, null or a list of these")


def _is_unicode(text: str) -> bool:
    """Say whether a text can be written: JSON can name halves of characters (``\\ud800``) that cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _edge(text: Any) -> Edge:
    """Return the wire that a line of the document stands for."""
    found = _EDGE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError('must be a wire, such as "n1.output -> n2.input"')
    source, source_port, target, target_port, index = found.groups()
    return Edge(source, source_port, target, target_port, int(index or 0))


def _edge_text(edge: Edge) -> str:
    place = f"[{edge.index}]" if edge.index else ""
    return f"{edge.source}.{edge.source_port} -> {edge.target}.{edge.target_port}{place}"


class NodeData(Config):
    """A node in a document; its id is its key."""

    kind: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_checked_kind)]
    name: Annotated[str, AfterValidator(_checked_name)]
    x: float = Field(default=0.0, ge=-MAX_PLACE, le=MAX_PLACE)
    y: float = Field(default=0.0, ge=-MAX_PLACE, le=MAX_PLACE)
    arguments: dict[
        Annotated[str, Field(min_length=1, max_length=100)],
        Annotated[Any, PlainValidator(_argument)],
    ] = Field(default_factory=dict)


C = TypeVar("C", bound=Config)
NodesData: TypeAlias = dict[Annotated[str, AfterValidator(_checked_id)], NodeData]


EdgesData: TypeAlias = list[Annotated[Any, PlainValidator(_edge)]]


class BlockArgumentData(Config):
    """An argument of a block in a document."""

    name: Annotated[str, AfterValidator(_checked_argument_name)]
    default: Annotated[Any, PlainValidator(_argument)]
    help: str = Field(default="", max_length=1_000)
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] = Field(default_factory=list, max_length=200)


class BlockData(Config):
    """A block's definition in a document; its name is its key.

    Arguments are a list, because their order is what the person sees, and keys are sorted.
    """

    nodes: Annotated[NodesData, BeforeValidator(_few_enough)]
    edges: EdgesData = Field(default_factory=list)
    arguments: list[BlockArgumentData] = Field(default_factory=list, max_length=MAX_BLOCK_ARGUMENTS)
    summary: str = Field(default="", max_length=1_000)
    reference: str = Field(default="", max_length=1_000)


BlocksData: TypeAlias = dict[Annotated[str, AfterValidator(_checked_block_name)], BlockData]


class GraphData(Config):
    """A graph in a document, with the blocks that it defines."""

    nodes: Annotated[NodesData, BeforeValidator(_few_enough)]
    edges: EdgesData = Field(default_factory=list)
    blocks: Annotated[BlocksData, BeforeValidator(_few_enough_blocks)] = Field(default_factory=dict)


class ProjectData(Config):
    """A whole document of the present version."""

    format: Literal["flowgraph-studio"]
    version: int
    graph: GraphData
    data: DataConfig = Field(default_factory=DataConfig)
    training: TrainingConfig = Field(default_factory=TrainingConfig)
    notes: str = Field(default="", max_length=1_000_000)


def to_data(project: Project) -> dict[str, Any]:
    """Return a project as the JSON data of its document. The name is the file's and not in it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "graph": graph_to_data(project.graph),
        "data": project.data.model_dump(mode="json"),
        "training": _training_to_data(project.training),
        "notes": project.notes,
    }


def from_data(data: dict[str, Any], name: str = "untitled") -> Project:
    """Return the project of a document, migrated if it is of an older version.

    Args:
        data: JSON data, as `to_data` makes it.
        name: What to call the project.

    Raises:
        NewerFormatError: A later version of the program wrote it.
        ProjectError: Anything in it is not as it should be; the message names the place.
    """
    document = migrate(data)
    found = _validated(ProjectData, document)
    graph = _graph_of(found.graph, "graph.")
    return Project(name, graph, found.data, found.training, found.notes)


def graph_to_data(graph: Graph) -> dict[str, Any]:
    """Return a graph and its blocks as JSON data; also what the clipboard holds."""
    found = _level_to_data(graph)
    if graph.blocks:
        found["blocks"] = {name: _block_to_data(graph.blocks[name]) for name in sorted(graph.blocks)}
    return found


def graph_from_data(data: dict[str, Any]) -> Graph:
    """Return the graph that `graph_to_data` turned into JSON data.

    Raises:
        ProjectError: Anything in it is not as it should be; the message names the place.
    """
    return _graph_of(_validated(GraphData, data), "")


def dumps(project: Project) -> str:
    """Return a project's document as canonical text.

    Raises:
        ProjectError: The project holds something that would not be read back, such as a NaN.
    """
    return strict_json.write(to_data(project))


def loads(text: bytes | str, name: str = "untitled") -> Project:
    """Return the project that a document's text holds.

    Raises:
        NewerFormatError: A later version of the program wrote it.
        ProjectError: It is not a project, damaged, or too large.
    """
    data = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    return from_data(strict_json.parse(data), name)


def _validated(model: type[C], data: dict[str, Any]) -> C:
    """Return data as a model, or say in one sentence what is wrong with it."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ProjectError(explain(error, model)) from error


def _training_to_data(training: TrainingConfig) -> dict[str, Any]:
    """Return training settings as JSON data; what came to the format later is written where it is used."""
    found = training.model_dump(mode="json")
    if not training.initial_weights:
        del found["initial_weights"]
    return found


def _level_to_data(graph: Graph) -> dict[str, Any]:
    return {
        "nodes": {node.id: _node_to_data(node) for node in graph.ordered()},
        "edges": [_edge_text(edge) for edge in graph.edges()],
    }


def _block_to_data(block: Block) -> dict[str, Any]:
    """Return a definition as JSON data, without what is empty."""
    found = _level_to_data(block.graph)
    if block.arguments:
        found["arguments"] = [_block_argument_to_data(argument) for argument in block.arguments]
    texts = {"summary": block.summary, "reference": block.reference}
    return {**found, **{key: text for key, text in texts.items() if text}}


def _block_argument_to_data(argument: BlockArgument) -> dict[str, Any]:
    found: dict[str, Any] = {"name": argument.name, "default": _as_json(argument.default)}
    if argument.help:
        found["help"] = argument.help
    for key, limit in (("minimum", argument.minimum), ("maximum", argument.maximum)):
        if limit is not None:
            found[key] = _number(limit)
    if argument.choices:
        found["choices"] = list(argument.choices)
    return found


def _node_to_data(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": node.kind, "name": node.name, "x": _number(node.x), "y": _number(node.y)}
    if node.arguments:
        found["arguments"] = {name: _as_json(node.arguments[name]) for name in sorted(node.arguments)}
    return found


def _number(number: float) -> float:
    """Return a coordinate or a limit as it is written: 120, not 120.0."""
    return int(number) if float(number).is_integer() else float(number)


def _as_json(value: Value) -> Any:
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value


def _graph_of(data: GraphData, prefix: str) -> Graph:
    """Build a graph and its blocks from checked data, and check what no single field shows."""
    blocks = [_block_of(name, block, f"{prefix}blocks.{name}.") for name, block in data.blocks.items()]
    return Graph.of(_nodes_of(data), _edges_of(data, prefix), blocks)


def _block_of(name: str, data: BlockData, prefix: str) -> Block:
    arguments = tuple(
        BlockArgument(
            found.name, found.default, found.help, found.minimum, found.maximum, tuple(found.choices)
        )
        for found in data.arguments
    )
    seen: set[str] = set()
    for place, argument in enumerate(arguments):
        if argument.name in seen:
            raise ProjectError(
                f'{prefix}arguments[{place}]: the block has an argument "{argument.name}" already. '
                "Rename one of the two."
            )
        seen.add(argument.name)
    graph = Graph.of(_nodes_of(data), _edges_of(data, prefix))
    return Block(name, graph, arguments, data.summary, data.reference)


def _nodes_of(data: GraphData | BlockData) -> Iterator[Node]:
    for node_id, node in data.nodes.items():
        yield Node(node_id, node.kind, node.name, Map(node.arguments), node.x, node.y)


def _edges_of(data: GraphData | BlockData, prefix: str) -> set[Edge]:
    """Return the wires of a level, each once and between nodes that are there."""
    seen: set[Edge] = set()
    for place, edge in enumerate(data.edges):
        where = f'{prefix}edges[{place}] "{_edge_text(edge)}"'
        for end in (edge.source, edge.target):
            if end not in data.nodes:
                raise ProjectError(f'{where}: there is no node "{end}". Remove the wire, or add the node.')
        if edge in seen:
            raise ProjectError(f"{where}: this wire stands there already. Remove one of the two.")
        seen.add(edge)
    return seen
