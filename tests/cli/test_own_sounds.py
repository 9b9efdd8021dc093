"""Sounds of the person's own, from the command line: a template hears eight pitches apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from studio.project.files import read

RATE, LENGTH = 8000, 1024


def write_pitches(folder: Path) -> None:
    """Eight pitches, each at any phase and loudness, in noise."""
    generator = np.random.default_rng(0)
    for label, pitch in enumerate(np.geomspace(220, 1760, 8)):
        (folder / f"tone{label}").mkdir(parents=True)
        for number in range(60):
            phase, loud = generator.uniform(0, 2 * np.pi), generator.uniform(0.2, 0.8)
            wave = loud * np.sin(2 * np.pi * pitch * np.arange(LENGTH) / RATE + phase)
            wave += generator.normal(0, 0.02, LENGTH)
            wavfile.write(folder / f"tone{label}" / f"{number}.wav", RATE, (wave * 32000).astype(np.int16))


def test_template_learns_eight_pitches(studio: Callable, tmp_path: Path) -> None:
    write_pitches(tmp_path / "tones")
    sets = ("data.dataset=audio_folder", "data.folder=tones", f"data.options.length={LENGTH}")
    chosen = [word for setting in sets for word in ("--set", setting)]
    file = tmp_path / "tones.flow"
    made = studio("new", "audio_classifier", "-o", file, "--set", "frame=128", "--set", "hop=128", *chosen)
    assert made.code == 0, made.err
    assert studio("check", file).code == 0
    settings = ("device=cpu", "batch_size=32", "optimizer=adam", "lr=0.005")
    how = [word for setting in settings for word in ("--set", f"training.{setting}")]
    trained = studio("train", file, "--epochs", 60, *how)
    assert trained.code == 0, trained.err
    found = studio("evaluate", file, "--split", "test", "--json")
    assert found.json["samples"] == 72
    assert found.json["top1_error"]["value"] <= 0.05
    told = studio("predict", file, tmp_path / "tones" / "tone3" / "5.wav", "--json")
    assert told.json["predictions"][0]["label"] == "tone3"
    wavfile.write(tmp_path / "fast.wav", 2 * RATE, np.ones(LENGTH, np.float32))
    assert (
        "has 16,000 samples a second, and 8,000 are expected"
        in studio("predict", file, tmp_path / "fast.wav").err
    )


def test_a_template_for_pictures_is_sized_to_features_and_learns(studio: Callable, tmp_path: Path) -> None:
    write_pitches(tmp_path / "tones")
    sets = (
        "data.dataset=audio_folder", "data.folder=tones", f"data.options.length={LENGTH}",
        "data.options.features=spectrogram",
    )  # fmt: skip
    chosen = [word for setting in sets for word in ("--set", setting)]
    file = tmp_path / "seen.flow"
    made = studio("new", "mlp", "-o", file, "--set", "hidden=32", *chosen)
    assert made.code == 0, made.err
    shapes = {node.kind: node.arguments for node in read(file).graph.nodes.values()}
    assert {"height": 129, "width": 9}.items() <= dict(shapes["ImageInput"]).items()
    settings = ("device=cpu", "batch_size=32", "optimizer=adam", "lr=0.002")
    how = [word for setting in settings for word in ("--set", f"training.{setting}")]
    assert studio("train", file, "--epochs", 5, *how).code == 0
    found = studio("evaluate", file, "--split", "test", "--json")
    assert found.json["top1_error"]["value"] <= 0.05
    told = studio("predict", file, tmp_path / "tones" / "tone3" / "5.wav", "--json")
    assert told.json["predictions"][0]["label"] == "tone3"
    refused = studio("new", "audio_classifier", "-o", tmp_path / "no.flow", *chosen)
    assert refused.code == 2
    assert "a picture of 1 x 129 x 9" in refused.err
    assert "features=waveform" in refused.err
