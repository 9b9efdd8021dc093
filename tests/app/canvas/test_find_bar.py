from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSizeF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.find_bar import FindBar
from studio.graph import edits
from studio.graph.block import Block
from studio.graph.graph import Graph
from tests.helpers.canvas_table import Table, node

Key = Qt.Key
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def find(table: Table, words: str) -> FindBar:
    table.key(Key.Key_F, CTRL)
    bar = table.view.find_bar
    assert bar.isVisible()
    assert bar.field.hasFocus()
    QTest.keyClicks(bar.field, words)
    return bar


def deep(make_table: Callable[[Graph], Table]) -> Table:
    """A ReLU outside, and one in a block of which there are two instances."""
    inner = Graph.of([node("n1", "ReLU", "act", 80, 80)])
    nodes = [
        node("n1", "ReLU", "relu", 80, 80),
        node("n2", "block:Unit", "unit", 280, 80),
        node("n3", "block:Unit", "unit2", 480, 80),
    ]
    return make_table(Graph.of(nodes, blocks=[Block("Unit", inner)]))


def test_typing_goes_to_the_best_at_this_level(table: Table, qtbot: QtBot) -> None:
    table.view.set_camera(Camera(4000, 4000, 0.3))
    bar = find(table, "relu")
    assert table.selection.single == "n3"
    assert (bar.count.text(), bar.where.text()) == ("1 of 1", "relu  ·  ReLU")
    qtbot.waitUntil(lambda: table.view.visible_area().contains(table.middle("n3")))


def test_enter_goes_on_and_round_and_shift_enter_back(table: Table) -> None:
    bar = find(table, "e")
    names = [hit.node.name for hit in bar.hits]
    assert len(names) > 2
    seen = [table.graph.node(str(table.selection.single)).name]
    for _ in names[1:]:
        QTest.keyClick(bar.field, Key.Key_Return)
        seen.append(table.graph.node(str(table.selection.single)).name)
    assert seen == names
    QTest.keyClick(bar.field, Key.Key_Return)
    assert table.graph.node(str(table.selection.single)).name == names[0]
    QTest.keyClick(bar.field, Key.Key_Return, SHIFT)
    assert table.graph.node(str(table.selection.single)).name == names[-1]
    assert bar.field.hasFocus()
    assert table.steps == 0


def test_buttons_do_the_same(table: Table) -> None:
    bar = find(table, "e")
    first = table.selection.single
    QTest.mouseClick(bar.next, Qt.MouseButton.LeftButton)
    assert table.selection.single != first
    QTest.mouseClick(bar.previous, Qt.MouseButton.LeftButton)
    assert table.selection.single == first
    QTest.mouseClick(bar.shut, Qt.MouseButton.LeftButton)
    assert bar.isHidden()
    assert table.view.hasFocus()


def test_what_is_inside_a_block_is_gone_to_by_enter_alone(make_table: Callable[[Graph], Table]) -> None:
    table = deep(make_table)
    bar = find(table, "act")
    assert (table.document.level, bar.count.text()) == ((), "1 of 1")
    assert bar.where.text().endswith("in unit")
    QTest.keyClick(bar.field, Key.Key_Return)
    assert table.document.level == ("n2",)
    assert table.selection.single == "n1"
    bar.field.clear()
    QTest.keyClicks(bar.field, "relu")
    assert (table.document.level, len(bar.hits)) == (("n2",), 2)
    QTest.keyClick(bar.field, Key.Key_Return)
    assert table.document.level == ()


@pytest.mark.parametrize(
    ("words", "ids"), [("out_channels=16", {"n2"}), ("p=0.5", {"n5"}), ("inplace", set())]
)
def test_arguments_are_found(table: Table, words: str, ids: set[str]) -> None:
    table.document.edit("Set", lambda graph: edits.set_argument(graph, "n2", "out_channels", 16))
    assert {hit.node.id for hit in find(table, words).hits} == ids


def test_alt_enter_selects_all_that_were_found_here(make_table: Callable[[Graph], Table]) -> None:
    table = deep(make_table)
    bar = find(table, "unit")
    QTest.keyClick(bar.field, Key.Key_Return, ALT)
    assert table.selection.nodes == {"n2", "n3"}
    bar.field.clear()
    QTest.keyClicks(bar.field, "relu")
    QTest.keyClick(bar.field, Key.Key_Return, ALT)
    assert table.selection.nodes == {"n1"}


def test_nothing_found_says_none(table: Table) -> None:
    bar = find(table, "qqq")
    assert bar.count.text() == "None"
    assert not bar.next.isEnabled()
    QTest.keyClick(bar.field, Key.Key_Return)
    assert table.selection.single is None
    assert bar.field.accessibleDescription().startswith("None")


def test_escape_closes_it_and_keeps_what_was_found(table: Table) -> None:
    bar = find(table, "drop")
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert bar.isHidden()
    assert table.view.hasFocus()
    assert table.selection.single == "n5"
    table.key(Key.Key_F, CTRL)
    assert bar.field.selectedText() == "drop"


def test_what_changes_meanwhile_is_found_anew(table: Table) -> None:
    bar = find(table, "relu")
    table.document.edit("Rename", lambda graph: edits.rename(graph, "n5", "relu9"))
    assert bar.count.text() == "1 of 2"
    table.document.edit("Delete", lambda graph: edits.remove_nodes(graph, ["n3", "n5"]))
    assert bar.count.text() == "None"


@pytest.mark.parametrize("width", [1000, 300])
def test_it_stays_in_its_corner(table: Table, width: int) -> None:
    bar = find(table, "relu")
    table.view.resize(width, 400)
    assert table.view.rect().contains(bar.geometry())
    assert not bar.geometry().intersects(table.view.add_button.geometry())


def test_everything_that_was_found_is_outlined(table: Table) -> None:
    table.view.set_camera(Camera(0, -150, 1.0))  # nothing lies under the bar
    bar = find(table, "out_channels=32 nothing")
    table.selection.clear()
    plain = table.picture()
    bar.field.setText("l")
    table.selection.clear()
    found = {hit.node.id for hit in bar.hits}
    assert 1 < len(found) < len(table.graph)
    assert outlined(table, plain) == found
    bar.close_bar()
    assert outlined(table, plain) == set()


def outlined(table: Table, plain: QImage) -> set[str]:
    """The nodes round whose corner a picture differs from a plain one."""
    picture, changed = table.picture(), set()
    for node_id in table.graph.nodes:
        corner = table.place(table.view.scene.geometry.rect(node_id).topLeft()) - QPoint(8, 8)
        ratio = picture.devicePixelRatio()
        box = QRect((QPointF(corner) * ratio).toPoint(), (QSizeF(12, 30) * ratio).toSize())
        if picture.copy(box) != plain.copy(box):
            changed.add(node_id)
    return changed


def test_all_parts_have_names(table: Table) -> None:
    bar = find(table, "")
    assert all(
        part.objectName().startswith("canvas.find") and part.accessibleName()
        for part in (bar, bar.field, bar.next, bar.previous, bar.shut)
    )
    assert isinstance(bar.field, QLineEdit)
    assert bar.childAt(QPoint(20, 20)) is bar.field
