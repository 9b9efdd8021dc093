from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF

from studio.app.canvas.spacing import equally_spaced
from tests.helpers.canvas_table import Table

ROW = np.array([[0.0, 0.0, 100.0, 50.0], [130.0, 10.0, 230.0, 60.0]])


@pytest.mark.parametrize(
    ("x", "start"),
    [(262.0, 260.0), (-133.0, -130.0), (300.0, None)],
    ids=["behind", "before", "too far"],
)
def test_a_third_card_keeps_the_gap_of_two(x: float, start: float | None) -> None:
    found = equally_spaced(ROW, (x, 5.0, 100.0, 50.0), 5.0, down=False)
    assert (found.start if found else None) == start
    assert found is None or [round(gap.length()) for gap in found.gaps] == [30, 30]


def test_a_card_between_two_has_equal_gaps() -> None:
    wide = ROW + np.array([[0, 0, 0, 0], [170, 0, 170, 0]])
    found = equally_spaced(wide, (148.0, 0.0, 100.0, 50.0), 5.0, down=False)
    assert found is not None
    assert found.start == 150
    assert found.gaps == [QLineF(100, 60, 150, 60), QLineF(250, 60, 300, 60)]


def test_columns_and_other_rows() -> None:
    column = ROW[:, [1, 0, 3, 2]]
    found = equally_spaced(column, (5.0, 262.0, 50.0, 100.0), 5.0, down=True)
    assert found is not None
    assert found.start == 260
    assert equally_spaced(ROW, (262.0, 300.0, 100.0, 50.0), 5.0, down=False) is None


def test_dragging_a_card_snaps_to_the_gap_of_its_row_and_shows_it(table: Table) -> None:
    table.selection.set(["n5"])
    gap = table.view.scene.geometry.rect("n3").left() - table.view.scene.geometry.rect("n2").right()
    behind = table.view.scene.geometry.rect("n4").right()
    before = table.view.scene.geometry.rect("n4").left() - table.view.scene.geometry.rect("n3").right()
    corner = table.view.scene.geometry.rect("n5").topLeft()
    wanted = QPointF(behind + before + 3, 80)
    start = table.middle("n5")
    table.press(start)
    for part in (0.5, 1.0):
        table.move(start + (wanted - corner) * part)
    table.view.grab()
    table.release(start + wanted - corner)
    assert gap != before
    assert table.graph.node("n5").x == behind + before
    assert table.graph.node("n5").y == 80
    assert table.steps == 1
