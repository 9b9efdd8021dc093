"""One layer with all that comes into it: what the checks and the explanations look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from studio.catalog.spec import LayerSpec
from studio.compiler.types import TargetType, TensorType
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.port import PortSpec
from studio.graph.problems import Fix, Problem


@dataclass(frozen=True, slots=True)
class Wire:
    """What comes in at a port, and from where.

    Attributes:
        source: The node it comes from.
        source_spec: That node's layer.
        port: The port it ends at.
        type: What it carries.
    """

    source: Node
    source_spec: LayerSpec
    port: PortSpec
    type: TensorType


@dataclass(frozen=True, slots=True)
class Case:
    """A layer with its arguments and its wires.

    Attributes:
        values: Every argument, with what was read off the wire filled in.
        wires: In the order of the ports, and of the wires of a port.
        outputs: What is known of all wires upstream.
        types: What the layer is called with: the wires' types, with None at optional ports without one.
        target: What the data set gives as truth, if known.
    """

    graph: Graph
    node: Node
    spec: LayerSpec
    values: dict[str, Value]
    wires: tuple[Wire, ...]
    outputs: Mapping[tuple[str, str], TensorType]
    types: tuple[TensorType | None, ...] = ()
    target: TargetType | None = None

    @property
    def head(self) -> str:
        """The layer as messages call it: ``Conv2d "stem"``."""
        return f'{self.spec.title} "{self.node.name}"'

    def number(self, name: str) -> int:
        """Return an argument that is a whole number."""
        value = self.values[name]
        assert isinstance(value, int)
        return value

    @property
    def sides(self) -> tuple[int, ...]:
        """Sizes of the first input behind the channels: (H, W) of maps."""
        return self.wires[0].type.sample[1:]

    def window(self, name: str, default: int = 0) -> tuple[int, ...]:
        """Return an argument as one number for each side; `default` for words and what is not there."""
        value = self.values.get(name)
        if isinstance(value, tuple):
            return tuple(item if isinstance(item, int) else default for item in value)
        return (value if isinstance(value, int) else default,) * len(self.sides)

    def problem(
        self,
        message: str,
        suggestion: str = "",
        *,
        code: str = "shape",
        fix: Fix | None = None,
        fixes: Sequence[Fix] = (),
        **more: Any,
    ) -> Problem:
        """Return an error on this node; `message` follows its name."""
        port = more.pop("port", self.wires[0].port.name if self.wires else "")
        return Problem(
            "error",
            code,
            f"{self.head}: {message}",
            self.node.id,
            port,
            suggestion=suggestion,
            fixes=tuple(fixes) or ((fix,) if fix is not None else ()),
            **more,
        )

    def set_fix(self, argument: str, value: Value, label: str = "") -> Fix:
        """Return the edit that sets one of this node's arguments."""
        return Fix(label or f"Set {argument} to {value}", "set", self.node.id, argument=argument, value=value)

    def insert_fix(self, kind: str, port: str = "", **arguments: Value) -> Fix:
        """Return the edit that puts a layer on the wire into this node."""
        shown = "".join(
            f" {'×'.join(map(str, v)) if isinstance(v, tuple) else v}" for v in arguments.values()
        )
        return Fix(
            f"Insert {kind}{shown}",
            "insert",
            self.node.id,
            port or self.wires[0].port.name,
            kind,
            arguments=tuple(arguments.items()),
        )
