"""The gradient of one node over the looks into a run, as a spark line takes it."""

from __future__ import annotations

import numpy as np

from studio.app.monitor import Monitor
from studio.app.plots.spark import Spark
from studio.runs.norm_timeline import NormTimeline
from studio.runs.records import Array

OF_WEIGHTS, OF_OUTPUT = "Gradient norm of its weights", "Norm of the gradient that comes back to its output"


def spark_of(monitor: Monitor, node: str) -> Spark | None:
    """Return the norms of a node's gradient up to the moment that is looked back to.

    Of what has parameters, a block with all of its layers, over those together; of others of the gradient
    with respect to their output. None where nothing was seen.

    Args:
        monitor: The runs.
        node: Dotted name.
    """
    norms = monitor.shown.norms
    found = _of_weights(norms, node) or _of_output(monitor, node)
    if found is None or found.is_empty:
        return None
    if monitor.moment is None:
        return found
    end = max(int(np.searchsorted(found.steps, monitor.moment, side="right")), 1)
    return Spark(found.steps[:end], found.values[:end], found.what)


def _of_weights(norms: NormTimeline, node: str) -> Spark | None:
    columns = [place for place, name in enumerate(norms.parameters) if name.startswith(f"{node}.")]
    if not columns or not len(norms):
        return None
    return Spark(norms.steps, together(norms.gradients[:, columns]), OF_WEIGHTS)


def together(gradients: Array) -> Array:
    """Return the norm over several parameters at each look.

    Shape:
        gradients: (K, P), NaN where a parameter had none, infinite where it is no number
        returns: (K,) float64; NaN where none had one
    """
    values = np.asarray(gradients, np.float64)
    none = np.isnan(values)
    joined = np.sqrt(np.square(np.where(none, 0.0, values)).sum(axis=1))
    return np.where(none.all(axis=1), np.nan, joined)


def _of_output(monitor: Monitor, node: str) -> Spark | None:
    timeline = monitor.shown.timeline(node)
    if timeline is None or not len(timeline):
        return None
    values = np.array([seen.gradient for seen in timeline.seen], np.float64)
    return Spark(timeline.steps.copy(), values, OF_OUTPUT)
