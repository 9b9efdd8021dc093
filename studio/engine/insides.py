"""What the engine answers about the inside of a network at rest; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.replies import Array
from studio.runs.insights import (
    EmbeddingFound,
    MapsFound,
    SaliencyFound,
    StrongestFound,
    UnitsFound,
    WeightsFound,
)


@dataclass(frozen=True, slots=True)
class LookedInside:
    """Answer to LookInside.

    Attributes:
        page: As in the question; so is `node`.
        weights: Which weights were used, in words.
        rows: Which samples of the part were looked at; (N,) int64.
        available: How many the part has.
        labels: Class of each; (N,) int64, -1 where samples have none.
        classes: Names of the classes; empty where there are none.
        notes: What to know about it.
        units: Where that was asked for: units over samples; so are the others.
        embedding: Samples as points.
        maps: One sample through all layers.
        saliency: What its class hangs on.
        strongest: Samples that a unit answers to most.
        weights_found: The node's weights.
    """

    id: int
    page: str
    node: str
    weights: str
    rows: Array
    available: int
    labels: Array
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    units: UnitsFound | None = None
    embedding: EmbeddingFound | None = None
    maps: MapsFound | None = None
    saliency: SaliencyFound | None = None
    strongest: StrongestFound | None = None
    weights_found: WeightsFound | None = None
