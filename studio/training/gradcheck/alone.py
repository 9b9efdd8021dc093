"""Each layer by itself: on what comes into it, by a random sum of what it gives."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.compiler.inline import inline
from studio.errors import ProbeError
from studio.probes.single_layers import SingleLayer, layers_of, values_of
from studio.training.gradcheck.differences import compare
from studio.training.gradcheck.work import INPUT, NodeCheck, Work, as_leaf

NO_NUMBERS = "It has no parameters, and what comes in are no numbers that can be changed a little."
NO_GRADIENT = "What it gives does not depend on anything in a way that has a gradient."
UNIT = 1000
"""What a layer counts in the progress."""


def check_alone(work: Work, inputs: tuple[Tensor, ...], wanted: str = "") -> list[NodeCheck]:
    """Check each layer, or the one that is wanted.

    Raises:
        ProbeError: The network computes nothing of this name.
        TrainingError: It was cancelled.
    """
    flat = inline(work.module)
    groups = layers_of(flat)
    if wanted and wanted not in groups:
        raise ProbeError(f'"{wanted}" is nothing that the network computes.')
    work.begin()
    values = values_of(flat, inputs)
    chosen = {wanted: groups[wanted]} if wanted else groups
    work.total, found = len(chosen) * UNIT, []
    for place, (name, nodes) in enumerate(chosen.items()):
        work.before, work.label = place * UNIT, name
        layer = SingleLayer(flat, name, nodes, values, torch.contiguous_format)
        found.append(_Checked(work, layer).check())
    return found


class _Checked:
    """A drawn node as a function of what comes into it and of its parameters."""

    def __init__(self, work: Work, layer: SingleLayer) -> None:
        self._work, self._layer, self._name = work, layer, layer.name

    def check(self) -> NodeCheck:
        """Compare its gradients with finite differences."""
        tensors = {**self._inputs(), **self._parameters()}
        if not tensors:
            return NodeCheck(self._name, (), NO_NUMBERS)
        first = self._outputs()
        if not any(output.requires_grad for output in first):
            return NodeCheck(self._name, (), NO_GRADIENT)
        generator = torch.Generator().manual_seed(self._work.seed)
        factors = [torch.randn(one.shape, generator=generator, dtype=torch.float64) for one in first]

        def total() -> Tensor:
            pairs = zip(self._outputs(), factors, strict=True)
            return torch.stack([(output * factor).sum() for output, factor in pairs]).sum()

        work = self._work
        whole = sum(min(tensor.numel(), work.coordinates) for tensor in tensors.values())
        found = compare(
            total,
            tensors,
            coordinates=work.coordinates,
            seed=work.seed,
            report=lambda done: work.tell(done * UNIT // whole),
        )
        return NodeCheck(self._name, tuple(found))

    def _inputs(self) -> dict[str, Tensor]:
        """Return what comes in and is numbers, by names."""
        numbers = self._layer.inputs
        if len(numbers) == 1:
            return {INPUT: numbers[0]}
        return {f"{INPUT} {place}": leaf for place, leaf in enumerate(numbers, 1)}

    def _parameters(self) -> dict[str, Tensor]:
        found = self._layer.parameters.items()
        own = f"{self._name}."
        return {name.removeprefix(own): as_leaf(one) for name, one in found if one.requires_grad}

    def _outputs(self) -> list[Tensor]:
        given = self._layer.given()
        self._work.begin()
        return [output for output in self._layer.outputs(given) if output.is_floating_point()]
