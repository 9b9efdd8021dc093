"""Where nodes stand after an action."""

from __future__ import annotations

import pytest

from studio import zoo
from studio.graph import edits
from studio.graph.graph import Graph
from studio.zoo.actions import delete_and_reconnect, insert_batch_norm


def levels(graph: Graph) -> list[Graph]:
    return [graph, *(block.graph for block in graph.blocks.values())]


def closest(level: Graph) -> float:
    """Return the least distance between the left edges of two nodes of one line."""
    nodes = level.ordered()
    return min(
        (b.x - a.x for a in nodes for b in nodes if a.y == b.y and a.id != b.id and b.x >= a.x), default=1e9
    )


@pytest.mark.parametrize("name", ["alexnet", "vgg16", "googlenet", "googlenet_torchvision"])
def test_added_layers_have_room(name: str) -> None:
    changed = insert_batch_norm(zoo.build(name)).graph
    assert min(map(closest, levels(changed))) >= 136 + 24


def test_added_layer_stands_between_convolution_and_activation() -> None:
    inside = insert_batch_norm(zoo.build("vgg16")).graph
    level = next(found for found in levels(inside) if any(n.kind == "BatchNorm2d" for n in found.ordered()))
    norm = next(node for node in level.ordered() if node.kind == "BatchNorm2d")
    conv = level.node(level.inputs_of(norm.id)[0].source)
    relu = level.node(level.outputs_of(norm.id)[0].target)
    assert conv.y == norm.y == relu.y
    assert conv.x < norm.x < relu.x


def test_what_follows_a_deleted_layer_moves_up() -> None:
    before = zoo.build("alexnet")
    after = delete_and_reconnect(before, ["conv3"]).graph
    assert after.named("conv4").x == before.named("conv3").x
    assert after.named("fc6") == before.named("fc6")  # in another line


def test_what_was_right_of_its_feeds_stays_right_of_them() -> None:
    before, after = zoo.build("googlenet"), insert_batch_norm(zoo.build("googlenet")).graph
    old, new = before.blocks["Inception"].graph, after.blocks["Inception"].graph
    concat = next(node for node in new.ordered() if node.kind == "Concat")
    assert old.node(concat.id).x < concat.x
    assert max(new.node(edge.source).x for edge in new.inputs_of(concat.id)) + 136 < concat.x


def test_nodes_that_all_stand_at_one_place_are_no_trouble() -> None:
    graph = zoo.build("googlenet")
    heap = edits.move(graph, dict.fromkeys(graph.nodes, (0.0, 0.0)))
    assert max(node.x for node in insert_batch_norm(heap).graph.ordered()) < 10_000


def test_the_target_goes_with_the_loss() -> None:
    before = zoo.build("alexnet")
    after = delete_and_reconnect(before, ["fc7"]).graph
    moved = before.named("loss").x - after.named("loss").x
    assert moved > 0
    assert before.named("target").x - after.named("target").x == moved
