"""Carrying trained weights over to a network that was changed: by name, and into other shapes where they fit.

Used after `studio.zoo.actions`: a deeper network keeps the weights of its old blocks, and a Linear layer
that became a convolution has the same numbers in another shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from studio.compiler.analysis import analyse
from studio.graph.graph import Graph


@dataclass(frozen=True)
class Transfer:
    """What became of every name of a ``state_dict``.

    Attributes:
        copied: Names whose tensors were taken over.
        reshaped: Names whose tensors were taken over in another shape of as many numbers.
        fresh: Names of the network that the state does not have; they keep what they started with.
        unfit: Names that both have, in shapes that do not fit; they keep what they started with.
        dropped: Names of the state that the network does not have.
    """

    copied: tuple[str, ...]
    reshaped: tuple[str, ...]
    fresh: tuple[str, ...]
    unfit: tuple[str, ...]
    dropped: tuple[str, ...]

    def __str__(self) -> str:
        """Return the counts as a line."""
        parts = {
            "copied": self.copied,
            "reshaped": self.reshaped,
            "fresh": self.fresh,
            "of another size": self.unfit,
            "dropped": self.dropped,
        }
        return ", ".join(f"{len(names)} {word}" for word, names in parts.items() if names) or "nothing"


def transfer(state: Mapping[str, Tensor], module: nn.Module) -> Transfer:
    """Fill a network with the tensors of a state, as far as names and sizes agree.

    A weight of a Linear layer, (O, C·H·W), fills one of a convolution, (O, C, H, W), and the other way
    round: Flatten joins dimensions in that order, so the numbers stand in the same order.

    Args:
        state: A ``state_dict`` of the network before it was changed.
        module: The network after; changed in place.

    Returns:
        What was copied and what was not.
    """
    own = module.state_dict(keep_vars=True)
    copied, reshaped, unfit = [], [], []
    with torch.no_grad():
        for name, tensor in own.items():
            given = state.get(name)
            if given is None:
                continue
            if given.shape == tensor.shape:
                tensor.copy_(given)
                copied.append(name)
            elif _same_numbers(given, tensor):
                tensor.copy_(given.reshape(tensor.shape))
                reshaped.append(name)
            else:
                unfit.append(name)
    fresh = [name for name in own if name not in state]
    dropped = [name for name in state if name not in own]
    return Transfer(tuple(copied), tuple(reshaped), tuple(fresh), tuple(unfit), tuple(dropped))


def _same_numbers(given: Tensor, tensor: Tensor) -> bool:
    """Say whether one of two weights is a Linear layer's and the other the convolution's that it equals."""
    dims = {given.dim(), tensor.dim()}
    return (
        2 in dims
        and dims <= {2, 3, 4, 5}
        and given.shape[0] == tensor.shape[0]
        and given.numel() == tensor.numel()
    )


def output_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return the shape of every layer's first output by its path: what `studio.zoo.actions` ask for.

    Shape:
        returns: (C, H, W), (E,) …, without the batch
    """
    found: dict[str, tuple[int, ...]] = {}
    for (path, _), kind in analyse(graph).shapes.outputs.items():
        found.setdefault(path, kind.shape)
    return found
