"""Normalization fitted on the training part alone, so that nothing leaks from validation or test."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Method = Literal["none", "scale", "standardize"]


def fit(inputs: npt.NDArray[np.float32], method: Method) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what is subtracted and what is divided by, per channel of images or per feature of rows.

    ``standardize``: mean and standard deviation (1 where a channel never varies). ``scale``: minimum
    and range, so that training data lies in [0, 1]. ``none``: 0 and 1.

    Shape:
        inputs: (N, C, H, W) or (N, E)
        returns: C or E numbers, twice
    """
    # One channel at a time: a float64 copy of all of MNIST would be 376 MB.
    channels = [inputs[:, index] for index in range(inputs.shape[1])]
    if method == "none":
        return (0.0,) * len(channels), (1.0,) * len(channels)
    if method == "scale":
        shift = [float(channel.min()) for channel in channels]
        spread = [float(channel.max()) - low for channel, low in zip(channels, shift, strict=True)]
    else:
        shift = [float(channel.mean(dtype=np.float64)) for channel in channels]
        spread = [
            float(np.sqrt(np.square(channel - np.float32(mean)).mean(dtype=np.float64)))
            for channel, mean in zip(channels, shift, strict=True)
        ]
    return tuple(shift), tuple(width if width > 1e-12 else 1.0 for width in spread)


def apply(
    inputs: npt.NDArray[np.float32], shift: tuple[float, ...], scale: tuple[float, ...]
) -> npt.NDArray[np.float32]:
    """Return ``(inputs - shift) / scale``.

    Shape:
        inputs: (N, C, H, W) or (N, E)
        returns: the same
    """
    shape = (1, -1, *([1] * (inputs.ndim - 2)))
    out = inputs - np.asarray(shift, np.float32).reshape(shape)
    out /= np.asarray(scale, np.float32).reshape(shape)
    return out
