"""Fixed features are what librosa and scikit-image compute, and nothing in them is learned."""

from __future__ import annotations

import importlib.util
import math
from typing import Any

import numpy as np
import pytest
import scipy.fft
import torch
from torch import Tensor

from studio.catalog import registry
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from tests.helpers.drawing import draw

RATE, LENGTH = 8000, 3000

KINDS = [kind for kind, spec in registry.layers().items() if spec.family == "feature"]
NEEDS = {"MFCC": "librosa", "MelSpectrogram": "librosa", "HOG": "skimage"}


SLOW = pytest.mark.slow
"""Librosa's functions compile themselves when they are first used, which takes seconds."""


def feature(kind: str, shape: tuple[int, ...], **arguments: Any) -> Any:
    if kind in NEEDS:
        pytest.importorskip(NEEDS[kind])
    graph = draw(("x", "TensorInput", {"shape": shape}), ("it", kind, "x", arguments))
    module = lower.compile(graph)
    said = ShapeEngine().infer(graph).outputs["it", "output"]
    found = module(torch.rand(2, *shape))
    assert (tuple(found.shape[1:]), str(found.dtype)) == (said.shape, f"torch.{said.dtype}")
    return module


def sound() -> Tensor:
    """Two channels of three samples: noise that swells, with a tone."""
    generator = torch.Generator().manual_seed(0)
    times = torch.arange(LENGTH) / RATE
    noise = torch.randn(3, 2, LENGTH, generator=generator) * times
    return noise + torch.sin(2 * torch.pi * 440 * times)


def each(function: Any, signals: Tensor) -> np.ndarray[Any, Any]:
    """Apply a library's function to each channel of each sample."""
    return np.stack([[function(channel) for channel in sample] for sample in signals.numpy()])


@SLOW
def test_a_spectrogram_is_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    module = feature("Spectrogram", (2, LENGTH), n_fft=512, hop_length=100)
    wanted = each(lambda y: np.abs(librosa.stft(y, n_fft=512, hop_length=100)) ** 2, sound())
    np.testing.assert_allclose(module(sound()).numpy(), wanted, rtol=1e-4, atol=1e-4)


def test_energy_is_the_same_in_time_and_frequency() -> None:
    module = feature("Spectrogram", (1, 1024), n_fft=128, hop_length=128, window="ones", center=False)
    x = torch.randn(4, 1, 1024)
    spectrum = module(x)
    # Of a real signal each frequency but the first and the last stands for two.
    both = 2 * spectrum.sum((-2, -1)) - spectrum[..., 0, :].sum(-1) - spectrum[..., -1, :].sum(-1)
    assert torch.allclose(both / 128, x.square().sum(-1), rtol=1e-5)


@SLOW
def test_mel_bands_are_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    options = {"n_fft": 512, "hop_length": 100, "n_mels": 20, "fmin": 50.0}
    module = feature("MelSpectrogram", (2, LENGTH), sr=RATE, **options)
    wanted = each(lambda y: librosa.feature.melspectrogram(y=y, sr=RATE, **options), sound())
    np.testing.assert_allclose(module(sound()).numpy(), wanted, rtol=1e-4, atol=1e-5)


@SLOW
def test_mfcc_are_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    options = {"n_mfcc": 13, "n_fft": 512, "hop_length": 100, "n_mels": 40}
    module = feature("MFCC", (2, LENGTH), sr=RATE, **options)
    wanted = each(lambda y: librosa.feature.mfcc(y=y, sr=RATE, **options), sound())
    np.testing.assert_allclose(module(sound()).numpy(), wanted, rtol=1e-5, atol=1e-3)  # of some 500 dB


def test_a_spectrogram_is_numpys() -> None:
    module = feature(
        "Spectrogram", (2, LENGTH), n_fft=256, hop_length=100, window="ones", center=False, power=1.0
    )
    frames = np.lib.stride_tricks.sliding_window_view(sound().numpy(), 256, -1)[..., ::100, :]
    wanted = np.abs(np.fft.rfft(frames)).swapaxes(-1, -2)
    np.testing.assert_allclose(module(sound()).numpy(), wanted, atol=1e-4)


def test_mfcc_are_the_cosine_transform_of_mel_bands_in_decibels() -> None:
    options = {"n_fft": 512, "hop_length": 100, "n_mels": 40, "sr": RATE}
    bands = feature("MelSpectrogram", (2, LENGTH), **options)(sound()).numpy().astype(np.float64)
    decibels = 10 * np.log10(np.maximum(bands, 1e-10))
    decibels = np.maximum(decibels, decibels.max((-2, -1), keepdims=True) - 80)
    wanted = scipy.fft.dct(decibels, axis=-2, norm="ortho")[..., :13, :]
    found = feature("MFCC", (2, LENGTH), n_mfcc=13, **options)(sound()).numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-3)


def test_silence_has_finite_features() -> None:
    for kind in KINDS:
        if kind != "HOG":
            assert torch.isfinite(feature(kind, (1, 4096))(torch.zeros(1, 1, 4096))).all(), kind


@pytest.mark.parametrize("frequency", [100, 440, 1000])
def test_a_sine_changes_its_sign_twice_a_period(frequency: int) -> None:
    module = feature("ZeroCrossingRate", (1, LENGTH), frame_length=1000, hop_length=500, center=False)
    times = torch.arange(LENGTH) / RATE
    rates = module(torch.sin(2 * torch.pi * frequency * times + 0.3).reshape(1, 1, -1))
    assert (rates - 2 * frequency / RATE).abs().max() <= 1 / 1000 + 1e-6


@SLOW
def test_zero_crossings_are_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    module = feature("ZeroCrossingRate", (2, LENGTH), frame_length=400, hop_length=150)
    options = {"frame_length": 400, "hop_length": 150}
    wanted = each(lambda y: librosa.feature.zero_crossing_rate(y, **options)[0], sound())
    np.testing.assert_allclose(module(sound()).numpy(), wanted, atol=1e-6)


@SLOW
def test_rolloff_is_librosas() -> None:
    librosa = pytest.importorskip("librosa")
    options = {"n_fft": 512, "hop_length": 100, "roll_percent": 0.7}
    module = feature("SpectralRolloff", (2, LENGTH), sr=RATE, **options)
    wanted = each(lambda y: librosa.feature.spectral_rolloff(y=y, sr=RATE, **options)[0], sound())
    np.testing.assert_allclose(module(sound()).numpy(), wanted, rtol=1e-5)


def test_flux_is_the_squared_change_of_the_normalized_spectrum() -> None:
    module = feature("SpectralFlux", (2, LENGTH), n_fft=256, hop_length=256)
    padded = np.pad(sound().numpy(), [(0, 0), (0, 0), (128, 128)])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    frames = np.stack([padded[..., at : at + 256] for at in range(0, LENGTH + 1, 256)], -2)
    spectrum = np.abs(np.fft.rfft(frames * window))
    shape = spectrum / spectrum.sum(-1, keepdims=True)
    wanted = np.square(np.diff(shape, axis=-2)).sum(-1)
    found = module(sound()).numpy()
    np.testing.assert_allclose(found[..., 1:], wanted, rtol=1e-4, atol=1e-8)
    assert not found[..., 0].any()


@pytest.mark.parametrize("channels", [1, 3])
def test_hog_is_scikit_images(channels: int) -> None:
    measure = pytest.importorskip("skimage.feature").hog
    options: dict[str, Any] = {"orientations": 6, "pixels_per_cell": (8, 4), "cells_per_block": 2}
    module = feature("HOG", (channels, 24, 20), **options)
    x = torch.rand(3, channels, 24, 20)
    options["cells_per_block"] = (2, 2)
    wanted = np.stack([measure(image, channel_axis=0, **options) for image in x.numpy()])
    np.testing.assert_allclose(module(x).numpy(), wanted, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_learned_or_saved_and_no_gradient_flows(kind: str) -> None:
    shape = (1, 32, 32) if kind == "HOG" else (1, 4096)
    module = feature(kind, shape)
    assert not list(module.parameters())
    assert not module.state_dict()
    assert not module(torch.rand(2, *shape, requires_grad=True)).requires_grad
    assert analyse(draw(("x", "TensorInput", {"shape": shape}), ("it", kind, "x"))).totals.parameters == 0


def test_features_stand_before_layers_that_learn() -> None:
    pytest.importorskip("skimage")
    graph = draw(
        ("x", "ImageInput"), ("hog", "HOG", "x"), ("fc", "Linear", "hog"), ("y", "Target"),
        ("loss", "CrossEntropyLoss", "fc y"),
    )  # fmt: skip
    assert analyse(graph).problems == ()
    network = lower.build(graph)
    network.losses[0].module(network.module(torch.rand(4, 1, 28, 28)), torch.tensor([0, 1, 2, 3])).backward()
    assert network.module.fc.weight.grad.abs().sum() > 0


@pytest.mark.parametrize(("kind", "library"), [("MFCC", "librosa"), ("HOG", "scikit-image")])
def test_a_missing_library_is_named_with_what_installs_it(
    kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.compiler.explain_features.find_spec", lambda name: None)
    (problem,) = analyse(draw(("x", "ImageInput"), ("it", kind, "x"))).problems
    assert (problem.code, problem.node) == ("missing-extra", "it")
    assert problem.message == f'{kind} "it": needs {library}, which is not installed.'
    assert 'pip install "flowgraph-studio[features]"' in problem.suggestion


@pytest.mark.parametrize(
    ("kind", "arguments", "message", "argument"),
    [
        ("MFCC", {"fmax": 20000.0}, "fmax 20000 Hz is more than half of sr", "fmax"),
        ("MelSpectrogram", {"fmin": 20000.0}, "fmin 20000 Hz must be less than half of sr", "fmin"),
        ("MFCC", {"n_mfcc": 40, "n_mels": 30}, "n_mfcc 40 is more than its 30 mel bands.", "n_mfcc"),
        (
            "Spectrogram",
            {"center": False},
            "its frames of 2048 samples are longer than the signal of 900",
            "n_fft",
        ),
        ("ZeroCrossingRate", {"center": False}, "its frames of 2048 samples are longer than", "frame_length"),
    ],
)
def test_frequencies_and_frames_that_a_signal_does_not_have(
    kind: str, arguments: dict[str, Any], message: str, argument: str
) -> None:
    if kind in NEEDS and importlib.util.find_spec(NEEDS[kind]) is None:
        pytest.skip("the library's absence is told first")
    (problem,) = analyse(draw(("x", "SignalInput", {"length": 900}), ("it", kind, "x", arguments))).problems
    assert message in problem.message
    assert problem.argument == argument
    assert problem.fix is not None


def test_pictures_too_small_for_a_block() -> None:
    pytest.importorskip("skimage")
    image = ("x", "ImageInput", {"height": 20, "width": 16})
    (problem,) = analyse(draw(image, ("it", "HOG", "x"))).problems
    assert problem.message == 'HOG "it": one block is 24×24 pixels, and the pictures from "x" are 20×16.'
    assert (problem.fix and problem.fix.value) == math.floor(16 / 3)
