"""The window of one neuron: sliders and typed numbers do the same, and all that is said follows."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app.neuron.dialog import NeuronDialog
from studio.app.panels.surface.painting import heat_color
from tests.helpers.window import action, open_window


@pytest.fixture
def dialog(qtbot: QtBot) -> NeuronDialog:
    made = NeuronDialog()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def enter(dialog: NeuronDialog, name: str, text: str) -> None:
    field = dialog.fields[name]
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_typed_numbers_are_kept_exactly(dialog: NeuronDialog) -> None:
    for name, text in (("w1", "0.1"), ("w2", "-0.7"), ("b", "1e-7"), ("x1", "2"), ("x2", "0.5")):
        enter(dialog, name, text)
    assert dialog.isVisible()  # Enter pressed no button
    a = 1e-7 + 0.1 * 2.0 + -0.7 * 0.5
    assert dialog.neuron.a(*dialog.place) == a
    assert "a(x) = b + w₁x₁ + w₂x₂ = 1e−07 + 0.1·2 + (−0.7)·0.5 = −0.1499999" in dialog.words.text()


def test_a_slider_turns_and_what_is_typed_may_lie_beyond_it(dialog: NeuronDialog) -> None:
    dialog.sliders["b"].setValue(150)
    assert dialog.neuron.b == 1.5
    assert dialog.fields["b"].text() == "1.5"
    enter(dialog, "b", "-40")
    assert dialog.neuron.b == -40.0
    assert dialog.sliders["b"].value() == -500


def test_another_g_has_another_range_and_only_prelu_a_slope(dialog: NeuronDialog) -> None:
    assert "range of g: (0, 1)" in dialog.words.text()
    assert not dialog.fields["slope"].isVisible()
    dialog.activation.setCurrentIndex(dialog.activation.findText("PReLU"))
    assert "range of g: (−∞, ∞)" in dialog.words.text()
    assert dialog.fields["slope"].isVisible()
    dialog.activation.setCurrentIndex(dialog.activation.findText("ReLU"))
    assert "not strictly increasing" in dialog.words.text()


def test_a_click_chooses_the_place(dialog: NeuronDialog) -> None:
    spot = dialog.plane.spot(-1.0, 2.0)
    QTest.mouseClick(dialog.plane, Qt.MouseButton.LeftButton, pos=QPoint(round(spot.x()), round(spot.y())))
    assert dialog.place == pytest.approx((-1.0, 2.0), abs=0.02)
    assert float(dialog.fields["x1"].text()) == dialog.place[0]


def test_corners_right_are_told(dialog: NeuronDialog) -> None:
    dialog.function.setCurrentIndex(dialog.function.findText("OR"))
    assert "OR: 4 of 4 corners right" in dialog.words.text()
    dialog.function.setCurrentIndex(dialog.function.findText("XOR"))
    assert "XOR: 3 of 4 corners right" in dialog.words.text()


def test_the_picture_is_the_surface(dialog: NeuronDialog) -> None:
    dialog.turn(w1=1.0, w2=0.0, b=2.9)
    image = dialog.plane.grab().toImage()
    area = dialog.plane.area
    low, high = dialog.plane.value_range
    for share in (0.3, 0.8):
        x1 = share * 6.0 - 3.0
        h = dialog.neuron.at(x1, 0.0)[1]
        wanted = heat_color((h - low) / (high - low))
        found = image.pixelColor(round(area.left() + share * area.width()), area.top() + area.height() // 4)
        assert max(abs(found.red() - wanted.red()), abs(found.green() - wanted.green())) < 8


def test_without_weights_it_says_that_there_is_no_ridge(dialog: NeuronDialog) -> None:
    dialog.turn(w1=0.0, w2=0.0)
    assert "no ridge" in dialog.words.text()
    assert not dialog.grab().isNull()


def test_it_opens_from_the_help_menu_and_leads_to_its_sample(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path)
    action(window, "help.neuron").trigger()
    dialog = window.findChild(NeuronDialog)
    assert dialog is not None
    sample = dialog.findChild(QPushButton, "neuron.sample")
    assert sample is not None
    sample.click()
    assert window.document.name == "neuron-logic"
    assert not dialog.isVisible()
