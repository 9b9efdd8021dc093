"""Which parts of a sample a class's score hangs on: the gradient of the input, and Grad-CAM of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from studio.errors import ProbeError
from studio.probes.outputs import first_tensor, node_of


@dataclass(frozen=True, slots=True)
class Explained:
    """What a class's score hangs on.

    Attributes:
        scores: Of all classes; (C,).
        target: The class that was explained.
        gradient: Of its score by the input, as large as that; None for whole numbers, which have none.
        cam: Grad-CAM of the layer, (H, W), in its resolution; None where the layer gives no maps, or where
            the score does not depend on it.
    """

    scores: Tensor
    target: int
    gradient: Tensor | None
    cam: Tensor | None


class _Keep(fx.Interpreter):
    """Runs a network, and keeps what one node gives."""

    def __init__(self, network: fx.GraphModule, wanted: fx.Node) -> None:
        super().__init__(network)
        self._wanted = wanted
        self.kept: Tensor | None = None

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        if n is self._wanted and isinstance(value, Tensor):
            self.kept = value
            return value.clone()  # a layer behind may compute in place, and this is to stay as it was
        return value


def explain(flat: fx.GraphModule, name: str, inputs: Tensor, count: int, target: int = -1) -> Explained:
    """Return what the score of a class hangs on, for one sample.

    Args:
        flat: The network with its blocks opened, in evaluation mode.
        name: Of the drawn node whose maps are explained.
        inputs: The sample, (1, *); given to each of the network's inputs.
        count: How many tensors the network takes.
        target: The class; -1: the one with the largest score.

    Raises:
        ProbeError: The network gives no score for each class, there is no such class, or no such node.

    Reference:
        Simonyan and others 2014 for the gradient; Selvaraju and others 2017 for Grad-CAM.
    """
    walk = _Keep(flat, node_of(flat, name))
    given = inputs.detach().clone()
    if given.is_floating_point():
        given.requires_grad_()
    with torch.enable_grad():
        output = first_tensor(walk.run(*[given] * count))
        if output is None or output.dim() != 2 or len(output) != 1:
            raise ProbeError(
                "Saliency explains the score of a class: it needs a network that gives one number for each. "
                f"This one gives {tuple(output.shape[1:]) if output is not None else 'no tensor'}."
            )
        if target >= output.shape[1]:
            raise ProbeError(f"There is no class {target}: the network gives {output.shape[1]} scores.")
        target = int(output[0].argmax()) if target < 0 else target
        wanted = [one for one in (given, walk.kept) if one is not None and one.requires_grad]
        found = torch.autograd.grad(output[0, target], wanted, allow_unused=True) if wanted else ()
    gradients = dict(zip(map(id, wanted), found, strict=True))
    cam = grad_cam(walk.kept, gradients.get(id(walk.kept))) if walk.kept is not None else None
    return Explained(output[0].detach(), target, gradients.get(id(given)), cam)


def grad_cam(maps: Tensor, gradient: Tensor | None) -> Tensor | None:
    """Return where the maps that speak for a class are active.

    Each map weighs as much as the mean of its gradient; what speaks against the class is cut off.

    Shape:
        maps: (1, K, H, W); for others there is nothing to see
        returns: (H, W), 0 and above
    """
    if gradient is None or maps.dim() != 4:
        return None
    weights = gradient.mean((2, 3), keepdim=True)
    return functional.relu((weights * maps.detach()).sum(1))[0]
