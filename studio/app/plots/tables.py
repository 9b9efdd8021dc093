"""The numbers behind the plots, as rows of a CSV file."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from studio.app.plots.run_data import RunData
from studio.app.plots.timeline import HistogramTimeline
from studio.runs.norm_timeline import NormTimeline
from studio.runs.records import Filters, Predictions

Row: TypeAlias = Sequence[Any]


@dataclass(frozen=True)
class Table:
    """Columns and rows; a number that is not known is an empty field."""

    header: tuple[str, ...]
    rows: Iterable[Row]

    def csv(self) -> str:
        """Return it as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([_field(value) for value in row] for row in self.rows)
        return text.getvalue()


def curves_table(run: RunData) -> Table:
    """Return every step of a run that was told, with what was validated after it."""
    header = ("step", "loss", "accuracy", "lr", "penalty", "epoch", "val_loss", "val_accuracy")
    ended = {epoch.step: (epoch.epoch, epoch.val_loss, epoch.val_accuracy) for epoch in run.epochs}
    none = ("", "", "")
    columns = (run.steps, run.losses, run.accuracies, run.lrs, run.penalties)
    rows = ((*row, *ended.get(int(row[0]), none)) for row in zip(*columns, strict=True))
    return Table(header, rows)


def histograms_table(timeline: HistogramTimeline) -> Table:
    """Return every look at a node: what is known of it, and the count of each bin."""
    looks = timeline.seen
    bins = max((len(look.counts) for look in looks), default=0)
    facts = ("low", "high", "zeros", "mean", "std", "silent", "saturated", "gradient")
    header = ("step", *facts, *(f"bin_{place}" for place in range(bins)))
    rows = ((look.step, *(getattr(look, name) for name in facts), *look.counts.tolist()) for look in looks)
    return Table(header, rows)


def norms_table(timeline: NormTimeline) -> Table:
    """Return the norms of every parameter at every look."""
    header = ("step", "parameter", "size", "weight", "gradient", "update")
    norms = timeline.weights, timeline.gradients, timeline.updates
    rows = (
        (step, name, timeline.sizes[column], *(table[row, column] for table in norms))
        for row, step in enumerate(timeline.steps)
        for column, name in enumerate(timeline.parameters)
    )
    return Table(header, rows)


def filters_table(filters: Filters) -> Table:
    """Return every weight that is shown: one row a filter, its numbers row by row."""
    flat = filters.pictures.reshape(len(filters.pictures), -1)
    shape = "x".join(map(str, filters.pictures.shape[1:]))
    header = ("filter", "shape", *(f"w{place}" for place in range(flat.shape[1])))
    rows = ((index, shape, *row) for index, row in zip(filters.order, flat, strict=False))
    return Table(header, rows)


def _field(value: Any) -> Any:
    """Return a field: numbers as they are, NaN as nothing."""
    if isinstance(value, np.generic):
        value = value.item()
    return "" if isinstance(value, float) and math.isnan(value) else value


def predictions_table(seen: Predictions) -> Table:
    """Return each sample of the probe batch: its class, what the network says, and with what probability."""
    columns = (seen.truth, seen.predicted, seen.sure, seen.own)
    rows = ((seen.step, place, *row) for place, row in enumerate(zip(*columns, strict=True)))
    return Table(("step", "sample", "truth", "predicted", "probability", "probability_of_truth"), rows)
