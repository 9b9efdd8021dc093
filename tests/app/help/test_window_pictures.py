"""The drawing of a window follows the node's own arguments."""

from __future__ import annotations

import pytest

from studio.app.help.curves import curve
from studio.app.help.drawings import Window, curve_image, window_image, window_words, windows_of
from studio.app.theme.theme import theme
from studio.catalog.registry import get

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.mark.parametrize(
    ("kind", "given", "windows"),
    [
        ("Conv2d", {"kernel_size": 3, "padding": 1}, (Window(3, 1, 1), Window(3, 1, 1))),
        (
            "Conv2d",
            {"kernel_size": (1, 7), "padding": (0, 3), "stride": 2, "dilation": (1, 2)},
            (Window(1, 2, 0, 1), Window(7, 2, 3, 2)),
        ),
        ("Conv2d", {"kernel_size": 5, "padding": "same"}, (Window(5, 1, 2), Window(5, 1, 2))),
        ("MaxPool2d", {"kernel_size": 3}, (Window(3, 3), Window(3, 3))),
        ("MaxPool2d", {"kernel_size": (2, 3), "stride": 2}, (Window(2, 2), Window(3, 2))),
        ("AvgPool1d", {"kernel_size": 4, "stride": 1}, (Window(4, 1),)),
        ("Conv3d", {"kernel_size": 3}, (Window(3), Window(3), Window(3))),
        ("MaxPool2dWithIndices", {"kernel_size": 2}, (Window(2, 2), Window(2, 2))),
        ("Linear", {}, ()),
        ("AdaptiveAvgPool2d", {}, ()),
    ],
)
def test_window_of_a_layer(kind: str, given: dict, windows: tuple[Window, ...]) -> None:
    assert windows_of(get(kind), given) == windows


def test_reach_counts_dilation() -> None:
    assert Window(3, dilation=4).reach == 9


def test_words_name_what_is_unusual() -> None:
    assert window_words((Window(3), Window(3))) == "kernel 3×3"
    assert window_words((Window(1, 2, 0), Window(7, 2, 3))) == "kernel 1×7, stride 2, padding 0×3"


def test_block_expressions_are_taken_at_their_default() -> None:
    assert windows_of(get("Conv2d"), {"kernel_size": "=size"}) == windows_of(get("Conv2d"), {})


def test_window_picture_differs_with_every_argument() -> None:
    usual = window_image((Window(3, 2, 1), Window(3, 2, 1)), 1.0)
    for other in (Window(2, 2, 1), Window(3, 3, 1), Window(3, 2, 0), Window(3, 2, 1, 2)):
        assert window_image((other, other), 1.0) != usual


def test_picture_is_as_sharp_as_the_screen() -> None:
    sharp, plain = window_image((Window(3),), 2.0), window_image((Window(3),), 1.0)
    assert sharp is not None
    assert plain is not None
    assert sharp.size() == plain.size() * 2


def test_huge_window_is_not_drawn() -> None:
    assert window_image((Window(101),), 1.0) is None


def test_curve_shows_function_and_slope_in_their_colours() -> None:
    found = curve(get("Tanh"), {})
    assert found is not None
    image = curve_image(found, 1.0)
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {theme().color("accent").name(), theme().color("validation").name()} <= colors
