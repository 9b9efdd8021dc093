"""What a run shows, as colours of cards and wires."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.canvas.heat.scale import NOTHING
from studio.app.main_window import MainWindow
from studio.app.monitor import Runs
from studio.app.theme.tokens import HEAT_STEPS
from studio.engine.records import Watch
from tests.helpers.live_records import histogram, norms, state
from tests.helpers.window import action, open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8), hidden=(32, 32)))
    monitor, runs = window.workspace.monitor, Runs()
    monitor.show_runs(runs)
    monitor.feed(runs)
    monitor.take(state("starting"))
    names = ("fc1.weight", "fc2.weight", "fc3.weight")
    for step, scale in ((1, 1.0), (9, 1.0)):
        record = norms(step, scale, names)
        monitor.take(replace(record, gradients=np.array([1e-4, 1e-2, 1.0], np.float32) * step))
        for place, node in enumerate(("fc1", "relu1", "fc2", "relu2", "fc3")):
            monitor.take(replace(histogram(step, [4, 4], node=node), std=1.0 + place, gradient=10.0**-place))
    monitor.announce()
    return window


def steps(window: MainWindow) -> dict[str, int]:
    """Return the colour of each wire by the name of what feeds it."""
    scene, graph = window.canvas.scene, window.document.graph
    pairs = zip(scene.geometry.edges, window.canvas.heat.steps.tolist(), strict=True)
    return {graph.node(edge.source).name: step for edge, step in pairs}


def test_wires_have_the_colour_of_the_gradient_on_them(window: MainWindow) -> None:
    action(window, "view.wires_flow").trigger()
    found = steps(window)
    assert found["fc1"] == HEAT_STEPS - 1
    assert found["fc3"] == 0
    assert found["image"] == NOTHING
    asked = [one for one in window.workspace.link._client.asked if isinstance(one, Watch)]  # type: ignore[attr-defined]
    assert {"image", "flatten", "fc1", "relu1", "fc2", "relu2", "fc3"} <= set(asked[-1].activations)


def test_cards_have_the_colour_of_their_weights_gradient(window: MainWindow) -> None:
    action(window, "view.heat_gradient").trigger()
    heat = window.canvas.heat._of_cards
    assert heat is not None
    graph = window.document.graph
    assert heat.step(graph.named("fc3").id) == HEAT_STEPS - 1
    assert heat.step(graph.named("fc1").id) == 0
    assert heat.step(graph.named("relu1").id) == NOTHING
    assert heat.written[graph.named("fc3").id] == "9"


def test_colours_follow_the_moment(window: MainWindow) -> None:
    action(window, "view.heat_gradient").trigger()
    window.workspace.monitor.look_back(1)
    window.workspace.monitor.announce()
    heat = window.canvas.heat._of_cards
    assert heat is not None
    assert heat.written[window.document.graph.named("fc3").id] == "1"


def test_without_a_run_nothing_is_coloured(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))
    action(window, "view.wires_activation").trigger()
    action(window, "view.heat_ratio").trigger()
    assert set(steps(window).values()) == {NOTHING}
    assert window.canvas.heat.scales == []
