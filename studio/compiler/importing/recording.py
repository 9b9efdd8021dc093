"""What was seen of a module while it ran once: tensors, what was computed, and where in the hierarchy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from studio.graph.node import Value


@dataclass(eq=False)
class Wire:
    """A tensor that was seen; two of them are never equal.

    Attributes:
        tensor: What stood for it on the meta device; kept, so that its identity is not given away again.
        fixed: It has no batch dimension.
        source: What computed it.
        port: The output port it left by.
    """

    tensor: Tensor
    fixed: bool
    source: Step
    port: str

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Its shape without the batch dimension."""
        return tuple(self.tensor.shape) if self.fixed else tuple(self.tensor.shape[1:])

    @property
    def dtype(self) -> str:
        """torch's name of its number format."""
        return str(self.tensor.dtype).removeprefix("torch.")


@dataclass(eq=False)
class Step:
    """One layer that ran; it becomes one node.

    Attributes:
        kind: The catalog's name of the layer.
        arguments: What differs from the layer's defaults, and its settings.
        inputs: Wires by port, in order.
        outputs: Wires by port.
        home: Path of the module in whose ``forward`` it ran: ``layer1.0``.
        path: Path of the module or parameter it stands for: ``layer1.0.conv1``; empty for a function.
        name: What to call it, if nobody else is called so.
        keys: What its own part of the ``state_dict`` is called in the module's: ``weight`` →
            ``layer1.0.conv1.weight``; the key is empty for a parameter, which is one tensor.
        again: Another layer whose weights it uses: the first call of the same one, mostly.
    """

    kind: str
    arguments: dict[str, Value] = field(default_factory=dict)
    inputs: list[tuple[str, Wire]] = field(default_factory=list)
    outputs: dict[str, Wire] = field(default_factory=dict)
    home: str = ""
    path: str = ""
    name: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    again: Step | None = None


@dataclass(frozen=True)
class Call:
    """A call of a function on tensors.

    Attributes:
        name: Of the function.
        args: As the module's code gave them.
        kwargs: Likewise.
        result: What the same call gives on the meta device.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any

    def given(self, *words: str) -> dict[str, Any]:
        """Return the arguments by name, from the names of those that may stand in order."""
        return {**dict(zip(words, self.args, strict=False)), **self.kwargs}


@dataclass
class Visit:
    """One call of a module that is not a layer of the catalog.

    Attributes:
        inputs: Wires among its arguments, in order.
        outputs: Wires in its result, in order.
    """

    inputs: list[Wire] = field(default_factory=list)
    outputs: list[Wire] = field(default_factory=list)


@dataclass
class Recording:
    """A whole run.

    Attributes:
        steps: In the order in which they ran.
        inputs: The input nodes, in the order of the module's arguments.
        outputs: What the module gave, with a name for each.
        visits: Calls of the modules that became no layers, by path.
        classes: Class names of all modules by path.
        notes: What a person should know about it.
    """

    steps: list[Step] = field(default_factory=list)
    inputs: list[Step] = field(default_factory=list)
    outputs: list[tuple[str, Wire]] = field(default_factory=list)
    visits: dict[str, list[Visit]] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
