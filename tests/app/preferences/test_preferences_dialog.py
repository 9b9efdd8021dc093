"""The preferences dialog over the real window: each control is in force at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.app.preferences.dialog import PreferencesDialog
from studio.app.preferences.rows import PAGES, Row
from studio.app.settings import Preferences, Settings
from studio.app.theme.theme import theme
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window

ROWS = [row for page in PAGES for row in page.rows]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, small_network())
    window.settings.change(theme="light")
    return window


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> PreferencesDialog:
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.menus.commands.preferences
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def control(dialog: PreferencesDialog, name: str) -> QWidget:
    found = dialog.findChild(QWidget, f"preferences.{name}")
    assert isinstance(found, QWidget)
    return found


def choose(field: QComboBox, value: str) -> None:
    """Choose by keyboard, as far as the value is down the list."""
    field.setFocus()
    down = field.findData(value) - field.currentIndex()
    for _ in range(abs(down)):
        QTest.keyClick(field, Qt.Key.Key_Down if down > 0 else Qt.Key.Key_Up)


def test_each_row_is_a_preference_of_its_own() -> None:
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)
    assert set(names) <= set(Preferences.model_fields)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_control_shows_is_named_and_changes_its_preference(dialog: PreferencesDialog, row: Row) -> None:
    field = control(dialog, row.name)
    settings = dialog._settings
    before = getattr(settings.preferences, row.name)
    assert (field.accessibleName(), field.toolTip()) == (row.title, row.help)
    if isinstance(field, QComboBox):
        assert field.currentData() == before
        field.setCurrentIndex(field.count() - 1)
        field.activated.emit(field.count() - 1)
    elif isinstance(field, QCheckBox):
        field.click()
    else:
        assert isinstance(field, (QSpinBox, QDoubleSpinBox))
        field.stepUp()
    after = getattr(settings.preferences, row.name)
    assert (after != before) or field.count() == 1
    assert getattr(Settings(settings.path).preferences, row.name) == after


def test_theme_is_chosen_by_keyboard(dialog: PreferencesDialog, window: MainWindow) -> None:
    choose(control(dialog, "theme"), "dark")
    assert theme().scheme == "dark"
    assert action(window, "view.theme_dark").isChecked()
    window.settings.change(theme="light")
    assert control(dialog, "theme").currentData() == "light"


def test_change_elsewhere_is_shown(dialog: PreferencesDialog, window: MainWindow) -> None:
    window.settings.change(monitoring_share=0.05, autosave_s=0)
    assert control(dialog, "monitoring_share").text() == "5.0 %"
    assert control(dialog, "autosave_s").text() == "never"


def test_typed_number_counts_when_it_is_finished(dialog: PreferencesDialog, window: MainWindow) -> None:
    field = control(dialog, "grid_size")
    dialog.show_page("canvas")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "12")
    assert window.settings.preferences.grid_size == 8
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.settings.preferences.grid_size == 12
    assert dialog.isVisible()


def test_devices_of_the_engine_are_offered(window: MainWindow, dialog: PreferencesDialog) -> None:
    window.settings.change(device="cuda:7")
    dialog.offer([], ("cpu", "cuda:0"))
    field = control(dialog, "device")
    assert isinstance(field, QComboBox)
    assert [field.itemData(place) for place in range(field.count())] == ["auto", "cpu", "cuda:0", "cuda:7"]
    assert field.currentText() == "cuda:7, not on this machine now"


def test_page_is_reset_alone(dialog: PreferencesDialog, window: MainWindow) -> None:
    reset = dialog.findChild(QPushButton, "preferences.reset")
    dialog.show_page("canvas")
    assert not reset.isEnabled()
    assert reset.toolTip()
    window.settings.change(grid_size=12, cost_units="FLOPs")
    QTest.mouseClick(reset, Qt.MouseButton.LeftButton)
    assert window.settings.preferences.grid_size == 8
    assert window.settings.preferences.cost_units == "FLOPs"


def test_pages_are_walked_by_keyboard_and_escape_closes(dialog: PreferencesDialog) -> None:
    dialog.pages.setFocus()
    for _ in range(dialog.pages.count() - 1):
        QTest.keyClick(dialog.pages, Qt.Key.Key_Down)
    assert dialog.page is dialog.keys
    QTest.keyClick(dialog.pages, Qt.Key.Key_Escape)
    assert dialog.isHidden()


def test_opened_again_it_is_the_same(dialog: PreferencesDialog, window: MainWindow) -> None:
    dialog.close()
    action(window, "edit.keys").trigger()
    assert window.menus.commands.preferences is dialog
    assert dialog.page is dialog.keys
