"""Normalization fitted on the training part alone, so that nothing leaks from validation or test."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from studio.data.source import Inputs

Method = Literal["none", "scale", "standardize"]


def fit(inputs: Inputs, method: Method) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return what is subtracted and what is divided by, per channel of images or per feature of rows.

    Generally: per place along the first dimension of a sample. Whole numbers, such as tokens, stay as they
    are, which no numbers at all say.

    ``standardize``: mean and standard deviation (1 where a channel never varies). ``scale``: minimum
    and range, so that training data lies in [0, 1]. ``none``: 0 and 1.

    Shape:
        inputs: (N, C, H, W) or (N, E)
        returns: C or E numbers, twice
    """
    if inputs.dtype != np.float32:
        return (), ()
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


def apply(inputs: Inputs, shift: tuple[float, ...], scale: tuple[float, ...]) -> Inputs:
    """Return ``(inputs - shift) / scale``, or whole numbers as they are.

    Shape:
        inputs: (N, C, H, W) or (N, E)
        returns: the same
    """
    if inputs.dtype != np.float32:
        return inputs
    shape = (1, -1, *([1] * (inputs.ndim - 2)))
    out: npt.NDArray[np.float32] = inputs - np.asarray(shift, np.float32).reshape(shape)
    out /= np.asarray(scale, np.float32).reshape(shape)
    return out
