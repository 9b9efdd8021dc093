"""Samples that are drawn: waveforms reach from their lowest to their highest value in every column."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from pytestqt.qtbot import QtBot

from studio.app.panels.sample_view import SampleView, wave_lines
from studio.engine.records import DataDescribed


def waves(length: int = 500, count: int = 3) -> DataDescribed:
    found = np.sin(np.arange(count * length, dtype=np.float32)).reshape(count, 1, length)
    labels = np.arange(count) % 2
    return DataDescribed(0, "audio_folder", (1, length), ("low", "high"), (9, 1, 1), found, labels)


def test_lines_span_what_a_column_of_pixels_holds() -> None:
    wave = np.array([0.0, 1.0, -1.0, 0.5, 0.0, 0.0, 0.25, 0.0])
    lines = wave_lines(wave, QRectF(0, 0, 4, 20))
    assert [line.x1() for line in lines] == [0.5, 1.5, 2.5, 3.5]
    assert [(line.y1(), line.y2()) for line in lines] == [(0, 20), (5, 20), (7.5, 10), (7.5, 10)]


def test_short_wave_has_a_line_for_each_sample() -> None:
    assert len(wave_lines(np.zeros(3), QRectF(0, 0, 100, 20))) == 3


@pytest.mark.parametrize("length", [2, 500, 100_000])
def test_waveforms_are_shown_and_told(qtbot: QtBot, length: int) -> None:
    view = SampleView()
    qtbot.addWidget(view)
    view.resize(300, 10)
    view.show_samples(waves(length))
    assert view.isVisibleTo(None)
    assert view.accessibleName() == "Waveforms: low, high, low"
    image = view.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, 300, 3) for y in range(image.height())}
    assert len(colours) > 2
    view.show_samples(None)
    assert view.height() == 0


@pytest.mark.parametrize("changed", [False, True])
def test_features_of_sounds_are_pictures_with_low_frequencies_below(qtbot: QtBot, changed: bool) -> None:
    found = np.zeros((3, 1, 20, 30), np.float32)
    found[:, :, :4] = 1.0  # the lowest rows are loud
    described = DataDescribed(
        0, "audio_folder", (1, 20, 30), ("low", "high"), (9, 1, 1), found, np.arange(3) % 2
    )
    if changed:
        described = replace(described, changed=found[:, :, ::-1].copy())
    view = SampleView()
    qtbot.addWidget(view)
    view.resize(300, 10)
    view.show_samples(described)
    assert view.shows_changes == changed
    words = "Frequencies over time, low ones below"
    assert view.accessibleName().startswith(words)
    assert view.accessibleName().endswith(": low, high, low")
    image = view.grab().toImage()
    frame = view._wide_frame(0)
    x = int(frame.center().x())
    top, bottom = (image.pixelColor(x, int(y)).lightness() for y in (frame.top() + 2, frame.bottom() - 2))
    assert bottom > top + 100
    if changed:
        beside = view._wide_frame(1)
        x = int(beside.center().x())
        assert image.pixelColor(x, int(beside.top() + 2)).lightness() > 100
