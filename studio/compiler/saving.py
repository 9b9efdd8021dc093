"""What autograd keeps of a layer's forward pass for its backward pass, as PyTorch itself tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Saved:
    """What one layer keeps.

    Attributes:
        inputs: For each input, whether it is kept.
        output: Whether the (first) output is kept.
        own_bytes: Everything else (a pool's indices, a dropout's mask), for the whole batch.
    """

    inputs: tuple[bool, ...] = ()
    output: bool = False
    own_bytes: int = 0


NOTHING = Saved()


class SaveWatch:
    """A context in which every tensor that autograd keeps is noted by the memory it lies in."""

    def __init__(self) -> None:
        self._bytes: dict[int, int] = {}
        self._kept: list[Tensor] = []
        self._hooks = torch.autograd.graph.saved_tensors_hooks(self._pack, _unpack)

    def __enter__(self) -> SaveWatch:
        self._hooks.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hooks.__exit__(kind, error, trace)

    def _pack(self, tensor: Tensor) -> Tensor:
        # A view that autograd keeps keeps all of the memory that it looks at.
        self._bytes[storage_of(tensor)] = tensor.untyped_storage().nbytes()
        self._kept.append(tensor)  # alive until the end, so that no other tensor gets its address
        return tensor

    def saved(
        self, inputs: Sequence[Tensor | None], output: Tensor | None, weights: Iterable[Tensor]
    ) -> Saved:
        """Return what was kept, told apart from the weights, which are there anyway."""
        known = {storage_of(tensor) for tensor in weights}
        places = [None if tensor is None else storage_of(tensor) for tensor in inputs]
        result = None if output is None else storage_of(output)
        others = self._bytes.keys() - known - set(places) - {result}
        return Saved(
            tuple(place in self._bytes for place in places),
            result in self._bytes,
            sum(self._bytes[place] for place in others),
        )


def storage_of(tensor: Tensor) -> int:
    """Return what two tensors in the same memory have in common; on the meta device too."""
    return int(tensor.untyped_storage()._cdata)


def _unpack(tensor: Tensor) -> Tensor:
    return tensor
