from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QAction, QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from studio.app.canvas import clipboard, menus, words
from studio.app.canvas.cards import Badge
from studio.app.canvas.overlays import human_bytes, human_count, totals_words
from studio.app.canvas.pills import placed_pills, shape_text
from studio.app.canvas.ports import PortRef
from studio.app.canvas.wire_layer import rows_of
from studio.app.theme.theme import theme
from studio.engine.records import Checked
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import Table, small_network

SHAPES = {"n1": (1, 28, 28), "n2": (8, 26, 26), "n3": (8, 26, 26), "n4": (8, 26, 10)}


def inform(table: Table, *problems: Problem) -> None:
    reports = tuple(NodeReport(i, shape, 80 if i == "n2" else 0) for i, shape in SHAPES.items())
    table.facts.update(Checked(1, problems, reports, Totals(80, 5_000_000, 0, 3 * 2**20)))


def test_added_layer_goes_behind_the_selected_one_and_is_fed_by_it(table: Table) -> None:
    table.selection.set(["n4"])
    node_id = table.view.add_layer("ReLU")
    assert node_id is not None
    assert table.graph.has_edge(Edge("n4", "output", node_id, "input"))
    assert table.graph.node(node_id).y == table.graph.node("n4").y
    assert table.graph.node(node_id).x > table.graph.node("n4").x
    assert table.selection.nodes == {node_id}
    assert table.steps == 1


def test_added_layer_finds_free_space(table: Table) -> None:
    first = table.view.add_layer("Target")
    table.selection.clear()
    second = table.view.add_layer("Target")
    assert first is not None
    assert second is not None
    rects = [table.view.scene.geometry.rect(node_id) for node_id in (first, second)]
    assert not rects[0].intersects(rects[1])


def test_added_layer_at_a_point(table: Table) -> None:
    node_id = table.view.add_layer("Conv2d", QPointF(800, 600))
    assert node_id is not None
    assert (table.middle(node_id) - QPointF(800, 600)).manhattanLength() <= 8


def test_adding_an_unknown_layer_says_so(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.view.message) as said:
        assert table.view.add_layer("Wavelet") is None
    assert "Wavelet" in said.args[0]
    assert table.steps == 0


def pills_of(table: Table, *lit: Edge) -> dict[Edge, tuple[str, QRectF]]:
    """Return text and place of the pill on each wire in view."""
    scene = table.view.scene
    mask = rows_of(scene.geometry, lit)
    placed = placed_pills(scene, table.facts, table.view.visible_area(), mask)
    return {scene.geometry.edges[row]: (text, box) for row, text, box in placed}


def test_shapes_and_counts_come_from_the_facts(table: Table) -> None:
    inform(table)
    assert table.view.scene.cards["n2"].count == "80"
    assert {edge.source: text for edge, (text, _) in pills_of(table).items()} == {
        "n1": "1×28×28",
        "n2": "8×26×26",
        "n3": "8×26×26",
    }


def test_pill_without_room_is_hidden(table: Table) -> None:
    inform(table)
    table.document.edit("Move", lambda graph: edits.move(graph, {"n3": (424.0, 80.0)}))
    assert "n2" not in {edge.source for edge in pills_of(table)}


def test_pills_do_not_overlap_one_another_and_lit_ones_stay(make_table: Callable[[Graph], Table]) -> None:
    nodes = [Node("n1", "ImageInput", "image", x=0, y=0)]
    nodes += [Node(f"n{i}", "ReLU", f"r{i}", x=400, y=(i - 2) * 64) for i in range(2, 6)]
    edges = [Edge("n1", "output", f"n{i}", "input") for i in range(2, 6)]
    table = make_table(Graph.of(nodes, edges))
    inform(table)
    for lit in edges:
        placed = pills_of(table, lit)
        boxes = [box for _, box in placed.values()]
        assert not any(a.intersects(b) for a, b in combinations(boxes, 2))
        assert lit in placed


@pytest.mark.parametrize(("shape", "text"), [((3, 4), "3×4"), ((), "1"), (None, "")])
def test_shape_text(shape: tuple[int, ...] | None, text: str) -> None:
    assert shape_text(shape) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (149_514, "149,514"), (31_200_000, "31.2 M"), (4.1e9, "4.1 G")]
)
def test_human_count(number: int, text: str) -> None:
    assert human_count(int(number)) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (212 * 2**20, "212 MiB"), (3 * 2**29, "1.5 GiB")],
)
def test_human_bytes(size: int, text: str) -> None:
    assert human_bytes(size) == text


def test_totals_name_the_batch_size() -> None:
    assert totals_words(Totals(1, 2, 3, 2**20), 128) == [
        ("1", "parameter"),
        ("2", "MACs"),
        ("1 MiB", "to train at batch 128"),
    ]


def test_problem_is_marked_and_its_tooltip_says_what_to_do(table: Table) -> None:
    inform(
        table, Problem("error", "shape", "conv wants 3 channels", "n2", suggestion="Set in_channels to 1.")
    )
    assert table.view.scene.cards["n2"].severity == "error"
    tip = words.tip_at(table.view.scene, table.facts, table.middle("n2"), 1.0)
    assert "Error: conv wants 3 channels" in tip
    assert "Set in_channels to 1." in tip


def test_tooltip_of_a_port_and_of_a_wire(table: Table) -> None:
    inform(table)
    scene = table.view.scene
    assert "any number of wires" in words.tip_at(scene, table.facts, table.port("n8", "input", "inputs"), 1.0)
    middle = (table.port("n1", "output", "output") + table.port("n2", "input", "input")) / 2
    assert (
        words.tip_at(scene, table.facts, middle, 1.0)
        == "image → conv\n1×28×28: 784 numbers, 3.06 KiB for a sample"
    )
    assert words.tip_at(scene, table.facts, QPointF(5000, 5000), 1.0) == ""


def test_screen_readers_hear_the_selection(table: Table) -> None:
    assert table.view.accessibleName() == "Network"
    assert "8 layers, none selected" in table.view.accessibleDescription()
    inform(table)
    table.selection.set(["n2"])
    assert "conv: Conv2d" in table.view.accessibleDescription()
    assert "Output 8×26×26" in table.view.accessibleDescription()


def test_live_picture_and_badge_are_painted(table: Table) -> None:
    plain = table.picture()
    picture = QImage(64, 24, QImage.Format.Format_Grayscale8)
    picture.fill(90)
    table.view.set_picture("conv", picture)
    table.view.set_badge("relu", "41 % dead", "warning")
    assert table.picture() != plain
    assert table.view.scene.cards["n3"].badge == Badge("41 % dead", "warning")
    table.view.set_picture("conv", None)
    table.view.set_badge("relu", "", None)
    assert table.picture() == plain


def test_dark_and_light_differ_everywhere(table: Table) -> None:
    light = table.picture()
    try:
        theme().choose("dark")
        dark = table.picture()
    finally:
        theme().choose("light")
    place = table.place(table.middle("n2") + QPointF(30, 14))
    assert light.pixelColor(place).lightness() > 200
    assert dark.pixelColor(place).lightness() < 80
    assert table.picture() == light


def test_empty_canvas_teaches_how_to_begin(make_table: Callable[[Graph], Table]) -> None:
    table = make_table(Graph())
    assert not table.view.minimap.isVisible()
    empty = table.picture()
    table.view.add_layer("ReLU", QPointF(-3000, -3000))
    assert table.picture() != empty
    assert "Add a layer" not in table.view.accessibleDescription()


def entries(table: Table, place: QPointF) -> dict[str, QAction]:
    menu = menus.menu_at(table.view, place)
    return {item.objectName().rpartition(".")[2]: item for item in menu.actions() if item.objectName()}


def test_context_menu_of_a_node_selects_it_and_acts_on_it(table: Table) -> None:
    found = entries(table, table.middle("n3"))
    assert table.selection.nodes == {"n3"}
    assert {"rename", "duplicate", "copy", "cut", "delete", "delete_only"} <= found.keys()
    found["delete"].trigger()
    assert table.graph.has_edge(Edge("n2", "output", "n4", "input"))


def test_context_menu_of_a_wire_deletes_it(table: Table) -> None:
    middle = (table.port("n1", "output", "output") + table.port("n2", "input", "input")) / 2
    entries(table, middle)["delete"].trigger()
    assert not table.graph.inputs_of("n2")


def test_context_menu_of_the_canvas_pastes_where_it_was_opened(table: Table) -> None:
    place = QPointF(800, 600)
    found = entries(table, place)
    assert not found["paste"].isEnabled()
    assert found["paste"].toolTip() == "The clipboard holds no layers"
    table.selection.set(["n5"])
    table.view.copy()
    entries(table, place)["paste"].trigger()
    (node_id,) = table.selection.nodes
    assert (table.middle(node_id) - place).manhattanLength() < 16


@pytest.mark.parametrize(
    "text", ["", "hello", "{}", '{"nodes": 3}', '{"nodes": {"n1": {}}, "edges": []}', "{" * 9999]
)
def test_foreign_text_on_the_clipboard_is_no_piece(table: Table, qtbot: QtBot, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(table.view.message):
        table.view.paste()
    assert table.steps == 0


def test_clipboard_keeps_arguments_and_wires(table: Table) -> None:
    clipboard.put(table.graph, ["n1", "n2"])
    piece = clipboard.take()
    assert piece is not None
    assert piece.node("n2") == table.graph.node("n2")
    assert list(piece.edges()) == [Edge("n1", "output", "n2", "input")]


def test_arrange_is_one_step_of_undo(table: Table, still: None) -> None:
    table.view.arranger.arrange()
    assert table.steps == 1
    table.document.undo()
    assert table.graph == small_network()


def test_fit_selection_fills_the_view_with_it(table: Table) -> None:
    table.selection.set(["n2"])
    table.view.fit_selection()
    assert table.view.camera.zoom == 1.5
    assert (table.view.visible_area().center() - table.middle("n2")).manhattanLength() < 1


def test_zoom_actions(table: Table) -> None:
    table.view.zoom_in()
    assert table.view.camera.zoom > 1
    table.view.zoom_out()
    table.view.zoom_out()
    assert table.view.camera.zoom < 1
    table.view.zoom_reset()
    assert table.view.camera.zoom == 1


def test_frames_go_on_until_every_card_is_sharp(make_table: Callable[[Graph], Table], qtbot: QtBot) -> None:
    nodes = [Node(f"n{i}", "Conv2d", f"c{i}", x=i % 30 * 140, y=i // 30 * 80) for i in range(600)]
    table = make_table(Graph.of(nodes))
    table.view.fit()
    table.view.set_camera(table.view.camera.at_zoom(0.4, QPointF(0, 0)))
    qtbot.waitUntil(lambda: table.view.is_sharp, timeout=10_000)


def test_map_goes_out_of_the_way_of_cards_that_are_all_in_view(table: Table) -> None:
    canvas = table.view
    canvas.fit()
    minimap = canvas.minimap
    assert not minimap.isHidden()
    under = canvas.camera.rect_to_canvas(QRectF(minimap.geometry())).center()
    node = canvas.scene.graph.ordered()[-1].id
    table.document.edit("Move", lambda graph: edits.move(graph, {node: (under.x() - 80, under.y() - 40)}))
    assert minimap.isHidden()
    canvas.set_camera(canvas.camera.panned(-2000.0, 0.0))
    assert not minimap.isHidden()


def test_map_covers_no_ring_of_a_card_beside_it(table: Table) -> None:
    canvas = table.view
    canvas.fit()
    left = canvas.camera.rect_to_canvas(QRectF(canvas.minimap.geometry())).bottomLeft()
    node = canvas.scene.graph.ordered()[-1].id
    wide, high = canvas.scene.size(node)
    beside = {node: (left.x() - wide - 1, left.y() - high)}
    table.document.edit("Move", lambda graph: edits.move(graph, beside))
    assert canvas.visible_area().contains(canvas.scene.extent())
    assert canvas.minimap.isHidden()


def test_a_wire_says_its_shape_its_numbers_and_its_memory(table: Table) -> None:
    report = NodeReport("n2", (32, 6, 6), 896, 27648, 4608)
    table.facts.update(Checked(1, (), (report,), Totals()))
    edge = Edge("n2", "output", "n3", "input")
    assert words.edge_words(table.view.scene, table.facts, edge).split("\n") == [
        "conv → relu",
        "32×6×6: 1,152 numbers, 4.5 KiB for a sample",
        "27,648 MACs in conv",
    ]


def test_ports_of_targets_and_losses_have_shapes_of_their_own(table: Table) -> None:
    image = table.picture()

    def corner(port: QPointF) -> str:
        spot = table.place(port + QPointF(-4, -4))
        return image.pixelColor(spot).name()

    ring, square = table.port("n5", "input", "input"), table.port("n7", "input", "target")
    assert corner(square) != corner(ring)
    tip = words.port_tip(table.view.scene, PortRef("n7", "input", "target"))
    assert tip.startswith("target: targets or activations")
