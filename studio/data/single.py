"""One sample that somebody brings along, a picture, an array or a row of numbers, in a data set's form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from studio.data.image_folder import FORMATS
from studio.data.source import Inputs
from studio.errors import DataError
from studio.project.sample import Sample

Input: TypeAlias = str | Path | Sequence[float] | npt.NDArray[Any]
"""A file's path, or the numbers themselves."""

_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
"""How Pillow calls pictures with so many channels."""


def read(source: Input, sample: Sample) -> Inputs:
    """Return one sample in the form and units that a data set gives it, before normalization.

    Pictures are brought to the number of channels and, by antialiased bilinear interpolation, to the size of
    the data set's, with values in [0, 1]; so are arrays of bytes. Other numbers stay as they are.

    Args:
        source: What was brought.
        sample: What a sample of the data set is like.

    Shape:
        returns: (1, *sample.shape)

    Raises:
        DataError: It cannot be read, or has another number of values.
    """
    if isinstance(source, str | Path):
        path = Path(source)
        values = _read_array(path) if path.suffix.lower() == ".npy" else _read_picture(path, sample.shape)
    else:
        values = np.asarray(source)
    return _suited(values, sample)[None]


def _read_array(path: Path) -> npt.NDArray[Any]:
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except OSError as error:
        raise DataError(f'"{path}" cannot be read: {error.strerror or error}.') from error
    except (ValueError, EOFError) as error:
        raise DataError(f'"{path}" is no array of numbers that NumPy wrote: {error}.') from error


def _read_picture(path: Path, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return a picture as an array of a data set's shape, with values in [0, 1]."""
    if len(shape) != 3 or shape[0] not in _MODES:
        raise DataError(
            f'The network takes samples of shape {shape}, which are no pictures, so "{path}" cannot go in. '
            f"Give {math.prod(shape)} numbers, or a .npy file that holds them."
        )
    channels, height, width = shape
    try:
        with Image.open(path, formats=FORMATS) as picture:
            fitting = picture.convert(_MODES[channels]).resize((width, height), Image.Resampling.BILINEAR)
    except UnidentifiedImageError as error:
        raise DataError(f'"{path}" is no picture of a known kind, such as PNG or JPEG.') from error
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f'The picture "{path}" cannot be read: {reason}.') from error
    pixels = np.asarray(fitting, np.float32).reshape(height, width, channels) / np.float32(255.0)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _suited(values: npt.NDArray[Any], sample: Sample) -> Inputs:
    """Return numbers in a sample's shape and type."""
    if values.dtype.kind not in "buif":
        raise DataError(f"A sample is made of numbers, and these are of type {values.dtype}.")
    if values.size != math.prod(sample.shape):
        raise DataError(
            f"One sample has {math.prod(sample.shape):,} numbers (shape {sample.shape}), and "
            f"{values.size:,} were given (shape {values.shape})."
        )
    if not np.isfinite(values).all():
        raise DataError("NaN or infinity is among the numbers given.")
    shaped = _channels_first(values, sample.shape)
    if sample.dtype == "float32":
        scale = np.float32(255.0) if values.dtype == np.uint8 and len(sample.shape) == 3 else np.float32(1.0)
        return shaped.astype(np.float32) / scale
    return _whole(shaped, sample)


def _channels_first(values: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Return an array in the shape of a sample; a picture with channels last is turned."""
    if len(shape) == 3 and values.shape == (*shape[1:], shape[0]) != shape:
        return np.ascontiguousarray(values.transpose(2, 0, 1))
    return values.reshape(shape)


def _whole(values: npt.NDArray[Any], sample: Sample) -> npt.NDArray[np.int64]:
    whole = values.astype(np.int64)
    if not (whole == values).all() or whole.min() < 0 or whole.max() >= sample.vocabulary:
        raise DataError(f"The network takes whole numbers from 0 to {sample.vocabulary - 1}.")
    return whole
