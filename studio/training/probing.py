"""Samples that are run through a network only for looking: one for feature maps, a batch for predictions.

Both are fixed for a run and taken from the validation part, in evaluation, between two steps: what is learned
is the same to the bit whether somebody looks or not.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from studio.probes.feature_maps import shrunk
from studio.probes.sample_maps import SampleMaps
from studio.runs.records import Maps, Predictions
from studio.training.devices import rng_devices
from studio.training.session import Session

MOST_SAMPLES, MOST_VALUES = 512, 2**23
"""Of the probe batch: samples, and numbers in all of them together."""

LEAST_SAMPLES = 32
"""Of a batch that must not take long; they tell how long a sample takes."""

PASS = 128
"""Samples that go through the network at a time."""

SHOWN, SIDE, FEATURES = 24, 48, 64
"""Worst samples that are sent, longer side of their pictures, and numbers of those that are no pictures."""

NO_CLASSES = "The network gives values, not classes, so nothing can be confused. See the loss under Curves."
NO_SAMPLES = "There are no samples to look at."
IN_PARTS = "The weights lie in parts on several processes: predictions are not looked at while it trains."


class Prober:
    """Runs the probe sample and the probe batch through a session's network.

    Args:
        session: Whose network and data.
        run: For the records.
    """

    def __init__(self, session: Session, run: str) -> None:
        self._session = session
        self._run = run
        self._part, self._inputs, self._targets, self._total = _probe_batch(session)
        self._maps: SampleMaps | None = None

    def fit_to(self, seconds: float) -> None:
        """Make the probe batch smaller if running it takes longer than so; it stays the same from then on."""
        for _ in range(2):  # the first pass is ten times as slow
            self._part, self._inputs, self._targets, self._total = _probe_batch(self._session, LEAST_SAMPLES)
            started_s = time.perf_counter()
            self.predictions(0)
            took_s = time.perf_counter() - started_s
        count = int(seconds / max(took_s, 1e-9) * max(len(self._inputs), 1))
        count = max(min(count, MOST_SAMPLES), LEAST_SAMPLES)
        self._part, self._inputs, self._targets, self._total = _probe_batch(self._session, count)

    @property
    def inputs(self) -> Tensor:
        """The probe batch, as the network takes it; the first is the probe sample."""
        return self._inputs

    @property
    def targets(self) -> Tensor:
        """What the network should say of it."""
        return self._targets

    def maps(self, nodes: tuple[str, ...], step: int) -> list[Maps]:
        """Return what nodes give for the probe sample."""
        session = self._session
        if not len(self._inputs) or session.is_sharded:
            return []
        if self._maps is None or self._maps.nodes != nodes:
            self._maps = SampleMaps(session.module, nodes)
        with self._at_rest():
            return self._maps.read([self._inputs[:1]] * session.num_inputs, self._run, step)

    def predictions(self, step: int) -> Predictions:
        """Return what the network says of the probe batch, with the weights that validation takes."""
        if self._session.is_sharded:
            return self._nothing(step, IN_PARTS)
        if not len(self._inputs):
            return self._nothing(step, NO_SAMPLES)
        average = self._session.average
        with average.in_place() if average is not None else contextlib.nullcontext(), self._at_rest():
            found = self._said()
        return self._nothing(step, NO_CLASSES) if found is None else self._told(step, *found)

    def _said(self) -> tuple[Tensor, Tensor, float] | None:
        """Return scores and probabilities of the classes, and the mean loss; None of a network of values.

        Shape:
            returns: (N, C) and (N, C) in main memory, and a number
        """
        session, objective = self._session, self._session.objective
        parts = [
            session.precision.run(session.module, (inputs,) * session.num_inputs)
            for inputs in torch.split(self._inputs, PASS)
        ]
        outputs = tuple(torch.cat(pieces) for pieces in zip(*parts, strict=True))
        scores = objective.class_scores(outputs, self._targets)
        shares = objective.probabilities(outputs, self._targets)
        if scores is None or shares is None:
            return None
        loss = objective.loss(outputs, self._targets, training=False)
        return scores.float().cpu(), shares.float(), float(loss)

    def _told(self, step: int, scores: Tensor, shares: Tensor, loss: float) -> Predictions:
        """Return the record of a classifier's scores.

        Shape:
            scores: (N, C)
            shares: (N, C)
        """
        # A single output for yes and no takes every class but the first for yes.
        truth = self._targets.cpu().clamp_max(scores.shape[1] - 1)
        known = torch.isfinite(scores).all(1)
        predicted = torch.where(known, scores.argmax(1), -1)
        sure = shares.gather(1, predicted.clamp_min(0)[:, None])[:, 0]
        own = shares.gather(1, truth[:, None])[:, 0]
        rank = torch.where(known, own, -1.0)
        worst = torch.argsort(rank, stable=True)[:SHOWN]
        return Predictions(
            self._run,
            step,
            self._part,
            self._total,
            self._session.classes[: scores.shape[1]],
            scores.shape[1],
            truth.numpy(),
            predicted.numpy(),
            sure.numpy(),
            own.numpy(),
            loss,
            worst.numpy(),
            _small(self._inputs[worst.to(self._inputs.device)].float()).cpu().numpy(),
        )

    def _nothing(self, step: int, note: str) -> Predictions:
        whole, real = np.zeros(0, np.int64), np.zeros(0, np.float32)
        head = self._run, step, self._part, self._total, (), 0
        return Predictions(*head, whole, whole, real, real, math.nan, whole, real, note)

    @contextlib.contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Put the network into evaluation, and back with all random numbers as they were."""
        module = self._session.module
        was_training = module.training
        module.eval()
        try:
            # A FractionalMaxPool2d draws in evaluation, too.
            with torch.no_grad(), torch.random.fork_rng(devices=rng_devices(self._session.device)):
                yield
        finally:
            module.train(was_training)


def _small(samples: Tensor) -> Tensor:
    """Return samples no larger than a gallery shows them.

    Shape:
        samples: (K, *)
        returns: (K, C, H, W) of pictures, else (K, F), their first numbers
    """
    if samples.dim() == 4:
        return shrunk(samples, SIDE)
    return samples.flatten(1)[:, :FEATURES]


def _probe_batch(
    session: Session, most: int = MOST_SAMPLES
) -> tuple[Literal["train", "validation"], Tensor, Tensor, int]:
    """Return which part of the data the probe batch is of, its inputs and targets, and how large the part is.

    At most so many samples are taken evenly from the validation part; without one, from the training part as
    evaluation sees it.
    """
    held_out = bool(len(session.validation))
    part = session.validation if held_out else session.train
    size = max(math.prod(session.validation.inputs.shape[1:]), 1)
    count = min(len(part), most, max(MOST_VALUES // size, 1))
    rows = torch.linspace(0, max(len(part) - 1, 0), count).round().to(torch.int64)
    _, targets = part.take(rows)
    inputs = part.take(rows)[0] if held_out else session.looked_at(rows)
    return "validation" if held_out else "train", inputs, targets, len(part)
