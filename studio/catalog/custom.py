"""Layers of one's own: a node that holds its code, and what the catalog reads in it.

The code is an argument like any other: it is copied, undone and saved with the node, and a block that holds
the node shares it. Nothing here runs it; see `studio.compiler.custom`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from studio.catalog.code_arguments import CODE as CODE
from studio.catalog.code_reading import Declaration, read, why_not
from studio.catalog.code_templates import SWISH
from studio.catalog.spec import ArgSpec, LayerSpec
from studio.errors import CodeError
from studio.graph.graph import Graph
from studio.graph.node import Node, Value, id_key
from studio.graph.problems import Problem

CUSTOM = "Custom"
"""The kind of every custom layer."""

TITLE = "Custom layer"

MAX_ALL_CODE = 262_144
"""Most letters of all custom layers of a project, the same code counted once."""

_CODE = ArgSpec(CODE, "code", SWISH, "The layer as Python: a class with a forward.", required=True)


def _spec(title: str, summary: str, found: Declaration) -> LayerSpec:
    arguments = (_CODE, *found.arguments)
    several = len(found.outputs) > 1
    return LayerSpec(
        CUSTOM,
        title,
        "custom",
        "studio.compiler.custom.make",
        summary,
        arguments,
        found.inputs,
        found.outputs,
        learns=True,
        card=", ".join(f"{{{argument.name}}}" for argument in found.arguments[:2]),
        picks=tuple((place,) for place in range(len(found.outputs))) if several else (),
        synonyms=("own", "code", "python", "script", "lambda", "module", "autograd", "function", "write"),
        reference="https://pytorch.org/docs/stable/notes/modules.html",
    )


LAYERS = (_spec(TITLE, "A layer of your own, written in Python; it runs once you trust it.", read(SWISH)),)


def code_of(node: Node) -> str:
    """Return the code of a custom layer; empty if what stands there is no text."""
    code = node.arguments.get(CODE, SWISH)
    return code if isinstance(code, str) else ""


def custom_nodes(graph: Graph) -> Iterator[Node]:
    """Yield the custom layers of a design, then those in the definitions of its blocks."""
    for level in (graph, *(graph.blocks[name].graph for name in sorted(graph.blocks))):
        found = [node for node in level.nodes.values() if node.kind == CUSTOM]
        yield from sorted(found, key=lambda node: id_key(node.id))


def why_too_much(codes: Iterable[str]) -> str | None:
    """Return why a project cannot hold the code of these layers, or None if it can."""
    found = sum(map(len, set(codes)))
    if found <= MAX_ALL_CODE:
        return None
    return f"its custom layers hold {found:,} letters of code, and {MAX_ALL_CODE:,} are allowed"


def spec_of(arguments: Mapping[str, Value]) -> LayerSpec:
    """Return the spec of a custom layer with these arguments, its ports and arguments read in the code."""
    code = arguments.get(CODE, SWISH)
    return _spec_of_code(code) if isinstance(code, str) else LAYERS[0]


@lru_cache(maxsize=1024)
def _spec_of_code(code: str) -> LayerSpec:
    try:
        found = read(code)
    except CodeError:
        return LAYERS[0]
    return _spec(found.name, found.summary, found)


def check_code(node: Node) -> list[Problem]:
    """Return why a custom layer's code cannot be read; an empty list if it can."""
    error = why_not(code_of(node))
    if error is None:
        return []
    return [code_problem(node, error)]


def code_problem(node: Node, error: CodeError, port: str = "") -> Problem:
    """Return what is wrong with a custom layer's code as a problem of its node."""
    where = f", line {error.line}" if error.line else ""
    return Problem(
        "error",
        "code",
        f'{TITLE} "{node.name}"{where}: {error.message.rstrip(".")}.',
        node.id,
        port,
        CODE,
        suggestion="Correct the code.",
        line=error.line,
    )
