"""Spectrograms, mel bands and cepstral coefficients of signals: fixed, and the same for layers and for data.

They compute with torch, so they run on any device; librosa gives only the mel filters.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import CompileError

WINDOWS: dict[str, Callable[..., Tensor]] = {
    "hann": torch.hann_window,
    "hamming": torch.hamming_window,
    "blackman": torch.blackman_window,
    "ones": torch.ones,
}


def need(library: str, module: str) -> Any:
    """Return a module of a library that not everybody has.

    Raises:
        CompileError: It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise CompileError(missing(library)) from error


def missing(library: str) -> str:
    """Return the message about a library of the extra ``features`` that is not installed."""
    return f'{library} is not installed; install it with: pip install "flowgraph-studio[features]"'


class FixedFeature(nn.Module):
    """A measurement that is not learned.

    Attributes:
        NEEDS_NUMBERS: It looks at real numbers, which the meta device does not have: the compiler finds its
            shape with a few small samples on the CPU instead (`studio.compiler.question`).
    """

    NEEDS_NUMBERS = False

    def keep(self, name: str, tensor: Tensor) -> None:
        """Keep a tensor that moves with the module and is in no checkpoint."""
        self.register_buffer(name, tensor, persistent=False)


class Spectrogram(FixedFeature):
    """|STFT|^power of signals, with zeros beyond their ends.

    Shape:
        input: (N, *, L). Output: (N, *, n_fft // 2 + 1, frames).
    """

    window: Tensor

    def __init__(
        self,
        n_fft: int = 2048,
        hop_length: int = 512,
        window: str = "hann",
        center: bool = True,
        power: float = 2.0,
    ) -> None:
        super().__init__()
        self.n_fft, self.hop_length, self.center, self.power = n_fft, hop_length, center, power
        self.keep("window", WINDOWS[window](n_fft))

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the spectrogram of each signal."""
        signals = input.flatten(0, -2)
        found = torch.stft(
            signals,
            self.n_fft,
            self.hop_length,
            window=self.window,
            center=self.center,
            pad_mode="constant",
            return_complex=True,
        )
        return found.abs().pow(self.power).reshape(*input.shape[:-1], *found.shape[1:])


class MelSpectrogram(FixedFeature):
    """Energy in the bands of the mel scale, as `librosa.feature.melspectrogram` has it.

    Shape:
        input: (N, *, L). Output: (N, *, n_mels, frames).
    """

    filters: Tensor

    def __init__(
        self,
        sr: float = 22050.0,
        n_fft: int = 2048,
        hop_length: int = 512,
        n_mels: int = 128,
        fmin: float = 0.0,
        fmax: float | None = None,
    ) -> None:
        super().__init__()
        mel = need("librosa", "librosa.filters").mel
        with warnings.catch_warnings():
            # More bands than the frames tell apart: some are empty, which is visible enough.
            warnings.simplefilter("ignore", UserWarning)
            filters = mel(sr=sr, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax)
        self.spectrogram = Spectrogram(n_fft, hop_length)
        self.keep("filters", torch.tensor(filters))

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the bands of each signal."""
        bands: Tensor = self.filters @ self.spectrogram(input)
        return bands


class MFCC(FixedFeature):
    """Cepstral coefficients, as `librosa.feature.mfcc` has them, cut off 80 dB below each signal's maximum.

    Shape:
        input: (N, *, L). Output: (N, *, n_mfcc, frames).
    """

    basis: Tensor

    def __init__(
        self,
        n_mfcc: int = 20,
        sr: float = 22050.0,
        n_fft: int = 2048,
        hop_length: int = 512,
        n_mels: int = 128,
        fmin: float = 0.0,
        fmax: float | None = None,
    ) -> None:
        super().__init__()
        if n_mfcc > n_mels:
            raise ValueError(f"n_mfcc must be at most n_mels, which is {n_mels}")
        self.mel = MelSpectrogram(sr, n_fft, hop_length, n_mels, fmin, fmax)
        self.keep("basis", _cosines(n_mfcc, n_mels))

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the coefficients of each signal."""
        found: Tensor = self.basis @ decibels(self.mel(input))
        return found


def decibels(energy: Tensor) -> Tensor:
    """Return energy in decibels, cut off 80 dB below the maximum of each picture.

    As `librosa.power_to_db` with ``top_db=80``, picture by picture.

    Shape:
        energy: (*, F, T)
        returns: the same
    """
    found = 10 * energy.clamp(min=1e-10).log10()
    return torch.maximum(found, found.amax((-2, -1), keepdim=True) - 80)


def _cosines(count: int, length: int) -> Tensor:
    """Return the first rows of the orthonormal cosine transform (DCT-II)."""
    places = torch.arange(length, dtype=torch.float64)
    orders = torch.arange(count, dtype=torch.float64)[:, None]
    basis = torch.cos(torch.pi / length * (places + 0.5) * orders) * math.sqrt(2 / length)
    basis[0] /= math.sqrt(2)
    return basis.float()
