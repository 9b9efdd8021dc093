from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import Badge, Card, card_of, detail_at, font
from studio.app.theme.measures import CARD_LEFT as LEFT
from studio.app.theme.measures import CARD_RIGHT as RIGHT
from studio.app.theme.measures import MAX_WIDTH, MIN_WIDTH
from studio.app.theme.measures import WIDEST_CARD as WIDEST
from studio.app.theme.theme import theme
from studio.catalog.spec import TENSOR_IN, TENSOR_OUT
from studio.graph.graph import Graph
from studio.graph.node import Edge, Look, Node
from studio.graph.report import NodeReport

pytestmark = pytest.mark.usefixtures("qapp")


def plain(name: str = "conv1", text: str = "Conv2d 3×3, 32", **more: object) -> Card:
    return Card(name, text, "", "convolution", (TENSOR_IN,), (TENSOR_OUT,), **more)  # type: ignore[arg-type]


def painted(card: Card, zoom: float = 1.0) -> QImage:
    """Paint a card in the middle of a transparent picture, 40 pixels from its edges."""
    width, height = card.size()
    image = QImage(int(width) + 80, int(height) + 80, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    painter.translate(40, 40)
    paint_card(painter, card, zoom, width, height)
    painter.end()
    return image


def test_card_says_name_kind_arguments_and_parameters() -> None:
    node = Node("n1", "Conv2d", "conv1", Map({"out_channels": 16}))
    card = card_of(node, Graph.of([node]), NodeReport("n1", (16, 26, 26), 160), None, None, None)
    assert (card.name, card.text, card.count) == ("conv1", "Conv2d 3×3, 16", "160")
    assert card.family == "convolution"


def test_unknown_layer_keeps_the_ports_that_its_wires_name() -> None:
    nodes = [Node("n1", "ReLU", "relu"), Node("n2", "Wavelet", "mystery")]
    graph = Graph.of(nodes, [Edge("n1", "output", "n2", "signal")])
    card = card_of(nodes[1], graph, None, None, None, None)
    assert card.family == ""
    assert [port.name for port in card.inputs] == ["signal"]


@pytest.mark.parametrize("name", ["a", "conv1", "a_rather_long_name_of_a_layer" * 2])
def test_width_is_on_the_grid_and_bounded(name: str) -> None:
    width, height = plain(name).size()
    assert MIN_WIDTH <= width <= MAX_WIDTH
    assert width % 8 == 0
    assert height % 8 == 0


def test_picture_makes_room_for_itself() -> None:
    bare = plain().size()
    picture = QImage(90, 30, QImage.Format.Format_Grayscale8)
    wide = plain(picture=picture, picture_key=picture.cacheKey()).size()
    assert wide[0] >= bare[0]
    assert wide[1] >= bare[1] + 30


@pytest.mark.parametrize("zoom", [0.4, 0.6, 1.0])
def test_long_text_does_not_leave_the_card(zoom: float) -> None:
    card = plain("w" * 64, "W" * 90, badge=None)
    image = painted(card, zoom)
    dark = theme().color("text")
    right = 40 + int(card.size()[0])
    outside = [image.pixelColor(x, y) for x in range(right + 5, image.width()) for y in range(image.height())]
    assert dark not in outside
    inside = [image.pixelColor(x, y) for x in range(54, right - 6) for y in range(46, 90)]
    assert dark in inside


def test_badge_stays_between_the_edges_of_the_card() -> None:
    card = plain(badge=Badge("a badge with far too many words in it", "warning"))
    image = painted(card)
    color = theme().color("warning")
    columns = [x for x in range(image.width()) if image.pixelColor(x, 40 - 4) == color]
    assert columns
    assert min(columns) >= 40
    assert max(columns) <= 40 + card.size()[0] + 8


def test_errors_have_a_red_outline() -> None:
    card = plain(severity="error")
    image = painted(card)
    middle = 40 + int(card.size()[0] / 2)
    assert image.pixelColor(middle, 40) == QColor(theme().colors.bad)
    assert painted(plain()).pixelColor(middle, 40) != QColor(theme().colors.bad)


def test_name_fits_the_width_that_it_asked_for() -> None:
    card = plain("a_name_of_medium", "x")
    room = card.size()[0] - LEFT - RIGHT
    assert QFontMetricsF(font(13, "bold")).horizontalAdvance(card.name) <= room


@pytest.mark.parametrize(("zoom", "detail"), [(0.1, "far"), (0.4, "middle"), (0.6, "near"), (2.0, "near")])
def test_detail(zoom: float, detail: str) -> None:
    assert detail_at(zoom) == detail


@pytest.mark.parametrize(("asked", "given"), [(1.0, MIN_WIDTH), (320.0, 320.0), (4000.0, WIDEST)])
def test_a_width_from_a_file_is_kept_within_bounds(asked: float, given: float) -> None:
    assert plain(look=Look(width=asked)).size()[0] == given
