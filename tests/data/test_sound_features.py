"""Features of sounds are what NumPy and SciPy make of them, and what the layers of the same names give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.fft
import torch

from studio.compiler import lower
from studio.data.sound_features import BATCH, Feature
from studio.errors import DataError
from tests.helpers.drawing import draw

RATE, LENGTH = 8000, 1000
FEATURE = Feature("spectrogram", "energy", 64, 50, 12, 8, 100.0, 0.0)


def waves(count: int = 3) -> np.ndarray:
    generator = np.random.default_rng(0)
    tone = np.sin(2 * np.pi * 440 * np.arange(LENGTH) / RATE)
    return (tone + generator.normal(0, 0.1, (count, 1, LENGTH))).astype(np.float32)


def energies(wave: np.ndarray) -> np.ndarray:
    """|STFT|² by hand: frames around every 50th sample, with zeros beyond the ends."""
    padded = np.pad(wave.astype(np.float64), 32)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(64) / 64)
    frames = [padded[start : start + 64] * window for start in range(0, LENGTH + 1, 50)]
    return np.abs(np.fft.rfft(frames)).T ** 2


def loudness(energy: np.ndarray) -> np.ndarray:
    found = 10 * np.log10(np.maximum(energy, 1e-10))
    return np.maximum(found, found.max() - 80)


def mel(wave: np.ndarray) -> np.ndarray:
    filters = pytest.importorskip("librosa.filters").mel(sr=RATE, n_fft=64, n_mels=12, fmin=100.0)
    return filters @ energies(wave)


@pytest.mark.filterwarnings("ignore:Empty filters")
@pytest.mark.parametrize(
    ("feature", "wanted"),
    [
        (FEATURE, energies),
        (replace(FEATURE, scale="decibels"), lambda wave: loudness(energies(wave))),
        (replace(FEATURE, kind="mel"), mel),
        (replace(FEATURE, kind="mel", scale="decibels"), lambda wave: loudness(mel(wave))),
        (
            replace(FEATURE, kind="mfcc", scale="decibels"),
            lambda wave: scipy.fft.dct(loudness(mel(wave)), axis=0, norm="ortho")[:8],
        ),
    ],
    ids=["energy", "decibels", "mel", "mel in decibels", "mfcc"],
)
def test_numbers_are_those_of_the_definition(feature: Feature, wanted: object) -> None:
    found = feature.compute(waves(), RATE)
    assert found.shape == (3, *feature.shape(LENGTH))
    assert found.dtype == np.float32
    for mine, wave in zip(found[:, 0], waves()[:, 0], strict=True):
        np.testing.assert_allclose(mine, wanted(wave), rtol=2e-3, atol=2e-3)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("feature", "kind", "arguments"),
    [
        (FEATURE, "Spectrogram", {}),
        (replace(FEATURE, kind="mel"), "MelSpectrogram", {"sr": RATE, "n_mels": 12, "fmin": 100.0}),
        (
            replace(FEATURE, kind="mfcc"),
            "MFCC",
            {"sr": RATE, "n_mels": 12, "n_mfcc": 8, "fmin": 100.0},
        ),
    ],
    ids=["spectrogram", "mel", "mfcc"],
)
def test_a_layer_of_the_name_gives_the_same(feature: Feature, kind: str, arguments: dict) -> None:
    if kind != "Spectrogram":
        pytest.importorskip("librosa")
    arguments = {"n_fft": 64, "hop_length": 50, **arguments}
    module = lower.compile(draw(("x", "SignalInput", {"length": LENGTH}), ("it", kind, "x", arguments)))
    wanted = module(torch.from_numpy(waves())).numpy()
    np.testing.assert_array_equal(feature.compute(waves(), RATE), wanted)


def test_many_sounds_are_computed_a_batch_at_a_time_and_none_stays_none() -> None:
    many = waves(BATCH + 3)
    found = FEATURE.compute(many, RATE)
    np.testing.assert_array_equal(found[-1:], FEATURE.compute(many[-1:], RATE))
    assert FEATURE.compute(many[:0], RATE).shape == (0, 1, LENGTH)
    assert replace(FEATURE, kind="waveform").compute(many, RATE) is many


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fmax": 4001.0}, "fmax 4001 Hz is more than half of 8,000 Hz"),
        ({"fmin": 4000.0}, "fmin 4000 Hz must be less than 4000 Hz"),
        ({"kind": "mfcc", "n_mfcc": 13}, "n_mfcc 13 is more than its 12 mel bands"),
    ],
)
def test_what_sounds_of_this_rate_do_not_have_is_refused(changes: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        replace(FEATURE, **{"kind": "mel", **changes}).compute(waves(), RATE)


def test_without_librosa_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    import studio.signals.spectra as spectra

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(spectra, "import_module", missing)
    with pytest.raises(DataError, match=r"librosa is not installed.*Or set features to spectrogram"):
        replace(FEATURE, kind="mel").compute(waves(), RATE)
