from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize

from studio.app.search.floating import clear_of, placed
from studio.app.theme.tokens import SEARCH_GAP

ROOM = QRect(10, 10, 1000, 700)
SIZE = QSize(600, 400)


@pytest.mark.parametrize(
    ("place", "expected"),
    [((100, 100), (100, 100)), ((0, 0), (10, 10)), ((900, 100), (410, 100)), ((100, 650), (100, 310))],
)
def test_as_near_to_the_point_as_the_edges_allow(place: tuple[int, int], expected: tuple[int, int]) -> None:
    assert placed(QPoint(*place), SIZE, ROOM, beside=False) == QRect(QPoint(*expected), SIZE)


@pytest.mark.parametrize("x", [100, 390, 420, 500, 600, 700, 990])
def test_beside_a_point_leaves_it_in_sight(x: int) -> None:
    box = placed(QPoint(x, 300), SIZE, ROOM, beside=True)
    assert ROOM.contains(box)
    assert not box.contains(QPoint(x, 300))
    assert min(abs(box.left() - x), abs(x - box.right() - 1)) == SEARCH_GAP


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (QRect(100, 100, 80, 40), (100, 152)),
        (QRect(100, 500, 80, 40), (100, 88)),
        (QRect(100, 300, 80, 40), (192, 300)),
        (QRect(800, 300, 80, 40), (188, 300)),
        (QRect(400, 300, 300, 40), (400, 352)),
        (QRect(400, 220, 300, 280), (400, 220)),
    ],
    ids=["under", "over", "right", "left", "under and lower", "nowhere"],
)
def test_it_keeps_clear_of_what_it_is_about(box: QRect, expected: tuple[int, int]) -> None:
    now = placed(box.topLeft(), SIZE, ROOM, beside=False)
    moved = clear_of(box, now, ROOM)
    assert moved.topLeft() == QPoint(*expected)
    assert ROOM.contains(moved)
    assert moved.intersects(box) == (moved == now)


def test_it_stays_where_it_covers_nothing() -> None:
    now = QRect(QPoint(10, 10), SIZE)
    assert clear_of(QRect(900, 600, 50, 50), now, ROOM) == now
