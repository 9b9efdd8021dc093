"""Fixed features as modules: no parameter, no gradient, no weight in the state.

Those of sounds compute with torch, so they run on any device; librosa gives only the mel filters. HOG is
scikit-image's own, sample by sample on the CPU.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

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
        decibels: Tensor = 10 * self.mel(input).clamp(min=1e-10).log10()
        floor = decibels.amax((-2, -1), keepdim=True) - 80
        found: Tensor = self.basis @ torch.maximum(decibels, floor)
        return found


def _cosines(count: int, length: int) -> Tensor:
    """Return the first rows of the orthonormal cosine transform (DCT-II)."""
    places = torch.arange(length, dtype=torch.float64)
    orders = torch.arange(count, dtype=torch.float64)[:, None]
    basis = torch.cos(torch.pi / length * (places + 0.5) * orders) * math.sqrt(2 / length)
    basis[0] /= math.sqrt(2)
    return basis.float()


class ZeroCrossingRate(FixedFeature):
    """Share of a frame's samples at which the sign changes; the signal's ends go on as they are.

    Shape:
        input: (N, *, L). Output: (N, *, frames).
    """

    def __init__(self, frame_length: int = 2048, hop_length: int = 512, center: bool = True) -> None:
        super().__init__()
        self.frame_length, self.hop_length, self.center = frame_length, hop_length, center

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the rate of each frame of each signal."""
        side = self.frame_length // 2 if self.center else 0
        signals = functional.pad(input.flatten(0, -2)[None], (side, side), mode="replicate")[0]
        # Next to nothing is zero, and zero counts as positive.
        negative = (signals < -1e-10).unfold(-1, self.frame_length, self.hop_length)
        changes = negative[..., 1:] != negative[..., :-1]
        rate = changes.sum(-1) / self.frame_length
        return rate.to(input.dtype).reshape(*input.shape[:-1], -1)


class SpectralRolloff(FixedFeature):
    """Frequency in Hz below which a share of a frame's magnitudes lies.

    Shape:
        input: (N, *, L). Output: (N, *, frames).
    """

    def __init__(
        self, sr: float = 22050.0, n_fft: int = 2048, hop_length: int = 512, roll_percent: float = 0.85
    ) -> None:
        super().__init__()
        self.step_hz, self.roll_percent = sr / n_fft, roll_percent
        self.spectrogram = Spectrogram(n_fft, hop_length, power=1.0)

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the frequency for each frame of each signal."""
        below = self.spectrogram(input).cumsum(-2)
        places: Tensor = (below < self.roll_percent * below[..., -1:, :]).sum(-2)
        return places.to(input.dtype) * self.step_hz


class SpectralFlux(FixedFeature):
    """Squared change of the normalized magnitudes from frame to frame; 0 for the first.

    Shape:
        input: (N, *, L). Output: (N, *, frames).
    """

    def __init__(self, n_fft: int = 2048, hop_length: int = 512) -> None:
        super().__init__()
        self.spectrogram = Spectrogram(n_fft, hop_length, power=1.0)

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the change at each frame of each signal."""
        spectrum: Tensor = self.spectrogram(input)
        # Silence has no shape: it stays 0.
        shape = spectrum / spectrum.sum(-2, keepdim=True).clamp(min=1e-10)
        return functional.pad(shape.diff(dim=-1).square().sum(-2), (1, 0))


class HOG(FixedFeature):
    """Histograms of oriented gradients, by `skimage.feature.hog`; of colours, the steepest channel counts.

    Shape:
        input: (N, C, H, W). Output: (N, blocks · cells · orientations).
    """

    NEEDS_NUMBERS = True

    def __init__(
        self,
        orientations: int = 9,
        pixels_per_cell: int | tuple[int, int] = 8,
        cells_per_block: int | tuple[int, int] = 3,
        block_norm: str = "L2-Hys",
        transform_sqrt: bool = False,
    ) -> None:
        super().__init__()
        self._hog = need("scikit-image", "skimage.feature").hog
        self.settings: dict[str, Any] = {
            "orientations": orientations,
            "pixels_per_cell": _pair(pixels_per_cell),
            "cells_per_block": _pair(cells_per_block),
            "block_norm": block_norm,
            "transform_sqrt": transform_sqrt,
            "channel_axis": 0,
        }

    @torch.no_grad()
    def forward(self, input: Tensor) -> Tensor:
        """Return the histograms of each picture."""
        found = [torch.from_numpy(self._hog(image, **self.settings)) for image in input.cpu().numpy()]
        return torch.stack(found).to(input)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return value if isinstance(value, tuple) else (value, value)
