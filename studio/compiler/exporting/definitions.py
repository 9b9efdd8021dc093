"""The classes of an exported network: one for each block, with what its instances differ in as parameters.

All copies of a block are looked at side by side. What is the same in all of them is written out; what
differs follows an argument or an expression of the block where one agrees in every copy, and becomes a
parameter of the class's own otherwise (`in_channels`, read off the wire).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from studio.catalog import registry
from studio.compiler.analysis import Analysis
from studio.compiler.exporting.wording import literal
from studio.graph import topology
from studio.graph.block import COUNT, INDEX, INPUT, OUTPUT, block_name
from studio.graph.expressions import is_expression, names_in
from studio.graph.graph import Graph
from studio.graph.node import Node, Value, same_value
from studio.graph.sizing import inner_scope


class Nothing:
    """Stands for the value of something that a copy of a block does not have."""


NOTHING = Nothing()
Vector: TypeAlias = tuple[Value, ...]
"""One value for each copy of a block."""

Sparse: TypeAlias = "Sequence[Value | Nothing]"
"""The same, where some copies may have none."""


@dataclass
class Parameter:
    """An argument of a class's constructor.

    Attributes:
        name: Its name in the source.
        values: What it is in each copy.
        default: Its default; `REQUIRED` for one without.
    """

    name: str
    values: Vector
    default: Value = None
    required: bool = False


@dataclass
class Definition:
    """A graph that becomes a class.

    Attributes:
        name: The class's.
        graph: What was drawn.
        paths: What stands before the ids of its nodes in the flat graph, for each copy.
        block: The block's name; empty for the network.
        summary: What the block says of itself.
        parameters: In the order in which they were first needed.
    """

    name: str
    graph: Graph
    paths: tuple[str, ...]
    block: str = ""
    summary: str = ""
    known: list[Parameter] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    expressions: dict[str, Vector] = field(default_factory=dict)

    def express(self, values: Sparse, drawn: Value, label: str, *, follows: bool = True) -> str:
        """Return the source text for something that has these values.

        Args:
            values: Its value in each copy.
            drawn: What the person set: an expression, a plain value, or None where it was read off.
            label: What a parameter for it would be called.
            follows: It depends on the rest of the network (`in_channels`), so that what agrees with it
                in all copies most likely is its reason.
        """
        if is_expression(drawn) and self._use(str(drawn)):
            text = str(drawn)[1:].strip()
            self.expressions.setdefault(text, filled(values))
            return text
        if (drawn is not None or not follows) and all_same(values):
            return literal(filled(values)[0])
        for parameter in (*self.known, *self.parameters):
            if (
                parameter.name not in (INDEX, COUNT)
                and same_vector(parameter.values, values)
                and len(self.paths) > 1
            ):
                self._need(parameter)
                return parameter.name
        for text, found in self.expressions.items():
            if same_vector(found, values) and len(self.paths) > 1:
                return text
        if all_same(values):
            return literal(filled(values)[0])
        taken = {parameter.name for parameter in (*self.known, *self.parameters)}
        name, number = label, 2
        while name in taken:
            name, number = f"{label}_{number}", number + 1
        parameter = Parameter(name, filled(values), required=True)
        self.parameters.append(parameter)
        return name

    def _use(self, expression: str) -> bool:
        """Make sure that an expression's names are parameters; say whether they can be."""
        found = [next((one for one in self.known if one.name == name), None) for name in names_in(expression)]
        for parameter in found:
            if parameter is not None:
                self._need(parameter)
        return None not in found

    def _need(self, parameter: Parameter) -> None:
        if parameter not in self.parameters:
            self.parameters.append(parameter)

    def sorted_parameters(self) -> list[Parameter]:
        """Return the parameters as a constructor lists them: those without a default first."""
        order = {id(parameter): place for place, parameter in enumerate(self.known)}
        return sorted(self.parameters, key=lambda one: (not one.required, order.get(id(one), -1)))


@dataclass
class Classes:
    """All classes of a network.

    Attributes:
        ordered: A block before those that hold it, the network last.
        at: The class of each copy of a block, by what stands before its nodes' ids.
    """

    ordered: list[Definition] = field(default_factory=list)
    at: dict[str, Definition] = field(default_factory=dict)


def definitions(graph: Graph, analysis: Analysis) -> Classes:
    """Return everything that becomes a class; blocks that are plain rows of layers do not."""
    paths: dict[str, list[str]] = {}
    for instance in analysis.expansion.instances.values():
        paths.setdefault(instance.block, []).extend(f"{copy}/" for copy in instance.copies)
    order: list[str] = []
    for name in paths:
        _add_inner_first(graph, name, order)
    found = Classes()
    for name in order:
        if name not in paths or chain_of(graph.blocks[name].graph) is not None:
            continue
        for alike in _alike(graph.blocks[name].graph, paths[name], analysis, found):
            definition = _definition(graph, name, tuple(sorted(alike, key=_place(analysis))), analysis)
            found.ordered.append(definition)
            found.at.update(dict.fromkeys(definition.paths, definition))
    _number_twins(found.ordered)
    network = Definition(_free_name("Network", order), graph, ("",))
    found.ordered.append(network)
    found.at[""] = network
    return found


def _place(analysis: Analysis) -> Callable[[str], int]:
    places = {path: place for place, path in enumerate(analysis.reports)}
    return lambda path: places.get(path[:-1], 0)


def _add_inner_first(graph: Graph, name: str, order: list[str]) -> None:
    if name in order:
        return
    for node in graph.blocks[name].graph.ordered():
        inner = block_name(node)
        if inner in graph.blocks:
            _add_inner_first(graph, str(inner), order)
    order.append(name)


def _alike(level: Graph, paths: Sequence[str], analysis: Analysis, found: Classes) -> list[list[str]]:
    """Return the copies of a block in groups that hold the same classes, in rows of the same length."""
    groups: list[tuple[dict[str, tuple[int, ...]], list[str]]] = []
    blocks = [node.id for node in level.ordered() if block_name(node) is not None]
    for path in paths:
        held: dict[str, tuple[int, ...]] = {}
        for node_id in blocks:
            instance = analysis.expansion.instances.get(path + node_id)
            if instance is not None:
                held[node_id] = tuple(id(found.at.get(f"{copy}/")) for copy in instance.copies)
        for known, members in groups:
            # One that is switched off in some copies may be anything there: it becomes an Identity.
            if all(known.get(node_id, classes) == classes for node_id, classes in held.items()):
                known.update(held)
                members.append(path)
                break
        else:
            groups.append((held, [path]))
    return [members for _, members in groups]


def _definition(graph: Graph, name: str, paths: tuple[str, ...], analysis: Analysis) -> Definition:
    """Return a block's definition, with its arguments as the parameters that may be needed."""
    block = graph.blocks[name]
    scopes = [_scope(graph, name, path, analysis) for path in paths]
    known = [
        Parameter(argument.name, tuple(scope[argument.name] for scope in scopes), argument.default)
        for argument in block.arguments
    ]
    known += [
        Parameter(word, tuple(scope[word] for scope in scopes), default)
        for word, default in ((INDEX, 0), (COUNT, 1))
    ]
    return Definition(name, block.graph, paths, name, block.summary, known)


def _scope(graph: Graph, name: str, path: str, analysis: Analysis) -> dict[str, Value]:
    """Return what the names in a block's expressions stand for in one copy."""
    copy = path[:-1]
    head, bracket, index = copy.rpartition("[")
    is_row = bool(bracket) and copy.endswith("]") and "/" not in index
    instance = analysis.expansion.instances[head if is_row else copy]
    place = int(index[:-1]) if is_row else 0
    return inner_scope(graph.blocks[name], instance.node.arguments, place, len(instance.copies))


def _number_twins(found: list[Definition]) -> None:
    """Give classes of the same block different names."""
    seen: dict[str, int] = {}
    for definition in found:
        seen[definition.name] = seen.get(definition.name, 0) + 1
        if seen[definition.name] > 1:
            definition.name = f"{definition.name}_{seen[definition.name]}"


def _free_name(wanted: str, taken: Sequence[str]) -> str:
    return wanted if wanted not in taken else f"Whole{wanted}"


def chain_of(graph: Graph) -> tuple[Node, ...] | None:
    """Return a block's layers in a row if it is nothing but modules called ``0``, ``1``, ``2`` …

    Such a block is written as the `nn.Sequential` that it is.
    """
    inner = [node for node in graph.ordered() if node.kind not in (INPUT, OUTPUT)]
    if not inner or len(graph) != len(inner) + 2:
        return None
    order = [graph.nodes[node_id] for node_id in topology.order(graph)]
    row = [node for node in order if node.kind not in (INPUT, OUTPUT)]
    if [node.name for node in row] != [str(place) for place in range(len(row))]:
        return None
    for node, previous in zip([*row, order[-1]], [order[0], *row], strict=True):
        edges = graph.inputs_of(node.id)
        if [edge.source for edge in edges] != [previous.id] or not _is_plain(node):
            return None
    return tuple(row)


def _is_plain(node: Node) -> bool:
    """Say whether a node is a module of one input and one output, without anything special to it."""
    if node.kind in (INPUT, OUTPUT):
        return True
    spec = registry.find(node.kind)
    if spec is None or spec.call != "module" or spec.picks or spec.target.startswith("studio."):
        return False
    return not any(spec.argument(name) is None for name in node.arguments) and not any(
        argument.at_call for argument in spec.arguments
    )


def filled(values: Sequence[Value | Nothing]) -> Vector:
    """Return values with those of copies that do not have the thing made like the first that does."""
    first = next((value for value in values if not isinstance(value, Nothing)), None)
    return tuple(first if isinstance(value, Nothing) else value for value in values)


def all_same(values: Sequence[Value | Nothing]) -> bool:
    """Say whether all values are the same, and of the same type, wherever there is one."""
    whole = filled(values)
    return all(same_value(value, whole[0]) for value in whole)


def same_vector(one: Sequence[Value | Nothing], other: Sequence[Value | Nothing]) -> bool:
    """Say whether two things have the same value in every copy that has both."""
    return len(one) == len(other) and all(
        isinstance(left, Nothing) or isinstance(right, Nothing) or same_value(left, right)
        for left, right in zip(one, other, strict=True)
    )
