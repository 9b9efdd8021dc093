"""Blocks inside a class: how one, or a row of them, is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.exporting.definitions import (
    NOTHING,
    Classes,
    Definition,
    Sparse,
    all_same,
    chain_of,
    filled,
)
from studio.compiler.exporting.wording import call_text, literal, target_text
from studio.graph.block import COUNT, INDEX
from studio.graph.expansion import Instance
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

_IN_PLACE = 2
"""How many leading arguments are written without their names: ``nn.Conv2d(3, 64, kernel_size=7)``."""


class Rows:
    """Writes the calls that make the blocks of one class.

    Args:
        graph: The outermost graph.
        classes: All classes.
        values: All arguments by path.
        targets: Collects the classes that the source needs.
        definition: The class in which the blocks stand.
    """

    def __init__(
        self,
        graph: Graph,
        classes: Classes,
        values: Mapping[str, Mapping[str, Value]],
        targets: set[str],
        definition: Definition,
    ) -> None:
        self._graph = graph
        self._classes = classes
        self._values = values
        self._targets = targets
        self._definition = definition

    def text(self, node: Node, instances: Sequence[Instance | None], is_row: bool) -> str:
        """Return the calls that make a block, or a row of them, in every copy of the class.

        Args:
            node: The block's node.
            instances: What it stands for in each copy; None where it is switched off.
            is_row: It is a row.
        """
        known = next(one for one in instances if one is not None)
        chain = chain_of(self._graph.blocks[known.block].graph)
        if chain is None:
            return self._instances(node, instances, is_row)
        rows = [self._chain_at(instances, chain, place) for place in range(len(known.copies))]
        return ", ".join(rows)

    def _chain_at(self, instances: Sequence[Instance | None], chain: Sequence[Node], place: int) -> str:
        paths = tuple("" if one is None else f"{one.copies[place]}/" for one in instances)
        return call_text("nn.Sequential", [self._inlined(paths, node) for node in chain])

    def _instances(self, node: Node, instances: Sequence[Instance | None], is_row: bool) -> str:
        """Return the calls that make a block, or a row of them."""
        known = next(one for one in instances if one is not None)
        child = self._classes.at[f"{known.copies[0]}/"]
        runs: list[tuple[list[str], Definition, int, int]] = []
        for place in range(len(known.copies)):
            child = self._classes.at[f"{known.copies[place]}/"]
            arguments = self._arguments(node, child, instances, place, is_row)
            if runs and runs[-1][0] == arguments and runs[-1][1] is child:
                runs[-1] = (arguments, child, runs[-1][2], place + 1)
            else:
                runs.append((arguments, child, place, place + 1))
        count = len(known.copies)
        return ", ".join(
            _run(arguments, child, start, stop, count, is_row) for arguments, child, start, stop in runs
        )

    def _arguments(
        self, node: Node, child: Definition, instances: Sequence[Instance | None], place: int, is_row: bool
    ) -> list[str]:
        """Return what one block of a row is made with, but for its number."""
        found = []
        for parameter in child.sorted_parameters():
            if is_row and parameter.name in (INDEX, COUNT):
                continue
            values: list[Any] = []
            for one in instances:
                path = "" if one is None else f"{one.copies[place]}/"
                values.append(parameter.values[child.paths.index(path)] if path in child.paths else NOTHING)
            if not parameter.required and all_same(values) and filled(values)[0] == parameter.default:
                continue
            drawn = node.arguments.get(parameter.name)
            drawn = drawn if is_expression(drawn) else None
            found.append(f"{parameter.name}={self._definition.express(values, drawn, parameter.name)}")
        return found

    def _inlined(self, paths: Sequence[str], node: Node) -> str:
        """Return the call that makes a layer of a block that is written out in this class."""
        spec = registry.get(node.kind)
        self._targets.add(spec.target)
        texts = [(name, literal(value)) for name, value in spec.fixed]
        for argument in spec.arguments:
            values = self._values_at(paths, node, argument.name)
            first = filled(values)[0]
            if (all_same(values) and first == argument.default and not argument.required) or (
                argument.infer and first is None
            ):
                continue
            text = self._definition.express(values, None, argument.name, follows=bool(argument.infer))
            texts.append((argument.name, f"torch.tensor({text})" if argument.is_tensor else text))
        return making(spec, texts)

    def _values_at(self, paths: Sequence[str], node: Node, argument: str) -> Sparse:
        found = (self._values.get(path + node.id) if path else None for path in paths)
        return tuple(NOTHING if one is None else one[argument] for one in found)


def making(spec: LayerSpec, texts: list[tuple[str, str]]) -> str:
    """Return the call that makes a module: what torch requires first, without its name."""
    leading = 0
    for argument, (name, _) in zip(spec.arguments, texts, strict=False):
        if argument.name != name or not (argument.required or argument.infer) or leading == _IN_PLACE:
            break
        leading += 1
    named = [f"{name}={text}" for name, text in texts[leading:]]
    return call_text(target_text(spec.target), [*(text for _, text in texts[:leading]), *named])


def _run(arguments: list[str], child: Definition, start: int, stop: int, count: int, is_row: bool) -> str:
    """Return the calls that make some blocks of a row that only differ in their number."""
    names = {parameter.name for parameter in child.parameters}
    if not is_row:
        return call_text(child.name, arguments)
    if COUNT in names:
        arguments = [*arguments, f"{COUNT}={count}"]
    if stop - start == 1:
        if INDEX in names and start:
            arguments = [*arguments, f"{INDEX}={start}"]
        return call_text(child.name, arguments)
    if INDEX in names:
        arguments = [*arguments, f"{INDEX}=index"]
    variable = "index" if INDEX in names else "_"
    bounds = f"{start}, {stop}" if start else f"{stop}"
    return f"*({call_text(child.name, arguments)} for {variable} in range({bounds}))"
