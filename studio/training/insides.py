"""A network at rest and some samples of its data, to look at what its layers make of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import torch
from torch import Tensor, fx

from studio.compiler import initial_weights, lower
from studio.compiler.draws import own_draws
from studio.compiler.inline import inline
from studio.data.prepare import PreparedData, Split
from studio.errors import DataError, ProbeError
from studio.probes.outputs import flat_output_of, node_of
from studio.probes.unit_relations import relations
from studio.probes.unit_values import Reduction, Slope, unit_values
from studio.probes.units import has_units_last, slope_of
from studio.project.project import Project
from studio.runs.insights import UnitsFound
from studio.training import fit
from studio.training.evaluating import fill
from studio.training.evaluation import num_inputs
from studio.training.session import shaped

Part: TypeAlias = Literal["train", "validation"]
"""The test part is not looked at: what is learned from looking would no longer be unseen."""

MOST_NUMBERS = 2**20
"""Numbers that a layer gives for one batch; of large outputs fewer samples go through at once."""

LARGEST_BATCH = 64
ENOUGH_S = 20.0
"""After so long a look makes do with the samples that went through."""


def give_up_after(seconds: float = ENOUGH_S) -> Callable[[], bool]:
    """Return what says, from now on, whether so much time has passed."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _never() -> bool:
    return False


class Inside:
    """A network in evaluation mode on the CPU, and samples of one part of its data.

    The samples are drawn once and for all, so that the first of them stand for the part as well as all.

    Args:
        project: The design.
        data: Its data.
        weights: A `state_dict` of the compiled network; those that training starts from if not given.
        folder: The project file's folder, where its initial weights lie.
        part: Of the data.
        samples: How many, at most.
        sample: Only this one of the part; one past the end begins anew.
        enough: Says when to make do with the samples that went through so far.
        cancelled: Says whether nobody waits any more.
        report: Told how many samples of how many went through.

    Attributes:
        network: With its blocks opened.
        rows: Which samples of the part went through; (N,) int64.
        available: How many the part has.
        seed: What a layer that draws numbers begins with.

    Raises:
        StudioError: The design has errors, the weights do not fit, the data do not fit or are none.
    """

    def __init__(
        self,
        project: Project,
        data: PreparedData,
        *,
        weights: Mapping[str, Tensor] | None = None,
        folder: Path | None = None,
        part: Part = "validation",
        samples: int = 256,
        sample: int | None = None,
        enough: Callable[[], bool] = _never,
        cancelled: Callable[[], bool] = _never,
        report: Callable[[float, float, str], None] = lambda done, total, label: None,
    ) -> None:
        self.seed = project.training.seed
        self.module = _module(project, weights, folder)
        self.network = inline(self.module).eval()
        self.data = data
        split = data.train if part == "train" else data.validation
        if not len(split):
            raise DataError(f"The {part} part of {data.dataset} is empty. Choose another part of the data.")
        self._split = shaped(split, fit.input_sample(project.graph), data)
        self.available = len(split)
        draw = torch.Generator().manual_seed(0)
        self.rows = torch.randperm(self.available, generator=draw)[:samples]
        if sample is not None:
            self.rows = torch.tensor([sample % self.available])
        self._enough, self._cancelled, self._report = enough, cancelled, report
        self._sizes: dict[str, int] = {}

    @property
    def split(self) -> Split:
        """The part of the data, in the shape that the network takes."""
        return self._split

    @property
    def labels(self) -> Tensor:
        """Class of each sample; -1 where samples have none.

        Shape:
            returns: (N,) int64
        """
        if not self.data.classes or self._split.targets.dim() != 1:
            return torch.full((len(self.rows),), -1)
        return self._split.targets[self.rows]

    def inputs_of_first(self, count: int) -> Tensor:
        """Return the first samples, as a batch."""
        return self._split.take(self.rows[:count])[0]

    def node(self, name: str) -> fx.Node:
        """Return what a drawn node became."""
        return node_of(self.network, name)

    def given(self, name: str, inputs: Tensor) -> Tensor:
        """Return what a node gives for a batch.

        Raises:
            ProbeError: It gives no tensor, or nothing that belongs to single samples.
        """
        with self.running():
            output = flat_output_of(self.network, name, [inputs] * num_inputs(self.network))
        if not output.dim() or len(output) != len(inputs):
            raise ProbeError(
                f'What "{name}" gives does not belong to single samples: for {len(inputs)} it is '
                f"{tuple(output.shape)}. Choose a layer behind it."
            )
        return output

    @contextmanager
    def running(self) -> Iterator[None]:
        """While the network runs: what a layer draws is its own, and what torch refuses is said in words.

        Raises:
            ProbeError: The network does not take the samples.
        """
        try:
            with own_draws(self.seed):
                yield
        except RuntimeError as error:
            first = str(error).strip().partition("\n")[0]
            raise ProbeError(
                f"The network cannot be run on samples of {self.data.dataset}: {first}. A network with "
                "several inputs is given the same sample at each."
            ) from error

    def outputs(self, name: str) -> Iterator[Tensor]:
        """Give what a node makes of the samples, batch by batch; `rows` loses those that were not reached.

        Raises:
            DataError: It was cancelled.
        """
        size = self._sizes.get(name) or self._size_for(name)
        for start in range(0, len(self.rows), size):
            if self._cancelled():
                raise DataError("Cancelled.")
            self._report(start, len(self.rows), "samples")
            if start and self._enough():
                self.rows = self.rows[:start]
                break
            yield self.given(name, self._split.take(self.rows[start : start + size])[0])
        self._enough = _never  # whoever asks once more is to get the same samples

    def _size_for(self, name: str) -> int:
        """Return how many samples go through at once, from what two need."""
        two = self.inputs_of_first(2)  # a single one could be mistaken for a batch
        numbers = max(self.given(name, two).numel(), two.numel(), 1) // len(two)
        self._sizes[name] = min(max(MOST_NUMBERS // max(numbers, 1), 1), LARGEST_BATCH)
        return self._sizes[name]


def units_of(inside: Inside, name: str, reduction: Reduction = "mean") -> UnitsFound:
    """Return what the units of a node give for the samples, and how they go together.

    Raises:
        ProbeError: The network computes no such node, or it gives no tensor.
    """
    node = inside.node(name)
    last = has_units_last(node, inside.network)
    return relations(
        unit_values(lambda: inside.outputs(name), last=last, reduction=reduction, slope=_slope(inside, node))
    )


def _slope(inside: Inside, node: fx.Node) -> Slope | None:
    found = slope_of(node, inside.network)
    if found is None:
        return None
    slope, layer = found
    return lambda output: slope(output, layer)


def _module(project: Project, weights: Mapping[str, Tensor] | None, folder: Path | None) -> fx.GraphModule:
    """Return the network with its weights."""
    with own_draws(project.training.seed):
        module = lower.build(project.graph).module
    training = project.training
    if weights is not None:
        fill(module, dict(weights))
    elif training.initial_weights:
        initial_weights.fill(module, training.initial_weights, folder, training.weights_match)
    if not num_inputs(module):
        raise ProbeError("The network has no input. Add an input layer and wire it up.")
    return module.eval()
