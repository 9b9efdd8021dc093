"""Blocks as the catalog sees them: the ports inside a definition, and the spec that an instance has."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_IN, TENSOR_OUT, ArgSpec, ArgType, LayerSpec
from studio.graph.block import INPUT, OUTPUT, PREFIX, Block, BlockArgument
from studio.graph.derived import Derived
from studio.graph.node import Node, Value
from studio.graph.port import PortSpec

LAYERS = (
    LayerSpec(
        INPUT,
        "Block input",
        "block",
        "",
        "Inside a block: what comes in at the port of this name.",
        inputs=(),
        role="input",
        call="none",
        synonyms=("port", "entry"),
    ),
    LayerSpec(
        OUTPUT,
        "Block output",
        "block",
        "",
        "Inside a block: what goes out at the port of this name.",
        inputs=(TENSOR_IN,),
        outputs=(),
        role="output",
        call="none",
        synonyms=("port", "exit", "return"),
    ),
)


def argument_spec(argument: BlockArgument) -> ArgSpec:
    """Return the spec of a block's argument; its default says what type it has."""
    return ArgSpec(
        argument.name,
        _type_of(argument.default, argument.choices),
        argument.default,
        argument.help or f"Argument {argument.name} of the block.",
        minimum=argument.minimum,
        maximum=argument.maximum,
        choices=argument.choices,
        optional=argument.default is None,
        required=True,
    )


def _spec_of(block: Block) -> LayerSpec:
    arguments = tuple(argument_spec(argument) for argument in block.arguments)
    return LayerSpec(
        PREFIX + block.name,
        block.name,
        "block",
        "",
        block.summary or f"A block of {len(block.graph)} nodes.",
        arguments,
        tuple(_port(node) for node in block.inputs()),
        tuple(_port(node) for node in block.outputs()),
        call="none",
        reference=block.reference,
        card=", ".join(f"{{{argument.name}}}" for argument in arguments[:2]),
    )


def _port(node: Node) -> PortSpec:
    like = TENSOR_IN if node.kind == INPUT else TENSOR_OUT
    return PortSpec(node.name, help=like.help)


def _type_of(default: Value, choices: tuple[str, ...]) -> ArgType:
    """Return the type of argument that a value is of."""
    if choices:
        return "choice"
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, str):
        return "text"
    if isinstance(default, float):
        return "float"
    if isinstance(default, tuple):
        is_float = any(isinstance(item, float) for item in default)
        return "floats" if is_float else "pair" if len(default) == 2 else "ints"
    return "int"


spec_of = Derived(_spec_of)
"""The spec of a block's instances: its ports, and its arguments."""
