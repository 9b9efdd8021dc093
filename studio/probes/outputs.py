"""What one node of a network gives, without running what comes after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx

from studio.compiler.inline import inline
from studio.errors import ProbeError


class _Found(Exception):  # noqa: N818
    """Ends a walk: the node was reached."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Walk(fx.Interpreter):
    """Runs a network up to the node that a drawn node became."""

    def __init__(self, network: fx.GraphModule, name: str) -> None:
        super().__init__(network)
        self._wanted = node_of(network, name)

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n is self._wanted:
            raise _Found(value)
        return value


def node_of(flat: fx.GraphModule, name: str) -> fx.Node:
    """Return what a drawn node or block became in a network with its blocks opened; the last of several.

    Raises:
        ProbeError: The network computes no such node.
    """
    wanted: list[fx.Node] = [node for node in flat.graph.nodes if _is(node, name)]
    if not wanted:
        raise ProbeError(f'"{name}" is nothing that the network computes.')
    return wanted[-1]


def first_tensor(value: Any) -> Tensor | None:
    """Return the first output of a layer; None if that is no tensor."""
    while isinstance(value, tuple | list) and value:
        value = value[0]
    return value if isinstance(value, Tensor) else None


def _is(node: fx.Node, name: str) -> bool:
    return node.op != "output" and (node.meta.get("node") == name or name in node.meta.get("blocks", ()))


def output_of(network: fx.GraphModule, name: str, inputs: Sequence[Tensor]) -> Tensor:
    """Return what a node gives for some inputs; of one with several outputs, the first.

    The network's mode is used as it is, and no gradient is kept.

    Args:
        network: As compiled.
        name: Of the drawn node or block, dotted inside blocks: ``layer1.0.conv1``.
        inputs: What the network takes, in order.

    Shape:
        inputs: each (N, *)
        returns: (N, *)

    Raises:
        ProbeError: The network computes no such node, or it gives no tensor.
    """
    return flat_output_of(inline(network), name, inputs)


def flat_output_of(flat: fx.GraphModule, name: str, inputs: Sequence[Tensor]) -> Tensor:
    """Return what `output_of` does, of a network whose blocks are opened already: for whoever asks often."""
    with torch.inference_mode():
        try:
            _Walk(flat, name).run(*inputs)
        except _Found as found:
            value = first_tensor(found.value)
            if value is not None:
                return value
    raise ProbeError(f'"{name}" gives nothing that can be looked at.')
