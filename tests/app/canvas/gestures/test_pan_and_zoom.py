from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import NOTCH, Camera
from tests.helpers.canvas_table import Table

CURSOR = QPointF(640, 210)
NOTCH_UP = QPoint(0, 120)


def test_middle_button_pushes_the_canvas(table: Table) -> None:
    table.drag(table.middle("n2"), table.middle("n2") + QPointF(90, -40), button=Qt.MouseButton.MiddleButton)
    assert (table.view.camera.x, table.view.camera.y) == (-90, 40)
    assert table.steps == 0
    assert not table.selection.nodes


def test_space_and_drag_push_the_canvas(table: Table) -> None:
    QTest.keyPress(table.view, Qt.Key.Key_Space)
    table.drag(table.middle("n2"), table.middle("n2") + QPointF(50, 60))
    QTest.keyRelease(table.view, Qt.Key.Key_Space)
    assert (table.view.camera.x, table.view.camera.y) == (-50, -60)
    table.drag(table.middle("n5"), table.middle("n5") + QPointF(80, 0))
    assert table.graph.node("n5").x == 360


def test_escape_puts_the_canvas_back(table: Table) -> None:
    table.press(QPointF(100, 600), button=Qt.MouseButton.MiddleButton)
    table.move(QPointF(300, 600))
    table.key(Qt.Key.Key_Escape)
    assert table.view.camera == Camera()


@pytest.mark.parametrize(
    "keys", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier], ids=["plain", "ctrl"]
)
def test_wheel_zooms_to_the_cursor(table: Table, qtbot: QtBot, keys: Qt.KeyboardModifier) -> None:
    under = table.view.camera.to_canvas(CURSOR)
    with qtbot.waitSignal(table.view.zoom_changed) as changed:
        table.wheel(CURSOR, NOTCH_UP, keys)
    assert changed.args[0] == pytest.approx(NOTCH)
    assert (table.view.camera.to_screen(under) - CURSOR).manhattanLength() < 1e-6


def test_shift_and_wheel_go_sideways(table: Table) -> None:
    table.wheel(CURSOR, NOTCH_UP, Qt.KeyboardModifier.ShiftModifier)
    assert table.view.camera == Camera(-120, 0, 1)


def test_two_fingers_push_the_canvas(table: Table) -> None:
    table.wheel(CURSOR, QPoint(0, -30), pixels=QPoint(12, -20))
    assert table.view.camera == Camera(-12, 20, 1)


def test_fit_shows_every_card(table: Table) -> None:
    table.view.set_camera(Camera(9000, 9000, 3))
    table.view.fit()
    assert table.view.visible_area().contains(table.view.scene.geometry.extent())


def test_canvas_stays_fitted_until_the_person_looks_elsewhere(table: Table) -> None:
    table.document.open(table.document.project, None)
    table.view.resize(700, 500)
    assert table.view.visible_area().contains(table.view.scene.geometry.extent())
    table.wheel(CURSOR, NOTCH_UP)
    camera = table.view.camera
    table.view.resize(900, 600)
    assert table.view.camera == camera


def test_reveal_selects_and_brings_into_view(table: Table, qtbot: QtBot) -> None:
    table.view.set_camera(Camera(9000, 9000, 0.2))
    table.view.reveal("n7")
    assert table.selection.nodes == {"n7"}
    qtbot.waitUntil(lambda: table.view.visible_area().contains(table.middle("n7")))
    qtbot.waitUntil(lambda: table.view.camera.zoom == 0.75)


def test_overview_jumps_to_where_it_is_clicked(table: Table) -> None:
    table.view.set_camera(Camera(9000, 9000, 1))
    minimap = table.view.minimap
    assert minimap.isVisible()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=minimap.rect().center())
    middle = table.view.scene.geometry.extent().center()
    assert (table.view.visible_area().center() - middle).manhattanLength() < 30
