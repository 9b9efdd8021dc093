"""What is wrong with gradients and updates: they vanish, explode, are missing, or are too large or small."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from studio.doctor.case import Case
from studio.doctor.finding import Finding, Remedy
from studio.doctor.words import number
from studio.graph.block import FROZEN
from studio.graph.node import Node
from studio.graph.problems import Fix
from studio.runs.records import Array

LOOKS = 8
"""The newest looks that are taken together."""

LEAST_LOOKS, LEAST_LAYERS = 3, 4

DECADES = 3.0
"""Powers of ten between the gradients of the first layers and the last from which it is told."""

HUGE = 1e3
"""Norm of the whole gradient beyond which a step is wild, at usual learning rates."""

SLOW = 1e-6
"""Update over weight at which nothing moves; 1e-3 is usual."""

WILD = 0.1

SATURATING = ("Sigmoid", "Tanh", "Hardsigmoid", "Hardtanh", "Softsign")


def gradients_by_depth(case: Case) -> Iterator[Finding]:
    """Find gradients that shrink or grow by orders of magnitude from the last layer to the first."""
    names, sizes = _weights(case)
    found = case.norms.newest(LOOKS).gradients
    if len(names) < LEAST_LAYERS or len(found) < LEAST_LOOKS:
        return
    columns = [case.norms.parameters.index(name) for name in names]
    with np.errstate(divide="ignore", invalid="ignore"):
        # Per number, so that a wide layer's norm is not taken for a large gradient.
        heights = np.log10(np.nanmedian(found[:, columns], axis=0) / np.sqrt(sizes))
    known = np.isfinite(heights)
    if known.sum() < LEAST_LAYERS:
        return
    places = np.arange(len(names))[known]
    slope = float(np.polyfit(places, heights[known], 1)[0])
    decades = slope * (places[-1] - places[0])
    first, last = names[places[0]], names[places[-1]]
    ratio = 10.0 ** abs(float(heights[places[-1]] - heights[places[0]]))
    node = _node_of(case, first)
    if decades >= DECADES and ratio >= 10.0**DECADES:
        yield Finding(
            "error",
            "vanishing-gradient",
            "vanishing",
            f'The gradient of "{first}" is {number(ratio)} times smaller than that of "{last}", per '
            "number, over "
            f"{len(names)} layers.",
            "Going back through the layers the gradient was multiplied by something small each time: the "
            "first "
            "layers do not learn. ReLU with He's initialization, batch normalization or shortcuts keep "
            "its size.",
            "vanishing gradient",
            node.id if node else "",
            node.name if node else "",
            "gradients",
            (*_unsaturated(case), Remedy("Weights by He's initialization", _he(case))),
        )
    elif decades <= -DECADES and ratio >= 10.0**DECADES:
        yield _exploding(
            case, node, f'The gradient of "{first}" is {number(ratio)} times larger than that of "{last}".'
        )


def gradient_explodes(case: Case) -> Iterator[Finding]:
    """Find gradients that are huge or no numbers."""
    found = case.norms.newest(LOOKS).gradients
    if not len(found):
        return
    newest = found[-1]
    worst = [name for name, value in zip(case.norms.parameters, newest, strict=True) if np.isinf(value)]
    if worst:
        node = _node_of(case, worst[0])
        yield _exploding(case, node, f'The gradient of "{worst[0]}" is infinite.')
        return
    totals = np.sqrt(np.nansum(found.astype(np.float64) ** 2, axis=1))
    if len(totals) >= LEAST_LOOKS and float(np.median(totals)) >= HUGE:
        place = int(np.argmax(np.nan_to_num(newest, nan=-1.0)))
        node = _node_of(case, case.norms.parameters[place])
        yield _exploding(case, node, f"The norm of the whole gradient is {number(float(np.median(totals)))}.")


def weights_that_stay(case: Case) -> Iterator[Finding]:
    """Find layers whose weights do not change though nobody froze them."""
    newest = case.norms.newest(LOOKS)
    updates, gradients = newest.updates, newest.gradients
    if len(updates) < LEAST_LOOKS:
        return
    told: set[str] = set()
    for column, name in enumerate(case.norms.parameters):
        node = _node_of(case, name)
        if node is None or node.id in told or node.arguments.get(FROZEN) is True:
            continue
        if updates[:, column].any():
            continue
        told.add(node.id)
        missing = bool(np.isnan(gradients[:, column]).all())
        why = "It gets no gradient: nothing leads from it to the loss" if missing else "Its gradient is 0"
        yield Finding(
            "warning",
            "weights-stay",
            "does not learn",
            f'"{name}" has not changed in the last {len(updates)} steps that were looked at. {why}.',
            "A layer that nobody froze should move at every step. Units that are dead or saturated behind "
            "it, "
            "or a wire that leaves it out, keep the gradient away.",
            "unchanged weights",
            node.id,
            node.name,
            "gradients",
        )


def steps_of_a_wrong_size(case: Case) -> Iterator[Finding]:
    """Find updates that are far too large or small for the weights they change."""
    names, _ = _weights(case)
    ratios = case.norms.newest(LOOKS).ratios
    if not names or len(ratios) < LEAST_LOOKS:
        return
    columns = [case.norms.parameters.index(name) for name in names]
    moving = ratios[:, columns]
    moving = moving[np.isfinite(moving) & (moving > 0.0)]
    typical = float(np.median(moving)) if moving.size else 0.0
    lr = case.training.lr
    if typical >= WILD:
        yield Finding(
            "error",
            "steps-too-large",
            "steps too large",
            f"A step changes weights by {number(100 * typical)} % of their size; about 0.1 % is usual.",
            "Weights that change so much at each step cannot settle. Lower the learning rate.",
            "learning rate too high",
            look="gradients",
            remedies=(Remedy(f"Lower lr to {number(lr / 10)}", settings=(("lr", lr / 10),)),),
        )
    elif 0.0 < typical < SLOW:
        yield Finding(
            "warning",
            "steps-too-small",
            "steps too small",
            f"A step changes weights by {number(100 * typical)} % of their size; about 0.1 % is usual.",
            "At this pace training takes thousands of times as long as it needs to. Raise the learning rate.",
            "learning rate too low",
            look="gradients",
            remedies=(Remedy(f"Raise lr to {number(lr * 10)}", settings=(("lr", lr * 10),)),),
        )


def _exploding(case: Case, node: Node | None, evidence: str) -> Finding:
    lr = case.training.lr
    clip = Remedy("Clip the gradient at norm 1", settings=(("max_grad_norm", 1.0),))
    return Finding(
        "error",
        "exploding-gradient",
        "exploding",
        evidence,
        "One such step throws the weights far away from all that was learned. Clipping bounds the step; "
        "smaller "
        "initial weights, batch normalization or a lower learning rate remove the cause.",
        "exploding gradient",
        node.id if node else "",
        node.name if node else "",
        "gradients",
        (clip, Remedy(f"Lower lr to {number(lr / 10)}", settings=(("lr", lr / 10),))),
    )


def _weights(case: Case) -> tuple[list[str], Array]:
    """Return the weights that layers multiply by, in the order of computation, and their sizes."""
    timeline = case.norms
    places = [place for place in range(len(timeline.parameters)) if timeline.multiplies(place)]
    return [timeline.parameters[place] for place in places], timeline.sizes[places]


def _node_of(case: Case, parameter: str) -> Node | None:
    return case.named(parameter.rpartition(".")[0])


def _unsaturated(case: Case) -> tuple[Remedy, ...]:
    """Return the remedy that makes all saturating activations of the design ReLUs, if there are any."""
    found = [node for node in case.nodes if node.kind in SATURATING and case.readers(node)]
    found = [node for node in found if "/" not in node.id]
    if not found:
        return ()
    what = f"{len(found)} activations" if len(found) > 1 else f'"{found[0].name}"'
    fixes = tuple(Fix("", "replace", node.id, kind="ReLU") for node in found)
    return (Remedy(f"Replace {what} by ReLU", fixes),)


def _he(case: Case) -> tuple[Fix, ...]:
    """Return the edits that initialize all layers with weights as He et al. 2015 do."""
    fixes = []
    for node in case.nodes:
        is_layer = case.family(node) in ("linear", "convolution") and "/" not in node.id
        if is_layer and node.arguments.get("weight_init") != "kaiming_normal":
            fixes.append(Fix("", "set", node.id, argument="weight_init", value="kaiming_normal"))
    return tuple(fixes)
