"""The window's networks are real ones, and more of their units come closer. Rows 33 and 34 of the lecture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from studio.app.approximation.dialog import ApproximationDialog
from studio.app.approximation.fit import SIZES, fit, sweep
from studio.compiler import lower
from studio.project.curves import FORMULAS
from tests.helpers.drawing import draw
from tests.helpers.window import action, open_window


@pytest.mark.parametrize("kind", ["Tanh", "Sigmoid", "ReLU", "Softplus"])
def test_a_fit_is_what_the_drawn_network_computes(kind: str) -> None:
    found = fit("waves", kind, 9)
    graph = draw(
        ("x", "VectorInput", {"features": 1}),
        ("hidden", "Linear", "x", {"out_features": 9}),
        ("g", kind, "hidden"),
        ("out", "Linear", "g", {"out_features": 1}),
    )
    module = lower.compile(graph).double()
    weights = (found.weights[:, None], found.biases, found.out_weights[None], np.array([found.out_bias]))
    names = ("hidden.weight", "hidden.bias", "out.weight", "out.bias")
    module.load_state_dict(
        {name: torch.from_numpy(value.copy()) for name, value in zip(names, weights, strict=True)}
    )
    with torch.no_grad():
        output = module(torch.from_numpy(found.x)[:, None])[:, 0].numpy()
    assert output == pytest.approx(found.output, abs=1e-9)
    assert found.error == float(np.abs(found.output - found.truth).max())


def test_two_to_128_tanh_units_fall_from_above_one_to_nine_digits() -> None:
    """Lecture row 33: its list has 1.3 to 5e-9."""
    errors = sweep("waves", "Tanh")
    assert errors[0] > 1.0
    assert errors[-1] < 5e-9


@pytest.mark.parametrize("function", [name for name in FORMULAS if name != "step"])
@pytest.mark.parametrize("kind", ["Tanh", "Sigmoid", "ReLU"])
def test_many_units_are_closer_than_few(function: str, kind: str) -> None:
    """Lecture row 34: any continuous function, any of these units."""
    errors = dict(zip(SIZES, sweep(function, kind), strict=True))
    assert errors[128] < 0.1 * errors[2]


def test_linear_units_stay_a_line() -> None:
    errors = sweep("sine", "Identity")
    assert min(errors) == pytest.approx(max(errors), rel=1e-6)


@pytest.fixture
def dialog(qtbot: QtBot) -> ApproximationDialog:
    made = ApproximationDialog()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_slider_field_and_words_go_together(dialog: ApproximationDialog) -> None:
    dialog.slider.setValue(64)
    assert dialog.units.value() == 64
    assert dialog.words.text().startswith("64 hidden units: at most ")
    before = dialog.words.text()
    dialog.again.click()
    assert dialog.words.text() != before
    assert not dialog.grab().isNull()


def test_linear_units_are_told_to_make_a_line(dialog: ApproximationDialog) -> None:
    dialog.activation.setCurrentIndex(dialog.activation.findData("Identity"))
    assert "Linear units make a line" in dialog.words.text()


def test_it_opens_from_the_help_menu_and_leads_to_its_sample(qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(qtbot, tmp_path)
    action(window, "help.approximation").trigger()
    dialog = window.findChild(ApproximationDialog)
    assert dialog is not None
    dialog.sample.click()
    assert window.document.name == "curve-tanh"
