"""Fixed features as modules: no parameter, no gradient, no weight in the state.

Those of sounds compute with torch, so they run on any device; what data sets use, too, is in
`studio.signals.spectra`. HOG is scikit-image's own, sample by sample on the CPU.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from studio.signals.spectra import MFCC as MFCC
from studio.signals.spectra import FixedFeature, Spectrogram, need
from studio.signals.spectra import MelSpectrogram as MelSpectrogram
from studio.signals.spectra import missing as missing


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
