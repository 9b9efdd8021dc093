"""The summary as text for other programs: CSV with plain numbers, Markdown as it is on screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from PySide6.QtCore import QModelIndex

from studio.app.panels.summary_model import COLUMNS, NAME, SummaryModel


def as_csv(model: SummaryModel, rows: Iterable[QModelIndex]) -> str:
    """Return rows with dotted names and plain numbers, under a line of keys."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.key for column in COLUMNS])
    for row in rows:
        cells = (model.value(row.siblingAtColumn(place)) for place in range(len(COLUMNS)))
        writer.writerow(["×".join(map(str, cell)) if isinstance(cell, tuple) else cell for cell in cells])
    return out.getvalue()


def as_markdown(model: SummaryModel, rows: Iterable[QModelIndex]) -> str:
    """Return rows as a Markdown table, with the totals under them."""
    lines = [
        _line(column.heading for column in COLUMNS),
        _line("---:" if column.is_number else ":---" for column in COLUMNS),
    ]
    for row in rows:
        cells = [str(model.data(row.siblingAtColumn(place)) or "") for place in range(len(COLUMNS))]
        cells[NAME] = model.columns.names[row.internalId()]
        lines.append(_line(cells))
    lines.append(_line(f"**{text}**" if text else "" for text in totals_cells(model)))
    return "\n".join(lines) + "\n"


def totals_cells(model: SummaryModel) -> list[str]:
    """Return the sums over the network, column by column; empty where there is none."""
    totals = model.totals
    numbers = {column.values: column for column in COLUMNS if column.is_number}
    cells = [
        numbers[column.values].text(getattr(totals, column.values)) or "0" if column.is_number else ""
        for column in COLUMNS
    ]
    cells[NAME] = "Total"
    return cells


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
