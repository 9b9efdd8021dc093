"""What a network takes of memory, and what this machine has."""

from __future__ import annotations

import os
from collections.abc import Mapping

from studio.compiler.question import Answer
from studio.graph.graph import Graph
from studio.graph.problems import Problem


def machine_bytes() -> int | None:
    """Return this machine's physical memory, or None where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def show_bytes(count: int) -> str:
    """Return a number of bytes as people write it: ``1.5 MiB``."""
    size, units = float(count), ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
    for unit in units[:-1]:
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} {units[-1]}"


def memory_problems(graph: Graph, answers: Mapping[str, Answer]) -> list[Problem]:
    """Return an error on the largest layer if the parameters alone do not fit into this machine."""
    available = machine_bytes()
    needed = sum(answer.parameter_bytes for answer in answers.values())
    if available is None or needed <= available:
        return []
    largest = max(sorted(answers), key=lambda node_id: answers[node_id].parameter_bytes)
    node, answer = graph.node(largest), answers[largest]
    return [
        Problem(
            "error",
            "memory",
            f'{node.kind} "{node.name}": its {answer.parameters:,} parameters take '
            f"{show_bytes(answer.parameter_bytes)}, the network's together {show_bytes(needed)}; this "
            f"machine has {show_bytes(available)}.",
            largest,
            suggestion="Make the layer smaller.",
        )
    ]
