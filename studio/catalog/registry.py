"""The whole catalog: every spec by kind, and what can be asked of a node's kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module

from immutables import Map

from studio.catalog import blocks as block_specs
from studio.catalog import custom
from studio.catalog.spec import LayerSpec, show
from studio.errors import CatalogError, nearest
from studio.graph.block import PREFIX, REPEAT, Block, block_name
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.problems import Fix, Problem

FAMILY_FILES = (
    "inputs",
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "linear",
    "sequence",
    "attention",
    "regularization",
    "shape",
    "vision",
    "padding",
    "upsampling",
    "merge",
    "arithmetic",
    "features",
    "losses",
    "blocks",
    "custom",
)

MAX_OUTPUTS = 64
"""Most outputs of a layer whose argument says how many it has."""


@cache
def layers() -> dict[str, LayerSpec]:
    """Return every spec by kind, in the library's order.

    Raises:
        CatalogError: Two files claim the same kind.
    """
    found: dict[str, LayerSpec] = {}
    for name in FAMILY_FILES:
        for spec in import_module(f"studio.catalog.{name}").LAYERS:
            if spec.kind in found:
                raise CatalogError(f'Two layers are called "{spec.kind}".')
            found[spec.kind] = spec
    return found


def find(kind: str) -> LayerSpec | None:
    """Return a layer's spec, or None for a kind that this version does not know."""
    return layers().get(kind)


def get(kind: str) -> LayerSpec:
    """Return a layer's spec.

    Raises:
        CatalogError: There is no such layer.
    """
    spec = find(kind)
    if spec is None:
        raise CatalogError(f'There is no layer "{kind}"{nearest(kind, layers()) or "."}')
    return spec


def spec_of(node: Node, blocks: Mapping[str, Block]) -> LayerSpec | None:
    """Return a node's spec: its layer's, or its block's; None if neither is known."""
    name = block_name(node)
    if name is not None:
        block = blocks.get(name)
        return block_specs.spec_of(block) if block is not None else None
    if node.kind == custom.CUSTOM:
        return custom.spec_of(node.arguments)
    spec = layers().get(node.kind)
    if spec is not None and spec.outputs_by:
        return _with_outputs(spec.kind, spec.values(node.arguments)[spec.outputs_by])
    return spec


def signature(node: Node) -> LayerSpec | None:
    """Return the spec of a layer of the catalog: the `SignatureOf` of a graph without blocks."""
    return spec_of(node, {})


def signatures(graph: Graph) -> Callable[[Node], LayerSpec | None]:
    """Return the `studio.graph.port.SignatureOf` of a graph: layers, and the graph's own blocks."""
    blocks = graph.blocks
    return lambda node: spec_of(node, blocks)


def card_text(
    node: Node, inferred: Iterable[tuple[str, Value]] = (), blocks: Mapping[str, Block] | None = None
) -> str:
    """Return what a node's card says under its name: ``Conv2d 3×3, 32``, ``Linear 64 → 10``.

    Args:
        node: The node.
        inferred: Arguments that the compiler read off the wire (`NodeReport.inferred`); what is not
            known yet is left out: ``Linear → 10``.
        blocks: The graph's definitions.
    """
    spec = spec_of(node, blocks or {})
    if spec is None:
        return f"{node.kind.removeprefix(PREFIX)} (unknown)"
    repeat = node.arguments.get(REPEAT)
    title = f"{spec.title} × {show(repeat)}" if repeat is not None and spec.family == "block" else spec.title
    if not spec.card:
        return title
    values = spec.values(node.arguments)
    values.update((name, value) for name, value in inferred if values.get(name) is None)
    shown = {
        name: _CardValue("" if value is None and spec.is_inferred(name) else show(value))
        for name, value in values.items()
    }
    apart = " · " if repeat is not None and spec.family == "block" else " "
    return _without_gaps(f"{title}{apart}{spec.card.format_map(shown)}")


def _without_gaps(text: str) -> str:
    """Return a card's text without the commas and blanks that empty parts leave: ``Attention , 4 heads``."""
    parts = [found for part in text.split(",") if (found := " ".join(part.split()))]
    return ", ".join(parts).replace(", →", " →")


@lru_cache(maxsize=512)
def _with_outputs(kind: str, count: Value) -> LayerSpec:
    """Return the spec of a layer with as many outputs as an argument says."""
    spec = layers()[kind]
    argument = spec.argument(spec.outputs_by)
    if argument is not None and argument.type == "ints":
        count = len(count) if isinstance(count, tuple) else 1
    if not isinstance(count, int) or not 1 <= count <= MAX_OUTPUTS:
        return spec
    first = spec.outputs[0]
    names = [first.name, *(f"{first.name}{number}" for number in range(1, count))]
    return replace(
        spec,
        outputs=tuple(replace(first, name=name) for name in names),
        picks=tuple((number,) for number in range(count)),
    )


class _CardValue(str):
    """A shown value that ``:pair`` writes as height × width, and ``:cube`` as depth × height × width."""

    def __format__(self, form: str) -> str:
        count = {"pair": 2, "cube": 3}.get(form, 1)
        return "×".join([self] * count) if self.isdecimal() else str(self)


def check_arguments(node: Node, blocks: Mapping[str, Block] | None = None) -> list[Problem]:
    """Return what is wrong with a node's kind and argument values, before PyTorch is asked."""
    if node.kind == custom.CUSTOM and (unreadable := custom.check_code(node)):
        return unreadable  # what its other arguments are is not known
    spec = spec_of(node, blocks or {})
    if spec is not None:
        return [problem for name in sorted(node.arguments) if (problem := _check_argument(node, spec, name))]
    name = block_name(node)
    if name is not None:
        return [
            Problem(
                "error",
                "unknown-block",
                f'"{node.name}" is a block "{name}", which this project does not define'
                f"{nearest(name, blocks or {}) or '.'} Its settings are kept.",
                node.id,
                suggestion="Import the block from the project that has it, or replace the node.",
            )
        ]
    return [
        Problem(
            "error",
            "unknown-layer",
            f'"{node.name}" is a {node.kind}, which this version does not know'
            f"{nearest(node.kind, layers()) or '.'} Its settings are kept.",
            node.id,
            suggestion="Replace it by a layer of the library, or open the project with the version "
            "that wrote it.",
        )
    ]


def is_fine(node: Node) -> bool:
    """Say whether a layer of the catalog has nothing wrong with its arguments; quick when asked again."""
    if not node.arguments:
        return find(node.kind) is not None
    # Equal and yet different: 1, 1.0 and True.
    types = tuple(map(type, node.arguments.values()))
    return _is_fine(node.kind, node.arguments, types)


@lru_cache(maxsize=50_000)
def _is_fine(kind: str, arguments: Map[str, Value], types: tuple[type, ...]) -> bool:
    return find(kind) is not None and not check_arguments(Node("", kind, "", arguments))


def _check_argument(node: Node, spec: LayerSpec, name: str) -> Problem | None:
    """Return what is wrong with one argument that a node sets, or None."""
    argument = spec.setting(name)
    value = node.arguments[name]
    if argument is None:
        names = [known.name for known in (*spec.arguments, *spec.settings)]
        own = [known.name for known in spec.arguments]
        return Problem(
            "error",
            "unknown-argument",
            f'{spec.title} "{node.name}" has no argument "{name}"{nearest(name, names) or "."}',
            node.id,
            argument=name,
            suggestion=f"Remove it; {spec.title} has {', '.join(own) or 'no arguments'}.",
        )
    if is_expression(value):
        # Inside a block it has a value only once the block's arguments are known.
        return None
    reason = argument.why_not(argument.coerce(value))
    if reason is None:
        return None
    clear = argument.default is None
    label = f"Clear {name}" if clear else f"Set {name} to {show(argument.default)}"
    return Problem(
        "error",
        "argument",
        f'{spec.title} "{node.name}": {name} {reason}.',
        node.id,
        argument=name,
        suggestion=f"{label}." if clear else f"{label}, the default.",
        fixes=(Fix(label, "set", node.id, argument=name, value=argument.default),),
    )
