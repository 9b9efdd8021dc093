"""What two or more runs have different: settings, layers, wires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.project.project import Project


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that is not the same in all runs.

    Attributes:
        name: Such as ``training.lr``.
        values: One for each run, in their order.
    """

    name: str
    values: tuple[object, ...]


def settings_difference(projects: Sequence[Project]) -> list[Setting]:
    """Return the training and data settings that differ, in the order of their sections."""
    found = []
    for section in ("training", "data"):
        columns = [_flat(getattr(project, section).model_dump()) for project in projects]
        names = dict.fromkeys(name for column in columns for name in column)
        for name in names:
            values = tuple(column.get(name) for column in columns)
            if any(value != values[0] for value in values):
                found.append(Setting(f"{section}.{name}", values))
    return found


def _flat(settings: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            found |= {f"{name}.{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    return found


def design_difference(old: Graph, new: Graph) -> list[str]:
    """Return what was done to one network to get the other, a line for each change.

    Layers are told apart by their names, on every level; where they stand on the canvas does not count.
    """
    lines = _level_difference(old, new, "")
    for name in sorted({*old.blocks, *new.blocks}):
        before, after = old.blocks.get(name), new.blocks.get(name)
        if before is None:
            lines.append(f"+ block {name}")
        elif after is None:
            lines.append(f"- block {name}")
        elif before is not after:
            lines += _level_difference(before.graph, after.graph, f"{name}: ")
    return lines


def _level_difference(old: Graph, new: Graph, where: str) -> list[str]:
    before, after = ({node.name: node for node in level.ordered()} for level in (old, new))
    lines = [f"- {where}{_told(before[name])}" for name in before if name not in after]
    lines += [f"+ {where}{_told(after[name])}" for name in after if name not in before]
    for name in before:
        if name in after:
            lines += [f"~ {where}{name}: {change}" for change in _changes(before[name], after[name])]
    wires = [{_wire(level, edge) for edge in level.edges()} for level in (old, new)]
    lines += [f"- {where}{wire}" for wire in sorted(wires[0] - wires[1])]
    lines += [f"+ {where}{wire}" for wire in sorted(wires[1] - wires[0])]
    return lines


def _told(node: Node) -> str:
    given = ", ".join(f"{name}={value}" for name, value in sorted(node.arguments.items()))
    return f"{node.name}: {node.kind}({given})"


def _changes(before: Node, after: Node) -> list[str]:
    found = [f"{before.kind} → {after.kind}"] if before.kind != after.kind else []
    for name in sorted({*before.arguments, *after.arguments}):
        old, new = before.arguments.get(name, "default"), after.arguments.get(name, "default")
        if old != new:
            found.append(f"{name} {old} → {new}")
    return found


def _wire(level: Graph, edge: Edge) -> str:
    return f"{level.node(edge.source).name} → {level.node(edge.target).name}.{edge.target_port}"
