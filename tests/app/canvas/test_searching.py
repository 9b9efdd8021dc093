from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.gestures.held_wire import HeldWire
from studio.app.canvas.menus import menu_at
from studio.app.canvas.ports import PortRef
from studio.app.search.popup import SearchPopup
from studio.app.search.row_painting import star_box
from studio.engine.records import Checked
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers import search_popup
from tests.helpers.canvas_table import Table, node

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
EMPTY = QPointF(900, 600)
CAMERAS = [Camera(), Camera(-60, 30, 0.7), Camera(500, 380, 1.6)]


def double_click(table: Table, at: QPointF) -> None:
    QTest.mouseDClick(table.view, Qt.MouseButton.LeftButton, pos=table.place(at))


def popup(table: Table) -> SearchPopup:
    found = table.view.search.popup
    assert found.isVisible()
    return found


def type_in(table: Table, words: str) -> None:
    search_popup.type_in(table.view.search.popup, words)


def press(table: Table, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    search_popup.press(table.view.search.popup, key, keys)


def titles(table: Table) -> list[str]:
    return search_popup.titles(table.view.search.popup)


def headings(table: Table) -> list[str]:
    return search_popup.headings(table.view.search.popup)


def tell_shape(table: Table, node_id: str, *shape: int) -> None:
    report = NodeReport(node_id, shape)
    table.facts.update(Checked(0, (), (report,), Totals()), table.graph)


def kind_of(table: Table, node_id: str) -> str:
    return table.graph.node(node_id).kind


# Opening --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera", CAMERAS)
def test_double_click_opens_it_at_the_cursor(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    place = camera.to_canvas(QPointF(100, 150))
    double_click(table, place)
    assert popup(table).geometry().topLeft() == QPoint(100, 150)
    assert popup(table).field.hasFocus()


def test_space_taps_open_it_and_space_drags_do_not(table: Table) -> None:
    table.key(Key.Key_Space)
    press(table, Key.Key_Escape)
    QTest.keyPress(table.view, Key.Key_Space)
    table.drag(EMPTY, EMPTY + QPointF(40, 0))
    QTest.keyRelease(table.view, Key.Key_Space)
    assert table.view.camera.x == -40
    assert not table.view.search.is_open


def test_space_held_until_it_repeats_is_no_tap(table: Table) -> None:
    QTest.keyPress(table.view, Key.Key_Space)
    for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
        event = QKeyEvent(kind, Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", True)
        QApplication.sendEvent(table.view, event)
    QTest.keyRelease(table.view, Key.Key_Space)
    assert not table.view.search.is_open


def test_tab_opens_it_for_who_came_by_the_mouse(table: Table) -> None:
    table.click(EMPTY)
    table.key(Key.Key_Tab)
    assert popup(table).field.hasFocus()
    assert table.selection.single is None


def test_tab_walks_for_who_came_by_the_keyboard(table: Table) -> None:
    table.click(EMPTY)
    table.view.clearFocus()
    table.view.setFocus(Qt.FocusReason.TabFocusReason)
    table.key(Key.Key_Tab)
    assert table.selection.single == "n1"
    table.key(Key.Key_Space)
    assert popup(table).field.hasFocus()


def test_shift_tab_walks_back_even_so(table: Table) -> None:
    table.click(table.middle("n3"))
    table.key(Key.Key_Backtab)
    assert table.selection.single == "n2"


def test_key_button_and_menu_open_it(table: Table) -> None:
    table.key(Key.Key_A, SHIFT)
    press(table, Key.Key_Escape)
    QTest.mouseClick(table.view.add_button, Qt.MouseButton.LeftButton)
    assert popup(table).geometry().top() > table.view.add_button.geometry().bottom()
    press(table, Key.Key_Escape)
    menu = menu_at(table.view, EMPTY)
    next(each for each in menu.actions() if each.objectName() == "action.canvas.search").trigger()
    assert popup(table).field.hasFocus()
    menu.deleteLater()


def test_button_stays_in_its_corner_and_names_the_key(table: Table) -> None:
    button = table.view.add_button
    for width in (1000, 640):
        table.view.resize(width, 500)
        assert button.geometry().right() == width - 13
    assert "Space" in button.text()
    assert button.accessibleName()


def test_all_parts_have_names(table: Table) -> None:
    double_click(table, EMPTY)
    found = popup(table)
    parts = [found, found.field, found.list, found.findChild(QWidget, "search.layers.help")]
    assert all(part.objectName().startswith("search.layers") and part.accessibleName() for part in parts)


@pytest.mark.parametrize("at", [(5, 5), (995, 5), (995, 695), (5, 695), (500, 690)])
def test_it_never_leaves_the_window(table: Table, at: tuple[int, int]) -> None:
    double_click(table, table.view.camera.to_canvas(QPointF(*at)))
    assert table.view.rect().contains(popup(table).geometry())


def test_small_window_gets_a_small_one_without_help(make_table: Callable[[Graph], Table]) -> None:
    table = make_table(Graph())
    table.view.resize(400, 300)
    double_click(table, table.view.camera.to_canvas(QPointF(300, 200)))
    assert table.view.rect().contains(popup(table).geometry())
    about = popup(table).findChild(QWidget, "search.layers.help")
    assert about is not None
    assert about.isHidden()


def test_it_stays_inside_a_window_that_shrinks(table: Table) -> None:
    double_click(table, EMPTY)
    table.view.resize(500, 400)
    assert table.view.rect().contains(popup(table).geometry())


def test_button_makes_way_for_long_breadcrumbs(make_table: Callable[[Graph], Table]) -> None:
    inner = Graph.of([node("n1", "ReLU", "act", 80, 80)])
    name = "a_rather_long_name_of_a_block_that_takes_room"
    table = make_table(Graph.of([node("n1", "block:Unit", name, 0, 0)], blocks=[Block("Unit", inner)]))
    table.view.resize(480, 400)
    table.view.blocks.enter("n1")
    button = table.view.add_button.geometry()
    assert not table.view.breadcrumbs.geometry().intersects(button)
    assert table.view.rect().contains(button)


def test_words_at_the_foot_are_shortened_where_there_is_no_room(table: Table) -> None:
    double_click(table, EMPTY)
    foot = popup(table).foot
    assert foot.text().endswith("Esc closes")
    table.view.resize(300, 400)
    assert foot.text().endswith("…")
    assert foot.fontMetrics().horizontalAdvance(foot.text()) <= foot.width()
    assert foot.toolTip().endswith("Esc closes")


def test_click_elsewhere_closes_it_and_acts(table: Table) -> None:
    double_click(table, EMPTY)
    table.click(table.middle("n1"))
    assert not table.view.search.is_open
    assert table.selection.single == "n1"
    assert table.steps == 0


def test_escape_gives_the_keyboard_back(table: Table) -> None:
    table.selection.set(["n2"])
    double_click(table, EMPTY)
    press(table, Key.Key_Escape)
    assert not table.view.search.is_open
    assert table.view.hasFocus()
    assert table.steps == 0


# Finding --------------------------------------------------------------------------------------------


def test_empty_network_begins_with_its_input(make_table: Callable[[Graph], Table]) -> None:
    table = make_table(Graph())
    double_click(table, EMPTY)
    assert titles(table)[0] == "Image"


def test_arrows_and_pages_walk_over_headings(table: Table) -> None:
    table.selection.set(["n2"])
    tell_shape(table, "n2", 16, 28, 28)
    table.key(Key.Key_Space)
    found = popup(table).list
    assert found.row is not None
    assert found.rows.rows[0].title == "Fits conv"
    first = found.row.title
    press(table, Key.Key_Down)
    assert found.row.title == titles(table)[1]
    press(table, Key.Key_Up)
    press(table, Key.Key_Up)
    assert found.row.title == titles(table)[-1]
    press(table, Key.Key_Down)
    assert found.row.title == first
    press(table, Key.Key_PageDown)
    assert titles(table).index(found.row.title) == found.page() or found.row.title != first
    press(table, Key.Key_End, CTRL)
    assert found.row.title == titles(table)[-1]
    press(table, Key.Key_Home, CTRL)
    assert found.row.title == first


def test_what_does_not_fit_is_there_and_says_why(table: Table) -> None:
    table.selection.set(["n2"])
    tell_shape(table, "n2", 16, 28, 28)
    table.key(Key.Key_Space)
    assert headings(table) == [
        "Fits conv",
        "Would not suit conv",
        "Cannot be wired to conv",
        "Cannot be here",
    ]
    type_in(table, "bn1")
    row = popup(table).list.row
    assert row is not None
    assert (row.title, row.reason) == ("BatchNorm1d", "wants (N, C) or (N, C, L), and 4 dimensions come")
    assert row.reason in popup(table).field.accessibleDescription()
    assert "Wants (N, C) or (N, C, L), and 4 dimensions come." in help_words(table)


def test_shape_that_becomes_known_meanwhile_counts(table: Table) -> None:
    table.selection.set(["n2"])
    table.key(Key.Key_Space)
    type_in(table, "bn1")
    assert headings(table)[0] == "Fits conv"
    tell_shape(table, "n2", 16, 28, 28)
    assert headings(table)[0] == "Would not suit conv"


def help_words(table: Table) -> str:
    about = popup(table).findChild(QWidget, "search.layers.help")
    return about.words()  # type: ignore[union-attr]


def test_help_tells_formula_and_ports_of_the_current_one(table: Table) -> None:
    double_click(table, EMPTY)
    type_in(table, "crossent")
    assert "In: input" in help_words(table)
    assert "In: target" in help_words(table)
    press(table, Key.Key_Escape)
    double_click(table, EMPTY)
    type_in(table, "relu")
    assert "max" in help_words(table)


def test_nothing_found_says_so(table: Table) -> None:
    double_click(table, EMPTY)
    type_in(table, "qqqqq")
    assert popup(table).empty.isVisible()
    assert "qqqqq" in popup(table).empty.text()
    press(table, Key.Key_Return)
    assert table.steps == 0


def test_pins_are_toggled_by_key_and_star_and_kept_first(table: Table) -> None:
    double_click(table, EMPTY)
    type_in(table, "gelu")
    press(table, Key.Key_P, CTRL)
    press(table, Key.Key_Escape)
    double_click(table, EMPTY)
    assert titles(table)[0] == "GELU"
    found = popup(table).list
    star = star_box(found.visualRect(found.rows.index(0, 0))).center()
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=star)
    assert table.view.search.usage.pinned == ()
    assert table.steps == 0
    assert found.row is not None
    assert found.row.title == "GELU"


def test_blocks_of_the_project_are_found_but_not_inside_themselves(
    make_table: Callable[[Graph], Table],
) -> None:
    inner = Graph.of([node("n1", "BlockInput", "input", 0, 0), node("n2", "ReLU", "relu", 200, 0)])
    table = make_table(Graph.of([node("n1", "block:Unit", "unit", 0, 0)], blocks=[Block("Unit", inner)]))
    double_click(table, EMPTY)
    type_in(table, "unit")
    assert titles(table)[0] == "Unit"
    press(table, Key.Key_Return)
    assert table.steps == 1
    table.view.blocks.enter("n1")
    double_click(table, EMPTY)
    type_in(table, "unit")
    row = popup(table).list.row
    assert row is not None
    assert row.reason == "would put Unit into itself"
    press(table, Key.Key_Return)
    assert table.steps == 1
    assert popup(table).isVisible()


# Adding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera", CAMERAS)
def test_enter_adds_where_it_was_opened(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    place = camera.to_canvas(QPointF(430, 610))
    double_click(table, place)
    type_in(table, "conv2d")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert kind_of(table, added) == "Conv2d"
    gap = table.middle(added) - place
    assert max(abs(gap.x()), abs(gap.y())) <= 4
    assert table.steps == 1
    assert table.view.hasFocus()
    table.document.undo()
    assert added not in table.graph


def test_added_behind_the_selected_node_and_wired(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_Space)
    type_in(table, "relu")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n4", "output", added, "input"))
    assert table.graph.node(added).x > table.graph.node("n4").x
    assert table.steps == 1


def test_target_goes_before_the_loss_that_wants_it(table: Table) -> None:
    table.drag(table.port("n7", "input", "target"), QPointF(500, 560))
    assert titles(table)[0] == "Target"
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge(added, "target", "n7", "target"))


def test_what_cannot_be_wired_is_added_alone_and_said(table: Table, qtbot: QtBot) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_Space)
    type_in(table, "target")
    with qtbot.waitSignal(table.view.message) as said:
        press(table, Key.Key_Return)
    assert said.args[0] == "Added without a wire: Target has no input."
    assert table.graph.num_edges() == 3


def test_what_does_not_suit_is_wired_all_the_same(table: Table) -> None:
    table.selection.set(["n2"])
    tell_shape(table, "n2", 16, 28, 28)
    table.key(Key.Key_Space)
    type_in(table, "conv1d")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n2", "output", added, "input"))


def test_shift_enter_goes_on_behind_what_it_added(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_Space)
    for words in ("relu", "dropout"):
        type_in(table, words)
        press(table, Key.Key_Return, SHIFT)
    type_in(table, "linear")
    press(table, Key.Key_Return)
    chain = ["n4", "n9", "n10", "n11"]
    assert [kind_of(table, i) for i in chain] == ["Linear", "ReLU", "Dropout", "Linear"]
    for source, target in pairwise(chain):
        assert table.graph.has_edge(Edge(source, "output", target, "input"))
    assert [table.graph.node(i).x for i in chain] == sorted(table.graph.node(i).x for i in chain)
    assert table.steps == 3
    assert not table.view.search.is_open


def test_going_on_leaves_the_new_layer_in_sight(table: Table) -> None:
    table.selection.set(["n4"])
    table.key(Key.Key_Space)
    for words in ("relu", "dropout", "linear"):
        type_in(table, words)
        press(table, Key.Key_Return, SHIFT)
        card = table.view.eye.goal.rect_to_screen(table.view.scene.geometry.rect(str(table.selection.single)))
        assert not popup(table).geometry().intersects(card.toAlignedRect())


def test_click_on_a_result_adds_it(table: Table) -> None:
    double_click(table, EMPTY)
    type_in(table, "gelu")
    found = popup(table).list
    place = found.visualRect(found.rows.index(0, 0)).center()
    QTest.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=place)
    (added,) = table.selection.nodes
    assert kind_of(table, added) == "GELU"


def test_use_is_remembered(table: Table) -> None:
    double_click(table, EMPTY)
    type_in(table, "hardswish")
    press(table, Key.Key_Return)
    assert table.view.search.usage.weight("Hardswish") == 1


@pytest.mark.parametrize("words", ["note", "frame", "arrow"])
def test_notes_frames_and_arrows_are_found_too(table: Table, words: str) -> None:
    table.selection.set(["n2"])
    table.view.search.open_at(EMPTY)
    type_in(table, words)
    press(table, Key.Key_Return)
    (mark,) = table.graph.marks.values()
    assert mark.kind == words
    assert table.steps == 1


def test_layers_of_the_library_are_uses_too(table: Table) -> None:
    table.drop("Dropout", EMPTY)
    table.view.add_layer("GELU")
    assert table.view.usage.weight("GELU") > table.view.usage.weight("Dropout") > 0


# On a wire, and joining several --------------------------------------------------------------------


def test_selected_wire_takes_the_layer_in(table: Table) -> None:
    wire = Edge("n2", "output", "n3", "input")
    table.selection.set(edges=[wire])
    table.key(Key.Key_Space)
    assert popup(table).field.placeholderText() == "Insert on conv → relu…"
    type_in(table, "bn2")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n2", "output", added, "input"))
    assert table.graph.has_edge(Edge(added, "output", "n3", "input"))
    assert not table.graph.has_edge(wire)
    assert table.steps == 1


def test_what_cannot_be_on_a_wire_says_why_and_is_not_added(table: Table, qtbot: QtBot) -> None:
    table.selection.set(edges=[Edge("n2", "output", "n3", "input")])
    table.key(Key.Key_Space)
    type_in(table, "crossent")
    with qtbot.waitSignal(table.view.message) as said:
        press(table, Key.Key_Return)
    assert said.args[0] == ("Not inserted: CrossEntropyLoss gives a loss, and relu takes activations.")
    assert table.steps == 0
    assert popup(table).isVisible()


def test_in_the_menu_of_a_wire(table: Table) -> None:
    middle = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    menu = menu_at(table.view, middle)
    next(each for each in menu.actions() if each.objectName() == "action.canvas.insert").trigger()
    assert popup(table).field.placeholderText() == "Insert on conv → relu…"
    menu.deleteLater()


def test_selected_layers_are_joined_in_one_step(table: Table) -> None:
    table.selection.set(["n5", "n3"])
    table.key(Key.Key_Space)
    assert popup(table).field.placeholderText() == "Join relu and drop…"
    assert titles(table)[0] in ("Add", "Concat", "CrossEntropyLoss")
    type_in(table, "add")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert [edge.source for edge in table.graph.inputs_of(added, "inputs")] == ["n3", "n5"]
    assert table.steps == 1


def test_what_cannot_join_them_says_so(table: Table) -> None:
    table.selection.set(["n5", "n3"])
    table.key(Key.Key_Space)
    type_in(table, "gelu")
    row = popup(table).list.row
    assert row is not None
    assert row.reason == "takes 1 of 2 wires"


# A dropped wire -------------------------------------------------------------------------------------


@pytest.mark.parametrize("camera", CAMERAS)
def test_output_dropped_on_the_canvas_takes_a_layer_with_its_port_there(table: Table, camera: Camera) -> None:
    table.view.set_camera(Camera(min(camera.x, 0), min(camera.y, 0), min(camera.zoom, 1)))
    place = table.port("n4", "output", "output") + QPointF(90, 120)
    table.drag(table.port("n4", "output", "output"), place)
    assert titles(table)[0] == "CrossEntropyLoss"
    type_in(table, "relu")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n4", "output", added, "input"))
    gap = table.port(added, "input", "input") - place
    assert max(abs(gap.x()), abs(gap.y())) <= 5
    assert table.steps == 1
    table.document.undo()
    assert added not in table.graph
    assert table.graph.num_edges() == 3


def test_input_dropped_on_the_canvas_takes_what_feeds_it(table: Table) -> None:
    place = QPointF(560, 500)
    table.drag(table.port("n7", "input", "input"), place)
    type_in(table, "linear")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge(added, "output", "n7", "input"))
    gap = table.port(added, "output", "output") - place
    assert max(abs(gap.x()), abs(gap.y())) <= 5


def test_wire_stays_painted_while_choosing(table: Table) -> None:
    plain = table.picture()
    end = QPointF(900, 300)
    table.drag(table.port("n4", "output", "output"), end)
    assert isinstance(table.view.gesture, HeldWire)
    around = QRect(
        (QPointF(table.place(end)) * plain.devicePixelRatio()).toPoint() - QPoint(9, 9), QSize(18, 18)
    )
    assert not popup(table).geometry().contains(table.place(end))
    assert table.picture().copy(around) != plain.copy(around)
    press(table, Key.Key_Escape)
    assert table.view.gesture is None
    assert table.steps == 0


def test_popup_does_not_cover_the_end_of_the_wire(table: Table) -> None:
    for place in (QPointF(880, 300), QPointF(300, 420)):
        table.drag(table.port("n4", "output", "output"), place)
        assert not popup(table).geometry().contains(table.place(place))
        press(table, Key.Key_Escape)


def test_press_elsewhere_drops_the_wire_and_begins_anew(table: Table) -> None:
    table.drag(table.port("n4", "output", "output"), QPointF(900, 300))
    table.drag(table.port("n4", "output", "output"), table.port("n7", "input", "input"))
    assert not table.view.search.is_open
    assert table.graph.has_edge(Edge("n4", "output", "n7", "input"))
    assert table.steps == 1


def test_chain_from_a_dropped_input_goes_upstream(table: Table) -> None:
    table.drag(table.port("n7", "input", "input"), QPointF(560, 520))
    type_in(table, "linear")
    press(table, Key.Key_Return, SHIFT)
    assert table.view.gesture is None
    type_in(table, "flatten")
    press(table, Key.Key_Return)
    assert table.graph.has_edge(Edge("n10", "output", "n9", "input"))
    assert table.graph.node("n10").x < table.graph.node("n9").x


def test_layers_of_many_ports_are_wired_at_the_port_that_fits(table: Table) -> None:
    place = QPointF(500, 560)
    table.drag(table.port("n6", "output", "target"), place)
    type_in(table, "mse")
    press(table, Key.Key_Return)
    (added,) = table.selection.nodes
    assert table.graph.has_edge(Edge("n6", "target", added, "target"))
    gap = table.port(added, "input", "target") - place
    assert max(abs(gap.x()), abs(gap.y())) <= 5


def test_node_that_went_away_meanwhile_is_not_wired_to(table: Table, qtbot: QtBot) -> None:
    table.drag(table.port("n4", "output", "output"), QPointF(900, 300))
    table.view.commands.attempt("Delete", lambda graph: Graph())
    type_in(table, "relu")
    with qtbot.waitSignal(table.view.message):
        press(table, Key.Key_Return)
    assert len(table.graph) == 0


def test_a_dropped_wire_is_announced(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.view.wire_dropped_on_canvas) as dropped:
        table.drag(table.port("n4", "output", "output"), QPointF(900, 300))
    assert dropped.args[0] == PortRef("n4", "output", "output")
