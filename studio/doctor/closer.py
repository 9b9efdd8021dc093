"""What a closer examination shows of units, of evaluation apart from training, and of gradient noise."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.doctor.finding import Finding, Remedy
from studio.doctor.words import number, percent
from studio.graph.node import Node
from studio.graph.problems import Fix, listing

if TYPE_CHECKING:
    from studio.doctor.case import Case

IGNORING = 0.1
"""Share of a layer's units that give the same for every sample, from which it is told."""

ALIKE = 0.05
"""Share of a layer's units that another unit says the same as."""

WORSE, WORSE_BY = 1.5, 0.1
"""Factor and amount by which the loss in evaluation may be above that in training mode, of the same
samples."""

NOISY = 30.0
"""Times the part of a batch's gradient that all batches share, which its noise may be."""

LEARNED = 0.95
"""Training accuracy from which a gradient is noise for the good reason that little is left to learn."""


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the units of one layer do over some samples.

    Attributes:
        node: Dotted name.
        total: Units.
        constant: Numbers of those that give the same for every sample.
        pairs: Numbers of those whose correlation is beyond 0.99 either way, two by two.
    """

    node: str
    total: int
    constant: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]

    @property
    def copies(self) -> int:
        """How many units say nothing that another does not say."""
        leader: dict[int, int] = {}

        def first(unit: int) -> int:
            while leader.get(unit, unit) != unit:
                unit = leader[unit]
            return unit

        joined = 0
        for one, other in self.pairs:
            low, high = sorted((first(one), first(other)))
            if low != high:
                leader[high] = low
                joined += 1
        return joined


@dataclass(frozen=True, slots=True)
class Closer:
    """What was measured of a network at rest, with samples of its training data.

    Attributes:
        samples: That the units were looked at with.
        units: Of each layer that was looked at.
        train_loss: Mean over some batches in training mode, as they were trained on; NaN if not known.
        eval_loss: Of the same batches in evaluation mode.
        noise: Of a batch's gradient: mean squared distance from the mean gradient over the square of what all
            batches share; NaN if not known, infinity where they share nothing.
    """

    samples: int
    units: tuple[UnitFacts, ...] = field(default=())
    train_loss: float = math.nan
    eval_loss: float = math.nan
    noise: float = math.nan


def units_that_ignore_the_input(case: Case) -> Iterator[Finding]:
    """Find layers of which many units give the same whatever comes in; dead ones are told of elsewhere."""
    for node, facts in _layers(case):
        seen = case.outputs.get(node.name)
        if len(facts.constant) < max(IGNORING * facts.total, 2) or (seen is not None and seen.silent >= 0.3):
            continue
        share = len(facts.constant) / facts.total
        yield Finding(
            "warning",
            "ignores-input",
            f"{percent(share)} ignore the input",
            f'{len(facts.constant)} of the {facts.total} units of "{node.name}" give the same for all '
            f"{_samples(case)} samples: {_numbers(facts.constant)}.",
            "Such a unit says nothing about the input; what lies behind it could as well have a bias. "
            "Units die "
            "behind too large steps or biases, or were never needed: a narrower layer may do.",
            "units ignore the input",
            node.id,
            node.name,
            "units",
            (
                Remedy(
                    f"Lower lr to {number(case.training.lr / 4)}", settings=(("lr", case.training.lr / 4),)
                ),
            ),
        )


def units_that_say_the_same(case: Case) -> Iterator[Finding]:
    """Find layers of which many units are copies of others, up to a factor."""
    for node, facts in _layers(case):
        if facts.copies < max(ALIKE * facts.total, 2):
            continue
        shown = ", ".join(f"{one} and {other}" for one, other in facts.pairs[:5])
        more = f" and {len(facts.pairs) - 5} more pairs" if len(facts.pairs) > 5 else ""
        yield Finding(
            "warning",
            "duplicate-units",
            f"{facts.copies} copies",
            f'{facts.copies} of the {facts.total} units of "{node.name}" say what another one says, with a '
            f"correlation beyond 0.99: {shown}{more}.",
            "Features should be uncorrelated. Copies cost as much as others and add nothing: dropout "
            "keeps units "
            "from relying on each other, other initial weights start them apart, and a narrower layer may "
            "do.",
            "strongly correlated units",
            node.id,
            node.name,
            "correlation",
            _dropping(case, node),
        )


def evaluation_apart_from_training(case: Case) -> Iterator[Finding]:
    """Find networks that are worse in evaluation than in training, on the very same samples."""
    closer = case.closer
    if closer is None or not closer.eval_loss > WORSE * closer.train_loss + WORSE_BY:
        return
    norms = [node.name for node in case.nodes if node.kind.startswith("BatchNorm")]
    why = f"The statistics that {listing(norms)} keep are not those of the batches. " if norms else ""
    batch = Remedy("Batches of 64", settings=(("batch_size", 64),))
    yield Finding(
        "warning",
        "train-eval-difference",
        "differs in evaluation",
        f"On the same training samples the loss is {number(closer.train_loss)} in training mode and "
        f"{number(closer.eval_loss)} in evaluation mode.",
        f"{why}Small batches, few steps since the weights last moved far, or inputs that differ from "
        "batch to batch "
        "do that. Larger batches, or statistics found anew (Evaluation > Statistics), bring the two "
        "together.",
        "training and test mode of batch normalization",
        remedies=(batch,) if norms and case.training.batch_size < 32 else (),
    )


def gradient_is_noise(case: Case) -> Iterator[Finding]:
    """Find batches whose gradients agree on almost nothing while there is much left to learn."""
    closer = case.closer
    if closer is None or not closer.noise > NOISY:
        return
    accuracy = case.epochs[-1].train_accuracy if case.epochs else math.nan
    if accuracy >= LEARNED:
        return
    size = case.training.batch_size
    wanted = 4 * size
    found = "over a thousand times" if closer.noise > 1000 else f"{number(closer.noise)} times"
    yield Finding(
        "info",
        "gradient-noise",
        "noisy gradient",
        f"What differs between the gradients of batches of {size} is {found} as large as what they share, "
        "squared.",
        "Most of each step goes in a direction that the next step takes back. The variance falls with the "
        "size of "
        "the batch; a smaller learning rate averages over more batches (McCandlish et al. 2018).",
        "variance of the mini-batch gradient",
        look="gradients",
        remedies=(
            Remedy(f"Batches of {wanted}", settings=(("batch_size", wanted),)),
            _slower(case),
        ),
    )


def _dropping(case: Case, node: Node) -> tuple[Remedy, ...]:
    """Return the remedy that keeps the units of a layer from relying on each other, unless it is there."""
    edges = case.graph.outputs_of(node.id)
    reader = case.graph.node(edges[0].target) if len(edges) == 1 else None
    if reader is None or "/" in node.id or reader.kind.startswith(("Dropout", "BatchNorm")):
        return ()
    if case.family(node) != "activation" or case.family(reader) == "loss":
        return ()
    fix = Fix("", "insert", reader.id, edges[0].target_port, "Dropout")
    return (Remedy(f'Insert Dropout behind "{node.name}"', (fix,)),)


def _slower(case: Case) -> Remedy:
    lr = case.training.lr / 4
    return Remedy(f"Lower lr to {number(lr)}", settings=(("lr", lr),))


def _layers(case: Case) -> Iterator[tuple[Node, UnitFacts]]:
    for facts in case.closer.units if case.closer is not None else ():
        node = case.named(facts.node)
        if node is not None and facts.total:
            yield node, facts


def _samples(case: Case) -> str:
    return f"{case.closer.samples:,}" if case.closer is not None else "0"


def _numbers(units: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, units[:10]))
    return f"{shown} and {len(units) - 10} more" if len(units) > 10 else shown
