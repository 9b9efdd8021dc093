"""What is wrong with a graph, said so that a person can act on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.graph.node import Value

Severity: TypeAlias = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


MAX_NAMES = 5
"""How many names a message lists before it says how many more there are."""


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that would mend a problem; `studio.graph.edits.apply_fix` makes it.

    Attributes:
        label: What the button says: ``Insert Flatten``.
        action: ``insert`` puts a node of `kind` on the wire into (`node`, `port`); ``set`` sets
            `argument` of `node` to `value`; ``rename`` calls `node` `value`; ``disconnect`` takes off
            the wires into (`node`, `port`) that the port cannot take.
    """

    label: str
    action: Literal["insert", "set", "rename", "disconnect"]
    node: str
    port: str = ""
    kind: str = ""
    argument: str = ""
    value: Value = None
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, on the node it belongs to.

    Attributes:
        severity: An ``error`` keeps the network from being compiled.
        code: Stable short name, such as ``cycle`` or ``shape``.
        message: What is wrong, with the names the person gave.
        node: Id of the node; empty when it is about the whole graph or its data.
        port: Name of the port, if one is meant.
        argument: Name of the argument, if one is meant.
        suggestion: What to do about it.
        nodes: Further nodes involved, such as all nodes of a cycle.
        fix: The suggestion as an edit, where there is one.
    """

    severity: Severity
    code: str
    message: str
    node: str = ""
    port: str = ""
    argument: str = ""
    suggestion: str = ""
    nodes: tuple[str, ...] = ()
    fix: Fix | None = None


def has_errors(problems: Iterable[Problem]) -> bool:
    """Say whether any problem keeps the network from being compiled."""
    return any(problem.severity == "error" for problem in problems)


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, errors first, otherwise in the order found."""
    return sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))


def listing(names: Sequence[str]) -> str:
    """Return names as a sentence has them: ``"a", "b" and 3 more``."""
    shown = [f'"{name}"' for name in names[:MAX_NAMES]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
