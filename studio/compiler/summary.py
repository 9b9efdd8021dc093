"""The network as a table: what each layer gives and costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from studio.compiler.analysis import Analysis, analyse
from studio.compiler.memory import show_bytes
from studio.compiler.types import TensorType
from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import PREFIX, REPEAT
from studio.graph.expansion import Instance
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.report import NodeReport, Totals

_TITLES = ("name", "layer", "output", "field", "parameters", "MACs", "activation")
_WORDS = 4
"""Columns of words, to the left; the others are numbers, to the right."""

Order: TypeAlias = Literal["graph", "name", "parameters", "macs", "activation"]
ORDERS: tuple[Order, ...] = ("graph", "name", "parameters", "macs", "activation")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One layer, or one block as the sum of what is in it.

    Attributes:
        name: The node's dotted name: ``layer1.0.conv1``.
        kind: Its layer, or its block's name.
        shape: Output shape without the batch dimension; None where it could not be found.
        parameters: Learnable numbers; what belongs to a layer it is tied to does not count.
        macs: Multiply-accumulates of convolutions and matrix products for one sample.
        activation_bytes: Memory of the outputs for one sample.
        trainable: Those of the parameters that are not frozen.
        receptive_field: Extent of the input that one number of the output depends on; None for all of it.
        path: The node's path in the flat graph.
        level: How many blocks it lies in.
        is_block: It is a block, whose rows follow; their costs are in its own.
    """

    name: str
    kind: str
    shape: tuple[int, ...] | None
    parameters: int
    macs: int
    activation_bytes: int
    trainable: int = 0
    receptive_field: tuple[int, ...] | None = None
    path: str = ""
    level: int = 0
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """All layers and blocks, a block before what is in it, and the sums over the network.

    Attributes:
        batch_size: The one that `Totals.training_bytes` is for.
    """

    rows: tuple[SummaryRow, ...]
    totals: Totals
    batch_size: int

    def layers(self) -> tuple[SummaryRow, ...]:
        """Return the rows of layers, without blocks: their costs add up to the totals."""
        return tuple(row for row in self.rows if not row.is_block)

    def at_level(self, level: int) -> tuple[SummaryRow, ...]:
        """Return what is seen when only so many levels of blocks are opened; 0 opens none."""
        return tuple(
            row for row in self.rows if row.level == level or (row.level < level and not row.is_block)
        )

    def to_data(self) -> dict[str, Any]:
        """Return the table as plain data for JSON."""
        return {
            "rows": [_row_data(row) for row in self.rows],
            "totals": asdict(self.totals),
            "batch_size": self.batch_size,
        }

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self, *, level: int | None = None, order: Order = "graph") -> str:
        """Return the table as aligned text, with the totals under it.

        Args:
            level: How many levels of blocks to open; None opens all.
            order: Column to sort by; numbers from the largest down.
        """
        shown = self.layers() if level is None else self.at_level(level)
        cells = [_TITLES, *(_cells(row) for row in sorted(shown, key=_SORTS[order]))]
        widths = [max(len(row[column]) for row in cells) for column in range(len(_TITLES))]
        lines = [_line(row, widths) for row in cells]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        return "\n".join([lines[0], rule, *lines[1:], rule, *self._totals_lines()])

    def _totals_lines(self) -> list[str]:
        totals = self.totals
        frozen = totals.parameters - totals.trainable
        return [
            f"{totals.parameters:,} parameters{f' ({frozen:,} frozen)' if frozen else ''}; "
            f"{totals.depth} layers with weights on the longest way",
            f"{totals.macs:,} MACs and {show_bytes(totals.activation_bytes)} of activations per sample",
            f"about {show_bytes(totals.training_bytes)} to train at batch size {self.batch_size}",
        ]


def summary(graph: Graph, batch_size: int = 1, states: int = 2) -> Summary:
    """Return the table of a graph; what could not be found out is left empty.

    Args:
        graph: The network.
        batch_size: For the estimate of training memory.
        states: Numbers the optimizer keeps for every parameter, for the same; Adam's two if not given.
    """
    return summarise(graph, analyse(graph, batch_size=batch_size, states=states), batch_size)


def summarise(graph: Graph, analysis: Analysis, batch_size: int) -> Summary:
    """Return the table of a graph that was analysed already."""
    rows: list[SummaryRow] = []
    _add_level(graph, graph, analysis, "", "", rows)
    return Summary(tuple(rows), analysis.totals, batch_size)


def _add_level(
    root: Graph, level: Graph, analysis: Analysis, path: str, name: str, rows: list[SummaryRow]
) -> None:
    """Add the rows of one level, and after each block's row those of what is in it."""
    try:
        order = topology.order(level)
    except GraphError:
        order = tuple(node.id for node in level.ordered())
    for node_id in order:
        node = level.nodes[node_id]
        report = analysis.reports.get(path + node_id)
        if report is None or (path and node.kind in ("BlockInput", "BlockOutput")):
            continue
        instance = analysis.expansion.instances.get(path + node_id)
        rows.append(_row(node, report, name, path, instance))
        if instance is not None:
            for place, copy in enumerate(instance.copies):
                inner = (
                    f"{name}{node.name}."
                    if node.arguments.get(REPEAT) is None
                    else f"{name}{node.name}.{place}."
                )
                _add_level(root, root.blocks[instance.block].graph, analysis, f"{copy}/", inner, rows)


def _row(node: Node, report: NodeReport, name: str, path: str, instance: Instance | None) -> SummaryRow:
    kind = node.kind.removeprefix(PREFIX)
    if instance is not None and instance.copies != (instance.node.id,):
        kind = f"{kind} × {len(instance.copies)}"
    return SummaryRow(
        name + node.name,
        kind,
        report.shape,
        report.parameters,
        report.macs,
        report.activation_bytes,
        report.trainable,
        report.receptive_field,
        path + node.id,
        path.count("/"),
        instance is not None,
    )


def _row_data(row: SummaryRow) -> dict[str, Any]:
    field = row.receptive_field
    return {
        **asdict(row),
        "shape": None if row.shape is None else list(row.shape),
        "receptive_field": None if field is None else list(field),
    }


_SORTS: dict[Order, Callable[[SummaryRow], Any]] = {
    "graph": lambda row: 0,
    "name": lambda row: row.name,
    "parameters": lambda row: -row.parameters,
    "macs": lambda row: -row.macs,
    "activation": lambda row: -row.activation_bytes,
}


def _cells(row: SummaryRow) -> tuple[str, ...]:
    """Return a row as text; zeros are left blank, so that what costs stands out."""
    return (
        row.name,
        row.kind,
        "?" if row.shape is None else str(TensorType(row.shape)) if row.shape else "",
        "×".join(map(str, row.receptive_field or ())),
        f"{row.parameters:,}" if row.parameters else "",
        f"{row.macs:,}" if row.macs else "",
        show_bytes(row.activation_bytes) if row.activation_bytes else "",
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Return cells side by side: words to the left, numbers to the right."""
    left = [cell.ljust(width) for cell, width in zip(cells[:_WORDS], widths[:_WORDS], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[_WORDS:], widths[_WORDS:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
