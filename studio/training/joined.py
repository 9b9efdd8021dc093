"""Several optimizers that each have some of a network's parameters, as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


class Joined(torch.optim.Optimizer):
    """Optimizers that step together.

    Its state is numbered as if all parameters were one optimizer's, one part after another.

    Args:
        parts: Each with parameters of its own.
    """

    def __init__(self, parts: Sequence[torch.optim.Optimizer]) -> None:
        self.parts = tuple(parts)
        super().__init__([group for part in parts for group in part.param_groups], {})
        # The very groups of the parts: a learning rate that is set here is theirs.
        self.param_groups = [group for part in parts for group in part.param_groups]

    def step(self, closure: Any = None) -> Any:
        """Take a step with each part."""
        loss = closure() if closure is not None else None
        for part in self.parts:
            part.step()
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """Return the memory of all parts by the number of the parameter."""
        state: dict[int, Any] = {}
        groups: list[dict[str, Any]] = []
        first = 0
        for part in self.parts:
            found = part.state_dict()
            state |= {first + index: values for index, values in found["state"].items()}
            groups += [
                {**group, "params": [first + index for index in group["params"]]}
                for group in found["param_groups"]
            ]
            first += _count(part)
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Put the memory back; the groups stay as they are."""
        first = 0
        for part in self.parts:
            end = first + _count(part)
            own = {
                index - first: values for index, values in state_dict["state"].items() if first <= index < end
            }
            part.load_state_dict({"state": own, "param_groups": part.state_dict()["param_groups"]})
            first = end


def _count(part: torch.optim.Optimizer) -> int:
    return sum(len(group["params"]) for group in part.param_groups)
