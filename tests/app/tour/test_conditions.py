"""When a step is done: hand-made moments of a window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from immutables import Map

from studio.app.tour import conditions
from studio.app.tour.snapshot import Snapshot
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.project.config import TrainingConfig

CONV = Node("n1", "Conv2d", "conv1", Map({"out_channels": 16}))
FC = Node("n2", "Linear", "fc")
DROPOUT = Node("n3", "Dropout", "dropout")
WIRE = Edge("n3", "output", "n2", "input")
BEFORE = Snapshot(graph=Graph.of([CONV, FC], []), index=3)


def now(*nodes: Node, wires: tuple[Edge, ...] = (), **changes: object) -> Snapshot:
    graph = Graph.of(list(nodes), list(wires)) if nodes else BEFORE.graph
    return replace(BEFORE, graph=graph, **changes)


@pytest.mark.parametrize(
    ("condition", "moment", "done"),
    [
        (conditions.selected("conv1"), now(selected=frozenset({"conv1"})), True),
        (conditions.selected("conv1"), now(selected=frozenset({"conv1", "fc"})), False),
        (conditions.argument_changed("conv1", "out_channels"), now(), False),
        (
            conditions.argument_changed("conv1", "out_channels"),
            now(replace(CONV, arguments=Map({"out_channels": 32})), FC),
            True,
        ),
        (conditions.argument_changed("conv1", "out_channels"), now(FC), False),
        (conditions.added("Dropout"), now(), False),
        (conditions.added("Dropout"), now(CONV, FC, DROPOUT), True),
        (conditions.wired_to("Dropout", "fc"), now(CONV, FC, DROPOUT), False),
        (conditions.wired_to("Dropout", "fc"), now(CONV, FC, DROPOUT, wires=(WIRE,)), True),
        (conditions.wired_to("Dropout", "fc"), now(CONV), False),
        (conditions.broken, now(has_errors=True), False),
        (conditions.broken, now(has_errors=True, index=4), True),
        (conditions.mended, now(is_known=True, index=4), True),
        (conditions.mended, now(is_known=True, index=4, has_errors=True), False),
        (conditions.mended, now(is_known=True), False),
        (conditions.run_started, now(run="run-1"), True),
        (conditions.run_started, now(), False),
        (conditions.epochs_seen(3), now(run="run-1", epochs=2, state="running"), False),
        (conditions.epochs_seen(3), now(run="run-1", epochs=3, state="running"), True),
        (conditions.epochs_seen(3), now(run="run-1", epochs=1, state="stopped"), True),
        (
            conditions.looked_into("conv1", "panel.filters"),
            now(selected=frozenset({"conv1"}), tab="panel.filters"),
            True,
        ),
        (
            conditions.looked_into("conv1", "panel.filters"),
            now(selected=frozenset({"conv1"}), tab="panel.curves"),
            False,
        ),
        (conditions.rate_changed, now(training=TrainingConfig(lr=0.5)), True),
        (conditions.rate_changed, now(), False),
        (conditions.undone, now(index=2), True),
        (conditions.undone, now(index=4), False),
        (conditions.always, now(), True),
    ],
)
def test_condition(condition: conditions.Condition, moment: Snapshot, done: bool) -> None:
    assert condition(BEFORE, moment) is done
