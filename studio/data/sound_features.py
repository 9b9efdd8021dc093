"""What a data set of sounds gives the network: the waveform, or a picture of its frequencies over time.

The maths is that of the layers Spectrogram, MelSpectrogram and MFCC, so that a network behind a feature of
the data and one that computes it in a layer see the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from studio.data.source import Options
from studio.errors import CompileError, DataError

if TYPE_CHECKING:
    from torch import nn

BATCH = 64
"""Sounds at a time: the complex spectrum of all of them at once would take many times their memory."""


@dataclass(frozen=True, slots=True)
class Feature:
    """What is computed of each sound; `kind` ``waveform`` leaves it as it is.

    The attributes are the options of the same names; `fmax` of 0 is half of the sample rate.
    """

    kind: str
    scale: str
    n_fft: int
    hop_length: int
    n_mels: int
    n_mfcc: int
    fmin: float
    fmax: float

    @classmethod
    def of(cls, options: Options) -> Feature:
        """Return what the options of a data set say."""
        names = ("scale", "n_fft", "hop_length", "n_mels", "n_mfcc", "fmin", "fmax")
        return cls(options["features"], *(options[name] for name in names))

    @property
    def is_waveform(self) -> bool:
        """Whether nothing is computed."""
        return self.kind == "waveform"

    def shape(self, length: int) -> tuple[int, ...]:
        """Return the shape of one sample, made of so many numbers of a sound."""
        if self.is_waveform:
            return (1, length)
        rows = {"spectrogram": self.n_fft // 2 + 1, "mel": self.n_mels, "mfcc": self.n_mfcc}[self.kind]
        return (1, rows, 1 + length // self.hop_length)

    def compute(self, waves: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
        """Return the samples that the network gets.

        Shape:
            waves: (N, 1, L)
            returns: (N, 1, F, T), or as they are

        Raises:
            DataError: A frequency is beyond what sounds of this rate have, there are more coefficients than
                bands, or librosa is not installed.
        """
        if self.is_waveform or not len(waves):
            return waves
        import torch  # late: data sets are described without it

        from studio.signals.spectra import decibels

        module = self._module(rate)
        out = np.empty((len(waves), *self.shape(waves.shape[-1])), np.float32)
        for start in range(0, len(waves), BATCH):
            found = module(torch.from_numpy(waves[start : start + BATCH]))
            if self.kind != "mfcc" and self.scale == "decibels":  # MFCC takes the logarithm itself
                found = decibels(found)
            out[start : start + BATCH] = found.numpy()
        return out

    def _module(self, rate: int) -> nn.Module:
        from studio.signals.spectra import MFCC, MelSpectrogram, Spectrogram

        if self.kind == "spectrogram":
            return Spectrogram(self.n_fft, self.hop_length)
        self._refuse_band(rate)
        bands: dict[str, Any] = {
            "sr": float(rate),
            "n_fft": self.n_fft,
            "hop_length": self.hop_length,
            "n_mels": self.n_mels,
            "fmin": self.fmin,
            "fmax": self.fmax or None,
        }
        try:
            return MelSpectrogram(**bands) if self.kind == "mel" else MFCC(self.n_mfcc, **bands)
        except CompileError as error:
            raise DataError(
                f"{error.message}. Or set features to spectrogram.", argument="features"
            ) from error

    def _refuse_band(self, rate: int) -> None:
        if self.fmax > rate / 2:
            raise DataError(
                f"fmax {self.fmax:g} Hz is more than half of {rate:,} Hz, above which these sounds have "
                "nothing. Set fmax to 0.",
                argument="fmax",
            )
        if self.fmin >= (top := self.fmax or rate / 2):
            raise DataError(
                f"fmin {self.fmin:g} Hz must be less than {top:g} Hz. Set fmin to 0.", argument="fmin"
            )
        if self.kind == "mfcc" and self.n_mfcc > self.n_mels:
            raise DataError(
                f"n_mfcc {self.n_mfcc} is more than its {self.n_mels} mel bands. Set n_mfcc to "
                f"{self.n_mels} or less.",
                argument="n_mfcc",
            )
