"""The tab asks for what it shows, follows the run while it is on screen, and reads what is hovered."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.app.animation import frames_of
from studio.app.panels.surface.panel import SurfacePanel
from studio.app.workspace import Workspace
from studio.engine.records import DrawSurface, Failed, SurfaceDrawn, Watch
from studio.project.sample_projects import sample_project
from studio.runs.records import Surface
from tests.helpers.fake_client import FakeClient
from tests.helpers.live_records import state, surface_look

SIDE = 97


def plane(run: str = "", step: int = 0, units: int = 3, *, before: bool = True) -> Surface:
    """A surface whose first class is at the left, and whose units are ramps."""
    x = np.tile(np.linspace(0.0, 1.0, SIDE, dtype=np.float32), (SIDE, 1))
    ramps = np.stack([x[::2, ::2] - number / 4 for number in range(units)]).astype(np.float32)
    return Surface(
        run,
        step,
        "fc",
        (-1.0, -2.0),
        (1.0, 2.0),
        ("left", "right"),
        np.stack([1 - x, x]),
        ramps if before else ramps[:0],
        np.maximum(ramps, 0),
        "fc" if before else "",
        "relu" if before else "fc",
        40,
        np.array([[-0.5, 0.0], [0.5, 1.0]], np.float32),
        np.array([0.0, 1.0], np.float32),
        np.array([False, True]),
        np.array([0.0, 0.0], np.float32),
    )


def curve() -> Surface:
    x = np.linspace(-1.0, 1.0, 401, dtype=np.float32)
    one = np.zeros((0, 401), np.float32)
    points = x[::40, None]
    return Surface(
        "", 0, "", (-1.0,), (1.0,), (), np.sin(x)[None], one, one, "", "", 0, points, np.sin(points[:, 0]),
        np.arange(11) > 8, np.sin(points[:, 0]) + 0.25,
    )  # fmt: skip


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture
def space(qtbot: QtBot, client: FakeClient) -> Workspace:
    made = Workspace(client)
    made.document.open(sample_project("hidden-xor").project(), None)
    return made


@pytest.fixture
def panel(qtbot: QtBot, space: Workspace) -> SurfacePanel:
    made = SurfacePanel(space)
    qtbot.addWidget(made)
    made.resize(1100, 260)
    made.build()
    made.show()
    qtbot.waitExposed(made)
    return made


def asked(client: FakeClient) -> DrawSurface:
    return next(one for one in reversed(client.asked) if isinstance(one, DrawSurface))


def watched(client: FakeClient) -> tuple[str, ...]:
    return next(one.surface for one in reversed(client.asked) if isinstance(one, Watch))


def answer(panel: SurfacePanel, client: FakeClient, surface: Surface, words: str = "fresh") -> None:
    space = panel._space
    space.link.surface_drawn.emit(SurfaceDrawn(client.asked.index(asked(client)) + 1, surface, words))
    panel.view.refresh()


def test_the_untrained_design_is_asked_for_and_shown(panel: SurfacePanel, client: FakeClient) -> None:
    panel.set_node("hidden")
    question = asked(client)
    assert (question.node, question.run) == ("hidden", "")
    answer(panel, client, plane())
    assert "Regions fresh · 50.0 % right" in panel.view.words
    assert "disc: training, triangle: validation, left, right" in panel.view.words
    assert "fc → relu 3 of 40 units" in panel.view.words
    assert not panel.view.choice.isEnabled()
    assert "no run yet" in panel.view.choice.toolTip()


def test_it_is_watched_only_while_it_is_on_screen(panel: SurfacePanel, client: FakeClient) -> None:
    panel.set_node("hidden")
    assert watched(client) == ("hidden",)
    panel.hide()
    assert watched(client) == ()
    count = len(client.asked)
    panel.set_node("output")
    assert not [one for one in client.asked[count:] if isinstance(one, DrawSurface)]


def test_a_run_that_goes_on_shows_itself_and_then_its_checkpoint(
    panel: SurfacePanel, space: Workspace, client: FakeClient
) -> None:
    monitor = space.monitor
    space.train()
    monitor.take(state("starting"))
    monitor.take(state("running"))
    monitor.announce()
    panel.view.refresh()
    assert "Waiting for the first look" in panel.view.words
    monitor.take(plane("run-1", 1234))
    monitor.announce()
    panel.view.refresh()
    assert "Regions step 1,234" in panel.view.words
    assert "goes on" in panel.view.choice.toolTip()
    assert panel.view.choice.currentText() == "This moment"
    monitor.take(state("finished"))
    monitor.announce()
    assert (asked(client).run, asked(client).checkpoint) == ("run-1", "best")
    panel.view.refresh()
    assert panel.view.choice.currentText() == "Best weights"
    panel.view.choice.setCurrentIndex(1)
    panel.view.choice.activated.emit(1)
    assert asked(client).checkpoint == "last"
    panel.view.choice.setCurrentIndex(2)
    panel.view.choice.activated.emit(2)
    assert asked(client).run == ""


def test_an_edit_of_the_design_is_drawn_and_the_same_one_not_again(
    panel: SurfacePanel, space: Workspace, client: FakeClient
) -> None:
    count = len(client.asked)
    panel.source.refresh()
    assert len(client.asked) == count
    space.document.edit_project(
        "Noise", lambda now: replace(now, data=now.data.model_copy(update={"options": {"noise": 0.3}}))
    )
    panel.source.refresh()
    assert asked(client).project["data"]["options"] == {"noise": 0.3}


def test_what_cannot_be_drawn_is_said_and_a_sample_offered(
    qtbot: QtBot, panel: SurfacePanel, space: Workspace, client: FakeClient
) -> None:
    number = client.asked.index(asked(client)) + 1
    space.link._announce(Failed(number, "probe", "A surface is drawn where a sample is one or two."))
    panel.view.refresh()
    assert panel.view.words.startswith("A surface is drawn where")
    offer = panel.findChild(QPushButton, "plot.surface.sample")
    assert offer is not None
    with qtbot.waitSignal(panel.sample_wanted) as wanted:
        offer.click()
    assert wanted.args == ["residual-spirals"]
    assert not panel.view.save.isEnabled()


def test_hovering_reads_place_class_and_point(panel: SurfacePanel, client: FakeClient) -> None:
    answer(panel, client, plane())
    field = panel.view.plane
    area = field.area
    said = field.words_at(area.left() + area.width() * 0.75, area.top() + area.height() * 0.25)
    assert said.startswith("(0.50")
    assert "right 75" in said
    assert said.endswith("wrong validation point: right")
    assert field.words_at(0, 0) == ""


def test_a_and_h_are_both_there_to_choose(panel: SurfacePanel, client: FakeClient) -> None:
    answer(panel, client, plane())
    tiles, before = panel.view.tiles, panel.findChild(QToolButton, "plot.surface.before")
    assert before is not None
    corner = tiles.grid.corner(2)
    assert tiles.words_at(corner[0], corner[1] + 3).endswith("h 0")
    before.click()
    assert tiles.words_at(corner[0], corner[1] + 3).endswith("a −0.5")


def test_a_layer_without_activation_has_one_value(panel: SurfacePanel, client: FakeClient) -> None:
    answer(panel, client, plane(before=False))
    assert not panel.view.before.isEnabled()
    assert "No activation comes right behind fc" in panel.view.before.toolTip()


def test_a_function_of_one_number_is_a_curve(panel: SurfacePanel, client: FakeClient) -> None:
    answer(panel, client, curve())
    assert "Curve fresh · points within 0.25" in panel.view.words
    line = panel.view.line
    assert line.isVisible()
    assert not panel.view.plane.isVisible()
    area = line.area
    assert line.words_at(area.right(), area.center().y()) == "x 1 · output 0.841"
    assert not line.grab().isNull()
    assert "Select a layer" in panel.view.no_units.text()


def test_picture_and_table_are_saved(
    panel: SurfacePanel, client: FakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(panel, client, plane())
    for action, name in ((panel.view.save.picture, "a.png"), (panel.view.save.table, "a.csv")):
        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_args, name=name: (str(tmp_path / name), "")
        )
        action.trigger()
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (
        2 * panel.view.body.width(),
        2 * panel.view.body.height(),
    )
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert len(rows) == SIDE * SIDE
    assert list(rows[0])[:4] == ["x1", "x2", "p(left)", "p(right)"]
    assert (float(rows[SIDE - 1]["x1"]), float(rows[SIDE - 1]["p(right)"])) == (1.0, 1.0)
    assert rows[1]["h of relu 1"] == ""


def test_heights_of_a_value_have_a_scale_and_many_classes_their_names(
    panel: SurfacePanel, client: FakeClient
) -> None:
    flat = plane()
    value = replace(
        flat, classes=(), outputs=flat.outputs[:1] * 4 - 2, truth=np.array([-2.0, 3.0], np.float32)
    )
    answer(panel, client, value)
    assert panel.view.words.startswith("Surface fresh")
    assert panel.view.scale.accessibleName().startswith("The darkest colour is −2 and less, the brightest 3")
    many = np.stack([np.full((SIDE, SIDE), 0.1 + 0.1 * (place == 3), np.float32) for place in range(6)])
    panel.set_node("other")
    answer(panel, client, replace(flat, classes=tuple("abcdef"), outputs=many))
    assert not panel.view.scale.isVisible()
    assert not panel.view.plane.grab().isNull()
    assert panel.view.plane.words_at(*panel.view.plane.area.center().toTuple()).split(" · ")[1] == "d 20.0 %"


def test_a_hovered_unit_is_read_where_its_layer_was_named(panel: SurfacePanel, client: FakeClient) -> None:
    answer(panel, client, plane())
    tiles = panel.view.tiles
    tiles.hovered.emit(tiles.words_at(3.0, 3.0))
    assert panel.view.units_legend.text.endswith(tiles.words_at(3.0, 3.0))
    assert panel.view.units_legend.shortest_width() < panel.view.units_legend.width() / 4
    tiles.hovered.emit("")
    assert panel.view.units_legend.text.startswith("fc → relu")


def look_back(panel: SurfacePanel, step: int | None) -> None:
    panel.monitor.look_back(step)
    panel.monitor.announce()
    panel.view.refresh()


def test_looking_back_shows_what_was_kept_of_that_step(panel: SurfacePanel, space: Workspace) -> None:
    monitor = space.monitor
    panel.set_node("relu1")
    space.train()
    for record in (
        state("starting"),
        state("running"),
        *(surface_look(step, shift=step / 100) for step in (0, 40)),
    ):
        monitor.take(record)
    monitor.take(plane("run-1", 55))
    monitor.announce()
    assert monitor.shown.looks == [0, 40]
    before = panel.grab().toImage()
    look_back(panel, 41)
    assert "Regions step 40" in panel.view.words
    assert "fc1 \u2192 relu1 3 units" in panel.view.words
    assert panel.view.choice.currentText() == "Looking back"
    assert not panel.view.choice.isEnabled()
    later = panel.grab().toImage()
    look_back(panel, 0)
    assert "Regions step 0" in panel.view.words
    assert panel.grab().toImage() != later != before
    panel.set_node("gone")
    panel.view.refresh()
    assert panel.view.no_units.text() == 'Of gone no units were kept with the run, but of "relu1" and "fc2".'
    look_back(panel, None)
    assert "Regions step 55" in panel.view.words
    assert panel.view.choice.currentText() == "This moment"


def test_an_animation_has_a_frame_for_each_step(panel: SurfacePanel, space: Workspace) -> None:
    monitor = space.monitor
    space.train()
    for record in (
        state("starting"),
        state("finished"),
        *(surface_look(step, shift=step / 100) for step in (0, 9, 40)),
    ):
        monitor.take(record)
    monitor.announce()
    frames = frames_of(panel, monitor, monitor.shown.looks, lambda _done: False)
    assert len(frames) == 3
    assert frames[0] != frames[1] != frames[2]


def test_a_stored_run_without_surfaces_shows_its_checkpoint(
    panel: SurfacePanel, space: Workspace, client: FakeClient
) -> None:
    space.train()
    for record in (state("starting"), state("finished")):
        space.monitor.take(record)
    look_back(panel, 7)
    assert asked(client).run == "run-1"
