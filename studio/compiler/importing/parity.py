"""Does the compiled graph compute what the module computes? Compared on the example, output by output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.draws import own_draws
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError, ImportingError
from studio.graph.graph import Graph

TOLERANCE = 1e-4
"""Largest difference, relative to the largest output, that still counts as the same network: a different
order of sums; anything else is orders of magnitude away."""


@dataclass(frozen=True)
class Parity:
    """How far the compiled graph is from the module.

    Attributes:
        difference: Largest difference of any number of the outputs; 0.0 is bit-equal.
        scale: Largest number of the outputs.
        first: Name of the first layer whose output differs; empty if none does.
    """

    difference: float
    scale: float
    first: str = ""

    @property
    def is_close(self) -> bool:
        """Whether the two are the same network."""
        return self.difference <= TOLERANCE * max(self.scale, 1.0)


def loaded(graph: Graph, weights: Mapping[str, Tensor]) -> nn.Module:
    """Return the compiled graph with these weights, which it shares, in evaluation mode.

    Raises:
        ImportingError: It cannot be compiled, or a weight has no place in it.
    """
    engine = ShapeEngine()
    analyse(graph, engine=engine)  # PyTorch is asked on devices of its own choosing, and the answers kept
    try:
        with torch.device("meta"):
            network: nn.Module = lower.compile(graph, engine)
    except CompileError as error:
        raise ImportingError(f"The graph that was drawn is not sound. {error.message}") from error
    _load(network, weights)
    if any(tensor.is_meta for tensor in [*network.parameters(), *network.buffers()]):
        # A layer makes tensors of its own that are no weights: build it with memory.
        network = lower.compile(graph, engine)
        _load(network, weights)
    return network.eval()


def _load(network: nn.Module, weights: Mapping[str, Tensor]) -> None:
    try:
        network.load_state_dict(dict(weights), strict=True, assign=True)
    except RuntimeError as error:
        text = " ".join(str(error).split())[:500]
        raise ImportingError(f"The module's weights do not fit the graph that was drawn: {text}") from error


def compare(module: nn.Module, network: nn.Module, inputs: Sequence[Tensor], used: Sequence[int]) -> Parity:
    """Run a module and its compiled graph on the same inputs in evaluation mode, and compare.

    Args:
        module: What was imported.
        network: What was made of it.
        inputs: The example.
        used: Which of the inputs the network has.
    """
    own = [inputs[place] for place in used]
    with evaluating(module), torch.no_grad():
        wanted = _outputs(_run(module, inputs))
        found = _outputs(_run(network, own))
    # In training a module may give more, its auxiliary heads: those come last.
    pairs = list(zip(wanted, found, strict=False))
    difference = max((_difference(*pair) for pair in pairs), default=0.0)
    scale = max((float(tensor.abs().max()) for tensor in wanted if tensor.numel()), default=0.0)
    parity = Parity(difference, scale)
    if difference == 0.0:
        return parity
    return Parity(difference, scale, _first_difference(module, inputs, network, own))


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Put a module into evaluation mode for a while, and all parts of it back as they were."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes.items():
            part.training = mode


def _run(module: nn.Module, inputs: Sequence[Tensor]) -> Any:
    """Run a module; what is random in it is the same every time."""
    with own_draws():
        return module(*(tensor.clone() for tensor in inputs))


def _outputs(result: Any) -> list[Tensor]:
    return [leaf for leaf in pytree.tree_leaves(result) if isinstance(leaf, Tensor)]


def _difference(one: Tensor, other: Tensor) -> float:
    """Return the largest difference of two tensors; infinite where the shapes differ."""
    if one.shape != other.shape:
        return float("inf")
    if one.numel() == 0 or torch.equal(one, other):
        return 0.0
    if not torch.equal(one.isnan(), other.isnan()):
        return float("inf")
    apart = (one.double() - other.double()).abs()
    return float(apart.nan_to_num(nan=0.0).max())


def _first_difference(
    module: nn.Module, inputs: Sequence[Tensor], network: nn.Module, own: Sequence[Tensor]
) -> str:
    """Return the name of the first part whose output differs, in the order in which the module calls them."""
    with evaluating(module), torch.no_grad():
        wanted, found = _seen(module, inputs), _seen(network, own)
    for name, outputs in wanted.items():
        others = found.get(name, [])
        if len(others) == len(outputs) and any(map(_difference, outputs, others)):
            return name
    return ""


def _seen(module: nn.Module, inputs: Sequence[Tensor]) -> dict[str, list[Tensor]]:
    """Return the outputs of all parts that compute something by themselves, by name."""
    found: dict[str, list[Tensor]] = {}

    def hook(name: str) -> Any:
        def keep(part: nn.Module, args: Any, result: Any) -> None:
            found.setdefault(name, []).extend(tensor.clone() for tensor in _outputs(result))

        return keep

    handles = [
        part.register_forward_hook(hook(name))
        for name, part in module.named_modules()
        if name and not list(part.children())
    ]
    try:
        _run(module, inputs)
    finally:
        for handle in handles:
            handle.remove()
    return found
