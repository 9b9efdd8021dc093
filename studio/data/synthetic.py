"""Random samples of any shape, with a pattern for each class that a small network finds.

All numbers come from NumPy's PCG64, so that a seed gives the same samples on every machine.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.data.source import Labels, Options, RawData, Source
from studio.project import synthetic
from studio.project.sample import Sample

NOISE = 0.1
CONTRAST = 0.3
"""Standard deviation of the noise, and height of the waves, around 0.5."""

MOTIF = 4
"""After so many tokens a class's own tokens begin anew."""


def _load(options: Options, folder: Path) -> RawData:
    sample = synthetic.sample(options)
    generator = np.random.Generator(np.random.PCG64(options["seed"]))
    labels = (np.arange(options["samples"]) % len(sample.classes)).astype(np.int64)
    # With fewer samples than classes, only the first classes occur: no pattern for the others is drawn.
    make = _tokens if sample.dtype == "int64" else _waves
    return RawData(make(generator, labels, sample), labels)


def _waves(generator: np.random.Generator, labels: Labels, sample: Sample) -> npt.NDArray[np.float32]:
    """Return noise plus one wave along each dimension, whose length and phase are the class's.

    Shape:
        labels: (N,)
        returns: (N, *shape), in [0, 1]
    """
    shape, classes = sample.shape, int(labels.max()) + 1
    inputs = generator.standard_normal((len(labels), *shape), dtype=np.float32)
    inputs *= np.float32(NOISE)
    inputs += np.float32(0.5)
    for axis, size in enumerate(shape):
        # From one wave in all to one in four steps, in equal ratios.
        cycles = np.exp(generator.uniform(0.0, np.log(max(size / 4, 1.0)), (classes, 1)))
        phase = generator.uniform(0.0, 1.0, (classes, 1))
        waves = np.cos(2 * np.pi * (cycles * np.arange(size) / size + phase)) * (CONTRAST / len(shape))
        place = [1] * len(shape)
        place[axis] = size
        inputs += waves.astype(np.float32)[labels].reshape(-1, *place)
    np.clip(inputs, 0.0, 1.0, out=inputs)
    return inputs


def _tokens(generator: np.random.Generator, labels: Labels, sample: Sample) -> npt.NDArray[np.int64]:
    """Return whole numbers, half of them drawn blindly and half from a short row that the class repeats.

    Shape:
        labels: (N,)
        returns: (N, *shape), in [0, vocabulary)
    """
    size = (len(labels), *sample.shape)
    tokens = generator.integers(0, sample.vocabulary, size)
    motifs = generator.integers(0, sample.vocabulary, (int(labels.max()) + 1, MOTIF))
    steps = np.arange(int(np.prod(sample.shape))) % MOTIF
    own = motifs[labels][:, steps].reshape(size)
    return np.where(generator.random(size) < 0.5, own, tokens)


SYNTHETIC = Source(lambda options, folder: (options["samples"], 0), _load)
