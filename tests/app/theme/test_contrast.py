from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from studio.app.theme.contrast import MARK_CONTRAST, contrast, seen_on
from studio.app.theme.tokens import DARK, LIGHT, PALETTE


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", PALETTE)
def test_every_colour_of_the_palette_is_seen_on_a_card(name: str, colors: object) -> None:
    card = colors.card  # type: ignore[attr-defined]
    assert contrast(QColor(seen_on(PALETTE[name], card)), QColor(card)) >= MARK_CONTRAST


def test_a_colour_that_is_seen_already_stays() -> None:
    assert seen_on("#d55e00", "#ffffff") == "#d55e00"


def test_grey_stays_grey() -> None:
    found = QColor(seen_on("#bbbbbb", "#ffffff"))
    assert found.red() == found.green() == found.blue() < 0xBB
