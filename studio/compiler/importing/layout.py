"""Places on the canvas: columns by how far a node is from the inputs, long rows broken into lines."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

COLUMN, ROW, LINE = 264.0, 128.0, 40.0
"""Distance from card to card, and what is added between lines, in canvas pixels at 100 %; the widest card is
208 wide, and one with a live picture some 100 high."""

MAX_IN_LINE = 8
"""Columns in a line."""

TALL, MAX_IN_TALL_LINE = 4, 12
"""From so many cards in a column on, a line break leads a long way back: such a line has more columns."""

MANY_PORTS, HEAD, PORT = 4, 96.0, 16.0
"""A card with many inputs names each: its height without them, and what each adds."""


def places(
    count: int, edges: Iterable[tuple[int, int]], blocks: Container[int] = ()
) -> list[tuple[float, float]]:
    """Return a place for each of some nodes; no two of them overlap.

    Args:
        count: How many there are; they are numbered so that every wire leads to a higher number.
        edges: From where to where the wires lead.
        blocks: Which of them are blocks: those have a port for each wire, not one for all as a sum has.
    """
    sources: list[list[int]] = [[] for _ in range(count)]
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    columns = _columns(sources, targets)
    rows = _rows(columns, sources)
    heights = [_height(len(feeds)) if node in blocks else ROW for node, feeds in enumerate(sources)]
    return _in_lines(columns, rows, heights)


def _height(num_inputs: int) -> float:
    """Return the room that a card needs from top to top of the next."""
    return max(ROW, HEAD + PORT * num_inputs + LINE) if num_inputs >= MANY_PORTS else ROW


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


def _in_lines(
    columns: Sequence[int], rows: Sequence[int], heights: Sequence[float]
) -> list[tuple[float, float]]:
    """Return coordinates, with the columns broken into lines of about equal length, like text.

    Args:
        columns: Of each node.
        rows: Of each node.
        heights: From each node's top to that of the next under it.
    """
    width = max(columns, default=0) + 1
    most = MAX_IN_TALL_LINE if max(rows, default=0) + 1 >= TALL else MAX_IN_LINE
    in_line = -(-width // -(-width // most))
    room: dict[tuple[int, int], float] = {}
    for column, row, height in zip(columns, rows, heights, strict=True):
        at = column // in_line, row
        room[at] = max(room.get(at, 0.0), height)
    tops: dict[tuple[int, int], float] = {}
    y, before = 0.0, 0
    for line, row in sorted(room):
        y += LINE * (line - before)
        tops[line, row], before = y, line
        y += room[line, row]
    return [
        (column % in_line * COLUMN, tops[column // in_line, row])
        for column, row in zip(columns, rows, strict=True)
    ]
