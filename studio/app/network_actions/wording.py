"""What an action would do, in words: its sentence before it is done, where it changes things, and sizes."""

from __future__ import annotations

import re

from studio.app.panels.amounts import count_text, counted, memory_text
from studio.app.units import cost_name, cost_of
from studio.engine.records import Summarised
from studio.graph.block import Block
from studio.graph.definitions import instances
from studio.graph.graph import Graph
from studio.graph.problems import Problem

_VERBS = {
    "Added": "Adds",
    "Deleted": "Deletes",
    "Multiplied": "Multiplies",
    "Removed": "Removes",
    "Replaced": "Replaces",
    "froze": "freezes",
    "set": "sets",
    "Switched": "Switches",
    "Turned": "Turns",
    "closed": "closes",
    "switched": "switches",
}
_MOST = 3
"""Blocks named before they are counted."""

UNKNOWN = "…"
MINUS = "−"

Line = tuple[str, str, str, str]
"""What is counted, now, after the action, and the difference."""


def would(text: str) -> str:
    """Return a sentence about what was done as one about what would be: ``Removed`` as ``Removes``."""
    return re.sub(r"^\w+|(?<= and )\w+", lambda found: _VERBS.get(found[0], found[0]), text)


def where(before: Graph, after: Graph) -> str:
    """Return which levels differ: ``In the block BasicBlock (4 uses) and the network itself.``"""
    names = [name for name in sorted(after.blocks) if _differs(before.blocks.get(name), after.blocks[name])]
    places = []
    if len(names) > _MOST:
        places.append(f"{len(names)} blocks")
    elif names:
        uses = [f"{name}{_uses(after, name)}" for name in names]
        places.append(f"the block{'s' if len(names) > 1 else ''} {', '.join(uses)}")
    if before.nodes != after.nodes or before.incoming != after.incoming:
        places.append("the network itself")
    return f"In {' and '.join(places)}." if places else ""


def _differs(old: Block | None, new: Block) -> bool:
    return old is None or (old.graph, old.arguments) != (new.graph, new.arguments)


def _uses(graph: Graph, name: str) -> str:
    count = len(instances(graph, name))
    return f" ({count} uses)" if count > 1 else ""


def gone(before: Graph, after: Graph) -> list[str]:
    """Return the names of what an action takes out, level by level; of a deleted block its own name only."""
    names = [node.name for node in before.ordered() if node.id not in after.nodes]
    for name in sorted(set(before.blocks) & set(after.blocks)):
        left = after.blocks[name].graph.nodes
        names += [node.name for node in before.blocks[name].graph.ordered() if node.id not in left]
    return names


def lines(before: Summarised | None, after: Summarised | None, batch_size: int) -> list[Line]:
    """Return the sizes of a network now and after an action; what is not known yet is an ellipsis."""
    now, then = (answer.totals if answer is not None else None for answer in (before, after))

    def line(title: str, key: str, memory: bool = False) -> Line:
        count = cost_of if key == "macs" else int
        old, new = (count(getattr(totals, key)) if totals is not None else None for totals in (now, then))
        return title, _amount(old, memory), _amount(new, memory), difference(old, new, memory)

    return [
        line("parameters", "parameters"),
        line(f"{cost_name()} a sample", "macs"),
        line("weighted layers deep", "depth"),
        line(f"to train at batch {batch_size}", "training_bytes", memory=True),
    ]


def _amount(value: int | None, memory: bool) -> str:
    if value is None:
        return UNKNOWN
    return memory_text(value) if memory else count_text(value)


def difference(old: int | None, new: int | None, memory: bool = False) -> str:
    """Return a difference with its sign: ``−16,781,312``, ``+64``, ``same``; empty if it is not known."""
    if old is None or new is None:
        return ""
    if old == new:
        return "same"
    return f"{'+' if new > old else MINUS}{_amount(abs(new - old), memory)}"


def new_problems(before: Summarised | None, after: Summarised | None) -> tuple[Problem, ...]:
    """Return the errors that a network has only after an action."""
    if before is None or after is None:
        return ()
    old = {(problem.node, problem.message) for problem in before.problems}
    found = (problem for problem in after.problems if problem.severity == "error")
    return tuple(problem for problem in found if (problem.node, problem.message) not in old)


def problems_text(problems: tuple[Problem, ...]) -> str:
    """Return the errors an action brings, as a sentence with the first of them; empty for none."""
    if not problems:
        return ""
    return f"It would have {counted(len(problems), 'new problem')}: {problems[0].message}"


def sizes_text(before: Summarised | None, after: Summarised | None) -> str:
    """Return how the number of parameters changes, as a sentence; empty while it is not known."""
    if before is None or after is None:
        return ""
    old, new = before.totals.parameters, after.totals.parameters
    if old == new:
        return f"It has {count_text(new)} parameters as before."
    return f"Parameters {count_text(old)} → {count_text(new)} ({difference(old, new)})."
