"""WAV files: their numbers, lengths, rates and classes, and files that are damaged."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

from studio.data import audio_folder, datasets, prepare, room
from studio.data.sound_features import Feature
from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.datasets import options_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "audio" / "fsdd-sample"
RATE = 8000


def tone(pitch: float, length: int = 400, rate: int = RATE) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * pitch * np.arange(length) / rate)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for pitch in (300, 900, 2000):
        (tmp_path / f"{pitch} Hz").mkdir()
        for number in range(10):
            path = tmp_path / f"{pitch} Hz" / f"{number}.wav"
            wavfile.write(path, RATE, (tone(pitch + number) * 32767).astype(np.int16))
    return tmp_path


def config(folder: Path, **options: object) -> DataConfig:
    chosen = {"length": 400, **options}
    settings = {"dataset": "audio_folder", "folder": str(folder), "options": chosen, "normalization": "none"}
    return DataConfig.model_validate(settings)


def test_classes_are_folders_and_waves_are_those_of_the_files(folder: Path) -> None:
    chosen = config(folder)
    described, data = datasets.describe(chosen), prepare.prepare(chosen)
    assert (described.shape, described.classes) == ((1, 400), ("2000 Hz", "300 Hz", "900 Hz"))
    assert described.counts == (len(data.train), len(data.validation), len(data.test)) == (22, 4, 4)
    raw = datasets.load(chosen)
    expected = (tone(300) * 32767).astype(np.int16) / np.float32(32768)
    np.testing.assert_array_equal(raw.inputs[10, 0], expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int32, np.float32], ids=lambda one: one.__name__)
def test_every_kind_of_number_lies_between_minus_one_and_one(tmp_path: Path, dtype: Any) -> None:
    top = {np.uint8: 127, np.int16: 32767, np.int32: 2**31 - 128, np.float32: 1}[dtype]
    zero = 128 if dtype is np.uint8 else 0
    wavfile.write(tmp_path / "a.wav", RATE, (tone(440) * top + zero).astype(dtype))
    found, rate = audio_folder.read_sound(tmp_path / "a.wav")
    assert (rate, found.dtype) == (RATE, np.float32)
    np.testing.assert_allclose(found, tone(440), atol=0.02 if dtype is np.uint8 else 1e-4)


def test_24_bits_are_read_as_wave_wrote_them(tmp_path: Path) -> None:
    values = np.array([0, 2**22, -(2**23), 2**23 - 1], np.int32)
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(RATE)
        file.writeframes(b"".join(int(value).to_bytes(3, "little", signed=True) for value in values))
    found, _ = audio_folder.read_sound(tmp_path / "a.wav")
    np.testing.assert_allclose(found, values / 2**23, atol=1e-6)


def test_stereo_becomes_its_mean(tmp_path: Path) -> None:
    wavfile.write(tmp_path / "a.wav", RATE, np.stack([tone(300), np.zeros(400, np.float32)], 1))
    np.testing.assert_allclose(audio_folder.read_sound(tmp_path / "a.wav")[0], tone(300) / 2, atol=1e-7)


@pytest.mark.parametrize(
    ("length", "expected"), [(2, [3, 4]), (6, [1, 2, 3, 4, 5, 6]), (9, [0, 1, 2, 3, 4, 5, 6, 0, 0])]
)
def test_middle_is_taken_and_silence_is_added(length: int, expected: list[int]) -> None:
    assert audio_folder.fitted(np.arange(1, 7, dtype=np.float32), length).tolist() == expected


def test_another_rate_is_refused_or_resampled(folder: Path) -> None:
    wavfile.write(folder / "300 Hz" / "9.wav", 16000, tone(300, 800, 16000))
    with pytest.raises(DataError, match=r'"300 Hz/9\.wav" has 16,000 samples a second, and 8,000 are'):
        datasets.describe(config(folder))
    raw = datasets.load(config(folder, other_rate="resample"))
    np.testing.assert_allclose(raw.inputs[19, 0, 50:-50], tone(300)[50:-50], atol=0.01)


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "silent"])
def test_damaged_sounds_are_named_or_left_out(folder: Path, damage: str) -> None:
    path = folder / "900 Hz" / "3.wav"
    body = path.read_bytes()
    path.write_bytes(
        {"cut": body[:300], "text": b"hello", "empty": b"", "silent": body[:40] + bytes(4)}[damage]
    )
    with pytest.raises(DataError, match=r'"900 Hz/3\.wav" cannot be read as a WAV file'):
        prepare.prepare(config(folder))
    found = datasets.describe(config(folder, damaged="skip"))
    assert sum(found.counts) == 29
    assert found.message == "1 damaged file was left out: 900 Hz/3.wav."


def test_not_a_number_is_damage(folder: Path) -> None:
    wavfile.write(folder / "900 Hz" / "3.wav", RATE, np.full(400, np.nan, np.float32))
    with pytest.raises(DataError, match="it holds NaN"):
        datasets.describe(config(folder))


def test_names_say_classes_and_groups(tmp_path: Path) -> None:
    for digit in range(3):
        for number in range(8):
            path = tmp_path / f"{digit}_{'abcd'[number % 4]}_{number}.wav"
            wavfile.write(path, RATE, np.full(50, 0.1 * digit + 0.01 * (number % 4), np.float32))
    chosen = config(tmp_path, length=50, label=r"^(\d)_", group=r"_([a-z])_")
    described, data = datasets.describe(chosen), prepare.prepare(chosen)
    assert (described.classes, sum(described.counts)) == (("0", "1", "2"), 24)
    speakers = [
        {round(value * 100) % 10 for value in part.inputs[:, 0, 25].tolist()}
        for part in (data.train, data.validation, data.test)
    ]
    assert sorted(one for part in speakers for one in part) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("label", "message"),
    [("(", "is no regular expression"), (r"(q)", "finds nothing in"), (r"\.wav", "in every name")],
)
def test_a_pattern_that_says_no_class_is_told(folder: Path, label: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        datasets.describe(config(folder, label=label))


def test_folders_without_sounds_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        datasets.describe(config(tmp_path / "none", label="x"))
    with pytest.raises(DataError, match="has no WAV files"):
        datasets.describe(config(tmp_path, label="x"))


def test_too_much_for_the_memory_is_refused_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda: 2**20)
    monkeypatch.setattr(audio_folder, "read_sound", lambda *_: pytest.fail("a sound was read"))
    with pytest.raises(DataError, match="30 sounds of 8,000 samples would take"):
        datasets.describe(config(folder, length=8000))


@pytest.mark.skipif(not REAL.is_dir(), reason="the real recordings are not here")
def test_real_recordings() -> None:
    found = datasets.describe(config(REAL, length=4000, label=r"^(\d)_", group="_([a-z]+)_"))
    assert (found.shape, found.classes, sum(found.counts)) == ((1, 4000), tuple("0123456789"), 60)


@pytest.mark.parametrize(
    ("features", "shape"),
    [("spectrogram", (1, 33, 9)), ("mel", (1, 12, 9)), ("mfcc", (1, 8, 9))],
)
def test_features_are_those_of_each_waveform(folder: Path, features: str, shape: tuple[int, ...]) -> None:
    if features != "spectrogram":
        pytest.importorskip("librosa")
    options = {"features": features, "n_fft": 64, "hop_length": 50, "n_mels": 12, "n_mfcc": 8}
    chosen = config(folder, **options)
    assert datasets.describe(chosen).shape == datasets.sample_of(chosen).shape == shape
    found, waves = datasets.load(chosen), datasets.load(config(folder))
    np.testing.assert_array_equal(found.targets, waves.targets)
    wanted = Feature.of(options_of(chosen)).compute(waves.inputs, RATE)
    np.testing.assert_array_equal(found.inputs, wanted)
    path = folder / "900 Hz" / "3.wav"
    alone = audio_folder.read_one(path, options_of(chosen), folder)
    np.testing.assert_array_equal(alone[0], found.inputs[20 + 3])


def test_a_damaged_sound_between_others_moves_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_folder, "BATCH", 4)
    whole = datasets.load(config(folder, features="spectrogram", n_fft=64)).inputs
    (folder / "300 Hz" / "4.wav").write_bytes(b"RIFF")
    found = datasets.load(config(folder, features="spectrogram", n_fft=64, damaged="skip"))
    np.testing.assert_array_equal(found.inputs, np.delete(whole, 14, 0))


def test_too_many_pictures_for_the_memory_are_refused_unread(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "free_bytes", lambda: 2**20)
    monkeypatch.setattr(audio_folder, "read_sound", lambda *_: pytest.fail("a sound was read"))
    with pytest.raises(DataError, match="30 pictures of 129 frequencies and 401 frames would take"):
        datasets.describe(config(folder, features="spectrogram", hop_length=1))
