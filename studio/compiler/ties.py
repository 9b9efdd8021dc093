"""Tied layers: which weight a layer uses, and why it cannot use the one it names.

A tie is a setting of a node: ``tied_to`` names another node of the same graph. Ties may form chains: all
of a chain use the weight at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from studio.catalog import registry
from studio.catalog.arguments import show
from studio.catalog.spec import LayerSpec
from studio.compiler.modules import make_module
from studio.compiler.shapes import ShapeReport
from studio.graph.block import TIED_TO
from studio.graph.expansion import Expansion
from studio.graph.node import Node, Value
from studio.graph.problems import Fix, Problem

TIED_AS = "tied_as"


@dataclass(frozen=True, slots=True)
class Tie:
    """What a layer at the beginning of a chain of ties uses.

    Attributes:
        body: Id of the node whose module is called: the layer's own, unless it is another ``all`` over.
        owner: Id of the node that the weight belongs to.
        turned: The weight is used transposed.
    """

    body: str
    owner: str
    turned: bool


def resolve(nodes: Mapping[str, Node], node_id: str) -> Tie:
    """Follow the ties of a node of a flat graph to their end; there must be no circle.

    A node that is not tied is its own body and owner.
    """
    body = node_id
    while is_tied(nodes[body]) and _mode(nodes[body]) == "all":
        body = _target(nodes[body])
    owner, turned = body, False
    while nodes[owner].arguments.get(TIED_TO) is not None:
        turned ^= _mode(nodes[owner]) == "transposed"
        owner = _target(nodes[owner])
    return Tie(body, owner, turned)


def is_tied(node: Node) -> bool:
    """Say whether a node uses another's weight."""
    return node.arguments.get(TIED_TO) is not None


def tie_problems(expansion: Expansion, shapes: ShapeReport) -> list[Problem]:
    """Return what is wrong with the ties of a graph."""
    found = []
    for node in expansion.graph.nodes.values():
        spec = registry.signature(node)
        if is_tied(node) and spec is not None and spec.setting(TIED_TO) is not None:
            problem = _Check(expansion, shapes, node, spec).problem()
            if problem is not None:
                found.append(problem)
    return found


def _mode(node: Node) -> str:
    return str(node.arguments.get(TIED_AS, "weight"))


def _target(node: Node) -> str:
    return str(node.arguments[TIED_TO])


def _circle(nodes: Mapping[str, Node], start: str) -> list[str] | None:
    """Return the ids along a circle of ties through a node, or None."""
    path = [start]
    while (node := nodes.get(path[-1])) is not None and is_tied(node):
        target = _target(node)
        if target == start:
            return path
        if target in path:
            return None  # a circle further on: it is told at its own nodes
        path.append(target)
    return None


def _ends(nodes: Mapping[str, Node], start: str) -> bool:
    """Say whether the ties from a node lead to an end, over nodes that exist."""
    seen = set()
    while start in nodes and start not in seen:
        if not is_tied(nodes[start]):
            return True
        seen.add(start)
        start = _target(nodes[start])
    return False


class _Check:
    """The tie of one layer."""

    def __init__(self, expansion: Expansion, shapes: ShapeReport, node: Node, spec: LayerSpec) -> None:
        self._expansion = expansion
        self._nodes = expansion.graph.nodes
        self._shapes = shapes
        self._node = node
        self._spec = spec
        self._other_id = _target(node)

    def problem(self) -> Problem | None:
        """Return the first thing that is wrong, or None."""
        return self._wrong_target() or self._wrong_circle() or self._wrong_layer()

    def _problem(self, message: str, suggestion: str, fix: Fix | None = None) -> Problem:
        node = self._node
        others = (self._other_id,) if self._other_id in self._nodes else ()
        return Problem(
            "error",
            "tie",
            f'{self._spec.title} "{node.name}": {message}',
            node.id,
            argument=fix.argument if fix is not None else TIED_TO,
            suggestion=suggestion,
            nodes=others,
            fixes=(fix or Fix("Clear tied_to", "set", node.id, argument=TIED_TO, value=None),),
        )

    def _wrong_target(self) -> Problem | None:
        """Return what keeps the named node from being a layer of the same graph."""
        level = self._node.id.rpartition("/")[0]
        prefix = f"{level}/" if level else ""
        shown = self._other_id.removeprefix(prefix)
        advice = "Choose a layer of the same graph, or clear tied_to."
        if self._other_id in self._expansion.instances:
            name = self._expansion.instances[self._other_id].node.name
            return self._problem(f'it is tied to "{name}", which is a block and no layer.', advice)
        if self._other_id in self._expansion.disabled:
            return self._problem(
                f'it is tied to the node "{shown}", which is switched off.', f"Switch it on. {advice}"
            )
        if self._other_id not in self._nodes:
            return self._problem(f'it is tied to the node "{shown}", which does not exist here.', advice)
        if "/" in shown:
            return self._problem("it is tied to a layer inside a block.", advice)
        return None

    def _wrong_circle(self) -> Problem | None:
        circle = _circle(self._nodes, self._node.id)
        if circle is None:
            return None
        if len(circle) == 1:
            return self._problem("it is tied to itself.", "Clear tied_to.")
        names = " → ".join(f'"{self._nodes[node_id].name}"' for node_id in [*circle, circle[0]])
        return self._problem(
            f"it is tied in a circle, {names}, so that no layer has the weight.", "Clear one tied_to."
        )

    def _wrong_layer(self) -> Problem | None:
        """Return why the two layers cannot share, where all is known about them."""
        other = self._nodes[self._other_id]
        other_spec = registry.signature(other)
        if other_spec is None or not _ends(self._nodes, self._node.id):
            return None
        if _mode(self._node) == "all":
            return self._different_layers(other, other_spec)
        own, theirs = self._weight(self._node, self._spec), self._weight(other, other_spec)
        for node, spec, found in ((other, other_spec, theirs), (self._node, self._spec, own)):
            if found == ():
                return self._problem(
                    f'"{node.name}" is a {spec.title} and has no weight that could be shared.',
                    "Set tied_as to all to use the whole layer once more, or clear tied_to."
                    if spec.learns
                    else "Tie it to a layer that has one, or clear tied_to.",
                )
        if own is None or theirs is None:
            return None
        return self._wrong_mode(own) or self._different_shapes(other, own, theirs)

    def _wrong_mode(self, own: tuple[int, ...]) -> Problem | None:
        """Return why a weight cannot be turned over here."""
        if self._node.kind == "Linear" or not resolve(self._nodes, self._node.id).turned:
            return None
        advice = "Set tied_as to weight."
        if self._node.kind.startswith("ConvTranspose"):
            advice += (
                " A transposed convolution is the convolution's counterpart with the same weight, as it is."
            )
        return self._problem(
            "only the weight of a Linear layer can be used transposed.",
            advice,
            Fix("Set tied_as to weight", "set", self._node.id, argument=TIED_AS, value="weight"),
        )

    def _different_shapes(self, other: Node, own: tuple[int, ...], theirs: tuple[int, ...]) -> Problem | None:
        mode = _mode(self._node)
        wanted = theirs[::-1] if mode == "transposed" else theirs
        if own == wanted:
            return None
        turned = " turned over" if mode == "transposed" else ""
        message = f'its weight is {show(own)}, and that of "{other.name}"{turned} is {show(wanted)}.'
        opposite = "weight" if mode == "transposed" else "transposed"
        if self._node.kind == "Linear" and own == wanted[::-1]:
            fix = Fix(f"Set tied_as to {opposite}", "set", self._node.id, argument=TIED_AS, value=opposite)
            return self._problem(message, f"{fix.label}.", fix)
        if self._node.kind == "Linear" and len(wanted) == 2:
            if own[1] == wanted[1]:
                label = f"Set out_features to {wanted[0]}"
                fix = Fix(label, "set", self._node.id, argument="out_features", value=wanted[0])
                return self._problem(message, f"{label}.", fix)
            advice = f"It needs {wanted[1]} numbers at its input and out_features {wanted[0]}."
            return self._problem(message, advice)
        return self._problem(message, "Give both layers the same sizes, or clear tied_to.")

    def _different_layers(self, other: Node, other_spec: LayerSpec) -> Problem | None:
        """Return why a layer cannot be another one once more."""
        if other.kind != self._node.kind:
            return self._problem(
                f'it cannot be "{other.name}" once more, which is a {other_spec.title}.',
                "Tie it to a layer of the same kind, or clear tied_to.",
            )
        own, theirs = self._values(self._node, self._spec), self._values(other, other_spec)
        for argument in self._spec.arguments:
            here, there = own[argument.name], theirs[argument.name]
            if here == there or argument.at_call:
                continue
            if argument.infer and (here is None or there is None):
                return None  # what comes in is not known
            message = (
                f'it cannot be "{other.name}" once more: {argument.name} is {show(here)} here and '
                f"{show(there)} there."
            )
            if argument.infer and self._node.arguments.get(argument.name) is None:
                return self._problem(message, f"Give both the same {argument.name} to work on.")
            label = f"Set {argument.name} to {show(there)}"
            fix = Fix(label, "set", self._node.id, argument=argument.name, value=there)
            return self._problem(message, f"{label}.", fix)
        return None

    def _values(self, node: Node, spec: LayerSpec) -> dict[str, Value]:
        return {**spec.values(node.arguments), **self._shapes.inferred.get(node.id, {})}

    def _weight(self, node: Node, spec: LayerSpec) -> tuple[int, ...] | None:
        """Return the shape of a layer's weight; () if it has none, None if that is not known."""
        if spec.call != "module":
            return ()
        if node.id not in self._shapes.answers:
            return None
        with torch.device("meta"):
            weight = getattr(make_module(spec, self._values(node, spec)), "weight", None)
        return tuple(weight.shape) if isinstance(weight, Tensor) else ()
