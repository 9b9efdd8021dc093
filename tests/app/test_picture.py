"""A picture of a network: the same every time, nothing clipped, at the size that was asked for."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
from immutables import Map
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from studio import zoo
from studio.app.picture import LARGEST_PX, Picture, write_picture
from studio.app.theme.measures import PICTURE_BORDER as BORDER
from studio.app.theme.theme import theme
from studio.app.theme.tokens import DARK, LIGHT
from studio.errors import PictureError, ProjectError
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.report import NodeReport

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def graph():
    return Graph.of(
        [
            Node("n1", "ImageInput", "image", Map(), 0, 0),
            Node("n2", "Conv2d", "a name that is long enough to be cut", Map(out_channels=8), 240, 0),
            Node("n3", "ReLU", "relu", Map(), 0, 200),
        ],
        [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")],
    )


REPORTS = (NodeReport("n1", (3, 32, 32)), NodeReport("n2", (8, 30, 30), parameters=224))


def rendered(content: bytes, width: int, height: int) -> QImage:
    """Return what an SVG viewer shows."""
    renderer = QSvgRenderer(content)
    assert renderer.isValid()
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    return image


def test_svg_of_the_same_network_is_the_same_bytes(qapp, graph):
    first, second = Picture(graph, REPORTS).svg(), Picture(graph, REPORTS).svg()
    assert first == second
    assert first != Picture(graph).svg()


def test_svg_holds_vectors_only(qapp, graph):
    root = ET.fromstring(Picture(graph, REPORTS).svg(title="My net"))
    assert not list(root.iter(f"{SVG}image"))
    assert not list(root.iter(f"{SVG}text"))  # words are outlines: they need no font
    assert len(list(root.iter(f"{SVG}path"))) > 10
    assert root.findtext(f"{SVG}title") == "My net"


def test_svg_looks_like_the_png(qapp, graph):
    picture = Picture(graph, REPORTS)
    image = picture.image()
    shown = rendered(picture.svg(), image.width(), image.height())
    differing = sum(
        abs(image.pixelColor(x, y).lightness() - shown.pixelColor(x, y).lightness()) > 100
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
    )
    assert differing < 0.004 * image.width() * image.height() / 4


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 3.3])
def test_png_has_the_size_of_its_scale(qapp, graph, tmp_path, scale):
    size = write_picture(graph, tmp_path / "net.png", scale=scale)
    image = QImage(str(tmp_path / "net.png"))
    assert image.size() == size
    one = Picture(graph).size()
    assert abs(size.width() - one.width() * scale) <= max(scale, 1)


def test_nothing_touches_the_edge(qapp, graph):
    image = Picture(graph, REPORTS, background=False).image()
    width, height = image.width(), image.height()
    ring = [(x, y) for x in range(width) for y in (0, 1, height - 2, height - 1)]
    ring += [(x, y) for y in range(height) for x in (0, 1, width - 2, width - 1)]
    assert not any(image.pixelColor(x, y).alpha() for x, y in ring)


def test_wires_that_swing_out_are_inside(qapp, graph):
    picture = Picture(graph)  # n2 → n3 runs back: it leaves to the right of n2 and enters left of n3
    assert picture.area.left() < -BORDER
    assert picture.area.right() > 240 + 112 + BORDER


def test_words_stay_in_their_card(qapp, graph):
    """A name too long for a card ends in an ellipsis: right of the card there is only canvas."""
    picture = Picture(graph, scheme="light")
    image = picture.image(2.0)
    card_right = 240 + 208
    x = round((card_right + 16 - picture.area.left()) * 2)
    top, bottom = (round((y - picture.area.top()) * 2) for y in (4, 18))
    assert {image.pixelColor(x, y).name() for y in range(top, bottom)} == {LIGHT.canvas}


@pytest.mark.parametrize(("scheme", "canvas"), [("light", LIGHT.canvas), ("dark", DARK.canvas)])
def test_scheme_colours_the_picture_and_not_the_program(qapp, graph, scheme, canvas):
    image = Picture(graph, scheme=scheme).image()
    assert image.pixelColor(2, 2).name() == canvas
    assert theme().scheme == "light"


def test_without_background_it_is_transparent(qapp, graph):
    assert Picture(graph, background=False).image().pixelColor(2, 2).alpha() == 0


def test_facts_are_written_in(qapp, graph):
    assert len(Picture(graph, REPORTS).svg()) > len(Picture(graph).svg())


def test_nodes_without_places_are_arranged(qapp, graph):
    piled = Graph.of(
        [Node(f"n{i}", "ReLU", f"relu{i}") for i in range(4)],
        [Edge(f"n{i}", "output", f"n{i + 1}", "input") for i in range(3)],
    )
    assert Picture(piled).area.width() > 4 * 112


def test_thumbnail_fits_its_place(qapp):
    image = Picture(zoo.build("lenet5"), background=False).thumbnail(240, 140, 2.0)
    assert (image.width(), image.height()) == (480, 280)
    assert any(image.pixelColor(x, 20).alpha() for x in range(image.width()))


@pytest.mark.parametrize(
    ("name", "scale", "says"),
    [
        ("net.pgn", 1.0, r'did you mean "\.png"\? Let the name end in \.svg or \.png'),
        ("net", 1.0, r"Let the name end in"),
        ("net.png", 0.0, r"scale of 0.0. Set one above 0"),
        ("net.png", float("nan"), r"Set one above 0"),
        ("net.png", 1e3, r"pixels. Choose a scale of [\d.]+ or less, or SVG"),
    ],
)
def test_what_cannot_be_drawn_is_said(qapp, graph, tmp_path, name, scale, says):
    with pytest.raises(PictureError, match=says):
        write_picture(graph, tmp_path / name, scale=scale)
    assert not list(tmp_path.iterdir())


def test_the_scale_that_is_offered_fits(qapp, graph):
    picture = Picture(graph)
    with pytest.raises(PictureError) as caught:
        picture.image(1e3)
    offered = float(caught.value.message.split("scale of ")[1].split(" ")[0])
    assert max(picture.size(offered).toTuple()) <= LARGEST_PX + 1


def test_empty_network_is_refused(qapp, tmp_path):
    with pytest.raises(PictureError, match=r"the network is empty\. Add a layer first"):
        write_picture(Graph(), tmp_path / "net.svg")


def test_missing_folder_is_said(qapp, graph, tmp_path):
    with pytest.raises(ProjectError):
        write_picture(graph, tmp_path / "none" / "net.svg")


def test_no_display_is_needed(tmp_path):
    code = (
        "import sys; from studio import zoo; from studio.app.picture import write_picture;"
        "write_picture(zoo.build('mlp'), sys.argv[1]); assert 'torch' not in sys.modules"
    )
    target = tmp_path / "net.svg"
    subprocess.run([sys.executable, "-c", code, str(target)], check=True, env={"PATH": "/usr/bin"})
    assert target.read_bytes().startswith(b"<?xml")
