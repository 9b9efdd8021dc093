"""When a step of the tour is done: functions of the window when the step began, and of what it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from studio.app.tour.snapshot import Snapshot

Condition: TypeAlias = Callable[[Snapshot, Snapshot], bool]
"""From the start of a step and now to whether it is done."""

ENDED = ("finished", "stopped", "failed")


def always(_start: Snapshot, _now: Snapshot) -> bool:
    """There is nothing to do."""
    return True


def selected(name: str) -> Condition:
    """Return the condition that the node of a name, and no other, is selected."""
    return lambda _start, now: now.selected == {name}


def argument_changed(name: str, argument: str) -> Condition:
    """Return the condition that an argument of a node has another value than before."""

    def changed(start: Snapshot, now: Snapshot) -> bool:
        before, after = start.node(name), now.node(name)
        if before is None or after is None:
            return False
        return before.arguments.get(argument) != after.arguments.get(argument)

    return changed


def added(kind: str) -> Condition:
    """Return the condition that there is a new node of a kind."""
    return lambda start, now: bool(now.kinds(kind) - start.kinds(kind))


def wired_to(kind: str, name: str) -> Condition:
    """Return the condition that a node of a kind feeds the node of a name."""

    def wired(_start: Snapshot, now: Snapshot) -> bool:
        target = now.node(name)
        if target is None:
            return False
        return any(edge.source in now.kinds(kind) for edge in now.graph.inputs_of(target.id))

    return wired


def broken(start: Snapshot, now: Snapshot) -> bool:
    """Say whether the network was changed so that it cannot be trained."""
    return now.has_errors and now.index != start.index


def mended(start: Snapshot, now: Snapshot) -> bool:
    """Say whether what was wrong is right again."""
    return now.is_known and not now.has_errors and now.index != start.index


def run_started(start: Snapshot, now: Snapshot) -> bool:
    """Say whether another run was begun."""
    return bool(now.run) and now.run != start.run


def epochs_seen(count: int) -> Condition:
    """Return the condition that so many epochs of the run are over, or the whole run."""
    return lambda _start, now: bool(now.run) and (now.epochs >= count or now.state in ENDED)


def looked_into(name: str, tab: str) -> Condition:
    """Return the condition that a panel is on show, about the node of a name."""
    return lambda _start, now: now.tab == tab and now.selected == {name}


def rate_changed(start: Snapshot, now: Snapshot) -> bool:
    """Say whether the learning rate is another."""
    return now.training.lr != start.training.lr


def undone(start: Snapshot, now: Snapshot) -> bool:
    """Say whether a step was taken back."""
    return now.index < start.index
