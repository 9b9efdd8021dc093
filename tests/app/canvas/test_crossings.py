from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from studio.app.canvas.crossings import crossed, crosses
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

ZIGZAG = np.array([[[0.0, 0.0], [10.0, 10.0], [10.0, 10.0], [20.0, 0.0]]])


@pytest.mark.parametrize(
    ("start", "stop", "hit"),
    [
        ((5.0, 0.0), (5.0, 20.0), True),
        ((0.0, 5.0), (20.0, 5.0), True),
        ((0.0, 11.0), (20.0, 11.0), False),
        ((5.0, 6.0), (5.0, 20.0), False),
        ((12.0, 12.0), (30.0, 30.0), False),
        ((10.0, 0.0), (10.0, 9.0), False),
    ],
    ids=["down", "across", "above", "short", "in line but beyond", "in the corner"],
)
def test_lines_and_a_bent_wire(start: tuple[float, float], stop: tuple[float, float], hit: bool) -> None:
    assert crosses(ZIGZAG, start, stop).tolist() == [hit]


def test_only_what_is_crossed_is_found(table: Table) -> None:
    found = crossed(table.view.scene.geometry, QPointF(440, 40), QPointF(440, 200))
    assert found == [Edge("n2", "output", "n3", "input")]
    assert crossed(table.view.scene.geometry, QPointF(440, 140), QPointF(440, 200)) == []
