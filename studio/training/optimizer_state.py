"""What an optimizer remembers, as tensors with names, and back to the last bit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from studio.training.joined import Joined

_NUMBERS = (torch.int64, torch.float64)
"""Plain numbers of Python's are kept in these, without a dimension; torch's own counters are float32."""


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return the memory by names such as ``0.momentum_buffer``; L-BFGS's lists as ``0.old_dirs.3``.

    Lists of nothing but None, which L-BFGS keeps as scratch paper, are left out.
    """
    found: dict[str, Tensor] = {}
    for index, values in optimizer.state_dict()["state"].items():
        for key, value in values.items():
            if isinstance(value, list):
                if value and all(isinstance(one, Tensor) for one in value):
                    found |= {f"{index}.{key}.{place}": one for place, one in enumerate(value)}
            elif value is not None:
                found[f"{index}.{key}"] = _tensor(value)
    return found


def optimizer_state(tensors: dict[str, Tensor]) -> dict[int, dict[str, Any]]:
    """Return the memory by parameter, from what `optimizer_tensors` gave."""
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        index, _, rest = name.partition(".")
        key, _, place = rest.partition(".")
        own = state.setdefault(int(index), {})
        if place:
            own.setdefault(key, {})[int(place)] = tensor
        else:
            own[key] = tensor.item() if tensor.dim() == 0 and tensor.dtype in _NUMBERS else tensor
    for own in state.values():
        for key, value in own.items():
            if isinstance(value, dict):
                own[key] = [value[place] for place in sorted(value)]
    return state


def lay_as_parameters(optimizer: torch.optim.Optimizer) -> None:
    """Let what is remembered of each parameter lie in memory as the parameter does (channels_last).

    It was kept in the usual order; a fused optimizer takes numbers at the same place to belong together.
    """
    parts = optimizer.parts if isinstance(optimizer, Joined) else (optimizer,)
    for parameter, values in (item for part in parts for item in part.state.items()):
        for key, value in values.items() if isinstance(values, dict) else ():
            is_alike = isinstance(value, Tensor) and value.shape == parameter.shape
            if is_alike and value.stride() != parameter.stride():
                values[key] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def _tensor(value: Any) -> Tensor:
    if isinstance(value, Tensor):
        return value
    return torch.tensor(value, dtype=torch.float64 if isinstance(value, float) else torch.int64)
