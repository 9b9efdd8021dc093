"""The tour as a person goes through it: real widgets, mouse and keys, and a real engine."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

from studio.app.canvas.ports import PortRef
from studio.app.main_window import MainWindow
from studio.app.panels.number_edit import NumberEdit
from studio.app.settings import Settings
from studio.app.tour.spots import find
from studio.app.tour.steps import PROJECT, STEPS
from studio.app.tour.tour import Tour
from studio.engine.local import LocalClient
from studio.project.project import Project
from tests.helpers.fake_client import FakeClient

PATIENCE_MS = 90_000
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def leave(window: MainWindow) -> None:
    window.tour.end()
    window.workspace.close()
    window.document.history.mark_saved()


def open_window(qtbot, tmp_path, client) -> MainWindow:
    window = MainWindow(client, Settings(tmp_path / "settings.json"))
    if isinstance(client, FakeClient):
        window.workspace.start = lambda: None
    qtbot.addWidget(window, before_close_func=leave)
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def window(qtbot, tmp_path):
    return open_window(qtbot, tmp_path, FakeClient())


@pytest.fixture
def tour(window):
    window.findChild(QAction, "action.help.tour").trigger()
    return window.tour


class Person:
    """Does what the note says."""

    def __init__(self, qtbot, window: MainWindow) -> None:
        self.qtbot, self.window, self.tour = qtbot, window, window.tour

    def node(self, name: str) -> str:
        return next(node.id for node in self.window.document.graph.nodes.values() if node.name == name)

    def click(self, name: str) -> None:
        canvas = self.window.canvas
        card = canvas.scene.geometry.rect(self.node(name))
        QTest.mouseClick(canvas, LEFT, pos=canvas.camera.to_screen(card.center()).toPoint())

    def key(self, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.canvas, key, keys)

    def port(self, name: str, side: str, port: str) -> QPoint:
        canvas = self.window.canvas
        return canvas.camera.to_screen(
            canvas.scene.geometry.port_point(PortRef(self.node(name), side, port))
        ).toPoint()

    def wire(self, source: str, target: str) -> None:
        canvas = self.window.canvas
        start, stop = self.port(source, "output", "output"), self.port(target, "input", "input")
        QTest.mousePress(canvas, LEFT, pos=start)
        for part in range(1, 6):
            QTest.mouseMove(canvas, start + (stop - start) * part / 5)
        QTest.mouseRelease(canvas, LEFT, pos=stop)

    def type_into(self, name: str, text: str) -> None:
        edit = self.window.findChild(NumberEdit, name).lineEdit()
        edit.selectAll()
        QTest.keyClicks(edit, text)
        QTest.keyClick(edit, Key.Key_Return)

    def until(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def until_step(self, key: str) -> None:
        self.until(lambda: self.tour.step is not None and self.tour.step.key == key)

    def until_done(self) -> None:
        self.until(lambda: self.tour.note.next.text() == "Next")

    def press(self, name: str) -> None:
        button = self.tour.note.findChild(QPushButton, f"tour.{name}")
        assert button.isEnabled()
        QTest.mouseClick(button, LEFT)


def test_whole_tour_by_doing_it(qtbot, tmp_path):
    window = open_window(qtbot, tmp_path, LocalClient())
    person = Person(qtbot, window)
    QTest.mouseClick(window.first_steps.page.starts[0], LEFT)
    assert window.document.project.name == PROJECT
    person.until(lambda: window.workspace.facts.is_known)

    person.click("conv1")
    person.until_step("argument")
    person.type_into("argument.out_channels", "32")
    person.until_done()
    person.press("next")
    person.click("flatten")
    person.key(Key.Key_Space)
    QTest.keyClicks(window.canvas.search.popup.field, "dropout")
    QTest.keyClick(window.canvas.search.popup.field, Key.Key_Return)
    person.until_step("wire")
    person.wire("dropout", "fc")
    person.until_step("break")
    person.click("flatten")
    person.key(Key.Key_Delete)
    person.until_step("mend")
    fix = next(
        b for b in window.problems.findChildren(QPushButton) if b.text() == 'Insert Flatten before "fc"'
    )
    QTest.mouseClick(fix, LEFT)
    person.until_step("train")
    train = window.findChild(QToolButton, "training.train")
    person.until(train.isEnabled)
    QTest.mouseClick(train, LEFT)
    person.until_step("watch")
    person.until_done()
    person.press("next")
    person.click("conv1")
    bar, page = window.tabs.tabBar(), window.tabs.indexOf(window.filters)
    QTest.mouseClick(bar, LEFT, pos=bar.tabRect(page).center())
    person.until_done()
    person.press("next")
    person.until(lambda: not window.workspace.is_training)
    person.type_into("training.lr", "0.5")
    person.until_step("undo")
    person.key(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    person.until_step("end")
    assert window.document.project.training.lr == 0.05
    assert person.tour.note.next.text() == "Finish"
    person.press("next")
    assert person.tour.step is None
    assert window.settings.preferences.tour_step == 0


def test_help_menu_begins_the_tour_on_the_digits_network(window, tour):
    assert tour.step.key == "select"
    assert window.document.project.name == PROJECT
    assert tour.note.isVisible()
    assert tour.note.progress.text() == f"1 of {len(STEPS)}"


def test_step_lights_the_node_and_the_note_covers_none_of_it(window, tour):
    (lit,) = tour.spotlight.lit
    node = next(node for node in window.document.graph.nodes.values() if node.name == "conv1")
    card = window.canvas.camera.rect_to_screen(window.canvas.scene.geometry.rect(node.id))
    assert lit.size() == card.toAlignedRect().size()
    assert not tour.note.geometry().intersects(lit)
    picture = window.grab().toImage()
    dark = picture.pixelColor(window.library.mapTo(window, QPoint(100, 30)))
    assert dark.lightness() < window.palette().window().color().lightness()


def test_light_follows_zoom_and_size(window, tour):
    before = tour.spotlight.lit
    window.canvas.zoom_out()
    tour.look()
    assert tour.spotlight.lit != before
    window.resize(1280, 800)
    QTest.qWait(20)
    assert tour.spotlight.size() == window.size()
    assert window.rect().contains(tour.note.geometry())


def test_dark_lets_clicks_through(qtbot, window, tour):
    person = Person(qtbot, window)
    place = person.port("conv1", "output", "output") - QPoint(20, 0)
    QTest.mouseClick(window.windowHandle(), LEFT, pos=window.canvas.mapTo(window, place))
    assert window.workspace.selection.single == person.node("conv1")


def test_step_that_is_done_goes_on_by_itself(qtbot, window, tour):
    person = Person(qtbot, window)
    person.click("conv1")
    tour.look()
    assert tour.note.said.text() == "Done."
    person.until_step("argument")


def test_going_back_to_a_done_step_stays_there(qtbot, window, tour):
    person = Person(qtbot, window)
    person.click("conv1")
    person.until_step("argument")
    person.press("back")
    tour.look()
    assert tour.step.key == "select"
    assert not tour._go_on.isActive()
    person.press("next")
    assert tour.step.key == "argument"


def test_step_can_be_skipped_and_gone_back_to(qtbot, window, tour):
    person = Person(qtbot, window)
    assert not tour.note.back.isEnabled()
    assert tour.note.next.text() == "Skip this step"
    person.press("next")
    person.press("next")
    assert tour.step.key == "search"
    person.press("back")
    assert tour.step.key == "argument"
    person.press("restart")
    assert tour.step.key == "select"


def test_tour_goes_by_keyboard(window, tour):
    onward, back = window.menus.actions["tour.next"], window.menus.actions["tour.back"]
    assert onward.isEnabled()
    assert onward.shortcut().toString() == "Ctrl+Alt+Right"
    onward.trigger()
    assert tour.step.key == "argument"
    back.trigger()
    assert tour.step.key == "select"
    tour.note.next.setFocus()
    QTest.keyClick(tour.note.next, Key.Key_Space)
    assert tour.step.key == "argument"


def test_note_takes_no_keyboard_from_the_canvas(window):
    window.canvas.setFocus()
    window.tour.start()
    assert QApplication.focusWidget() is window.canvas


def test_escape_clears_the_selection_first_and_then_ends_the_tour(qtbot, window, tour):
    person = Person(qtbot, window)
    person.click("fc")
    person.key(Key.Key_Escape)
    assert tour.step is not None
    assert window.workspace.selection.is_empty
    person.key(Key.Key_Escape)
    assert tour.step is None
    assert window.findChild(QPushButton, "tour.next") is None or not tour.note


def test_escape_in_the_note_ends_the_tour_and_gives_the_keyboard_back(window, tour):
    tour.note.next.setFocus()
    QTest.keyClick(tour.note.next, Key.Key_Escape)
    assert tour.step is None
    assert QApplication.focusWidget() is window.canvas


def test_tour_goes_on_where_it_was_left(window, tour, tmp_path):
    tour.next()
    tour.next()
    tour.end()
    assert Settings(tmp_path / "settings.json").preferences.tour_step == 2
    tour.start()
    assert tour.step.key == "search"


def test_missing_node_is_said_and_the_network_can_be_opened_again(qtbot, window, tour):
    person = Person(qtbot, window)
    window.document.open(Project(), None)
    tour.look()
    assert "There is no conv1" in tour.note.said.text()
    person.press("project")
    assert window.document.project.name == PROJECT
    assert tour.step.key == "select"
    assert not tour.note.said.isVisible()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("argument", "Click conv1 first"),
        ("wire", "There is no Dropout"),
        ("mend", "Nothing is wrong"),
        ("watch", "Nothing was trained"),
    ],
)
def test_step_that_makes_no_sense_now_says_why(window, tour, key, said):
    while tour.step.key != key:
        tour.next()
    assert said in tour.note.said.text()


def test_actions_of_the_tour_say_why_they_are_off(window):
    action = window.menus.actions["tour.next"]
    assert not action.isEnabled()
    assert "Help" in action.toolTip()


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_step_names_actions_and_widgets_that_exist(window, step):
    window.open_sample(PROJECT)
    names = re.findall(r"\{([^}]*)\}", f"{step.why} {step.todo} {step.instead}")
    assert set(names) <= set(window.menus.actions.all())
    conv = next(node.id for node in window.document.graph.nodes.values() if node.name == "conv1")
    window.workspace.selection.set([conv])
    window.tabs.setCurrentWidget(window.findChild(type(window.filters), "panel.filters"))
    for spot in step.spots:
        panels_in_tabs = spot.startswith("panel.") and spot != "panel.filters"
        if spot.partition(":")[0] != "kind" and not panels_in_tabs:
            assert find(window, spot), spot


def test_keys_in_the_text_are_those_in_force(qtbot, window, tour):
    while tour.step.key != "end":
        tour.next()
    assert "F1 explains" in tour.note.text.text()
    assert "{" not in tour.note.text.text()
    assert isinstance(tour, Tour)
