from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from studio.app.canvas.crossings import crossings, first_crossings
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

ZIGZAG = np.array([[[0.0, 0.0], [10.0, 10.0], [10.0, 10.0], [20.0, 0.0]]])


@pytest.mark.parametrize(
    ("start", "stop", "share"),
    [
        ((5.0, 0.0), (5.0, 20.0), 0.25),
        ((0.0, 5.0), (20.0, 5.0), 0.25),
        ((0.0, 11.0), (20.0, 11.0), np.inf),
        ((5.0, 6.0), (5.0, 20.0), np.inf),
        ((12.0, 12.0), (30.0, 30.0), np.inf),
        ((10.0, 0.0), (10.0, 9.0), np.inf),
        ((10.0, 0.0), (10.0, 20.0), 0.5),
    ],
    ids=["down", "across", "above", "short", "in line but beyond", "in the corner", "through the corner"],
)
def test_lines_and_a_bent_wire(start: tuple[float, float], stop: tuple[float, float], share: float) -> None:
    assert first_crossings(ZIGZAG, start, stop).tolist() == [share]


def test_only_what_is_crossed_is_found(table: Table) -> None:
    found = crossings(table.view.scene.geometry, QPointF(440, 40), QPointF(440, 200))
    assert found == {Edge("n2", "output", "n3", "input"): QPointF(440, 108)}
    assert not crossings(table.view.scene.geometry, QPointF(440, 140), QPointF(440, 200))
