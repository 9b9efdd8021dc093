"""What must hold between a canvas and the network it shows, whenever nobody drags anything."""

from __future__ import annotations

import networkx as nx
import numpy as np
from PySide6.QtCore import QRectF

from studio.app.canvas.ports import PortRef
from studio.app.canvas.scene import Scene
from studio.catalog.registry import signatures
from studio.graph import topology
from studio.graph.graph import Graph
from tests.helpers.canvas_table import Table


def check_scene(table: Table) -> None:
    """Fail if the canvas shows anything but the network."""
    view, graph = table.view, table.document.graph
    scene, geometry = view.scene, view.scene.geometry
    assert scene.graph is graph
    assert view.gesture is None, type(view.gesture).__name__
    assert not scene.is_previewing
    assert set(geometry.ids) == set(scene.cards) == set(graph.nodes)
    for node in graph.nodes.values():
        assert geometry.rect(node.id) == QRectF(node.x, node.y, *scene.size(node.id)), node.name
    assert sorted(geometry.edges) == sorted(graph.edges())
    assert {mark.id: mark for mark in scene.marks.kind("frame", "note", "arrow")} == dict(graph.marks)
    _check_wires(scene)


def _check_wires(scene: Scene) -> None:
    """Fail if a wire does not go from its port to its port, through its dots."""
    geometry = scene.geometry
    for row, edge in enumerate(geometry.edges):
        start = geometry.port_point(PortRef(edge.source, "output", edge.source_port)).toTuple()
        stop = geometry.port_point(PortRef(edge.target, "input", edge.target_port)).toTuple()
        assert np.allclose(geometry.samples[row][[0, -1]], [start, stop]), f"ends of {edge}"
        path = geometry.path(row)
        ends = path.pointAtPercent(0.0).toTuple(), path.currentPosition().toTuple()
        assert np.allclose(ends, (start, stop)), f"path of {edge}"
        dots = scene.graph.bends.get(edge, ())
        assert scene.dots.points(edge) == dots
        for dot in dots[:20]:
            assert np.hypot(*(geometry.samples[row] - dot).T).min() < 1e-6, f"a dot of {edge}"


def check_against_fresh(table: Table) -> None:
    """Fail if what was kept in step differs from what is built anew.

    Wires that go round cards are left out: they look for a better way only when a card near them moves.
    """
    scene, fresh = table.view.scene, Scene(table.facts)
    fresh.show(scene.graph, scene.place)
    for node_id in scene.graph.nodes:
        assert scene.cards[node_id] == fresh.cards[node_id], f"card of {node_id}"
    for row, edge in enumerate(scene.geometry.edges):
        other = fresh.geometry.edge_slot(edge)
        assert other is not None
        goes_round = ~np.isnan([scene.geometry._over[row], fresh.geometry._over[other]])
        if edge not in scene.graph.bends and goes_round.any():
            continue
        assert np.allclose(scene.geometry.samples[row], fresh.geometry.samples[other]), f"course of {edge}"


def check_selection(table: Table) -> None:
    """Fail if anything is selected that is not there."""
    graph, selection = table.document.graph, table.selection
    assert set(selection.nodes) <= set(graph.nodes)
    assert all(graph.has_edge(edge) for edge in selection.edges)
    assert set(selection.marks) <= set(graph.marks)
    current = table.view.dots.current
    assert current is None or current in table.view.scene.dots


def check_design(design: Graph) -> None:
    """Fail if a network, or the inside of a block in it, breaks what edits must keep."""
    _check_level(design, design)
    for block in design.blocks.values():
        _check_level(block.graph, design)


def _check_level(graph: Graph, design: Graph) -> None:
    signature = signatures(design)
    into = [edge for edges in graph.incoming.values() for edge in edges]
    out = [edge for edges in graph.outgoing.values() for edge in edges]
    assert sorted(into) == sorted(out)
    assert len(into) == len(set(into))
    assert set(graph.bends) <= set(into)
    assert all(graph.bends.values())
    assert all(key == node.id for key, node in graph.nodes.items())
    names = [node.name for node in graph.nodes.values()]
    assert len(names) == len(set(names))
    assert nx.is_directed_acyclic_graph(topology.to_networkx(graph))
    for node in graph.nodes.values():
        ports = signature(node)
        for name in {edge.target_port for edge in graph.inputs_of(node.id)}:
            wires = graph.inputs_of(node.id, name)
            assert [edge.index for edge in wires] == list(range(len(wires)))
            if ports is not None:
                spec = next(spec for spec in ports.inputs if spec.name == name)
                assert spec.variadic or len(wires) == 1
