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


Action: TypeAlias = Literal[
    "insert", "set", "rename", "disconnect", "replace", "remove", "feed", "append", "trust"
]


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A layer that a fix puts behind the one it names itself."""

    kind: str
    arguments: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit that would mend a problem; `studio.graph.fixes.apply_fix` makes it, in one step.

    Attributes:
        label: What the button says: ``Insert Flatten``.
        action: ``insert`` puts a node of `kind`, and behind it those of `then`, on the wire into (`node`,
            `port`), and sets
            `argument` of `node` to `value` if one is named; ``set`` sets `argument` of `node` to `value`, and
            all `arguments`; ``rename`` calls
            `node` `value`; ``disconnect`` takes off the wires into (`node`, `port`) that the port cannot
            take; ``replace`` makes `node` one of `kind`, which keeps the arguments that it knows and takes
            over `arguments`; ``remove`` takes `node` out and closes the gap; ``feed`` wires
            a node to (`node`, `port`): the output `argument` of the one whose id is `value`, else one of
            `kind`, which is there with the same arguments or is new; ``append``
            puts a node of `kind` behind the output `port` of `node`, and a target at it if it compares;
            ``trust`` is no edit: a person reads the code of `node`, and may then trust it.
        index: Which of the wires into the port is meant, where it takes several.
        others: Further nodes of the same level for which ``set`` does the same.
    """

    label: str
    action: Action
    node: str
    port: str = ""
    kind: str = ""
    argument: str = ""
    value: Value = None
    arguments: tuple[tuple[str, Value], ...] = ()
    index: int = 0
    then: tuple[NewLayer, ...] = ()
    others: tuple[str, ...] = ()


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
        fixes: The suggestion as an edit, the best first; several where a person has to choose.
        line: The line of the node's code that it is about, from 1; 0 where there is no code.
    """

    severity: Severity
    code: str
    message: str
    node: str = ""
    port: str = ""
    argument: str = ""
    suggestion: str = ""
    nodes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    line: int = 0

    @property
    def fix(self) -> Fix | None:
        """The best of its fixes, if there is one."""
        return self.fixes[0] if self.fixes else None


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
