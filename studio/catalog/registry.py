"""The whole catalog: every spec by kind, and what can be asked of a node's kind."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module

from studio.catalog.spec import LayerSpec, show
from studio.errors import CatalogError, nearest
from studio.graph.node import Node, Value
from studio.graph.problems import Fix, Problem

FAMILY_FILES = (
    "inputs",
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "linear",
    "regularization",
    "shape",
    "merge",
    "losses",
)


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


def signature(node: Node) -> LayerSpec | None:
    """Return a node's ports and role; the catalog's `studio.graph.port.SignatureOf`."""
    return find(node.kind)


def card_text(node: Node, inferred: Iterable[tuple[str, Value]] = ()) -> str:
    """Return what a node's card says under its name: ``Conv2d 3×3, 32``, ``Linear 64 → 10``.

    Args:
        node: The node.
        inferred: Arguments that the compiler read off the wire (`NodeReport.inferred`); what is not
            known yet is left out: ``Linear → 10``.
    """
    spec = find(node.kind)
    if spec is None:
        return f"{node.kind} (unknown)"
    if not spec.card:
        return spec.title
    values = spec.values(node.arguments)
    values.update((name, value) for name, value in inferred if values.get(name) is None)
    shown = {
        name: _CardValue("" if value is None and spec.is_inferred(name) else show(value))
        for name, value in values.items()
    }
    return " ".join(f"{spec.title} {spec.card.format_map(shown)}".split())


class _CardValue(str):
    """A shown value that ``:pair`` writes as height × width."""

    def __format__(self, form: str) -> str:
        return f"{self}×{self}" if form == "pair" and self.isdecimal() else str(self)


def check_arguments(node: Node) -> list[Problem]:
    """Return what is wrong with a node's kind and argument values, before PyTorch is asked."""
    spec = find(node.kind)
    if spec is None:
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
    return [problem for name in sorted(node.arguments) if (problem := _check_argument(node, spec, name))]


def _check_argument(node: Node, spec: LayerSpec, name: str) -> Problem | None:
    """Return what is wrong with one argument that a node sets, or None."""
    argument = spec.argument(name)
    if argument is None:
        names = [known.name for known in spec.arguments]
        return Problem(
            "error",
            "unknown-argument",
            f'{spec.title} "{node.name}" has no argument "{name}"{nearest(name, names) or "."}',
            node.id,
            argument=name,
            suggestion=f"Remove it; {spec.title} has {', '.join(names) or 'no arguments'}.",
        )
    reason = argument.why_not(argument.coerce(node.arguments[name]))
    if reason is None:
        return None
    clear = argument.default is None
    return Problem(
        "error",
        "argument",
        f'{spec.title} "{node.name}": {name} {reason}.',
        node.id,
        argument=name,
        suggestion=f"Clear {name}." if clear else f"Set {name} to {show(argument.default)}, the default.",
        fix=Fix(
            f"Clear {name}" if clear else f"Set {name} to {show(argument.default)}",
            "set",
            node.id,
            argument=name,
            value=argument.default,
        ),
    )
