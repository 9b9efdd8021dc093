"""How large weights, their gradients and their changes are: norms of all, histograms of some."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, fx, nn

from studio.compiler.inline import inline
from studio.probes.counting import count_all, sample_of
from studio.runs.records import Histogram, Norms, Quantity


class ParameterTap:
    """Looks at the parameters of a network before and after a step.

    Attributes:
        names: Of the parameters of floating-point numbers, in the order in which the network computes; one
            that is used twice stands where it is used first.

    Args:
        network: The compiled network.
    """

    def __init__(self, network: fx.GraphModule) -> None:
        found = _in_order(network)
        self.names = tuple(found)
        self._parameters = list(found.values())
        self._layers = dict(network.named_modules())
        self._before: list[Tensor] = []

    def start(self) -> None:
        """Keep the weights as they are before the step."""
        with torch.no_grad():
            if not self._before:
                self._before = [parameter.detach().clone() for parameter in self._parameters]
            else:
                torch._foreach_copy_(self._before, [one.detach() for one in self._parameters])

    def norms(self, run: str, step: int) -> Norms | None:
        """Return the norms after the step that `start` came before; None of a network without parameters.

        The gradients are those that the optimizer was given: clipped, if the settings say so.
        """
        if not self._parameters:
            return None
        with torch.no_grad():
            weights = [parameter.detach() for parameter in self._parameters]
            torch._foreach_sub_(self._before, weights)
            gradients = [parameter.grad for parameter in self._parameters]
            known = iter(_norms([one for one in gradients if one is not None]))
            none = torch.full((), torch.nan, device=weights[0].device)
            rows = [
                torch.stack(_norms(weights)),
                torch.stack([none if one is None else _told(next(known)) for one in gradients]),
                torch.stack(_norms(self._before)),
            ]
            found = torch.stack(rows).cpu().numpy()
        sizes = torch.tensor([weight.numel() for weight in weights]).numpy()
        return Norms(run, step, self.names, sizes, *found)

    def histograms(self, nodes: Iterable[str], run: str, step: int) -> list[Histogram]:
        """Return how the weights of some nodes are distributed, and their gradients.

        Of a layer's parameters those count that have more than one dimension, or all if none has. Values
        that are not finite are left out.
        """
        keys: list[tuple[str, Quantity]] = []
        samples: list[Tensor] = []
        for node in nodes:
            for quantity in ("weight", "gradient"):
                values = self._sample(node, quantity)
                if values is not None:
                    keys.append((node, quantity))
                    samples.append(values)
        if not samples:
            return []
        found, _ = count_all(samples, samples[0].new_zeros(len(samples), 0))
        return [one.of(run, node, step, quantity) for (node, quantity), one in zip(keys, found, strict=True)]

    def _sample(self, node: str, quantity: Quantity) -> Tensor | None:
        layer = self._layers.get(node)
        if layer is None or not node:
            return None
        parameters = [one for one in layer.parameters() if one.is_floating_point()]
        parameters = [one for one in parameters if one.dim() > 1] or parameters
        tensors = [one.grad if quantity == "gradient" else one for one in parameters]
        values = [sample_of(one) for one in tensors if one is not None and one.numel()]
        joined = torch.cat(values) if values else None
        if joined is None:
            return None
        finite = joined[torch.isfinite(joined)]
        return finite if finite.numel() else None


def _norms(tensors: list[Tensor]) -> list[Tensor]:
    """Return the Euclidean norm of each, in float32.

    Shape:
        returns: of ()
    """
    if not tensors:
        return []
    return [norm.to(torch.float32) for norm in torch._foreach_norm(tensors)]


def _told(norm: Tensor) -> Tensor:
    """Return a norm that is infinite where it is no number: not a number stands for no gradient at all."""
    return torch.nan_to_num(norm, nan=torch.inf, posinf=torch.inf)


def _in_order(network: fx.GraphModule) -> dict[str, nn.Parameter]:
    """Return the parameters by their names, in the order in which they are first used."""
    names = {id(value): name for name, value in network.named_parameters()}
    flat = inline(network)
    found: dict[str, nn.Parameter] = {}
    for node in flat.graph.nodes:
        for parameter in _parameters_of(node, flat):
            if id(parameter) in names and parameter.is_floating_point():
                found.setdefault(names[id(parameter)], parameter)
    # What no node of the graph names directly (a tied weight behind a parametrization) comes last.
    for name, parameter in network.named_parameters():
        if parameter.is_floating_point():
            found.setdefault(name, parameter)
    return found


def _parameters_of(node: fx.Node, module: fx.GraphModule) -> list[nn.Parameter]:
    if node.op == "call_module":
        return list(module.get_submodule(str(node.target)).parameters())
    if node.op == "get_attr":
        value: object = module
        for part in str(node.target).split("."):
            value = getattr(value, part)
        return [value] if isinstance(value, nn.Parameter) else []
    return []
