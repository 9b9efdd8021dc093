"""The note stands beside what is lit, inside the window, and covers none of it while there is any way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize

from studio.app.tour.spots import GAP, place_note

NOTE = QSize(340, 240)
WINDOWS = [QRect(0, 0, 1600, 1000), QRect(0, 0, 1280, 800), QRect(0, 0, 900, 600)]


@pytest.mark.parametrize("room", WINDOWS, ids=lambda room: f"{room.width()}")
@pytest.mark.parametrize(
    "spot",
    [
        QRect(10, 10, 60, 30),
        QRect(400, 200, 140, 64),
        QRect(800, 560, 90, 30),
        QRect(216, 360, 600, 230),
        QRect(0, 40, 216, 520),
        QRect(640, 60, 250, 500),
    ],
    ids=lambda spot: f"{spot.x()},{spot.y()}",
)
def test_note_is_inside_and_beside(room: QRect, spot: QRect) -> None:
    note = QRect(place_note([spot], NOTE, room), NOTE)
    assert room.contains(note)
    assert not note.intersects(spot)


def test_note_leaves_several_spots_free() -> None:
    spots = [QRect(300, 150, 140, 64), QRect(216, 560, 1000, 300)]
    note = QRect(place_note(spots, NOTE, WINDOWS[0]), NOTE)
    assert not any(note.intersects(spot) for spot in spots)


def test_note_without_a_spot_is_in_the_middle() -> None:
    note = QRect(place_note([], NOTE, WINDOWS[0]), NOTE)
    assert (note.center() - WINDOWS[0].center()).manhattanLength() < 4


def test_note_stays_inside_a_window_that_is_all_lit() -> None:
    room = WINDOWS[2]
    assert room.contains(QRect(place_note([room], NOTE, room), NOTE))
    assert GAP > 0
