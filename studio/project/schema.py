"""What a `.flow` document may hold: strict pydantic models, one for each kind of thing in it.

`studio.project.format` turns them into a project and back. Kinds of layers are not looked up here: one that
this version does not know is kept as it is.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from studio.graph.block import why_not_argument_name, why_not_block_name
from studio.graph.graph import Direction
from studio.graph.mark import MAX_TEXT, MarkKind
from studio.graph.node import COLOR_PATTERN, ID_PATTERN, NAME_PATTERN, Edge, LivePicture, Value
from studio.project import strict_json
from studio.project.config import Config, DataConfig, TrainingConfig

MAX_NODES = 100_000
"""Most nodes of a design, those inside its blocks' definitions counted."""

MAX_BLOCKS = 2_000
MAX_BLOCK_ARGUMENTS = 200
MAX_VALUE_DEPTH = 16
MAX_PLACE = 1e9
"""Farthest from the origin that a node may lie, in canvas pixels."""

MAX_CARD_WIDTH = 4_096
MAX_MARKS = 10_000
MAX_BENDS = 1_000
"""Most points of one wire."""

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


def read_edge(text: Any) -> Edge:
    """Return the wire that a line of the document stands for."""
    found = _EDGE.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError('must be a wire, such as "n1.output -> n2.input"')
    source, source_port, target, target_port, index = found.groups()
    return Edge(source, source_port, target, target_port, int(index or 0))


def _checked_color(text: str) -> str:
    if text and not COLOR_PATTERN.fullmatch(text):
        raise ValueError("must be the name of a colour: small letters and underscores, at most 24")
    return text


Color: TypeAlias = Annotated[str, AfterValidator(_checked_color)]
Coordinate: TypeAlias = Annotated[float, Field(ge=-MAX_PLACE, le=MAX_PLACE)]


class LookData(Config):
    """How a node is drawn, as far as somebody changed it."""

    color: Color = ""
    collapsed: bool = False
    hides_unused: bool = False
    expanded: bool = False
    width: float = Field(default=0.0, ge=0.0, le=MAX_CARD_WIDTH)
    shows: LivePicture = ""


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
    look: LookData | None = None


class MarkData(Config):
    """A frame, a note or an arrow in a document; its id is its key."""

    kind: MarkKind
    text: str = Field(default="", max_length=MAX_TEXT)
    x: Coordinate
    y: Coordinate
    width: Coordinate
    height: Coordinate
    color: Color = ""


NodesData: TypeAlias = dict[Annotated[str, AfterValidator(_checked_id)], NodeData]


EdgesData: TypeAlias = list[Annotated[Any, PlainValidator(read_edge)]]
PointData: TypeAlias = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]
PointsData: TypeAlias = Annotated[list[PointData], Field(max_length=MAX_BENDS)]


class LevelData(Config):
    """What a network and the inside of a block have in common.

    Bends are points by wire, written as the wire is among the edges.
    """

    nodes: Annotated[NodesData, BeforeValidator(_few_enough)]
    edges: EdgesData = Field(default_factory=list)
    marks: dict[Annotated[str, AfterValidator(_checked_id)], MarkData] = Field(
        default_factory=dict, max_length=MAX_MARKS
    )
    bends: dict[str, PointsData] = Field(default_factory=dict)
    direction: Direction = "right"


class BlockArgumentData(Config):
    """An argument of a block in a document."""

    name: Annotated[str, AfterValidator(_checked_argument_name)]
    default: Annotated[Any, PlainValidator(_argument)]
    help: str = Field(default="", max_length=1_000)
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] = Field(default_factory=list, max_length=200)


class BlockData(LevelData):
    """A block's definition in a document; its name is its key.

    Arguments are a list, because their order is what the person sees, and keys are sorted.
    """

    arguments: list[BlockArgumentData] = Field(default_factory=list, max_length=MAX_BLOCK_ARGUMENTS)
    summary: str = Field(default="", max_length=1_000)
    reference: str = Field(default="", max_length=1_000)


BlocksData: TypeAlias = dict[Annotated[str, AfterValidator(_checked_block_name)], BlockData]


class GraphData(LevelData):
    """A graph in a document, with the blocks that it defines."""

    blocks: Annotated[BlocksData, BeforeValidator(_few_enough_blocks)] = Field(default_factory=dict)


class ProjectData(Config):
    """A whole document of the present version."""

    format: Literal["flowgraph-studio"]
    version: int
    graph: GraphData
    data: DataConfig = Field(default_factory=DataConfig)
    training: TrainingConfig = Field(default_factory=TrainingConfig)
    notes: str = Field(default="", max_length=1_000_000)
