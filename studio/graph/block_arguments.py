"""What can be set on a block: adding, renaming, removing and exposing its arguments.

All functions take and return the outermost graph, because instances lie at every level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from studio.errors import GraphError, nearest
from studio.graph.block import Block, BlockArgument, block_name, why_not_argument_name
from studio.graph.definitions import everywhere, instances, put_block
from studio.graph.edits import replace_node
from studio.graph.expressions import is_expression, names_in, renamed, substituted
from studio.graph.graph import Graph
from studio.graph.levels import block_at
from studio.graph.node import Node, Value, same_value


def add_argument(graph: Graph, block: str, argument: BlockArgument) -> Graph:
    """Return the graph with one more argument of a block.

    Raises:
        GraphError: The name cannot be had, or the default is an expression.
    """
    found = graph.block(block)
    _check_new(found, argument.name)
    _check_default(argument.default)
    return put_block(graph, replace(found, arguments=(*found.arguments, argument)))


def set_default(graph: Graph, block: str, name: str, default: Value) -> Graph:
    """Return the graph with what an argument is where an instance does not say.

    Raises:
        GraphError: There is no such argument, or the default is an expression.
    """
    _check_default(default)
    return replace_argument(graph, block, name, replace(_argument(graph.block(block), name), default=default))


def replace_argument(graph: Graph, block: str, name: str, argument: BlockArgument) -> Graph:
    """Return the graph with an argument's default, help and limits exchanged; its name stays.

    Raises:
        GraphError: There is no such argument.
    """
    found = graph.block(block)
    old = _argument(found, name)
    new = replace(argument, name=name)
    arguments = tuple(new if each is old else each for each in found.arguments)
    return put_block(graph, replace(found, arguments=arguments))


def rename_argument(graph: Graph, block: str, old: str, new: str) -> Graph:
    """Return the graph with an argument called something else, in expressions and on all instances too.

    Raises:
        GraphError: There is no such argument, or the name cannot be had.
    """
    found = graph.block(block)
    argument = _argument(found, old)
    if new == old:
        return graph
    _check_new(found, new)
    arguments = tuple(replace(each, name=new) if each is argument else each for each in found.arguments)
    inner = _each_node(found.graph, lambda node: _with_names(node, {old: new}))
    graph = put_block(graph, replace(found, arguments=arguments, graph=inner))
    return everywhere(graph, lambda node: _moved_argument(node, block, old, new))


def remove_argument(graph: Graph, block: str, name: str) -> Graph:
    """Return the graph without an argument of a block: its value is put in where it was used.

    That is the value that all instances have; they must agree.

    Raises:
        GraphError: There is no such argument, or instances set it differently.
    """
    found = graph.block(block)
    argument = _argument(found, name)
    value = _agreed(graph, found, argument)
    arguments = tuple(each for each in found.arguments if each is not argument)
    inner = _each_node(found.graph, lambda node: _with_values(node, {name: value}))
    graph = put_block(graph, replace(found, arguments=arguments, graph=inner))
    return everywhere(graph, lambda node: _moved_argument(node, block, name, None))


def _agreed(graph: Graph, block: Block, argument: BlockArgument) -> Value:
    """Return the one value that all instances give an argument."""
    nodes = instances(graph, block.name)
    given = [node.arguments.get(argument.name, argument.default) for node in nodes]
    first = given[0] if given else argument.default
    for node, value in zip(nodes, given, strict=True):
        if not same_value(value, first) or is_expression(value):
            raise GraphError(
                f'"{argument.name}" cannot be taken off the block "{block.name}": "{node.name}" sets it to '
                f"{value!r}, and not all instances have the same value. Set them alike, or make one unique.",
                node_id=node.id,
                argument=argument.name,
            )
    return first


def expose(
    graph: Graph, path: Sequence[str], node_id: str, argument: str, name: str, like: BlockArgument
) -> Graph:
    """Return the outermost graph with an argument of an inner node as an argument of its block.

    The network stays what it is: the block's argument begins with the value there is now. If the block
    has one of that name with that value already, both follow it.

    Args:
        graph: The outermost graph.
        path: The instances that lead to the node's level; not empty.
        node_id: The node.
        argument: Its argument or setting.
        name: What the block's argument is called.
        like: Help, limits and, where the node does not set the argument, its present value.

    Raises:
        GraphError: The node is not in a block, its value is an expression, or the name cannot be had.
    """
    block = block_at(graph, path)
    if block is None:
        raise GraphError(
            "Only what is inside a block can be exposed: group the layer first.", node_id=node_id
        )
    node = block.graph.node(node_id)
    value = node.arguments.get(argument, like.default)
    if is_expression(value):
        raise GraphError(
            f'"{argument}" of "{node.name}" is worked out by {value!r} already.',
            node_id=node_id,
            argument=argument,
        )
    known = block.argument(name)
    if known is None:
        graph = add_argument(graph, block.name, replace(like, name=name, default=value))
    elif not same_value(known.default, value):
        raise GraphError(
            f'The block "{block.name}" has an argument "{name}" already, which is {known.default!r} and not '
            f"{value!r}. Choose another name.",
            node_id=node_id,
            argument=argument,
        )
    found = graph.block(block.name)
    inner = replace_node(found.graph, node.with_argument(argument, f"={name}"))
    return put_block(graph, replace(found, graph=inner))


def conceal(graph: Graph, path: Sequence[str], node_id: str, argument: str) -> Graph:
    """Return the outermost graph with an inner argument that follows the block's on its own again.

    The inner argument gets the default; the block's argument goes too if nothing else uses it.

    Raises:
        GraphError: The argument does not follow the block's, or instances set it differently.
    """
    block = block_at(graph, path)
    node = block.graph.node(node_id) if block is not None else graph.node(node_id)
    text = node.arguments.get(argument)
    names = names_in(str(text)) if is_expression(text) else frozenset()
    followed = [each.name for each in block.arguments if each.name in names] if block is not None else []
    if block is None or not followed:
        raise GraphError(
            f'"{argument}" of "{node.name}" does not follow an argument of its block.',
            node_id=node_id,
            argument=argument,
        )
    values = {name: _agreed(graph, block, _argument(block, name)) for name in followed}
    inner = replace_node(block.graph, node.with_argument(argument, substituted(str(text), values)))
    graph = put_block(graph, replace(block, graph=inner))
    still = _names_used(inner)
    for name in followed:
        if name not in still:
            graph = remove_argument(graph, block.name, name)
    return graph


def _names_used(level: Graph) -> set[str]:
    """Return all names in the expressions of a level."""
    texts = (value for node in level.nodes.values() for value in node.arguments.values())
    return {name for text in texts if is_expression(text) for name in names_in(str(text))}


def _argument(block: Block, name: str) -> BlockArgument:
    found = block.argument(name)
    if found is None:
        known = [argument.name for argument in block.arguments]
        raise GraphError(f'The block "{block.name}" has no argument "{name}"{nearest(name, known) or "."}')
    return found


def _check_new(block: Block, name: str) -> None:
    reason = why_not_argument_name(name)
    if reason is not None:
        raise GraphError(f'"{name}" is no name for an argument of a block: it {reason}.', argument=name)
    if block.argument(name) is not None:
        raise GraphError(f'The block "{block.name}" has an argument "{name}" already.', argument=name)


def _check_default(default: Value) -> None:
    if is_expression(default):
        raise GraphError(f"A default is a plain value; {default!r} is an expression.")


def _each_node(level: Graph, change: Callable[[Node], Node]) -> Graph:
    nodes = level.nodes.mutate()
    for node in level.nodes.values():
        nodes[node.id] = change(node)
    return replace(level, nodes=nodes.finish())


def _with_names(node: Node, names: dict[str, str]) -> Node:
    """Return a node with names in its expressions exchanged."""
    for argument, value in node.arguments.items():
        if is_expression(value):
            node = node.with_argument(argument, renamed(str(value), names))
    return node


def _with_values(node: Node, values: dict[str, Value]) -> Node:
    """Return a node with values put into its expressions."""
    for argument, value in node.arguments.items():
        if is_expression(value):
            node = node.with_argument(argument, substituted(str(value), values))
    return node


def _moved_argument(node: Node, block: str, old: str, new: str | None) -> Node:
    """Return an instance with an argument called something else, or gone; other nodes as they are."""
    if block_name(node) != block or old not in node.arguments:
        return node
    value = node.arguments[old]
    bare = node.without_argument(old)
    return bare if new is None else bare.with_argument(new, value)
