"""The range of data with one or two features: a grid to evaluate a network on, and points of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, fx

from studio.data.prepare import PreparedData, Split
from studio.errors import ProbeError
from studio.probes.surfaces import LayersTap, SurfaceTap, Units
from studio.runs.records import Array, LayerLook, Surface, SurfaceLook
from studio.runs.surface_timeline import levels_of
from studio.training.objective import Objective

SIDES = {1: 401, 2: 97}
"""Places along each side of the grid, by the number of features."""

UNIT_STEP = 2
"""Units of the plane are drawn small: every second place of the grid does for them."""

MARGIN = 0.1
"""So much of the range is shown on each side beyond the outermost point."""

MOST_KEPT_LAYERS, MOST_KEPT_UNITS = 8, 12
"""Layers, and units of each, of which surfaces are kept with a run."""

MOST_POINTS = 600
MOST_OUTPUTS = 32


@dataclass(frozen=True, slots=True)
class Field:
    """Where a network is evaluated, and what it should say there.

    Attributes:
        grid: (G, *) places, row by row from the lowest second feature, as the network takes them.
        side: Places along each side.
        lows: Ends of the axes, in the units of the data set.
        highs: Likewise.
        points: (N, E) float32, some samples of the training and the validation part, in those units.
        truth: (N,) float32, their class or value.
        held_out: (N,) bool, whether they are of the validation part.
        seen: The same samples as the network takes them, on its device.
        classes: Names of the classes; empty for values.
        target_mean: What brings values into the units of the data set.
        target_std: Likewise.
    """

    grid: Tensor
    side: int
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    points: Array
    truth: Array
    held_out: Array
    seen: Tensor
    classes: tuple[str, ...]
    target_mean: float = 0.0
    target_std: float = 1.0


def field_of(data: PreparedData, train: Split, validation: Split) -> Field | None:
    """Return the range of data with one or two features that are measurements; None of all others.

    Args:
        data: What the parts are made of.
        train: Shaped as the network takes it, on its device; normalized, but for random transforms.
        validation: Likewise.
    """
    features = math.prod(data.shape)
    if features not in SIDES or not validation.dtype.is_floating_point or not len(train):
        return None
    parts = [_some(part, share) for part, share in ((train, 0.8), (validation, 0.2))]
    if data.augment is not None:
        parts[0] = data.augment.evaluated(parts[0][0]).reshape(-1, features), parts[0][1]
    taken = torch.cat([inputs.reshape(-1, features) for inputs, _ in parts])
    seen = taken.cpu().double().numpy()
    low, high = seen.min(axis=0), seen.max(axis=0)
    width = np.where(high > low, high - low, 1.0)
    low, high = low - MARGIN * width, high + MARGIN * width
    shift, scale = (
        np.array(numbers or fallback) for numbers, fallback in ((data.mean, 0.0), (data.std, 1.0))
    )
    truth = torch.cat([targets.reshape(-1) for _, targets in parts]).cpu().double().numpy()
    if not data.classes:
        truth = truth * data.target_std + data.target_mean
    return Field(
        _grid(low, high, validation),
        SIDES[features],
        tuple((low * scale + shift).tolist()),
        tuple((high * scale + shift).tolist()),
        (seen * scale + shift).astype(np.float32),
        truth.astype(np.float32),
        np.arange(len(seen)) >= len(parts[0][1]),
        taken.reshape(-1, *validation.inputs.shape[1:]),
        data.classes,
        data.target_mean,
        data.target_std,
    )


def _some(part: Split, share: float) -> tuple[Tensor, Tensor]:
    """Return so many samples of a part that both together are not too many, always the same."""
    count = min(len(part), int(MOST_POINTS * share))
    generator = torch.Generator().manual_seed(0)
    return part.take(torch.randperm(len(part), generator=generator)[:count].sort().values)


def _grid(low: Array, high: Array, like: Split) -> Tensor:
    """Return the places of the grid.

    Shape:
        low: (E,), as the network takes them
        returns: (side ** E, *shape of a sample)
    """
    axes = [torch.linspace(start, end, SIDES[len(low)]) for start, end in zip(low, high, strict=True)]
    # The second feature is the row, so that a row of the result is a row of the picture.
    places = torch.stack(torch.meshgrid(*axes, indexing="xy"), dim=-1)
    shape = like.inputs.shape[1:]
    return places.reshape(-1, *shape).to(like.targets.device, like.dtype)


class FieldProbe:
    """Draws a network's surface over a field.

    Args:
        module: The network; it is left as it was.
        objective: Says what its outputs mean.
        field: Where.
    """

    def __init__(self, module: fx.GraphModule, objective: Objective, field: Field) -> None:
        self._module, self._objective, self._field = module, objective, field
        self._inputs = torch.cat([field.grid, field.seen])
        self._tap: SurfaceTap | None = None
        self._layers: LayersTap | None = None

    def surface(self, run: str, step: int, node: str = "") -> Surface:
        """Return what the network and the units of a node compute.

        Raises:
            ProbeError: The network has too many outputs to be drawn.
        """
        if self._tap is None or self._tap.node != node:
            self._tap = SurfaceTap(self._module, node)
        field = self._field
        outputs, units = self._tap.run(self._inputs)
        said, of_points, classes = self._told(outputs)
        before, after = (self._small(values[: len(field.grid)]) for values in (units.before, units.after))
        return Surface(
            run,
            step,
            node,
            field.lows,
            field.highs,
            classes,
            said,
            before,
            after,
            units.before_name,
            units.after_name,
            units.total,
            field.points,
            field.truth,
            field.held_out,
            of_points,
        )

    def look(self, run: str, step: int, weights: Mapping[str, Tensor] | None = None) -> SurfaceLook:
        """Return the surface with the units of the network's layers, in few bytes, to be kept with a run.

        Args:
            run: For the record.
            step: Likewise.
            weights: Instead of those that the network has now, its buffers with them.

        Raises:
            ProbeError: As `surface` raises it.
        """
        self._layers = self._layers or LayersTap(self._module, MOST_KEPT_LAYERS)
        field = self._field
        outputs, layers = self._layers.run(self._inputs, MOST_KEPT_UNITS, weights)
        said, of_points, classes = self._told(outputs)
        return SurfaceLook(
            run,
            step,
            field.lows,
            field.highs,
            classes,
            field.points,
            field.truth,
            field.held_out,
            levels_of(said, joint=bool(classes)),
            of_points,
            tuple(self._layer_look(units) for units in layers),
        )

    def _layer_look(self, units: Units) -> LayerLook:
        count = len(self._field.grid)
        before, after = (levels_of(self._small(values[:count])) for values in (units.before, units.after))
        return LayerLook(units.before_name, units.after_name, units.total, before, after)

    def _told(self, outputs: tuple[Tensor, ...]) -> tuple[Array, Array, tuple[str, ...]]:
        """Return what the network says on the grid, what of the samples, and names of classes, if it has any.

        Raises:
            ProbeError: It has too many outputs to be drawn.
        """
        field = self._field
        with torch.no_grad():
            said = self._said(outputs)
        if said.shape[1] > MOST_OUTPUTS:
            raise ProbeError(
                f"The network tells {said.shape[1]:,} classes or values apart, and a surface shows at most "
                f"{MOST_OUTPUTS}."
            )
        of_points = said[len(field.grid) :]
        named = field.classes if said.shape[1] == len(field.classes) else ()
        best = of_points.argmax(1) if field.classes else of_points[:, 0]
        return self._rows(said[: len(field.grid)]), best.float().cpu().numpy(), named

    def _said(self, outputs: tuple[Tensor, ...]) -> Tensor:
        """Return probabilities of classes, or values in the units of the data set.

        Shape:
            returns: (G + N, K), of the grid and of the samples
        """
        field = self._field
        count = len(self._inputs)
        like = torch.int64 if field.classes else torch.float32
        targets = torch.zeros(count if field.classes else (count, 1), dtype=like, device=field.grid.device)
        shares = self._objective.probabilities(outputs, targets)
        if shares is not None:
            return shares.float()
        given, _ = self._objective.compared(outputs, targets)
        given = given.reshape(count, -1).float()
        if self._objective.compares_with_data and not field.classes:
            given = given * field.target_std + field.target_mean
        return given

    def _rows(self, values: Tensor) -> Array:
        """Return (K, side) or (K, side, side) of (G, K), in main memory."""
        sides = [self._field.side] * len(self._field.lows)
        return values.T.reshape(-1, *sides).cpu().numpy()

    def _small(self, values: Tensor) -> Array:
        rows = self._rows(values)
        return np.ascontiguousarray(rows[:, ::UNIT_STEP, ::UNIT_STEP] if rows.ndim == 3 else rows)
