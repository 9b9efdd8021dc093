"""The network as a table: what each layer gives and costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from studio.compiler.analysis import Analysis, analyse
from studio.compiler.memory import show_bytes
from studio.compiler.types import TensorType
from studio.errors import GraphError
from studio.graph import topology
from studio.graph.graph import Graph
from studio.graph.report import Totals

_TITLES = ("name", "layer", "output", "parameters", "MACs", "activation")


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One layer.

    Attributes:
        name: The node's name.
        kind: Its layer.
        shape: Output shape without the batch dimension; None where it could not be found.
        parameters: Learnable numbers.
        macs: Multiply-accumulates of convolutions and matrix products for one sample.
        activation_bytes: Memory of the output for one sample.
    """

    name: str
    kind: str
    shape: tuple[int, ...] | None
    parameters: int
    macs: int
    activation_bytes: int


@dataclass(frozen=True, slots=True)
class Summary:
    """All layers in topological order, and their sums.

    Attributes:
        batch_size: The one that `Totals.training_bytes` is for.
    """

    rows: tuple[SummaryRow, ...]
    totals: Totals
    batch_size: int

    def to_data(self) -> dict[str, Any]:
        """Return the table as plain data for JSON."""
        rows = [{**asdict(row), "shape": None if row.shape is None else list(row.shape)} for row in self.rows]
        return {"rows": rows, "totals": asdict(self.totals), "batch_size": self.batch_size}

    def __str__(self) -> str:
        return self.to_text()

    def to_text(self) -> str:
        """Return the table as aligned text, with the totals under it."""
        cells = [_TITLES, *(_cells(row) for row in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(_TITLES))]
        lines = [_line(row, widths) for row in cells]
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        totals = self.totals
        return "\n".join(
            [
                lines[0],
                rule,
                *lines[1:],
                rule,
                f"{totals.parameters:,} parameters, {totals.macs:,} MACs and "
                f"{show_bytes(totals.activation_bytes)} of activations per sample",
                f"about {show_bytes(totals.training_bytes)} to train at batch size {self.batch_size}",
            ]
        )


def summary(graph: Graph, batch_size: int = 1) -> Summary:
    """Return the table of a graph; what could not be found out is left empty."""
    return summarise(graph, analyse(graph, batch_size=batch_size), batch_size)


def summarise(graph: Graph, analysis: Analysis, batch_size: int) -> Summary:
    """Return the table of a graph that was analysed already."""
    reports = {report.node: report for report in analysis.nodes}
    try:
        order = topology.order(graph)
    except GraphError:
        order = tuple(reports)
    rows = []
    for node_id in order:
        node, report = graph.node(node_id), reports[node_id]
        costs = (report.parameters, report.macs, report.activation_bytes)
        rows.append(SummaryRow(node.name, node.kind, report.shape, *costs))
    return Summary(tuple(rows), analysis.totals, batch_size)


def _cells(row: SummaryRow) -> tuple[str, ...]:
    """Return a row as text; zeros are left blank, so that what costs stands out."""
    return (
        row.name,
        row.kind,
        "?" if row.shape is None else str(TensorType(row.shape)) if row.shape else "",
        f"{row.parameters:,}" if row.parameters else "",
        f"{row.macs:,}" if row.macs else "",
        show_bytes(row.activation_bytes) if row.activation_bytes else "",
    )


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Return cells side by side: words to the left, numbers to the right."""
    left = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join([*left, *right]).rstrip()
