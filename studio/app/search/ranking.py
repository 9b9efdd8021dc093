"""Which layer a person most likely wants: fit to the port first, then what is typed, then what is usual.

A name typed in full comes first, whether it fits or not: the person knows what it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from studio.app.search.fit import Anchor, Fit, Level, fit
from studio.app.search.matching import Match, Tier, match, worst_shown
from studio.app.search.usage import Usage
from studio.catalog.spec import LayerSpec
from studio.graph.port import Role
from studio.zoo.habits import Habits

NO_HABITS = Habits()
OWN_NETWORK, ZOO, USE = 2.0, 1.5, 1.0
"""How much it says that the network at hand, the zoo, and the person do it so."""

SAME_FAMILY = 2.0
"""How much it says that a layer is of the family wanted."""

FIRST_INPUT = 3.0
"""How much it says that a network has no input yet."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a layer is wanted.

    Attributes:
        anchors: Ports to wire it to, the first preferred; none for a layer that stands alone.
        has_input: The network has a layer where data enter.
        refused: Why some kinds cannot be here at all, by kind.
        own: Habits of the network at hand.
        judge: Says how a layer fits, where that is another question than which wire it takes.
        like: Layers of this family are wanted rather than others.
    """

    anchors: tuple[Anchor, ...] = ()
    has_input: bool = True
    refused: Mapping[str, str] = field(default_factory=dict)
    own: Habits = NO_HABITS
    judge: Callable[[LayerSpec], Fit] | None = None
    like: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A layer that could be added.

    Attributes:
        spec: The layer, or a block's instance.
        fit: How it fits.
        match: How it answers to what was typed.
        pinned: The person wants it first.
    """

    spec: LayerSpec
    fit: Fit
    match: Match
    pinned: bool = False


def rank(
    specs: Iterable[LayerSpec], query: str, context: Context, usage: Usage, zoo: Habits = NO_HABITS
) -> list[Candidate]:
    """Return the layers that answer to a query, what is wanted most likely first.

    Layers that do not fit are there too, at the end, with the reason. Where some are called what was typed,
    those that merely mention it are left out: one that fits would come before the one that was meant.
    """
    pins = {kind: place for place, kind in enumerate(usage.pinned)}
    found = [
        Candidate(spec, _fit_in(spec, context), matched, spec.kind in pins)
        for spec in specs
        if (matched := match(spec, query)) is not None
    ]
    worst = worst_shown((candidate.match for candidate in found), named=True)
    shown = [candidate for candidate in found if candidate.match.tier <= worst]
    usual = _usual(context, usage, zoo)
    typed = bool(query.strip())

    def key(candidate: Candidate) -> tuple[float, ...]:
        fits, matched = candidate.fit, candidate.match
        named = typed and matched.tier == Tier.EXACT
        return (
            not named,
            fits.level,
            matched.tier,
            pins.get(candidate.spec.kind, len(pins)),
            matched.slack if matched.tier >= Tier.SYNONYM else 0,
            -usual(candidate.spec),
            matched.slack,
        )

    return sorted(shown, key=key)


def _fit_in(spec: LayerSpec, context: Context) -> Fit:
    reason = context.refused.get(spec.kind, "")
    if reason:
        return Fit(Level.REFUSED, reason=reason)
    return context.judge(spec) if context.judge is not None else fit(spec, context.anchors)


def _usual(context: Context, usage: Usage, zoo: Habits) -> Callable[[LayerSpec], float]:
    """Return a function from a layer to how usual it would be here; 0 for what nobody does."""
    anchors, first = context.anchors, not context.has_input

    def pairs(habits: Habits, kind: str) -> float:
        return max((_pair(habits, anchor, kind) for anchor in anchors), default=0.0)

    def usual(spec: LayerSpec) -> float:
        habit = ZOO * pairs(zoo, spec.kind) + OWN_NETWORK * pairs(context.own, spec.kind)
        if not anchors:
            habit = zoo.popularity(spec.kind)
        if first and _begins(spec.role):
            habit += FIRST_INPUT + zoo.starting(spec.kind)
        if spec.family == context.like:
            habit += SAME_FAMILY
        return habit + USE * usage.weight(spec.kind) + zoo.popularity(spec.kind) / 100

    return usual


def _pair(habits: Habits, anchor: Anchor, kind: str) -> float:
    if anchor.side == "output":
        return habits.following(anchor.kind, kind)
    return habits.leading(anchor.kind, kind)


def _begins(role: Role) -> bool:
    return role == "input"
