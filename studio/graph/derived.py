"""What is computed of a block once, and forgotten together with it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

from studio.graph.block import Block

T = TypeVar("T")


class Derived(Generic[T]):
    """A function of a block, computed once for each definition: a value, which never changes.

    Blocks are told apart by identity, since comparing two costs more than most of what is computed of them.
    None is kept alive by this; what is computed must not refer to its block.

    Args:
        compute: Called once for each block.
    """

    def __init__(self, compute: Callable[[Block], T]) -> None:
        self._compute = compute
        self._known: dict[int, tuple[weakref.ref[Block], T]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __call__(self, block: Block) -> T:
        """Return what is computed of a block."""
        key = id(block)
        found = self._known.get(key)
        if found is not None:
            return found[1]  # an id is given anew only after its block is gone, and with it the entry
        result = self._compute(block)
        self._known[key] = (weakref.ref(block, lambda _gone: self._known.pop(key, None)), result)
        return result
