"""Random numbers of one's own, for whoever builds a network while another thread trains one.

torch's default generator belongs to the whole process: to put its state back afterwards, as `fork_rng` does,
takes back what a run drew meanwhile, which then no longer repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

_DRAWING = frozenset({"bernoulli", "multinomial", "normal", "rand", "randint", "randn", "randperm"}) | {
    *("bernoulli_", "cauchy_", "exponential_", "geometric_", "log_normal_", "normal_", "random_", "uniform_"),
    "kaiming_uniform_",
}
"""What draws, and takes a generator."""

_DROPPING = frozenset({"dropout", "dropout_"})
"""What takes no generator; it is done here. Other kinds of dropout may not run in training mode here."""


class own_draws(TorchFunctionMode):  # noqa: N801  # used like `torch.no_grad`
    """Within it, what this thread draws on the CPU comes from a generator of its own.

    With a seed they are the numbers that `torch.manual_seed` would give.

    Args:
        seed: Where to begin; by default anywhere, for weights that are replaced anyway.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self._generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Call a function of torch's, with the generator if it draws."""
        kwargs = kwargs or {}
        on_cpu = bool(args) and isinstance(args[0], Tensor) and args[0].device.type == "cpu"
        if on_cpu and getattr(func, "__name__", "") in _DROPPING:
            return self._dropped(*args, **kwargs)
        if getattr(func, "__name__", "") in _DRAWING and kwargs.get("generator") is None:
            kwargs = {**kwargs, "generator": self._generator}
        return func(*args, **kwargs)

    def _dropped(
        self, input: Tensor, p: float = 0.5, train: bool = True, inplace: bool = False, **other: bool
    ) -> Tensor:
        """Return a tensor after dropout, as torch's does it; `training` is what its Python function says."""
        if not other.get("training", train) or p == 0.0:
            return input
        kept = torch.rand(input.shape, generator=self._generator) >= p
        return input * kept / (1.0 - p) if p < 1.0 else torch.zeros_like(input)
