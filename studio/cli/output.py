"""How commands print: one JSON document, tables and plain lines on stdout, the rest on stderr."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from studio.graph.graph import Graph
    from studio.graph.problems import Problem


def print_json(document: Any) -> None:
    """Print one JSON document; NaN and infinity, which JSON does not have, become null."""
    click.echo(json.dumps(finite(document), indent=2, ensure_ascii=False, allow_nan=False))


def finite(value: Any) -> Any:
    """Return a document with every number that JSON cannot hold replaced by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def note(text: str) -> None:
    """Say something that is not the result: on standard error."""
    click.echo(text, err=True)


def print_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], numbers: Iterable[int | str] = ""
) -> None:
    """Print a table with aligned columns.

    Args:
        header: Titles.
        rows: Cells.
        numbers: Indices of the columns aligned at the right, such as ``"23"``.
    """
    right = {int(column) for column in numbers}
    lines = [tuple(header), *(tuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    for line in lines:
        cells = (
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        click.echo("  ".join(cells).rstrip())


def problem_data(problem: Problem, graph: Graph) -> dict[str, Any]:
    """Return a problem as JSON data, with the name of its node beside the id."""
    from studio.graph.levels import name_at

    return {
        "severity": problem.severity,
        "code": problem.code,
        "node": name_at(graph, problem.node),
        "id": problem.node,
        "port": problem.port,
        "argument": problem.argument,
        "line": problem.line,
        "message": problem.message,
        "suggestion": problem.suggestion,
        "nodes": list(problem.nodes),
        "fixes": [fix.label for fix in problem.fixes],
    }


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Return problems as lines: what is wrong, and under it what to do."""
    lines = []
    for problem in problems:
        lines.append(f"{problem.severity}: {problem.message}")
        if problem.suggestion:
            lines.append(f"    {problem.suggestion}")
    return lines


def duration(seconds: float) -> str:
    """Return a duration as a person says it: ``48 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if not math.isfinite(seconds):
        return "unknown"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def share(value: float) -> str:
    """Return an accuracy as per cent; a dash where there is none."""
    return f"{value:.1%}" if math.isfinite(value) else "–"
