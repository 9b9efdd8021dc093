"""What the curves say: divergence, a wrong learning rate, too little and too much fitted."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from studio.doctor.case import Case
from studio.doctor.finding import Finding, Remedy
from studio.doctor.words import number, percent
from studio.graph.node import Node
from studio.graph.problems import Fix
from studio.runs.records import Array, EpochEnded

LEAST_STEPS = 20

WORSE = 2.0
"""Times the first losses that the last may be before a run has diverged."""

RESTLESS = 0.35
"""Mean change of the loss from step to step over the loss itself, at which it jumps about."""

LEAST_EPOCHS = 5

GAP = 0.1
"""How much higher the training accuracy may be than validation's, in [0, 1]."""

RISE = 1.15
"""Times the lowest validation loss that the newest may be."""

POOR = 0.8
"""Training accuracy below which a network that stands still has not fitted its data."""

FAR = 1.5
"""Times the loss of guessing among the classes, above which steps are too large rather than too small."""

ADAPTIVE = ("adam", "adamw", "nadam", "rmsprop")
USUAL_LR = 1e-3
"""Optimizers whose steps do not grow with the gradient, and the learning rate that is usual for them."""


def diverges(case: Case) -> Iterator[Finding]:
    """Find losses that are no numbers, or end far above where they began."""
    losses = case.losses
    if not len(losses):
        return
    bad = np.flatnonzero(~np.isfinite(losses))
    start = _start(losses)
    if bad.size:
        evidence = f"The loss is {number(float(losses[bad[0]]))} at step {int(case.steps[bad[0]]):,}."
    elif len(losses) >= LEAST_STEPS and _end(losses) > WORSE * start:
        evidence = f"The loss rose from {number(start)} to {number(_end(losses))}."
    else:
        return
    lr = case.training.lr
    yield Finding(
        "error",
        "diverges",
        "diverges",
        evidence,
        "Steps so large that they overshoot make the loss grow instead of fall. The lecture divides the "
        "learning "
        "rate by 2 until it does not.",
        "divergence",
        remedies=(
            Remedy(f"Lower lr to {number(lr / 10)}", settings=(("lr", lr / 10),)),
            Remedy("Clip the gradient at norm 1", settings=(("max_grad_norm", 1.0),)),
        ),
    )


def jumps_about(case: Case) -> Iterator[Finding]:
    """Find losses that jump about without coming down any more."""
    losses = case.losses[np.isfinite(case.losses)]
    if len(losses) < 10 * LEAST_STEPS or len(losses) != len(case.losses):
        return
    last, before = losses[-len(losses) // 4 :], losses[-len(losses) // 2 : -len(losses) // 4]
    level = float(np.median(last))
    restless = float(np.abs(np.diff(last)).mean()) / max(level, 1e-12)
    stands = level > 0.9 * float(np.median(before)) and level > 0.2 * _start(losses)
    if restless < RESTLESS or not stands:
        return
    lr = case.training.lr
    yield Finding(
        "warning",
        "oscillates",
        "loss jumps about",
        f"From one step to the next the loss changes by {percent(restless)} of its value, and it does not "
        "fall "
        f"any more: {number(float(np.median(before)))} before, {number(level)} now.",
        "The steps are too large to settle, or the batches too small to agree. Lower the learning rate, "
        "let it "
        "decay, or take larger batches.",
        "learning rate too high",
        remedies=(
            Remedy(f"Lower lr to {number(lr / 4)}", settings=(("lr", lr / 4),)),
            Remedy(
                f"Batches of {4 * case.training.batch_size}",
                settings=(("batch_size", 4 * case.training.batch_size),),
            ),
        ),
    )


def first_loss(case: Case) -> Iterator[Finding]:
    """Find first losses that are not those of guessing among the classes."""
    classes = case.classes
    if classes < 2 or not len(case.losses) or int(case.steps[0]) != 1 or case.training.initial_weights:
        return
    first, guess = float(case.losses[0]), math.log(classes)
    if not math.isfinite(first) or 0.5 * guess <= first <= 1.6 * guess + 0.3:
        return
    loss = next((node for node in case.nodes if case.family(node) == "loss"), None)
    yield Finding(
        "warning",
        "first-loss",
        f"starts at {number(first)}",
        f"The first loss is {number(first)}. Guessing among {classes} classes costs ln {classes} = "
        f"{number(guess)}.",
        "Before the first step a network knows nothing and should be unsure. A much larger loss comes "
        "from scores "
        "that are too large (inputs that are not normalized, weights that start too large); a smaller one "
        "from "
        "data that give the answer away.",
        "loss at the start",
        loss.id if loss else "",
        loss.name if loss else "",
    )


def overfits(case: Case) -> Iterator[Finding]:
    """Find networks that know their training data much better than others."""
    epochs = case.epochs
    if len(epochs) < LEAST_EPOCHS:
        return
    newest, best = epochs[-1], min(epochs, key=lambda epoch: epoch.val_loss)
    gap = newest.train_accuracy - newest.val_accuracy
    rises = newest.val_loss > RISE * best.val_loss and newest.epoch - best.epoch >= 3
    apart = newest.val_loss > 1.5 * newest.train_loss
    if not (gap >= GAP if math.isfinite(gap) else rises and apart):
        return
    evidence = (
        f"After epoch {newest.epoch} {percent(newest.train_accuracy)} of the training samples are right and "
        f"{percent(newest.val_accuracy)} of the validation samples."
        if math.isfinite(gap)
        else f"The validation loss was {number(best.val_loss)} after epoch {best.epoch} and is "
        f"{number(newest.val_loss)} now; the training loss is {number(newest.train_loss)}."
    )
    yield Finding(
        "warning",
        "overfits",
        "overfits",
        evidence,
        "The network learns its samples by heart: high variance, low bias. The lecture's remedy is to "
        "regularise: dropout, weight decay, unsupervised pre-training, more data, or to stop earlier.",
        "overfitting",
        remedies=_regularizing(case),
    )


def underfits(case: Case) -> Iterator[Finding]:
    """Find networks that stand still before they know even their training data."""
    epochs = case.epochs
    if len(epochs) < LEAST_EPOCHS or any(not math.isfinite(epoch.train_loss) for epoch in epochs):
        return
    newest, earlier = epochs[-1], epochs[-4]
    stands = earlier.train_loss - newest.train_loss < 0.03 * abs(earlier.train_loss)
    if not stands or not _is_poor(newest, epochs[0]) or next(overfits(case), None) is not None:
        return
    known = math.isfinite(newest.train_accuracy)
    share = f" and {percent(newest.train_accuracy)} of the training samples are right" if known else ""
    evidence = f"The training loss stands at {number(newest.train_loss)} since epoch {earlier.epoch}{share}."
    guess = math.log(max(case.classes, 1))
    if guess and newest.train_loss > FAR * guess:
        yield _thrown_about(case, f"{evidence} Guessing costs ln {case.classes} = {number(guess)}.")
        return
    yield Finding(
        "warning",
        "underfits",
        "underfits",
        evidence,
        "The network does not fit even the data that it sees: optimise better. The lecture names batch "
        "normalization, second-order methods, faster machines; a larger learning rate, or a larger network, "
        "may do.",
        "underfitting",
        remedies=_optimizing(case),
    )


def _thrown_about(case: Case, evidence: str) -> Finding:
    """Return what is said of a network that is far worse than one that knows nothing."""
    lr = case.training.lr
    lower = USUAL_LR if case.training.optimizer in ADAPTIVE and lr > 10 * USUAL_LR else lr / 10
    return Finding(
        "warning",
        "underfits",
        "underfits",
        evidence,
        "A network that knows nothing does better by being unsure. A loss so far above that of guessing, and "
        "which does not fall, comes of steps so large that the weights are thrown about: take a smaller "
        "learning rate.",
        "learning rate too high",
        remedies=(Remedy(f"Lower lr to {number(lower)}", settings=(("lr", lower),)),),
    )


def _is_poor(newest: EpochEnded, first: EpochEnded) -> bool:
    if math.isfinite(newest.train_accuracy):
        return newest.train_accuracy < POOR
    return newest.train_loss > 0.5 * first.train_loss


def _regularizing(case: Case) -> tuple[Remedy, ...]:
    found = []
    last = _last_linear(case)
    if last is not None and not any(node.kind.startswith("Dropout") for node in case.nodes):
        fix = Fix("", "insert", last.id, "input", "Dropout")
        found.append(Remedy(f'Insert Dropout before "{last.name}"', (fix,)))
    if case.training.weight_decay == 0.0:
        found.append(Remedy("weight_decay 0.0005", settings=(("weight_decay", 5e-4),)))
    if case.training.patience == 0:
        found.append(Remedy("Stop early: patience 5", settings=(("patience", 5),)))
    return tuple(found)


def _optimizing(case: Case) -> tuple[Remedy, ...]:
    found = []
    if case.training.optimizer == "sgd" and case.training.momentum == 0.0:
        found.append(Remedy("momentum 0.9", settings=(("momentum", 0.9),)))
    if case.training.optimizer == "sgd":
        found.append(Remedy("AdamW at lr 0.001", settings=(("optimizer", "adamw"), ("lr", 1e-3))))
    kinds = {"Linear": "BatchNorm1d", "Conv2d": "BatchNorm2d"}
    fixes = []
    for node in case.nodes:
        before = case.before(node) if case.family(node) == "activation" else None
        if before is not None and before.kind in kinds and "/" not in node.id:
            fixes.append(Fix("", "insert", node.id, "input", kinds[before.kind]))
    if fixes:
        found.append(Remedy("Insert batch normalization before the activations", tuple(fixes)))
    return tuple(found)


def _last_linear(case: Case) -> Node | None:
    linear = [node for node in case.nodes if node.kind == "Linear" and "/" not in node.id]
    return linear[-1] if len(linear) > 1 else None


def _start(losses: Array) -> float:
    """Return the loss that a run began with: of the first step, or the first few in the middle."""
    first = losses[: max(1, min(5, len(losses) // 4))]
    first = first[np.isfinite(first)]
    return float(np.median(first)) if first.size else math.nan


def _end(losses: Array) -> float:
    return float(np.median(losses[-max(5, len(losses) // 10) :]))
