"""Keys changed in the preferences, as a person does it: search, Enter, press, answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.keymap import Keymap
from studio.app.main_window import MainWindow
from studio.app.preferences.keys_page import KeysPage
from studio.app.preferences.recorder import Recorder
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path, small_network())


@pytest.fixture
def page(window: MainWindow) -> KeysPage:
    action(window, "edit.keys").trigger()
    assert window.menus.commands.preferences is not None
    return window.menus.commands.preferences.keys


@pytest.fixture
def keymap(window: MainWindow) -> Keymap:
    return window.menus.actions.keymap


def recorder(page: KeysPage) -> Recorder:
    """Begin to record by Enter, and return the field that waits."""
    QTest.keyClick(page.search, Key.Key_Return)
    (found,) = (each for each in page.findChildren(Recorder) if each.isVisible())
    return found


def search(page: KeysPage, query: str) -> None:
    page.search.clear()
    QTest.keyClicks(page.search, query)


def test_every_action_is_listed_with_its_keys(page: KeysPage, window: MainWindow) -> None:
    listed = {
        page.list.topLevelItem(i).data(0, int(Qt.ItemDataRole.UserRole))
        for i in range(page.list.topLevelItemCount())
    }
    assert listed == set(window.menus.actions.all())
    search(page, "fit network")
    assert page.chosen == "view.fit"
    assert page.list.currentItem().text(2) == "F, Home"


def test_keys_are_searched_too(page: KeysPage) -> None:
    search(page, "ctrl+g")
    assert page.chosen == "block.group"


def test_new_keys_are_recorded_and_work(page: KeysPage, keymap: Keymap, window: MainWindow) -> None:
    search(page, "duplicate")
    QTest.keyClick(recorder(page), Key.Key_K, CTRL)
    assert keymap.keys("edit.duplicate") == ("Ctrl+K",)
    assert page.words.text() == "Ctrl+K is Duplicate now."
    assert action(window, "edit.duplicate").shortcut().toString() == "Ctrl+K"


def test_click_on_the_keys_records(page: KeysPage, keymap: Keymap) -> None:
    search(page, "fit network")
    item = page.list.currentItem()
    name, keys = (page.list.visualRect(page.list.indexFromItem(item, column)).center() for column in (0, 2))
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=name)
    assert page.findChildren(Recorder) == []
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=keys)
    (field,) = page.findChildren(Recorder)
    QTest.keyClick(field, Key.Key_F9)
    assert keymap.keys("view.fit") == ("F9",)


def test_escape_keeps_the_old_keys(page: KeysPage, keymap: Keymap) -> None:
    search(page, "duplicate")
    QTest.keyClick(recorder(page), Key.Key_Escape)
    assert keymap.keys("edit.duplicate") == ("Ctrl+D",)
    assert page.window().isVisible()


def test_keys_of_another_are_taken_over_only_when_told(page: KeysPage, keymap: Keymap) -> None:
    search(page, "duplicate")
    QTest.keyClick(recorder(page), Key.Key_G, CTRL)
    assert page.words.text() == "Ctrl+G is Group selection already: take it over?"
    QTest.mouseClick(page.keep, Qt.MouseButton.LeftButton)
    assert keymap.owner("Ctrl+G") == "block.group"
    QTest.keyClick(recorder(page), Key.Key_G, CTRL)
    assert page.take.hasFocus()
    QTest.keyClick(page.take, Key.Key_Space)
    assert keymap.owner("Ctrl+G") == "edit.duplicate"
    assert keymap.keys("block.group") == ()
    assert page.take.isHidden()


def test_keys_are_added_beside_the_old(page: KeysPage, keymap: Keymap) -> None:
    search(page, "fit network")
    QTest.mouseClick(page.add_button, Qt.MouseButton.LeftButton)
    (field,) = page.findChildren(Recorder)
    QTest.keyClick(field, Key.Key_F9)
    assert keymap.keys("view.fit") == ("F", "Home", "F9")


@pytest.mark.parametrize(
    ("key", "held", "reason"),
    [
        (Key.Key_Left, NONE, "Left is kept to push the selected layers."),
        (Key.Key_F, Qt.KeyboardModifier.AltModifier, "Alt+F is kept to open the File menu."),
    ],
)
def test_kept_keys_say_what_for(
    page: KeysPage, keymap: Keymap, key: Qt.Key, held: Qt.KeyboardModifier, reason: str
) -> None:
    search(page, "duplicate")
    QTest.keyClick(recorder(page), key, held)
    assert page.words.text() == reason
    assert keymap.keys("edit.duplicate") == ("Ctrl+D",)


def test_modifier_alone_and_tab_are_taken_as_they_come(page: KeysPage, keymap: Keymap) -> None:
    search(page, "make unique")
    field = recorder(page)
    QTest.keyClick(field, Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    assert field.isVisible()
    QTest.keyClick(field, Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert keymap.keys("block.make_unique") == ("Shift+U",)


def test_keys_are_taken_away_and_reset(page: KeysPage, keymap: Keymap) -> None:
    search(page, "duplicate selected")
    search(page, "fit network")
    page.list.setFocus()
    assert not page.reset_button.isEnabled()
    QTest.keyClick(page.list, Key.Key_Delete)
    assert keymap.keys("view.fit") == ()
    assert page.clear_button.toolTip() == "Fit network has no keys."
    QTest.mouseClick(page.reset_button, Qt.MouseButton.LeftButton)
    assert keymap.keys("view.fit") == ("F", "Home")


def test_all_are_reset(page: KeysPage, keymap: Keymap) -> None:
    keymap.bind("view.fit", ["Ctrl+K"])
    keymap.bind("edit.undo", [])
    QTest.mouseClick(page.reset_all_button, Qt.MouseButton.LeftButton)
    assert keymap.keys("view.fit") == ("F", "Home")
    assert not page.reset_all_button.isEnabled()
    assert page.reset_all_button.toolTip() == "No keys were changed."
