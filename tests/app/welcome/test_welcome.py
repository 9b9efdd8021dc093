"""The page over the empty canvas: when it is there, what its buttons do, and what it leaves to the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from studio.app.canvas.clipboard import LAYER_MIME
from studio.app.canvas.view import CanvasView
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.main_window import MainWindow
from studio.app.selection import Selection
from studio.app.settings import Settings
from studio.app.welcome.cards import Card
from studio.app.welcome.page import Welcome
from studio.project.files import write
from studio.project.project import Project
from studio.project.sample_projects import SAMPLES, sample_project
from tests.helpers.fake_client import FakeClient

LEFT, NO_KEYS, COPY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction


@pytest.fixture
def window(qtbot, tmp_path):
    window = MainWindow(FakeClient(), Settings(tmp_path / "settings.json"))
    window.workspace.start = lambda: None
    qtbot.addWidget(window, before_close_func=lambda window: window.document.history.mark_saved())
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def page(window):
    return window.first_steps.page


def card(window: MainWindow, name: str) -> Card:
    found = window.findChild(Card, name)
    assert found is not None, name
    return found


def drag(window: MainWindow, *, kind: str = "Conv2d") -> QMimeData:
    mime = QMimeData()
    mime.setData(LAYER_MIME, kind.encode())
    QApplication.sendEvent(window.canvas, QDragEnterEvent(QPoint(300, 200), COPY, mime, LEFT, NO_KEYS))
    return mime


def test_page_is_there_until_the_first_node_and_again_after_undo(window, page):
    assert page.isVisible()
    window.canvas.add_layer("Conv2d")
    assert not page.isVisible()
    window.document.undo()
    assert page.isVisible()


def test_page_is_not_there_inside_an_empty_block(window, page):
    window.canvas.add_layer("ReLU")
    window.canvas.select_all()
    window.canvas.blocks.group("Part")
    (node,) = window.document.graph.nodes
    window.document.enter(node)
    window.canvas.select_all()
    window.canvas.delete_selection(False)
    assert not len(window.document.graph)
    assert not page.isVisible()
    window.document.leave()
    assert not page.isVisible()


def test_page_makes_way_for_a_note(window, page):
    window.canvas.marks.note()
    assert window.document.graph.marks
    assert not page.isVisible()


def test_page_is_there_for_every_empty_project(window, page):
    window.canvas.add_layer("Conv2d")
    window.projects.new_tab()
    assert page.isVisible()
    window.projects.previous()
    assert not page.isVisible()


def test_page_steps_aside_while_a_layer_is_dragged_over_it(window, page):
    drag(window)
    assert not page.isVisible()
    QApplication.sendEvent(window.canvas, QDragLeaveEvent())
    assert page.isVisible()


def test_drop_on_the_page_adds_the_layer(window, page):
    assert not any(child.acceptDrops() for child in (page, *page.findChildren(QWidget)))
    mime = drag(window)
    QApplication.sendEvent(window.canvas, QDropEvent(QPointF(300, 200), COPY, mime, LEFT, NO_KEYS))
    assert [node.kind for node in window.document.graph.nodes.values()] == ["Conv2d"]
    assert not page.isVisible()


def test_double_click_beside_the_cards_reaches_the_canvas(window, page, qtbot):
    place = window.canvas.mapTo(window, QPoint(window.canvas.width() - 10, window.canvas.height() - 10))
    assert page.isAncestorOf(window.childAt(place))
    with qtbot.waitSignal(window.canvas.search_requested) as asked:
        QTest.mouseDClick(window.windowHandle(), LEFT, NO_KEYS, place)
    expected = window.canvas.camera.to_canvas(QPointF(window.canvas.mapFrom(window, place)))
    assert (asked.args[0] - expected).manhattanLength() < 2


def test_gallery_card_opens_the_gallery(window):
    QTest.mouseClick(card(window, "welcome.gallery"), LEFT)
    assert window.gallery.gallery is not None
    assert window.gallery.gallery.isVisible()
    window.gallery.gallery.reject()


def test_build_card_adds_an_input_that_fits_the_data_in_one_step(window):
    QTest.mouseClick(card(window, "welcome.build"), LEFT)
    (node,) = window.document.graph.nodes.values()
    assert (node.kind, dict(node.arguments)) == ("ImageInput", {"channels": 1, "height": 8, "width": 8})
    assert window.workspace.selection.single == node.id
    popup, card_there = window.canvas.search.popup, window.canvas.scene.geometry.rect(node.id)
    assert popup.isVisible()
    corner = window.canvas.camera.to_screen(card_there.bottomRight()).toPoint()
    assert not popup.geometry().contains(window.canvas.mapTo(window, corner))
    window.document.undo()
    assert not len(window.document.graph)
    assert not window.document.history.can_undo


def test_sample_card_opens_the_sample(window):
    QTest.mouseClick(card(window, "welcome.sample.mlp-moons"), LEFT)
    assert window.document.project == sample_project("mlp-moons").project()


def test_cards_are_walked_and_pressed_by_keyboard(window, page):
    window.canvas.setFocus()
    names = []
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        names.append(QApplication.focusWidget().objectName())
    assert names == ["welcome.tour", "welcome.gallery", "welcome.build"]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert len(window.document.graph) == 1


def test_focus_is_visible(window):
    build = card(window, "welcome.build")
    before = build.grab().toImage()
    build.setFocus()
    assert build.grab().toImage() != before


def test_tour_that_was_left_is_offered_to_go_on(window, page):
    tour = page.starts[0]
    assert tour.accessibleName() == "Take the tour: digits in five minutes"
    window.settings.change(tour_step=3)
    assert tour.accessibleName() == "Go on with the tour: 4 of 12"
    window.settings.change(tour_step=0)
    assert tour.accessibleName() == "Take the tour: digits in five minutes"


def test_recent_files_are_offered_and_open(window, page, tmp_path):
    path = tmp_path / "mine.flow"
    write(Project(graph=sample_project("softmax-digits").project().graph), path)
    assert not page.recent.isVisible()
    window.settings.add_recent(path)
    assert page.recent.isVisible()
    QTest.mouseClick(page.recent.findChild(QPushButton, "welcome.recent.mine"), LEFT)
    assert window.document.path == path


def test_samples_that_do_not_fit_are_in_a_menu(window, page, qtbot):
    window.resize(1280, 800)
    QTest.qWait(10)
    shown = page.samples.shown()
    assert 1 < len(shown) < len(SAMPLES)
    assert page.samples.all.isVisible()
    menu = page.samples.menu()
    assert [action.text() for action in menu.actions()] == [sample.title for sample in SAMPLES]
    menu.actions()[-1].trigger()
    assert window.document.project.name == SAMPLES[-1].key


def misfits(page: Welcome, may_scroll: bool) -> list[str]:
    """Return what has less room than it needs, or stands outside the page."""
    body, view, found = page.widget(), page.viewport(), []
    if body.width() > view.width() or (body.height() > view.height() and not may_scroll):
        found.append(f"the page is {body.size()} in {view.size()}")
    for child in body.findChildren(QWidget):
        if isinstance(child, QLabel | QPushButton | Card) and child.isVisible():
            box = QRect(child.mapTo(body, QPoint(0, 0)), child.size())
            needed = child.heightForWidth(child.width())
            needed = needed if needed > 0 else child.sizeHint().height()
            if not body.rect().contains(box) or child.height() < needed:
                found.append(f"{child.objectName()} {box} needs {needed}")
    return found


@pytest.mark.parametrize("size", [(1088, 600), (768, 403), (420, 300), (240, 160)], ids=str)
def test_nothing_is_clipped_at_any_size(qtbot, size):
    document = Document()
    canvas = CanvasView(document, Selection(document), Facts())
    qtbot.addWidget(canvas)
    page = Welcome(canvas)
    page.show_recent(["/somewhere/with/a/project/of/a/rather/long/name.flow", "/other.flow"])
    page.keys.show_keys([("Space", "find a layer"), ("Ctrl+Shift+P", "every command")])
    canvas.resize(*size)
    canvas.show()
    needs_scrolling = size[0] < 700
    qtbot.waitUntil(lambda: misfits(page, needs_scrolling) == [])


def test_keys_are_those_that_act(window, page):
    shown = [label.text() for label in page.keys.findChildren(QLabel)]
    keys = {action.shortcut().toString() for action in window.findChildren(QAction)}
    assert shown[0] == "Space"
    assert set(shown[2::2]) <= keys
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Space)
    assert window.canvas.search.is_open


def test_every_button_has_a_name_to_be_read_out(page):
    for button in page.findChildren(Card):
        assert button.accessibleName()
        assert button.objectName().startswith("welcome.")
