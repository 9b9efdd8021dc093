from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from studio.app.canvas.cards import Badge
from studio.app.canvas.scene import Scene
from studio.app.facts import Facts
from studio.engine.records import Checked
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals

pytestmark = pytest.mark.usefixtures("qapp")

CHAIN = Graph.of(
    [
        Node("n1", "ImageInput", "image"),
        Node("n2", "Conv2d", "conv", x=200),
        Node("n3", "ReLU", "relu", x=400),
    ],
    [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")],
)


def shown(graph: Graph = CHAIN) -> tuple[Scene, Facts]:
    facts = Facts()
    scene = Scene(facts)
    scene.show(graph)
    return scene, facts


def test_changes_of_the_graph_leave_what_a_fresh_scene_shows() -> None:
    scene, _ = shown()
    graph = edits.remove_nodes(CHAIN, ["n2"])
    graph = edits.add_node(graph, Node("n4", "Linear", "fc", x=600))
    graph = edits.move(graph, {"n3": (40.0, 300.0)})
    gone = scene.show(graph)
    fresh, _ = shown(graph)
    assert gone == {"n2"}
    assert scene.cards == fresh.cards
    assert {i: scene.geometry.rect(i) for i in scene.geometry.ids} == {
        i: fresh.geometry.rect(i) for i in fresh.geometry.ids
    }
    assert sorted(scene.geometry.edges) == sorted(fresh.geometry.edges) == []


def test_wires_follow_the_graph() -> None:
    scene, _ = shown()
    skip = Edge("n1", "output", "n3", "input")
    scene.show(Graph.of(CHAIN.nodes.values(), [skip]))
    assert scene.geometry.edges == [skip]


def test_unknown_layer_gets_a_port_with_its_first_wire() -> None:
    graph = edits.add_node(CHAIN, Node("n4", "Wavelet", "mystery"))
    scene, _ = shown(graph)
    assert scene.geometry.ports_of("n4") == []
    edge = Edge("n3", "output", "n4", "signal")
    scene.show(Graph.of(graph.nodes.values(), [*graph.edges(), edge]))
    assert [ref.port for ref in scene.geometry.ports_of("n4")] == ["signal"]


def test_facts_come_onto_the_cards_they_are_about() -> None:
    scene, facts = shown()
    before = scene.cards["n3"]
    problem = Problem("error", "shape", "does not fit", "n2")
    facts.update(Checked(1, (problem,), (NodeReport("n2", (8, 26, 26), 80),), Totals()))
    scene.refresh(["n2"])
    assert (scene.cards["n2"].count, scene.cards["n2"].severity) == ("80", "error")
    assert scene.cards["n3"] is before


def test_picture_and_badge_belong_to_the_name() -> None:
    scene, _ = shown()
    picture = QImage(64, 32, QImage.Format.Format_Grayscale8)
    height = scene.size("n2")[1]
    scene.set_picture("conv", picture)
    scene.set_badge("relu", Badge("41 % dead", "warning"))
    assert scene.size("n2")[1] > height
    assert scene.geometry.rect("n2").height() == scene.size("n2")[1]
    assert scene.cards["n3"].badge == Badge("41 % dead", "warning")
    scene.set_picture("conv", None)
    scene.set_badge("relu", None)
    assert scene.size("n2")[1] == height
    assert scene.cards["n3"].badge is None


def test_facts_that_arrive_while_a_node_is_dragged_leave_it_where_the_mouse_is() -> None:
    scene, _ = shown()
    scene.preview({"n2": (500.0, 500.0)})
    scene.refresh(["n2"])
    assert scene.geometry.rect("n2").x() == 500
    scene.preview_end()
    assert scene.geometry.rect("n2").x() == 200
