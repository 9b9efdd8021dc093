"""scikit-learn's handwritten digits: 1,797 pictures of 8×8 that come with the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from studio.data.source import Options, RawData, Source

SAMPLES = 1797


def _load(options: Options, folder: Path) -> RawData:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    # The pictures hold whole numbers from 0 to 16.
    inputs = (images / 16.0).astype(np.float32).reshape(-1, 1, 8, 8)
    return RawData(inputs, labels.astype(np.int64))


DIGITS = Source(lambda options, folder: (SAMPLES, 0), _load)
