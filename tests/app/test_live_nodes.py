"""Live pictures on cards: each what was chosen for it, made when there is something new, and only in view."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from studio.app.live_nodes import why_missing
from studio.app.live_pictures import TITLES, can_show, pictured
from studio.app.main_window import MainWindow
from studio.catalog import registry
from studio.engine.records import Watch
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import LivePicture, Node
from studio.runs.records import Histogram, Live, Maps
from tests.helpers.drawing import draw
from tests.helpers.live_records import filters, histogram, norms, state
from tests.helpers.window import open_window


def network() -> Graph:
    return draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("conv1", "Conv2d", "image", {"out_channels": 4, "kernel_size": 3}),
        ("relu1", "ReLU", "conv1"),
        ("flatten", "Flatten", "relu1"),
        ("fc", "Linear", "flatten", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc", "target"),
    )


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, network())
    window.workspace.monitor.feed(window.workspace._desk.runs, window.document.design)
    window.live_nodes._look_at_view()
    return window


def maps(node: str, step: int = 1, values: np.ndarray | None = None, broken: int = 0) -> Maps:
    shown = np.linspace(0, 1, 4 * 6 * 6, dtype=np.float32).reshape(4, 6, 6) if values is None else values
    return Maps("run-1", node, step, shown.shape, shown, len(shown), 0.0, 1.0, broken)


def unit_shares(node: str, silent: float, saturated: float = math.nan) -> Histogram:
    counts = np.ones(8, np.int64)
    return Histogram("run-1", node, 1, 0.0, 1.0, counts, 0, 0.5, 0.1, silent=silent, saturated=saturated)


def show(window: MainWindow, *records: Live) -> None:
    for record in (state("starting"), state("running"), *records):
        window.workspace.monitor.take(record)
    window.workspace.monitor.announce()
    window.live_nodes._refresh_stale()


def id_of(window: MainWindow, name: str) -> str:
    return next(node.id for node in window.document.graph.nodes.values() if node.name == name)


def choose(window: MainWindow, name: str, chosen: LivePicture) -> None:
    window.canvas.card_commands.show_picture(chosen, [id_of(window, name)])
    window.live_nodes._look_at_view()


def picture(window: MainWindow, name: str) -> QImage | None:
    return window.canvas.scene.cards[id_of(window, name)].picture


def words(window: MainWindow, name: str) -> str:
    return window.canvas.scene.picture_words.get(name, "")


def asked(window: MainWindow) -> Watch:
    return [one for one in window.workspace.link._client.asked if isinstance(one, Watch)][-1]  # type: ignore[attr-defined]


def test_what_matters_is_shown_where_nothing_was_chosen(window: MainWindow) -> None:
    show(
        window,
        filters(np.ones((4, 3, 3)), node="conv1"),
        histogram(1, [1, 2, 3]),
        norms(1, names=("fc.weight", "fc.bias", "conv1.weight")),
    )
    assert "filters" in words(window, "conv1")
    assert "Values that leave it" in words(window, "relu1")
    assert "Gradient norm" in words(window, "fc")
    assert picture(window, "flatten") is None
    assert picture(window, "loss") is None


def test_every_layer_shows_what_is_chosen(window: MainWindow) -> None:
    said = {"histogram": "Values", "maps": "probe sample", "gradient": "log scale", "dead": "25.0 %"}
    names = ("image", "conv1", "relu1", "flatten", "fc")
    counts = np.ones(8, np.int64)
    for name in names:
        seen = Histogram("run-1", name, 2, 0.0, 1.0, counts, 0, 0.5, 0.1, silent=0.25, gradient=0.5)
        show(window, maps(name), seen, norms(2, names=(f"{name}.weight",)))
        for chosen, words_said in said.items():
            choose(window, name, chosen)  # type: ignore[arg-type]
            assert picture(window, name) is not None
            assert words_said in words(window, name), (name, chosen)


def test_a_choice_is_one_step_of_undo_and_saved_with_the_project(window: MainWindow) -> None:
    choose(window, "conv1", "maps")
    assert window.document.graph.node(id_of(window, "conv1")).look.shows == "maps"
    show(window, maps("conv1"))
    assert "probe sample" in words(window, "conv1")
    window.document.undo()
    window.live_nodes._look_at_view()
    assert window.document.graph.node(id_of(window, "conv1")).look.shows == ""
    assert picture(window, "conv1") is None


def test_the_key_goes_through_what_the_layer_can_show(window: MainWindow) -> None:
    window.workspace.selection.set([id_of(window, "relu1")])
    seen = []
    for _ in range(len(TITLES) - 1):
        window.canvas.card_commands.next_picture()
        seen.append(window.document.graph.node(id_of(window, "relu1")).look.shows)
    assert seen == ["histogram", "maps", "gradient", "dead", "none", "auto"]


def test_a_family_shows_what_is_chosen_for_it_and_a_layer_what_is_chosen_for_the_layer(
    window: MainWindow,
) -> None:
    choose(window, "relu1", "dead")
    window.canvas.family_picture_wanted.emit("activation", "none")
    window.canvas.family_picture_wanted.emit("convolution", "maps")
    assert window.settings.preferences.live_pictures == {"activation": "none", "convolution": "maps"}
    show(window, maps("conv1"), unit_shares("relu1", 0.5))
    assert "probe sample" in words(window, "conv1")
    assert "50.0 %" in words(window, "relu1")
    choose(window, "relu1", "")
    assert picture(window, "relu1") is None
    window.canvas.family_picture_wanted.emit("convolution", "auto")
    assert "convolution" not in window.settings.preferences.live_pictures


def test_only_what_is_in_view_is_asked_for(window: MainWindow) -> None:
    window.document.edit("Move", lambda graph: edits.move(graph, {id_of(window, "fc"): (1500.0, 0.0)}))
    for name in ("conv1", "fc"):
        choose(window, name, "maps")
    window.canvas.fit()
    window.live_nodes._look_at_view()
    assert asked(window).maps == ("conv1", "fc")
    canvas = window.canvas
    canvas.set_camera(canvas.camera.at_zoom(2.0, canvas.eye.middle()))
    box = canvas.scene.geometry.rect(id_of(window, "conv1"))
    canvas.set_camera(canvas.camera.centred(box.center(), canvas.size().toSizeF()))
    window.live_nodes._look_at_view()
    assert asked(window).maps == ("conv1",)
    canvas.set_camera(canvas.camera.at_zoom(0.1, canvas.eye.middle()))
    window.live_nodes._look_at_view()
    assert asked(window).maps == ()


def test_collapsed_and_switched_off_cards_ask_for_nothing() -> None:
    graph = network()
    ids = {node.name: node.id for node in graph.nodes.values()}
    graph = edits.set_look(graph, [ids["conv1"]], collapsed=True, shows="maps")
    graph = edits.set_argument(graph, ids["relu1"], "enabled", False)
    assert [one.name for one in pictured(graph, {})] == ["fc"]


def test_a_picture_is_made_anew_only_for_something_new(window: MainWindow) -> None:
    show(window, histogram(1, [1, 2, 3]))
    first = picture(window, "relu1")
    show(window, norms(2))
    assert picture(window, "relu1") is first
    show(window, histogram(2, [3, 2, 1]))
    assert picture(window, "relu1") is not first


def test_a_layer_of_another_kind_does_not_show_what_the_run_saw_of_the_old_one(window: MainWindow) -> None:
    choose(window, "relu1", "histogram")
    window.document.edit("Delete", lambda graph: edits.remove_nodes(graph, [id_of(window, "relu1")]))
    window.document.edit("Add", lambda graph: edits.add_node(graph, Node("n9", "Tanh", "relu1")))
    show(window, histogram(1, [1, 2, 3]))
    assert picture(window, "relu1") is None
    choose(window, "relu1", "histogram")
    assert words(window, "relu1") == "Not in this run: train anew"


def test_a_renamed_layer_says_that_the_run_does_not_know_it(window: MainWindow) -> None:
    choose(window, "relu1", "dead")
    node = id_of(window, "relu1")
    window.document.edit("Rename", lambda graph: edits.rename(graph, node, "other"))
    show(window, unit_shares("relu1", 0.5))
    window.live_nodes._look_at_view()
    assert words(window, "other") == "Not in this run: train anew"
    assert words(window, "relu1") == ""


def test_looking_back_shows_the_line_as_far_as_it_went_and_says_that_maps_are_not_kept(
    window: MainWindow,
) -> None:
    choose(window, "conv1", "maps")
    choose(window, "fc", "gradient")
    show(window, maps("conv1"), *(norms(step, step, ("fc.weight",)) for step in (1, 2, 3)))
    window.workspace.monitor.look_back(2)
    window.workspace.monitor.announce()
    assert "of 2 looks" in words(window, "fc")
    assert words(window, "conv1") == "Maps are not kept: go back to Now"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("filters", "No filters"),
        ("dead", "not known"),
        ("maps", "Not seen"),
        ("gradient", "Not seen"),
    ],
)
def test_what_is_missing_is_said(chosen: LivePicture, said: str) -> None:
    assert said in why_missing(chosen, is_first=False, is_known=True, back=None)
    assert "Waiting" in why_missing(chosen, is_first=True, is_known=True, back=None)


def test_every_kind_of_layer_can_say_what_it_shows() -> None:
    for spec in registry.layers().values():
        for chosen in TITLES:
            reason = can_show(chosen, spec)
            assert not reason or spec.role not in ("layer", "input") or chosen == "filters"
