"""The numbers of a step: all in float32, or half of them in 16 bits by torch.autocast."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from studio.project.training_config import PrecisionName
from studio.training.objective import as_tuple

DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}

DEVICES: dict[PrecisionName, tuple[str, ...]] = {
    "float32": ("cpu", "cuda", "mps"),
    "bf16": ("cpu", "cuda"),
    "fp16": ("cuda",),
}
"""Kinds of devices that compute in a precision at all well."""


class Precision:
    """How a network is run, and how its loss goes back through it.

    Weights, the loss and the optimizer stay in float32 whatever is chosen. The gradients of fp16 would
    vanish where they are small: `torch.amp.GradScaler` scales the loss up, and skips steps that overflow.

    Attributes:
        is_full: All is in float32.
        scaler: Of fp16; else None.

    Args:
        name: As in the settings.
        device: Where it is computed.
    """

    def __init__(self, name: PrecisionName, device: torch.device) -> None:
        self.is_full = name == "float32"
        self.scaler = torch.amp.GradScaler(device.type) if name == "fp16" else None
        self._autocast = torch.autocast(device.type, DTYPES.get(name), enabled=not self.is_full)

    def run(self, network: Callable[..., Any], inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Return what a network gives, in float32 as far as it is measurements."""
        if self.is_full:
            return as_tuple(network(*inputs))
        with self._autocast:
            outputs = as_tuple(network(*inputs))
        return tuple(output.float() if output.is_floating_point() else output for output in outputs)

    def backward(self, loss: Tensor) -> None:
        """Add the gradient of a loss, scaled if need be."""
        scaled = loss if self.scaler is None else self.scaler.scale(loss)
        scaled.backward()  # type: ignore[no-untyped-call]

    def unscale(self, optimizer: torch.optim.Optimizer) -> None:
        """Bring the gradients to their own size, for what looks at them before the optimizer."""
        if self.scaler is not None:
            self.scaler.unscale_(optimizer)

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Let the optimizer move, unless a gradient overflowed."""
        if self.scaler is None:
            optimizer.step()
        else:
            self.scaler.step(optimizer)
            self.scaler.update()

    def state(self) -> str:
        """Return what a resumed run needs to know, as JSON; empty if nothing."""
        return json.dumps(self.scaler.state_dict()) if self.scaler is not None else ""

    def load(self, state: str) -> None:
        """Put back what `state` gave."""
        if self.scaler is not None and state:
            self.scaler.load_state_dict(json.loads(state))
