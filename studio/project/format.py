"""The `.flow` document: a project as JSON data, and strictly back.

A document is canonical: the same project always gives the same bytes, whole numbers on the canvas are
written without a fraction, and a wire is one line (``"n1.output -> n2.input"``), so that a change of
one argument is a change of one line. What a document may hold stands in `studio.project.schema`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from immutables import Map
from pydantic import ValidationError

from studio.catalog.custom import CODE, CUSTOM, code_of, custom_nodes, why_too_much
from studio.errors import ProjectError
from studio.graph.block import Block, BlockArgument
from studio.graph.graph import Bend, Graph
from studio.graph.mark import Mark
from studio.graph.marks import ordered_marks
from studio.graph.node import PLAIN, Edge, Look, Node, Value
from studio.project import strict_json
from studio.project.config import Config
from studio.project.migrations import FORMAT, VERSION, migrate
from studio.project.project import Project
from studio.project.schema import BlockData, GraphData, LevelData, ProjectData, read_edge
from studio.project.wording import explain, short

C = TypeVar("C", bound=Config)

_DATA_ALWAYS = frozenset({"dataset", "folder", "options", "validation_fraction", "test_fraction"}) | {
    "split_seed",
    "stratify",
    "normalization",
}
_TRAINING_ALWAYS = frozenset({"optimizer", "lr", "momentum", "nesterov", "betas", "weight_decay"}) | {
    "batch_size",
    "epochs",
    "seed",
    "device",
    "drop_last",
}
"""Settings of the first version of the format: every document states them."""


def to_data(project: Project) -> dict[str, Any]:
    """Return a project as the JSON data of its document. The name is the file's and not in it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "graph": graph_to_data(project.graph),
        "data": _settings_to_data(project.data, _DATA_ALWAYS),
        "training": _settings_to_data(project.training, _TRAINING_ALWAYS),
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
    """Return a graph and its blocks as JSON data; also what the clipboard holds.

    Raises:
        ProjectError: Its custom layers hold more code than is read back.
    """
    _check_amount(graph)
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


def _settings_to_data(settings: Config, always: frozenset[str]) -> dict[str, Any]:
    """Return settings as JSON data; what came to the format later is written where it is not the default.

    So a file says what it did before, and is read by the program that knows no more than it uses.
    """
    fields = type(settings).model_fields
    return {
        name: value
        for name, value in settings.model_dump(mode="json").items()
        if name in always or getattr(settings, name) != fields[name].get_default(call_default_factory=True)
    }


def _level_to_data(graph: Graph) -> dict[str, Any]:
    """Return what a level holds; what few networks have is left out where it is not used."""
    found: dict[str, Any] = {
        "nodes": {node.id: _node_to_data(node) for node in graph.ordered()},
        "edges": [_edge_text(edge) for edge in graph.edges()],
    }
    if graph.marks:
        found["marks"] = {mark.id: _mark_to_data(mark) for mark in ordered_marks(graph)}
    if graph.bends:
        found["bends"] = {
            _edge_text(edge): [[_number(x), _number(y)] for x, y in graph.bends[edge]]
            for edge in sorted(graph.bends)
        }
    if graph.direction != "right":
        found["direction"] = graph.direction
    return found


def _mark_to_data(mark: Mark) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": mark.kind, "text": mark.text}
    found |= {name: _number(getattr(mark, name)) for name in ("x", "y", "width", "height")}
    return {**found, "color": mark.color} if mark.color else found


def _look_to_data(look: Look) -> dict[str, Any]:
    """Return what of a look is not as usual."""
    found = {name: getattr(look, name) for name in look.__slots__}
    found["width"] = _number(look.width)
    return {name: value for name, value in found.items() if value}


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
        if node.kind == CUSTOM and isinstance(code := node.arguments.get(CODE), str):
            found["arguments"][CODE] = code.split("\n")  # a changed line of code is a changed line here
    if node.look != PLAIN:
        found["look"] = _look_to_data(node.look)
    return found


def _number(number: float) -> float:
    """Return a coordinate or a limit as it is written: 120, not 120.0."""
    return int(number) if float(number).is_integer() else float(number)


def _as_json(value: Value) -> Any:
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value


def _graph_of(data: GraphData, prefix: str) -> Graph:
    """Build a graph and its blocks from checked data, and check what no single field shows."""
    blocks = [_block_of(name, block, f"{prefix}blocks.{name}.") for name, block in data.blocks.items()]
    graph = _level_of(data, prefix, blocks)
    _check_amount(graph)
    return graph


def _check_amount(graph: Graph) -> None:
    """Refuse more code of custom layers than is looked at in a moment."""
    reason = why_too_much(map(code_of, custom_nodes(graph)))
    if reason is not None:
        raise ProjectError(f"The project is too large: {reason}. Remove some.")


def _level_of(data: LevelData, prefix: str, blocks: Iterable[Block] = ()) -> Graph:
    edges = _edges_of(data, prefix)
    marks = (Mark(mark_id, **mark.model_dump()) for mark_id, mark in data.marks.items())
    bends = _bends_of(data, edges, prefix) if data.bends else None
    return Graph.of(_nodes_of(data), edges, blocks, marks, bends, data.direction)


def _bends_of(data: LevelData, edges: set[Edge], prefix: str) -> dict[Edge, tuple[Bend, ...]]:
    """Return the points of wires that are there."""
    found: dict[Edge, tuple[Bend, ...]] = {}
    for text, points in data.bends.items():
        try:
            edge = read_edge(text)
        except ValueError as error:
            raise ProjectError(f"{prefix}bends {short(text)} {error}.") from error
        if edge not in edges:
            raise ProjectError(f"{prefix}bends {short(text)}: there is no such wire. Remove it, or draw one.")
        found[edge] = tuple((x, y) for x, y in points)
    return found


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
    graph = _level_of(data, prefix)
    return Block(name, graph, arguments, data.summary, data.reference)


def _nodes_of(data: LevelData) -> Iterator[Node]:
    for node_id, node in data.nodes.items():
        look = Look(**node.look.model_dump()) if node.look is not None else PLAIN
        arguments = Map(node.arguments)
        if node.kind == CUSTOM:
            arguments = _with_code(arguments)
        yield Node(node_id, node.kind, node.name, arguments, node.x, node.y, look)


def _with_code(arguments: Map[str, Value]) -> Map[str, Value]:
    """Return the arguments of a custom layer with the lines of its code joined."""
    lines = arguments.get(CODE)
    if not isinstance(lines, tuple) or not all(isinstance(line, str) for line in lines):
        return arguments
    return arguments.set(CODE, "\n".join(map(str, lines)))


def _edges_of(data: LevelData, prefix: str) -> set[Edge]:
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


def _edge_text(edge: Edge) -> str:
    place = f"[{edge.index}]" if edge.index else ""
    return f"{edge.source}.{edge.source_port} -> {edge.target}.{edge.target_port}{place}"
