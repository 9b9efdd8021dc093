"""The doctor in the window: findings appear with the run, mark nodes, and are mended in one step of undo."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.canvas.card_painting import badge_rect, paint_card
from studio.app.canvas.gestures.open_problem import badge_at
from studio.app.main_window import MainWindow
from studio.app.monitor import Runs
from studio.app.panels.finding_card import SEE, FindingCard
from studio.app.theme.theme import theme
from studio.doctor.closer import Closer, UnitFacts
from studio.doctor.finding import PICTURES
from studio.engine.records import Examine, Examined
from studio.runs.records import Norms
from studio.runs.store import RunStore
from tests.helpers.live_records import histogram, state
from tests.helpers.window import open_window


def vanishing(step: int) -> Norms:
    names = tuple(f"fc{number}.weight" for number in range(1, 6))
    sizes, weights = np.full(5, 100, np.int64), np.ones(5, np.float32)
    gradients = (10.0 ** np.arange(-8.0, 0.0, 1.6)).astype(np.float32)
    return Norms("run-1", step, names, sizes, weights, gradients, weights / 1000)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(32,) * 4, activation="Sigmoid")
    window = open_window(qtbot, tmp_path, graph)
    monitor = window.workspace.monitor
    runs = Runs()
    monitor.show_runs(runs)
    monitor.feed(runs)
    monitor.take(state("starting"))
    for step in range(1, 6):
        monitor.take(vanishing(step))
    monitor.announce()
    window.doctor.doctor.look()
    window.tabs.setCurrentWidget(window.doctor)
    return window


def card(window: MainWindow) -> FindingCard:
    (found,) = window.doctor.cards()
    return found


def test_a_finding_stands_in_the_panel_on_the_node_and_in_the_tab(window: MainWindow) -> None:
    assert card(window).accessibleName().startswith('Error: The gradient of "fc1.weight" is')
    assert "Term: vanishing gradient." in card(window).accessibleDescription()
    node = window.document.graph.named("fc1")
    badge = window.canvas.scene.cards[node.id].badge
    assert badge is not None
    assert (badge.text, badge.role) == ("vanishing", "bad")
    assert window.tabs.tabText(window.tabs.indexOf(window.doctor)) == "Doctor 1"


def test_a_remedy_is_one_step_of_undo(qtbot: QtBot, window: MainWindow) -> None:
    before = window.document.project
    button = card(window).fixes.buttons()[0]
    assert button.text() == "Replace 4 activations by ReLU"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    kinds = {node.kind for node in window.document.graph.nodes.values()}
    assert "ReLU" in kinds
    assert "Sigmoid" not in kinds
    window.document.undo()
    assert window.document.project == before


def test_a_setting_that_is_changed_offers_its_button_no_more(qtbot: QtBot, window: MainWindow) -> None:
    window.workspace.monitor.take(replace(vanishing(7), gradients=np.full(5, np.inf, np.float32)))
    window.workspace.monitor.announce()
    window.doctor.doctor.look()
    first = window.doctor.cards()[0]
    assert "is infinite" in first.accessibleName()
    qtbot.mouseClick(first.fixes.buttons()[0], Qt.MouseButton.LeftButton)
    assert window.document.project.training.max_grad_norm == 1.0
    labels = [button.text() for button in window.doctor.cards()[0].fixes.buttons()]
    assert "Clip the gradient at norm 1" not in labels


def test_the_evidence_is_one_click_away(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(card(window).fixes.buttons()[-2], Qt.MouseButton.LeftButton)
    assert window.tabs.currentWidget() is window.gradients
    assert window.workspace.selection.single == window.document.graph.named("fc1").id


def test_a_closer_look_is_asked_for_and_adds_findings(qtbot: QtBot, window: MainWindow) -> None:
    panel, link = window.doctor, window.workspace.link
    qtbot.mouseClick(panel.closer_button, Qt.MouseButton.LeftButton)
    client = link._client
    asked = [one for one in client.asked if isinstance(one, Examine)][-1]  # type: ignore[attr-defined]
    assert asked.run == "run-1"
    assert panel.closer_button.text() == "Cancel"
    closer = Closer(256, (UnitFacts("sigmoid1", 32, tuple(range(8)), ()),))
    client.answers.append(Examined(asked.id, "run-1", closer))  # type: ignore[attr-defined]
    link.drain()
    found = {card.problem.code for card in panel.cards() if card.problem is not None}
    assert found == {"vanishing-gradient", "ignores-input"}
    assert panel.closer_button.text() == "Look closer"


def test_another_run_takes_the_marks_away(window: MainWindow) -> None:
    window.workspace.monitor.take(state("starting", run="run-2"))
    window.workspace.monitor.announce()
    assert window.doctor.cards() == []
    assert not window.doctor.empty.isHidden()
    node = window.document.graph.named("fc1")
    assert window.canvas.scene.cards[node.id].badge is None


def test_dead_units_of_a_live_run_are_marked(window: MainWindow) -> None:
    window.workspace.monitor.take(state("starting", run="run-2"))
    window.workspace.monitor.take(replace(histogram(9, [5, 3], node="sigmoid2"), run="run-2", silent=0.8))
    window.doctor.doctor.look()
    assert card(window).problem is not None
    assert card(window).problem.message.startswith("80 % of the units")


def stored_run(window: MainWindow, name: str, lr: float) -> None:
    project = window.document.project
    training = project.training.model_copy(update={"lr": lr})
    store = RunStore(window.workspace.runs_folder)
    store.create_run(name, replace(project, training=training), "cpu", 0).close()


def test_a_stored_run_is_judged_by_its_own_settings_once_they_are_read(
    qtbot: QtBot, window: MainWindow
) -> None:
    stored_run(window, "old", 0.321)
    window.workspace.show_run("old")
    qtbot.waitUntil(lambda: window.workspace.monitor.shown.name == "old")
    qtbot.waitUntil(lambda: window.doctor.doctor.case().training.lr == 0.321)


def test_runs_come_on_screen_when_they_are_read_and_only_for_their_project(
    qtbot: QtBot, window: MainWindow
) -> None:
    stored_run(window, "old", 0.1)
    space = window.workspace
    said: list[str] = []
    space.message.connect(said.append)
    space.show_behind(["old"])
    qtbot.waitUntil(lambda: [run.name for run in space.monitor.behind] == ["old"])
    assert said[-1] == "Behind the curves: old."
    space.show_run("none")
    qtbot.waitUntil(lambda: 'no run "none"' in said[-1])
    space.show_run("old")
    space.monitor.show_runs(other := Runs())  # another project comes on show meanwhile
    qtbot.wait(200)
    assert other.shown.name == ""


def test_runs_are_compared_when_they_are_read(qtbot: QtBot, window: MainWindow) -> None:
    for name, lr in (("old", 0.1), ("new", 0.2)):
        stored_run(window, name, lr)
    window.dialogs.compare_runs(["old", "new"])
    qtbot.waitUntil(lambda: window.findChild(QDialog, "dialog.compare") is not None)
    dialog = window.findChild(QDialog, "dialog.compare")
    assert dialog.design.text() == "old → new: the same network"
    dialog.accept()
    window.dialogs.compare_runs(["old", "none"])
    qtbot.waitUntil(lambda: 'no run "none"' in window.status.currentMessage())


def test_the_term_is_one_click_away(qtbot: QtBot, window: MainWindow) -> None:
    button = card(window).fixes.buttons()[-1]
    assert button.accessibleName() == "What is this: vanishing gradient"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    panel = window.helper.panel
    assert panel is not None
    assert panel.windowTitle() == "Vanishing gradient – Help"
    assert "Hochreiter 1998" in panel.browser.toPlainText()
    panel.close()


def press_badge(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Press the middle of a node's badge, as a person would."""
    view, node = window.canvas, window.document.graph.named(name)
    view.reveal(node.id)
    card, where = view.scene.cards[node.id], view.scene.geometry.rect(node.id)
    middle = badge_rect(card, view.camera.zoom, where.width()).translated(where.topLeft()).center()
    assert badge_at(view, middle) == node.id
    place = view.camera.to_screen(middle).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize("zoom", [0.36, 0.5, 0.59, 1.0])
def test_a_badge_is_seen_and_pressed_on_small_cards_too(window: MainWindow, zoom: float) -> None:
    view, node = window.canvas, window.document.graph.named("fc1")
    card, where = view.scene.cards[node.id], view.scene.geometry.rect(node.id)
    view.set_camera(replace(view.camera, zoom=zoom))
    badge = badge_rect(card, zoom, where.width())
    assert min(badge.width(), badge.height()) * zoom >= 7.0
    assert badge_at(view, badge.translated(where.topLeft()).center()) == node.id
    picture = QImage(400, 200, QImage.Format.Format_RGB32)
    picture.fill(theme().color("canvas"))
    painter = QPainter(picture)
    painter.translate(50, 50)
    painter.scale(zoom, zoom)
    paint_card(painter, card, zoom, where.width(), where.height())
    painter.end()
    spot = (badge.center() + QPointF(badge.width() / 2 - 2.5 / zoom, 0)) * zoom + QPointF(50, 50)
    assert picture.pixelColor(spot.toPoint()) == theme().color(card.badge.role)


def test_a_badge_opens_the_finding_beside_the_node(qtbot: QtBot, window: MainWindow) -> None:
    popover = window.connections.findings
    assert popover.isHidden()
    press_badge(qtbot, window, "fc1")
    assert not popover.isHidden()
    assert popover.problem is not None
    assert popover.problem.code == "vanishing-gradient"
    labels = [button.accessibleName() for button in popover.card.fixes.buttons()]
    assert labels == [
        "Replace 4 activations by ReLU",
        "Weights by He's initialization",
        "See the gradients",
        "What is this: vanishing gradient",
    ]
    qtbot.mouseClick(popover.card.fixes.buttons()[2], Qt.MouseButton.LeftButton)
    assert window.tabs.currentWidget() is window.gradients
    assert popover.isHidden()


def test_a_finding_that_is_gone_takes_its_popover_along(qtbot: QtBot, window: MainWindow) -> None:
    popover = window.connections.findings
    popover.open_node(window.document.graph.named("fc1").id)
    assert not popover.isHidden()
    window.workspace.monitor.take(replace(vanishing(9), gradients=np.full(5, 2e-8, np.float32)))
    window.workspace.monitor.announce()
    window.doctor.doctor.look()
    assert popover.isHidden() or popover.problem is not None
    window.workspace.monitor.take(state("starting", run="run-2"))
    window.workspace.monitor.announce()
    assert popover.isHidden()


@pytest.mark.parametrize("look", PICTURES, ids=str)
def test_every_picture_can_be_reached(window: MainWindow, look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(window.dialogs, "look_inside", shown.append)
    monkeypatch.setattr(window.inspector.project_page.data, "show_statistics", lambda: shown.append("data"))
    window.tabs.setCurrentWidget(window.doctor)
    window.doctor.handler.look_wanted.emit(look)
    tab = window.tabs.currentWidget()
    if look in ("data", "units", "correlation"):
        assert shown == [look]
    elif look == "design":
        assert tab is window.doctor
    else:
        assert tab is getattr(window, look)
    assert look in SEE
