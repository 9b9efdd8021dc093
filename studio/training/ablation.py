"""Ablation: what a trained network loses when layers are taken out of it, without training again.

The lecture's experiment (Zeiler & Fergus on AlexNet) on whatever is open: each variant closes the gap, sizes
downstream are read off the wires anew, and the weights that are left are kept as they were trained.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from torch import Tensor

from studio.catalog import registry
from studio.compiler import lower
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.draws import own_draws
from studio.compiler.shapes import ShapeEngine
from studio.data.prepare import PreparedData, prepare
from studio.errors import DataError, StudioError, TrainingError, ZooError
from studio.graph.graph import Graph
from studio.graph.problems import listing
from studio.project.project import Project
from studio.training import devices
from studio.training.evaluating import Part, evaluate_weights
from studio.zoo.actions.ablation import LeftOut, leave_out
from studio.zoo.actions.removable import removable

Shape: TypeAlias = tuple[int, ...] | None

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Variant:
    """A network with something left out.

    Attributes:
        without: Dotted names of what was left out; empty: the network as it was trained.
        depth: Convolutions and linear layers on the longest way through it; 0 if it is no network any more.
        parameters: Learnable numbers.
        error: Share of samples whose class is not the one with the largest score; NaN where it was not
            measured, and of networks that are no classifiers.
        loss: Mean over samples; NaN where it was not measured.
        note: Why it was not measured; empty where it was.
    """

    without: tuple[str, ...]
    depth: int = 0
    parameters: int = 0
    error: float = math.nan
    loss: float = math.nan
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ablation:
    """What an ablation found.

    Attributes:
        part: Of the data that was measured.
        samples: How many there are in it.
        variants: The trained network first.
    """

    part: Part
    samples: int
    variants: tuple[Variant, ...]


def ablate(
    project: Project,
    weights: Mapping[str, Tensor],
    variants: Sequence[Sequence[str]] | None = None,
    folder: Path | None = None,
    *,
    followers: bool = True,
    part: Part = "validation",
    device: str | None = None,
    report: Callable[[float, float, str], None] = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Ablation:
    """Measure a trained network, and the same with layers left out.

    Args:
        project: Design, data and settings.
        weights: A `state_dict` of the compiled network.
        variants: Dotted names of what is left out of each, ``layer2.1.conv1`` in one copy of a block. If not
            given, each layer with weights by itself; a block that is used several times counts as one.
        folder: The project file's folder, where a relative data folder starts.
        followers: Leave out the activation, normalization and dropout after each of them, too.
        part: Of the data.
        device: Instead of the project's.
        report: Is told how many networks were measured, of how many.
        cancelled: Is asked after every batch.

    Raises:
        StudioError: The trained network cannot be measured, or it was cancelled.
    """
    if variants is None:
        variants = [(one.name,) for one in removable(project.graph) if one.is_usual]
    place = devices.resolve(device or project.training.device)
    data = prepare(project.data, folder, place)
    outputs = _outputs(project.graph, analyse(project.graph))
    bench = _Bench(project, dict(weights), folder, part, str(place), data, outputs)
    found: list[Variant] = []
    for number, without in enumerate([(), *variants]):
        report(number, len(variants) + 1, f"without {listing(list(without))}" if without else "as trained")
        if cancelled():
            raise DataError("Cancelled.")
        found.append(bench.measure(tuple(dict.fromkeys(without)), followers, cancelled))
    if found[0].note:
        raise TrainingError(found[0].note)
    return Ablation(part, len(getattr(bench.data, part)), tuple(found))


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all variants of a network are measured with."""

    project: Project
    weights: dict[str, Tensor]
    folder: Path | None
    part: Part
    device: str
    data: PreparedData
    outputs: list[Shape]
    engine: ShapeEngine = field(default_factory=ShapeEngine)

    def measure(self, without: tuple[str, ...], followers: bool, cancelled: Callable[[], bool]) -> Variant:
        """Return what is left of a network, and how good it is."""
        try:
            rest = leave_out(self.project.graph, without, followers)
        except ZooError as error:
            return Variant(without, note=error.message)
        graph = rest.graph
        analysis = analyse(graph, engine=self.engine)
        if not analysis.ok:
            return Variant(
                without,
                note=f"What is left does not fit together: {rest.words_before(analysis.problems[0].message)}",
            )
        left = Variant(without, analysis.totals.depth, analysis.totals.parameters)
        gave, gives = self.outputs, _outputs(graph, analysis)
        if gave != gives:
            return replace(left, note=f"It would give {_shapes(gives)} a sample, and gave {_shapes(gave)}.")
        kept, misfits = self._kept(rest)
        if misfits:
            return replace(left, note=_misfit_words(misfits))
        return self._evaluated(left, graph, kept, cancelled)

    def _kept(self, rest: LeftOut) -> tuple[dict[str, Tensor], list[str]]:
        """Return the trained weights of a variant, and what has another shape than it was trained with."""
        with own_draws():
            wanted = lower.compile(rest.graph, self.engine).state_dict()
        before = {name: self.weights.get(rest.name_before(name)) for name in wanted}
        kept = {name: value for name, value in before.items() if value is not None}
        misfits = [
            rest.name_before(name)
            for name, value in wanted.items()
            if name not in kept or _differs(kept[name], value)
        ]
        return kept, misfits

    def _evaluated(
        self, left: Variant, graph: Graph, kept: dict[str, Tensor], cancelled: Callable[[], bool]
    ) -> Variant:
        project = replace(self.project, graph=graph)
        try:
            found = evaluate_weights(
                project, kept, self.folder, self.part, self.device, cancelled=cancelled, data=self.data
            )
        except StudioError as error:
            if cancelled():
                raise
            return replace(left, note=error.message)
        error_rate = found.top1.value if found.top1 is not None else math.nan
        return replace(left, error=error_rate, loss=found.loss)


def _outputs(graph: Graph, analysis: Analysis) -> list[Shape]:
    """Return the shapes of what a network gives, without the batch dimension."""
    losses = [node for node in graph.ordered() if (spec := registry.find(node.kind)) and spec.role == "loss"]
    found: list[Shape] = []
    for node_id, port in lower.output_sources(graph, losses):
        source = analysis.expansion.source(node_id, port)
        kind = analysis.shapes.outputs.get(source) if source is not None else None
        found.append(kind.shape if kind is not None else None)
    return found


def _shapes(shapes: Sequence[Shape]) -> str:
    return " and ".join("×".join(map(str, shape)) if shape else "one number" for shape in shapes)


def _differs(trained: Tensor, wanted: Tensor) -> bool:
    return trained.shape != wanted.shape


def _misfit_words(misfits: Sequence[str]) -> str:
    """Say which layers cannot use the weights that they were trained with."""
    owners = list(dict.fromkeys(name.rpartition(".")[0] for name in misfits))
    more = " …" if len(owners) > MOST_NAMED else ""
    return (
        f"{listing(owners[:MOST_NAMED])}{more} would take inputs of another size, so the trained weights do "
        "not fit: only training again can tell."
    )
