"""The zoo's networks as they are drawn: no card on another, and no wire of a block behind a card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from studio import zoo
from studio.app.canvas import wires
from studio.app.canvas.geometry import Geometry
from studio.app.canvas.scene import Scene
from studio.app.canvas.wires import Array
from studio.app.facts import Facts
from studio.graph.graph import Graph
from studio.zoo.shelf import templates

pytestmark = pytest.mark.usefixtures("qapp")


def levels(graph: Graph) -> Iterator[tuple[str, Graph]]:
    """Yield the outermost level and the inside of every block."""
    yield "outside", graph
    for name, block in sorted(graph.blocks.items()):
        yield name, replace(block.graph, blocks=graph.blocks)


def drawn(level: Graph) -> Geometry:
    scene = Scene(Facts())
    scene.show(level)
    return scene.geometry


def overlapping(geometry: Geometry) -> list[tuple[str, str]]:
    left, top, right, bottom = geometry.boxes.T
    hit = (
        (left[:, None] < right) & (left < right[:, None]) & (top[:, None] < bottom) & (top < bottom[:, None])
    )
    return [(geometry.ids[a], geometry.ids[b]) for a, b in np.argwhere(np.triu(hit, 1)).tolist()]


def behind_cards(geometry: Geometry, points: Array) -> list[tuple[str, str]]:
    """Return each wire's source with the card that it passes behind."""
    found = []
    for row, edge in enumerate(geometry.edges):
        path = wires.path(points[row])
        for node_id in set(geometry.ids) - {edge.source, edge.target}:
            if any(geometry.rect(node_id).contains(path.pointAtPercent(at)) for at in np.linspace(0, 1, 200)):
                found.append((edge.source, node_id))
    return found


@pytest.mark.parametrize("name", sorted(templates()))
def test_no_template_has_overlapping_cards(name: str) -> None:
    assert {at: found for at, level in levels(zoo.build(name)) if (found := overlapping(drawn(level)))} == {}


@pytest.mark.parametrize(
    "name",
    ["resnet18", "resnet50", "skip_mlp", "highway", "residual_mlp", "googlenet", "googlenet_torchvision"],
)
def test_no_wire_runs_behind_a_card(name: str) -> None:
    for at, level in levels(zoo.build(name)):
        geometry = drawn(level)
        assert (at, behind_cards(geometry, geometry.points)) == (at, [])


def test_a_straight_wire_would_run_behind_cards() -> None:
    geometry = drawn(zoo.build("skip_mlp"))
    assert behind_cards(geometry, geometry.points[:, [0, 0, 0, 0, -1, -1, -1, -1]])
