"""Blocks on a real canvas: in and out, group and ungroup, off and on, and what their cards say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from studio.app.canvas import menus
from studio.app.canvas.camera import Camera
from studio.app.canvas.ports import PortRef
from studio.app.canvas.rename_field import RenameField
from studio.app.canvas.words import node_words, port_tip
from studio.graph import edits
from studio.graph.definitions import instances
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.project.project import Project
from tests.helpers.canvas_table import small_network
from tests.helpers.residual import node, residual_network

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def residual(make_table):
    return make_table(residual_network())


def double_click(table, node_id: str) -> None:
    QTest.mouseDClick(table.view, Qt.MouseButton.LeftButton, pos=table.place(table.middle(node_id)))


def crumbs(table) -> list[str]:
    return table.view.breadcrumbs.words()


def test_double_click_enters_a_block_and_escape_leads_out(residual):
    double_click(residual, "n2")
    assert residual.document.level == ("n2",)
    assert crumbs(residual) == ["demo", "network", "stage1 × 3"]
    residual.key(Qt.Key.Key_Escape)
    assert residual.document.level == ()
    assert residual.selection.single == "n2"


def test_escape_first_drops_the_selection(residual):
    residual.document.enter("n2")
    residual.selection.set(["n3"])
    residual.key(Qt.Key.Key_Escape)
    assert residual.document.level == ("n2",)


@pytest.mark.parametrize(
    ("key", "held"), [(Qt.Key.Key_Down, CTRL), (Qt.Key.Key_Return, Qt.KeyboardModifier(0))]
)
def test_keys_lead_in_and_out(residual, key, held):
    residual.selection.set(["n2"])
    residual.key(key, held)
    assert residual.document.level == ("n2",)
    residual.key(Qt.Key.Key_Up, CTRL)
    assert residual.document.level == ()


def test_crumb_and_button_lead_out(residual):
    residual.document.enter("n2")
    crumb = residual.view.findChild(QPushButton, "canvas.crumb.0")
    QTest.mouseClick(crumb, Qt.MouseButton.LeftButton)
    assert residual.document.level == ()
    residual.document.enter("n2")
    QTest.mouseClick(residual.view.breadcrumbs.up, Qt.MouseButton.LeftButton)
    assert residual.document.level == ()
    assert residual.view.breadcrumbs.up.isHidden()


def test_crumbs_have_room_for_their_words(residual):
    residual.document.enter("n2")
    bar = residual.view.breadcrumbs
    last = bar.findChild(QPushButton, "canvas.crumb.1")
    assert last.width() >= last.fontMetrics().horizontalAdvance("stage1 × 3")
    assert bar.rect().contains(last.geometry())


def test_camera_of_each_level_is_remembered(residual):
    residual.view.set_camera(Camera(120, 40, 0.8))
    residual.document.enter("n2")
    inside = residual.view.camera
    assert inside != Camera(120, 40, 0.8)
    residual.document.leave()
    assert residual.view.camera == Camera(120, 40, 0.8)


def test_level_with_the_same_ids_shows_its_own_nodes(residual):
    residual.picture()
    residual.document.enter("n2")
    cards = residual.view.scene.cards
    assert {node_id: card.name for node_id, card in cards.items()} == {
        "n1": "input",
        "n2": "conv",
        "n3": "relu",
        "n4": "add",
        "n5": "output",
        "n6": "down",
    }
    assert len(residual.view.scene.geometry.edges) == 6
    residual.picture()


def test_path_of_a_problem_is_revealed_in_its_block(residual):
    residual.view.reveal_path("n2[1]/n3")
    assert (residual.document.level, residual.selection.single) == (("n2",), "n3")
    residual.view.reveal_path("n3/n2")
    assert residual.document.level == ("n2",)  # the same definition is on show already
    assert residual.selection.single == "n2"
    residual.document.leave()
    residual.view.reveal_path("n2[0]/n2")  # the same id at both levels
    assert (residual.document.level, residual.selection.single) == (("n2",), "n2")
    residual.view.reveal_path("n5")
    assert (residual.document.level, residual.selection.single) == ((), "n5")


def test_path_that_leads_nowhere_is_told(residual, qtbot):
    with qtbot.waitSignal(residual.view.message):
        residual.view.reveal_path("n99/n1")


def test_card_of_a_block_says_how_many_and_what_is_inside(residual):
    card = residual.view.scene.cards["n2"]
    assert card.text == "Residual × 3 · 8"
    assert card.inside == "conv → relu → conv → add"
    assert (card.copies, residual.view.scene.cards["n3"].copies) == (3, 1)
    assert residual.view.scene.cards["n4"].copies == 0


def test_block_is_painted_as_a_pile(residual):
    picture, box = residual.picture(), residual.view.scene.geometry.rect("n2")
    below = residual.place(box.bottomLeft()) + QPoint(30, 3)
    beside = residual.place(box.bottomLeft()) + QPoint(-14, 20)
    assert picture.pixelColor(below) != picture.pixelColor(beside)


def test_what_is_off_in_the_first_block_is_painted_so(make_table):
    graph = residual_network()
    inner = graph.block("Residual").graph
    table = make_table(graph)
    table.document.enter("n2")
    assert not table.view.scene.cards["n6"].off
    table.document.edit("Off", lambda level: edits.set_argument(level, "n6", "enabled", "=index == 1"))
    assert table.view.scene.cards["n6"].off
    assert "Switched off" in node_words(table.view.scene, table.facts, "n6")
    assert inner.node("n6").arguments["enabled"] == "=index == 0"


def test_bypass_switches_off_and_on(table):
    table.selection.set(["n3"])
    table.key(Qt.Key.Key_M)
    assert table.graph.node("n3").arguments["enabled"] is False
    table.key(Qt.Key.Key_B, CTRL)
    assert "enabled" not in table.graph.node("n3").arguments


def test_bypass_of_an_input_is_refused(table, qtbot):
    table.selection.set(["n1"])
    with qtbot.waitSignal(table.view.message):
        table.key(Qt.Key.Key_M)
    assert table.graph == small_network()


def type_name(table, name: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    field = table.view.findChildren(RenameField)[-1]
    if name:
        field.selectAll()
        QTest.keyClicks(field, name)
    QTest.keyClick(field, key)


def test_group_asks_for_a_name_and_ungroup_gives_the_network_back(table):
    table.selection.set(["n2", "n3"])
    table.key(Qt.Key.Key_G, CTRL)
    type_name(table, "Stem")
    made = table.selection.single
    assert table.graph.node(made).kind == "block:Stem"
    assert [edge.target for edge in table.graph.inputs_of("n4")] == ["n4"]
    table.key(Qt.Key.Key_G, CTRL | SHIFT)
    assert {table.graph.node(i).name for i in table.selection.nodes} == {"conv", "relu"}
    assert len(table.graph) == len(small_network())


def test_proposed_name_is_taken_by_enter_and_refused_by_escape(table):
    table.selection.set(["n2"])
    table.key(Qt.Key.Key_G, CTRL)
    type_name(table, "", Qt.Key.Key_Escape)
    assert table.graph == small_network()
    table.key(Qt.Key.Key_G, CTRL)
    type_name(table, "")
    assert list(table.graph.blocks) == ["Block"]


def test_selection_that_cannot_be_a_block_is_told_before_a_name_is_asked_for(table, qtbot):
    table.selection.set(["n1", "n2"])
    with qtbot.waitSignal(table.view.message) as told:
        table.key(Qt.Key.Key_G, CTRL)
    assert "cannot be inside a block" in told.args[0]
    assert table.view.findChild(RenameField) is None


def test_make_unique_parts_one_instance(residual):
    residual.selection.set(["n3"])
    residual.view.blocks.make_unique()
    assert len(instances(residual.graph, "Residual")) == 1
    assert residual.graph.node("n3").kind == "block:Residual2"


def test_only_instance_is_unique_already(residual, qtbot):
    residual.selection.set(["n3"])
    residual.view.blocks.make_unique()
    with qtbot.waitSignal(residual.view.message):
        residual.view.blocks.make_unique()
    assert set(residual.graph.blocks) == {"Residual", "Residual2"}


def test_block_of_the_library_is_dropped_as_an_instance(residual):
    residual.drop("block:Residual", residual.middle("n6") + QPoint(-500, 200))
    assert residual.graph.node(residual.selection.single).kind == "block:Residual"
    assert not residual.drop("block:Gone", residual.middle("n6"))


def test_block_dropped_into_itself_is_refused_with_a_reason(residual, qtbot):
    residual.document.enter("n2")
    residual.view.set_camera(Camera())
    before = residual.document.design
    with qtbot.waitSignal(residual.view.message) as told:
        residual.drop("block:Residual", residual.middle("n6"))
    assert "cannot contain itself" in told.args[0]
    assert residual.document.design is before


def test_ports_are_added_inside_and_shown_outside(residual):
    residual.document.enter("n2")
    residual.view.add_block_port("BlockInput")
    assert residual.graph.node(residual.selection.single).name == "input1"
    residual.document.leave()
    assert [port.name for port in residual.view.scene.cards["n2"].inputs] == ["input", "input1"]
    assert residual.view.scene.cards["n2"].labelled


def test_port_of_a_block_is_refused_outside(residual, qtbot):
    with qtbot.waitSignal(residual.view.message):
        assert residual.view.add_layer("BlockInput") is None


def test_name_typed_while_a_level_is_left_belongs_to_it(residual):
    residual.document.enter("n2")
    residual.view.rename_node("n3")
    field = residual.view.findChild(RenameField)
    field.selectAll()
    QTest.keyClicks(field, "act")
    residual.document.leave()
    assert residual.document.design.block("Residual").graph.node("n3").name == "act"
    assert residual.graph.node("n3").name == "stage2"


def test_context_menu_of_a_block_leads_in(residual):
    menu = menus.menu_at(residual.view, residual.middle("n2"))
    entries = {action.objectName(): action for action in menu.actions()}
    entries["action.canvas.enter"].trigger()
    assert residual.document.level == ("n2",)
    inside = menus.menu_at(residual.view, residual.middle("n1") - QPoint(0, 300))
    assert "action.canvas.add_output" in {action.objectName() for action in inside.actions()}
    for made in (menu, inside):
        made.deleteLater()


def test_layer_with_many_ports_says_their_names(make_table):
    table = make_table(Graph.of([node("n1", "LSTM", "lstm"), node("n2", "Linear", "fc", 300, 0)]))
    card = table.view.scene.cards["n1"]
    assert card.labelled
    assert not table.view.scene.cards["n2"].labelled
    assert len(set(card.offsets("output"))) == len(card.outputs) > 1
    last = card.outputs[-1].name
    assert table.view.scene.geometry.port_point(PortRef("n1", "output", last)).y() < card.size()[1]
    assert port_tip(table.view.scene, PortRef("n1", "output", last)).startswith(last)


def test_blocks_of_another_network_come_in_with_what_they_contain(table):
    other = residual_network()
    table.view.blocks.import_blocks(other, ["Residual"])
    assert table.graph.block("Residual") == other.block("Residual")
    table.document.undo()
    assert not len(table.graph.blocks)


def test_copied_block_brings_its_definition(residual, make_table):
    residual.selection.set(["n2"])
    residual.view.copy()
    residual.document.open(Project("empty", Graph.of([node("n1", "ReLU", "relu")])), None)
    residual.view.paste()
    assert "Residual" in residual.graph.blocks


def test_wire_to_a_named_port_of_a_block_is_drawn(residual):
    residual.document.enter("n2")
    residual.view.add_block_port("BlockOutput")
    residual.document.leave()
    residual.view.set_camera(Camera())
    residual.drag(residual.port("n2", "output", "output1"), residual.port("n4", "input", "input"))
    assert residual.graph.has_edge(Edge("n2", "output1", "n4", "input"))


def test_ports_of_a_block_are_not_pasted_outside(residual, qtbot):
    residual.document.enter("n2")
    residual.selection.set(["n1", "n3"])
    residual.view.copy()
    residual.document.leave()
    residual.view.paste()
    assert [residual.graph.node(node_id).kind for node_id in residual.selection.nodes] == ["ReLU"]
