from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from studio.app.canvas.rename_field import RenameField
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def test_delete_closes_the_gap(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_Delete)
    assert "n3" not in table.graph
    assert table.graph.has_edge(Edge("n2", "output", "n4", "input"))
    assert table.steps == 1


@pytest.mark.parametrize("keys", [SHIFT, CTRL], ids=["shift", "ctrl"])
def test_delete_with_a_key_leaves_the_gap(table: Table, keys: Qt.KeyboardModifier) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_Delete, keys)
    assert not table.graph.inputs_of("n4")
    assert table.steps == 1


def test_delete_with_nothing_selected_says_so(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.view.message):
        table.key(Key.Key_Delete)
    assert table.steps == 0


def test_copy_and_paste_keep_inner_wires_and_names_free(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.key(Key.Key_C, CTRL)
    table.key(Key.Key_V, CTRL)
    copies = table.selection.nodes
    assert len(copies) == 2
    assert not copies & {"n2", "n3"}
    assert {table.graph.node(i).name for i in copies} == {"conv1", "relu1"}
    assert sum(edge.target in copies for edge in table.graph.edges()) == 1
    assert table.steps == 1


def test_pasting_again_goes_further(table: Table) -> None:
    table.selection.set(["n2"])
    table.view.copy()
    places = []
    for _ in range(3):
        table.view.paste_at(QPointF(500, 500))
        (node_id,) = table.selection.nodes
        places.append((table.graph.node(node_id).x, table.graph.node(node_id).y))
    assert places[1] == (places[0][0] + 24, places[0][1] + 24)
    assert places[2] == (places[0][0] + 48, places[0][1] + 48)


def test_paste_puts_the_middle_at_the_point(table: Table) -> None:
    table.selection.set(["n2"])
    table.view.copy()
    table.view.paste_at(QPointF(500, 500))
    (node_id,) = table.selection.nodes
    assert (table.middle(node_id) - QPointF(500, 500)).manhattanLength() < 16


def test_cut_and_paste_move_layers_to_another_window(
    table: Table, make_table: Callable[[Graph], Table]
) -> None:
    table.selection.set(["n2", "n3"])
    table.key(Key.Key_X, CTRL)
    assert "n2" not in table.graph
    assert table.graph.has_edge(Edge("n1", "output", "n4", "input"))
    other = make_table(Graph())
    other.key(Key.Key_V, CTRL)
    assert sorted(node.name for node in other.graph.nodes.values()) == ["conv", "relu"]
    assert other.graph.num_edges() == 1


def test_duplicate(table: Table) -> None:
    table.selection.set(["n5"])
    table.key(Key.Key_D, CTRL)
    (copy,) = table.selection.nodes
    assert table.graph.node(copy).name == "drop1"
    assert (table.graph.node(copy).x, table.graph.node(copy).y) == (304, 344)
    assert table.steps == 1


def test_select_all(table: Table) -> None:
    table.key(Key.Key_A, CTRL)
    assert table.selection.nodes == set(table.graph.nodes)


@pytest.mark.parametrize(
    ("key", "keys", "way"),
    [
        (Key.Key_Right, Qt.KeyboardModifier.NoModifier, (8, 0)),
        (Key.Key_Up, Qt.KeyboardModifier.NoModifier, (0, -8)),
        (Key.Key_Left, SHIFT, (-1, 0)),
        (Key.Key_Down, SHIFT, (0, 1)),
    ],
)
def test_arrows_nudge(table: Table, key: Key, keys: Qt.KeyboardModifier, way: tuple[int, int]) -> None:
    table.selection.set(["n5"])
    table.key(key, keys)
    assert (table.graph.node("n5").x - 280, table.graph.node("n5").y - 320) == way
    assert table.steps == 1


def test_held_arrow_is_one_step_of_undo(table: Table) -> None:
    table.selection.set(["n5"])
    QTest.keyPress(table.view, Key.Key_Right)
    for _ in range(5):
        table.view.keyPressEvent(repeat(Key.Key_Right))
    QTest.keyRelease(table.view, Key.Key_Right)
    assert table.graph.node("n5").x == 280 + 6 * 8
    assert table.steps == 1
    table.key(Key.Key_Right)
    assert table.steps == 2


def repeat(key: Key) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", True)


def test_tab_walks_along_the_network_and_back(table: Table) -> None:
    seen = []
    for _ in range(4):
        table.key(Key.Key_Tab)
        seen.append(table.selection.single)
    assert seen[:2] == ["n1", "n2"]
    assert table.view.keyboard_node == seen[-1]
    table.key(Key.Key_Backtab)
    assert table.selection.single == seen[2]


def test_focus_ring_is_painted_round_the_node_walked_to(table: Table) -> None:
    table.selection.set(["n1"])
    plain = table.picture()
    table.selection.clear()
    table.key(Key.Key_Tab)
    assert table.selection.single == "n1"
    assert table.picture() != plain


def test_rename_in_place(table: Table, qtbot: QtBot) -> None:
    table.selection.set(["n2"])
    table.key(Key.Key_F2)
    field = table.view.findChild(RenameField)
    assert isinstance(field, QLineEdit)
    field.clear()
    QTest.keyClicks(field, "stem")
    QTest.keyClick(field, Key.Key_Return)
    assert table.graph.node("n2").name == "stem"
    assert table.steps == 1
    qtbot.waitUntil(lambda: table.view.findChild(RenameField) is None)


@pytest.mark.parametrize(("name", "reason"), [("relu", "already"), ("-3rd", "cannot be"), ("for", "Python")])
def test_refused_name_says_why_and_stays_open(table: Table, name: str, reason: str) -> None:
    table.selection.set(["n2"])
    table.view.rename()
    field = table.view.findChild(RenameField)
    field.clear()
    QTest.keyClicks(field, name)
    QTest.keyClick(field, Key.Key_Return)
    words = table.view.findChild(QLabel, "canvas.rename.reason")
    assert words.isVisible()
    assert reason in words.text()
    assert field.isVisible()
    QTest.keyClick(field, Key.Key_Escape)
    assert table.graph.node("n2").name == "conv"
    assert table.steps == 0


def test_double_click_on_a_node_renames_it(table: Table) -> None:
    QTest.mouseDClick(table.view, Qt.MouseButton.LeftButton, pos=table.place(table.middle("n2")))
    assert table.view.findChild(RenameField) is not None


def test_double_click_on_empty_canvas_asks_for_a_search_there(table: Table, qtbot: QtBot) -> None:
    place = QPointF(900, 600)
    with qtbot.waitSignal(table.view.search_requested) as asked:
        QTest.mouseDClick(table.view, Qt.MouseButton.LeftButton, pos=table.place(place))
    assert asked.args[0] == place


def test_f_fits_the_network(table: Table, qtbot: QtBot) -> None:
    table.view.set_camera(table.view.camera.panned(5000, 5000))
    table.key(Key.Key_F)
    extent = table.view.scene.geometry.extent()
    qtbot.waitUntil(lambda: table.view.visible_area().contains(extent))
