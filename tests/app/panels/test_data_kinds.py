"""Sounds, texts and drawn points in the data panel: options, buttons, samples, and the input for them."""

from __future__ import annotations

import numpy as np
import pytest

from studio.engine.records import DataDescribed
from studio.project import sounds
from studio.project.matching import inputs_of

SOUND = DataDescribed(
    1, "audio_folder", (1, 50), ("low", "high"), (9, 2, 2), np.ones((4, 1, 50), np.float32), np.arange(4) % 2
)
TEXT = DataDescribed(
    1,
    "text_classes",
    (6,),
    ("no", "yes"),
    (9, 2, 2),
    np.ones((4, 6), np.int64),
    np.arange(4) % 2,
    texts=("it was good",) * 4,
)


@pytest.fixture
def data(inspector):
    return inspector.project_page.data


def choose(data, key: str) -> None:
    data.choice.setCurrentIndex(data.choice.findData(key))
    data.choice.activated.emit(data.choice.currentIndex())


@pytest.mark.parametrize(
    ("key", "option", "has_file"),
    [
        ("audio_folder", "other_rate", False),
        ("text_classes", "padding_side", True),
        ("text", "step", True),
        ("image_folder", "read", False),
    ],
)
def test_own_files_have_their_options_and_buttons(data, key: str, option: str, has_file: bool) -> None:
    choose(data, key)
    assert option in data.options.rows
    assert (data.file.isHidden(), data.folder.isHidden()) == (not has_file, False)


def test_drawn_points_have_options_and_no_folder(data, document, type_into) -> None:
    choose(data, "blobs")
    type_into(data.options.rows["centers"].editor, "5")
    assert document.project.data.options == {"centers": 5}
    assert data.folder.isHidden()


@pytest.mark.parametrize(
    ("described", "kind", "shown"),
    [(SOUND, "SignalInput", "samples"), (TEXT, "TokenInput", "texts")],
    ids=["sound", "text"],
)
def test_samples_are_shown_and_the_input_is_offered(data, document, described, kind: str, shown: str) -> None:
    choose(data, described.dataset)
    data.show_data(described)
    assert not getattr(data.preview, shown).isHidden()
    before = document.project
    data.match.click()
    assert [node.kind for node in inputs_of(document.design)] == [kind]
    document.undo()
    assert document.project == before


def test_options_of_features_show_with_the_features_that_have_them(data, document) -> None:
    choose(data, "audio_folder")
    rows = data.options.rows
    shown = {
        "waveform": set(),
        "spectrogram": {"scale", "n_fft", "hop_length"},
        "mel": {"scale", "n_fft", "hop_length", "n_mels", "fmin", "fmax"},
        "mfcc": {"n_fft", "hop_length", "n_mels", "n_mfcc", "fmin", "fmax"},
    }
    for features, wanted in shown.items():
        data.options.edited.emit("features", features)
        own = {name for name in sounds.FEATURE_OPTIONS if not rows[name].name_label.isHidden()}
        assert own == wanted
    assert document.project.data.options == {"features": "mfcc"}
