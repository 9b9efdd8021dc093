"""What each preference does, in the real window, at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.canvas.overlays import human_bytes, totals_words
from studio.app.in_force import in_force, preferred
from studio.app.main_window import MainWindow
from studio.app.panels.amounts import memory_text
from studio.app.settings import Settings
from studio.catalog.registry import signatures
from studio.engine.records import Checked, Ready, StartRun, Watch
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import small_network
from tests.helpers.fake_client import FakeClient
from tests.helpers.window import open_window

LEFT = Qt.MouseButton.LeftButton
TOTALS = Totals(layers=3, parameters=650, macs=1_500_000, training_bytes=3 * 2**20)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path, small_network())


def engine(window: MainWindow) -> FakeClient:
    client = window.workspace.link._client
    assert isinstance(client, FakeClient)
    return client


def tell_totals(window: MainWindow) -> None:
    """Have the engine say what the network costs."""
    client = engine(window)
    window.workspace.check()
    report = NodeReport("n2", None, parameters=640, macs=750_000, activation_bytes=2048)
    client.answers.append(Checked(len(client.asked), (), (report,), TOTALS))
    window.workspace.link.drain()


def drag(window: MainWindow, node_id: str, dx: float, dy: float) -> tuple[float, float]:
    """Drag a node with the mouse by a way on the canvas; return where it is then."""
    canvas = window.canvas
    canvas.set_camera(canvas.camera.at_zoom(1.0, QPointF(0, 0)))
    start = canvas.scene.geometry.rect(node_id).center()
    places = [canvas.camera.to_screen(start + QPointF(dx, dy) * part).toPoint() for part in (0, 0.5, 1)]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, LEFT, pos=places[-1])
    node = window.document.graph.node(node_id)
    return node.x, node.y


def test_units_of_memory(window: MainWindow) -> None:
    assert (memory_text(100_352), human_bytes(3 * 2**20)) == ("98.0 KiB", "3 MiB")
    window.settings.change(byte_units="decimal")
    assert (memory_text(100_352), human_bytes(3 * 2**20)) == ("100.4 kB", "3.15 MB")


def test_inspector_writes_other_units_at_once(window: MainWindow) -> None:
    tell_totals(window)
    totals = window.inspector.project_page.totals
    assert totals.facts()["MACs a sample"] == "1,500,000"
    window.settings.change(cost_units="FLOPs", byte_units="decimal")
    assert totals.facts()["FLOPs a sample"] == "3,000,000"
    assert "3.1 MB" in totals.facts().values()


def test_canvas_and_summary_write_flops(window: MainWindow) -> None:
    assert totals_words(TOTALS, 64)[1] == ("1.5 M", "MACs")
    model = window.summary.model
    heads = [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]
    assert "MACs" in heads
    window.settings.change(cost_units="FLOPs")
    assert totals_words(TOTALS, 64)[1] == ("3 M", "FLOPs")
    heads = [model.headerData(place, Qt.Orientation.Horizontal) for place in range(model.columnCount())]
    assert "FLOPs" in heads
    assert "MACs" not in heads


def test_grid_size_is_where_dragged_nodes_rest(window: MainWindow) -> None:
    window.settings.change(grid_size=20)
    assert drag(window, "n5", 53, 171) == (340, 500)


def test_without_snapping_a_node_rests_where_it_is_dropped(window: MainWindow) -> None:
    window.settings.change(grid_snaps=False)
    assert drag(window, "n5", 53, 171) == (333, 491)


def test_arrow_key_pushes_by_a_step_of_the_grid(window: MainWindow) -> None:
    window.settings.change(grid_size=20)
    window.canvas.setFocus()
    window.workspace.selection.set(["n5"])
    QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    assert window.document.graph.node("n5").x == 300


def test_hidden_grid_leaves_the_ground_plain(window: MainWindow) -> None:
    window.canvas.set_camera(window.canvas.camera.panned(9000, 9000))
    corner = QRect(300, 60, 100, 100)
    ground = window.canvas.grab(corner).toImage()
    window.settings.change(grid_visible=False)
    plain = window.canvas.grab(corner).toImage()
    assert len({ground.pixel(x, y) for x in range(100) for y in range(100)}) == 2
    assert len({plain.pixel(x, y) for x in range(100) for y in range(100)}) == 1


def test_reduced_motion_jumps(window: MainWindow) -> None:
    canvas = window.canvas
    far = canvas.camera.panned(4000, 4000)
    canvas.set_camera(far)
    canvas.fit(animated=True)
    assert canvas.camera == far  # it only sets out
    window.settings.change(animates=False)
    canvas.fit(animated=True)
    assert canvas.visible_area().contains(canvas.scene.geometry.extent())


def test_share_for_looking_reaches_the_engine(window: MainWindow) -> None:
    window.settings.change(monitoring_share=0.1)
    watches = [asked for asked in engine(window).asked if isinstance(asked, Watch)]
    assert watches[-1].budget == 0.1
    window.workspace.train()
    (start,) = (asked for asked in engine(window).asked if isinstance(asked, StartRun))
    assert start.budget == 0.1


def test_auto_is_the_device_preferred_if_the_engine_has_it(window: MainWindow) -> None:
    client = engine(window)
    client.answers.append(Ready(0, 1, "2.0", ("cpu", "cuda:1"), "cpu"))
    window.workspace.link.drain()
    device = window.training_bar.findChild(object, "training.device")
    assert device.toolTip() == "Where to train; auto takes CUDA, then MPS, then the CPU"
    window.settings.change(device="cuda:1")
    assert device.toolTip() == "Where to train; auto takes cuda:1, as your preferences say"
    window.workspace.train()
    (start,) = (asked for asked in client.asked if isinstance(asked, StartRun))
    assert start.project["training"]["device"] == "cuda:1"
    assert window.document.project.training.device == "auto"


def test_device_that_is_gone_leaves_auto_to_the_engine(window: MainWindow) -> None:
    window.settings.change(device="cuda:7")
    window.workspace.train()
    (start,) = (asked for asked in engine(window).asked if isinstance(asked, StartRun))
    assert start.project["training"].get("device", "auto") == "auto"


def test_wires_run_as_preferred(window: MainWindow) -> None:
    def way() -> list[tuple[float, float]]:
        path = window.canvas.wire_path(Edge("n4", "output", "n8", "inputs"))
        return [(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())]

    window.document.edit("Connect", lambda graph: with_wire(graph, "n4", "n8"))
    curved = way()
    window.settings.change(wire_style="orthogonal")
    assert way() != curved
    window.settings.change(wire_style="curved")
    assert way() == curved


def with_wire(graph: Graph, source: str, target: str) -> Graph:
    return edits.connect(graph, source, "output", target, "inputs", signatures(graph))


def test_what_is_merely_remembered_is_not_announced(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(in_force().changed):
        window.settings.change(recent_commands=("view.fit",), geometry="AA==", keys={"view.fit": ()})
    assert preferred().recent_commands == ("view.fit",)
    with qtbot.waitSignal(in_force().changed):
        window.settings.change(grid_size=12)


def test_only_the_settings_that_are_followed_count(window: MainWindow, tmp_path: Path) -> None:
    other = Settings(tmp_path / "other.json")
    in_force().follow(other)
    window.settings.change(grid_size=12)
    assert preferred().grid_size == 8
    other.change(grid_size=16)
    assert preferred().grid_size == 16
