"""All that goes wrong in a case, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

from studio.doctor import closer, design, gradients, learning, units
from studio.doctor.case import Case
from studio.doctor.finding import Finding
from studio.graph.problems import SEVERITIES

Check: TypeAlias = Callable[[Case], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    learning.diverges,
    gradients.gradient_explodes,
    gradients.gradients_by_depth,
    gradients.steps_of_a_wrong_size,
    gradients.weights_that_stay,
    units.dead_units,
    units.saturated_units,
    closer.units_that_ignore_the_input,
    closer.units_that_say_the_same,
    closer.evaluation_apart_from_training,
    learning.jumps_about,
    learning.overfits,
    learning.underfits,
    learning.first_loss,
    units.inputs_not_normalized,
    design.softmax_twice,
    design.classes_out_of_balance,
    closer.gradient_is_noise,
    design.norm_after_activation,
    design.dropout_before_norm,
)


_STILL = frozenset({"diverges", "dead-units", "saturated-units", "vanishing-gradient"})

EXPLAINED: dict[str, frozenset[str]] = {
    "steps-too-small": _STILL,
    "gradient-noise": _STILL,
    "oscillates": frozenset({"diverges", "exploding-gradient", "steps-too-large"}),
    "underfits": _STILL | {"exploding-gradient", "steps-too-large", "steps-too-small"},
}
"""What is only a consequence, and would be answered by the wrong remedy, where one of these is found."""


def diagnose(case: Case) -> list[Finding]:
    """Return what goes wrong, the worst first; nothing is said twice of one node, nor a consequence told."""
    found: dict[tuple[str, str], Finding] = {}
    for finding in chain.from_iterable(check(case) for check in CHECKS):
        remedies = tuple(one for one in finding.remedies if one.fixes or one.settings or one.data)
        found.setdefault((finding.code, finding.node), replace(finding, remedies=remedies))
    causes = {code for (code, _), finding in found.items() if finding.severity != "info"}
    told = [finding for finding in found.values() if not EXPLAINED.get(finding.code, frozenset()) & causes]
    return sorted(told, key=lambda finding: SEVERITIES.index(finding.severity))
