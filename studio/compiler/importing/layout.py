"""Places on the canvas: columns by how far a node is from the inputs, long rows broken into lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

COLUMN, ROW, LINE = 264.0, 128.0, 40.0
"""Distance from card to card, and what is added between lines, in canvas pixels at 100 %; the widest card is
208 wide, and one with a live picture some 100 high."""

MAX_IN_LINE = 8
"""Columns in a line."""


def places(count: int, edges: Iterable[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return a place for each of some nodes; no two of them overlap.

    Args:
        count: How many there are; they are numbered so that every wire leads to a higher number.
        edges: From where to where the wires lead.
    """
    sources: list[list[int]] = [[] for _ in range(count)]
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    columns = _columns(sources, targets)
    rows = _rows(columns, sources)
    return _in_lines(columns, rows)


def _columns(sources: Sequence[list[int]], targets: Sequence[list[int]]) -> list[int]:
    """Return the longest way from an input to each node; what has no input stands before its reader."""
    columns = [0] * len(sources)
    for node, feeds in enumerate(sources):
        columns[node] = 1 + max((columns[feed] for feed in feeds), default=-1)
    for node in range(len(sources) - 1, -1, -1):
        if not sources[node] and targets[node]:
            columns[node] = max(0, min(columns[target] for target in targets[node]) - 1)
    return columns


def _rows(columns: Sequence[int], sources: Sequence[list[int]]) -> list[int]:
    """Return a row for each node: near the rows of what feeds it, and each taken once in a column."""
    rows = [0] * len(columns)
    for column in range(max(columns, default=-1) + 1):
        members = [node for node, found in enumerate(columns) if found == column]
        wanted = {node: _mean([rows[feed] for feed in sources[node]]) for node in members}
        for row, node in enumerate(sorted(members, key=lambda node: (wanted[node], node))):
            rows[node] = row
    return rows


def _mean(numbers: Sequence[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _in_lines(columns: Sequence[int], rows: Sequence[int]) -> list[tuple[float, float]]:
    """Return coordinates, with the columns broken into lines of about equal length, like text."""
    width = max(columns, default=0) + 1
    in_line = -(-width // -(-width // MAX_IN_LINE))
    heights: dict[int, int] = {}
    for column, row in zip(columns, rows, strict=True):
        line = column // in_line
        heights[line] = max(heights.get(line, 0), row + 1)
    tops = {line: sum(heights.get(before, 0) for before in range(line)) for line in range(len(heights))}
    return [
        (column % in_line * COLUMN, (tops[column // in_line] + row) * ROW + column // in_line * LINE)
        for column, row in zip(columns, rows, strict=True)
    ]
