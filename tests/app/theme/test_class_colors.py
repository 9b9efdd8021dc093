"""Ten classes are told apart by everyone, in both schemes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from studio.app.theme.contrast import MARK_CONTRAST, contrast
from studio.app.theme.tokens import DARK, LIGHT, Colors

APART = 0.045
"""Least distance of two colours in Oklab; of Okabe and Ito's eight the nearest two are 0.02 apart."""

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision Deficiency,
# IEEE Trans. Vis. Comput. Graph. 15 (2009), severity 1.
SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def oklab(linear: np.ndarray) -> np.ndarray:
    """Return Ottosson's Oklab (2020) of linear sRGB; (3,) both."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(lms @ np.clip(linear, 0.0, 1.0))


def linear(color: str) -> np.ndarray:
    found = QColor(color)
    parts = np.array([found.redF(), found.greenF(), found.blueF()])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_any_two_are_told_apart(colors: Colors, sight: str) -> None:
    assert len(colors.classes) == 10
    seen = {color: oklab(SIGHT[sight] @ linear(color)) for color in colors.classes}
    near = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(seen, 2)}
    assert min(near.values()) > APART, min(near, key=near.__getitem__)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_each_is_seen_on_its_ground(colors: Colors) -> None:
    assert min(contrast(QColor(one), QColor(colors.card)) for one in colors.classes) >= MARK_CONTRAST - 0.005
