"""Sounds from WAV files, read by SciPy: mono, in [-1, 1], of one length and rate, or their features."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.data import class_folders, room
from studio.data.class_folders import Listing
from studio.data.placing import Placing
from studio.data.sound_features import BATCH, Feature
from studio.data.source import Images, Labels, Options, RawData, Source
from studio.errors import DataError
from studio.project.sample import Sample
from studio.project.sounds import KEY

SUFFIXES = frozenset({".wav", ".wave"})
RATES = (100, 1_000_000)
"""Samples a second; a filter that resamples grows with them."""

COPIES = 3
"""Sounds are in memory as float32 as read, as split and as normalized."""


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """What was read.

    Attributes:
        names: Of the files below the folder.
        skipped: Those that could not be read.
        rate: Samples a second of all.

    Shape:
        samples: (N, 1, L) waveforms, in [-1, 1], or (N, 1, F, T) features
        labels: (N,)
    """

    samples: Images
    labels: Labels
    names: tuple[str, ...]
    skipped: tuple[str, ...]
    rate: int


def _listing(options: Options, folder: Path) -> Listing:
    if options["label"]:
        return class_folders.list_named(folder, SUFFIXES, "WAV files", options["label"])
    return class_folders.list_files(folder, SUFFIXES, "WAV files")


def _sounds(options: Options, folder: Path) -> Sounds:
    return _read_all(
        _listing(options, folder),
        options["length"],
        options["sample_rate"],
        options["other_rate"] == "resample",
        options["damaged"] == "skip",
        Feature.of(options),
    )


@lru_cache(maxsize=1)
def _read_all(
    listing: Listing, length: int, rate: int, resamples: bool, skips: bool, feature: Feature
) -> Sounds:
    """Return all sounds; the same files with the same settings are read once."""
    shape = feature.shape(length)
    _refuse_large(len(listing.files), length, shape)
    samples = np.zeros((len(listing.files), *shape), np.float32)
    waves = np.zeros((BATCH, 1, length), np.float32)  # those whose features are not computed yet
    labels: list[int] = []
    names, skipped = [], []
    for name, label, _ in listing.files:
        try:
            found, own = read_sound(listing.folder / name)
        except DataError:
            if not skips:
                raise
            skipped.append(name)
            continue
        rate = rate or own
        _refuse_other(name, own, rate, resamples=resamples)
        waves[len(labels) % BATCH, 0] = fitted(resampled(found, own, rate), length)
        labels.append(label)
        names.append(name)
        if len(labels) % BATCH == 0:
            samples[len(labels) - BATCH : len(labels)] = feature.compute(waves, rate)
    class_folders.refuse_unread(listing, labels, "sound")
    rest = len(labels) % BATCH
    samples[len(labels) - rest : len(labels)] = feature.compute(waves[:rest], rate)
    return Sounds(samples[: len(labels)], np.array(labels, np.int64), tuple(names), tuple(skipped), rate)


def _refuse_large(count: int, length: int, shape: tuple[int, ...]) -> None:
    """Raise for samples that would not fit into memory, before a file is read."""
    what, remedy = f"{count:,} sounds of {length:,} samples", "Choose a shorter length."
    if len(shape) == 3:
        what = f"{count:,} pictures of {shape[1]:,} frequencies and {shape[2]:,} frames"
        remedy = "Choose a shorter length, a larger hop_length, or fewer frequencies."
    room.refuse_large(count * math.prod(shape) * 4 * COPIES, what, remedy)


def _refuse_other(name: str, own: int, rate: int, *, resamples: bool) -> None:
    """Raise for a sound with other samples a second that may not be resampled."""
    if own != rate and not resamples:
        raise DataError(
            f'"{name}" has {own:,} samples a second, and {rate:,} are expected. Set other_rate to '
            "resample, or sample_rate to what all have.",
            argument="other_rate",
        )


def takes(dataset: str, path: Path) -> bool:
    """Say whether a file is a sound for a network that learned from sounds."""
    return dataset == KEY and path.suffix.lower() in SUFFIXES


def read_one(path: Path, options: Options, folder: Path) -> Images:
    """Return a sound that somebody brings along as a sample of the data set.

    Shape:
        returns: (1, 1, L), or (1, 1, F, T) of features

    Raises:
        DataError: It cannot be read, or has other samples a second and may not be resampled.
    """
    found, own = read_sound(path)
    rate = options["sample_rate"] or _sounds(options, folder).rate
    _refuse_other(path.name, own, rate, resamples=options["other_rate"] == "resample")
    wave = np.ascontiguousarray(fitted(resampled(found, own, rate), options["length"]))
    return Feature.of(options).compute(wave[None, None], rate)


def read_sound(path: Path) -> tuple[npt.NDArray[np.float32], int]:
    """Return a sound, the mean of its channels, and its samples a second.

    Shape:
        returns: (L,), in [-1, 1], and the rate

    Raises:
        DataError: It is damaged, cut off, empty, or no WAV file.
    """
    from scipy.io import wavfile

    try:
        with warnings.catch_warnings():
            # Chunks that players add, such as tags, are passed over; a file that ends early is damage.
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            warnings.filterwarnings("error", "Reached EOF prematurely", wavfile.WavFileWarning)
            rate, values = wavfile.read(path)
        if not values.size:
            raise ValueError("it holds no sound")
        if not RATES[0] <= rate <= RATES[1]:
            raise ValueError(f"{rate:,} samples a second cannot be; {RATES[0]:,} to {RATES[1]:,} are read")
        found = _centred(values)
        if not np.isfinite(found).all():
            raise ValueError("it holds NaN or infinity")
    except Exception as error:  # SciPy fails in as many ways as files are damaged
        reason = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
        raise DataError(
            f'"{path.parent.name}/{path.name}" cannot be read as a WAV file: {reason}. '
            "Mend it, take it away, or set damaged to skip.",
            argument="damaged",
        ) from error
    return (found.mean(1, dtype=np.float32) if found.ndim == 2 else found), int(rate)


def _centred(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return samples in [-1, 1]; bytes have their zero at 128, and 24 bits fill the upper ones of 32."""
    if values.dtype.kind == "f":
        return values.astype(np.float32)
    if values.dtype == np.uint8:
        return (values.astype(np.float32) - np.float32(128.0)) / np.float32(128.0)
    return (values / -float(np.iinfo(values.dtype).min)).astype(np.float32)


def resampled(wave: npt.NDArray[np.float32], rate: int, wanted: int) -> npt.NDArray[np.float32]:
    """Return a sound with other samples a second, filtered so that nothing is mirrored.

    Shape:
        wave: (L,)
        returns: (ceil(L · wanted / rate),)
    """
    if rate == wanted:
        return wave
    from scipy.signal import resample_poly

    divisor = math.gcd(rate, wanted)
    return resample_poly(wave, wanted // divisor, rate // divisor).astype(np.float32)  # type: ignore[no-any-return]


def fitted(wave: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """Return the middle of a long sound, or a short one between silence.

    Shape:
        wave: (L,)
        returns: (length,)
    """
    spare = len(wave) - length
    if spare >= 0:
        return wave[spare // 2 : spare // 2 + length]
    return np.pad(wave, (-spare // 2, -spare - -spare // 2))


def _load(options: Options, folder: Path) -> RawData:
    found = _sounds(options, folder)
    return RawData(found.samples, found.labels, placing=_placing(options, folder))


def _placing(options: Options, folder: Path) -> Placing | None:
    found = _sounds(options, folder)
    return class_folders.placing_of(_listing(options, folder), found.names, found.labels, options["group"])


def _sample(options: Options, folder: Path) -> Sample:
    return Sample(Feature.of(options).shape(options["length"]), _listing(options, folder).classes)


AUDIO_FOLDER = Source(
    count=lambda options, folder: (len(_sounds(options, folder).labels), 0),
    load=_load,
    sample=_sample,
    note=lambda options, folder: class_folders.left_out(_sounds(options, folder).skipped),
    placing=_placing,
)
