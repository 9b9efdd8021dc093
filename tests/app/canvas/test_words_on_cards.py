"""Words never leave their card, nor lie on each other: every layer, with all that can make them long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from immutables import Map
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import Badge, Card, card_of
from studio.app.theme.measures import CARD_MARGIN as MARGIN
from studio.app.theme.measures import READABLE_PX
from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.graph.graph import Graph
from studio.graph.node import Look, Node, Value
from studio.graph.port import PortSpec
from studio.graph.report import NodeReport
from tests.helpers.text_recorder import TextRecorder, Words

pytestmark = pytest.mark.usefixtures("qapp")

KINDS = list(registry.layers())
ZOOMS = [0.34, 0.45, 0.59, 0.6, 0.8, 1.0, 1.7]
LOOKS = {
    "plain": Look(),
    "collapsed": Look(collapsed=True),
    "hidden": Look(hides_unused=True),
    "narrow": Look(width=112),
    "wide": Look(width=400),
}
LONG, NUMBER = "a_very_long_name_of_a_layer_" + "W" * 36, 1_234_567_890


def long_value(value: Value) -> Value:
    """Return a value of the same sort that takes as much room as it may."""
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return (NUMBER,) * max(len(value), 4)
    return NUMBER if value is None or isinstance(value, int | float) else value


def long_card(spec: LayerSpec, look: Look, *, off: bool = False, frozen: bool = False) -> Card:
    """Return the card of a layer with long words everywhere."""
    arguments = {one.name: long_value(one.default) for one in spec.arguments}
    node = Node("n1", spec.kind, LONG, Map(arguments), look=look)
    report = NodeReport("n1", (NUMBER,), NUMBER)
    return replace(card_of(node, Graph.of([node]), report, None, None, None), off=off, frozen=frozen)


def recorded(card: Card, zoom: float) -> list[Words]:
    device = TextRecorder()
    painter = QPainter(device)
    paint_card(painter, card, zoom, *card.size())
    painter.end()
    return device.words


def stray(card: Card, zoom: float) -> list[str]:
    """Return the words that leave a card, or lie on others."""
    words = recorded(card, zoom)
    room = QRectF(0, 0, *card.size()).adjusted(0, -1.5, 0, 1.5)
    out = [one.text for one in words if not room.contains(one.box)]
    pairs = [(a, b) for place, a in enumerate(words) for b in words[:place]]
    return out + [f"{a.text} on {b.text}" for a, b in pairs if a.overlaps(b)]


@pytest.mark.parametrize("down", [False, True], ids=["right", "down"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("zoom", ZOOMS)
def test_words_of_every_layer_stay_on_its_card(zoom: float, look: Look, down: bool) -> None:
    for kind in KINDS:
        card = replace(long_card(registry.get(kind), look), down=down)
        assert stray(card, zoom) == [], kind


@pytest.mark.parametrize("zoom", [0.45, 1.0])
def test_words_beside_the_marks_of_what_is_off_and_frozen(zoom: float) -> None:
    for kind in KINDS:
        card = long_card(registry.get(kind), Look(), off=True, frozen=True)
        assert stray(card, zoom) == [], kind


@pytest.mark.parametrize("zoom", ZOOMS)
def test_words_of_a_block_with_many_ports_and_a_badge(zoom: float) -> None:
    ports = tuple(PortSpec(f"{place}_{LONG}") for place in range(7))
    card = replace(
        long_card(registry.get("Conv2d"), Look()),
        inputs=ports,
        outputs=ports[:5],
        copies=12,
        inside=" → ".join(["convolution"] * 20),
        parts=("convolution", "pooling"),
    )
    assert stray(card, zoom) == []
    badge = replace(card, badge=Badge(LONG, "warning"), severity="error")
    told = [one for one in recorded(badge, zoom) if one not in recorded(card, zoom)]
    assert all(one.box.left() >= 0 and one.box.right() <= card.size()[0] + MARGIN for one in told)


@pytest.mark.parametrize("zoom", ZOOMS)
def test_no_words_are_smaller_than_can_be_read(zoom: float) -> None:
    for look in LOOKS.values():
        for one in recorded(long_card(registry.get("MultiheadAttention"), look), zoom):
            if zoom in (0.34, 0.45, 0.59, 1.0):  # between, near words follow the zoom
                assert one.box.height() * zoom >= READABLE_PX, one.text


def pixels(card: Card, zoom: float, ratio: float, size: tuple[float, float]) -> np.ndarray:
    """Return a card painted at a zoom on a screen of a pixel ratio, with room around it."""
    scale = zoom * ratio
    pad = int(np.ceil(MARGIN * scale))
    width, height = (int(np.ceil(length * scale)) + 2 * pad for length in size)
    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(pad, pad)
    painter.scale(scale, scale)
    paint_card(painter, card, zoom, *size)
    painter.end()
    found = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(height, image.bytesPerLine())
    found = found[:, : width * 4].reshape(height, width, 4).copy()
    found[pad : height - pad, pad : width - pad] = 0  # what is on the card itself may differ
    return found


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("zoom", [0.36, 0.6, 1.0, 1.3])
def test_no_pixel_beside_a_card_depends_on_its_words(zoom: float, ratio: float) -> None:
    for kind in ("Conv2d", "LSTM", "MultiheadAttention", "ImageInput", "CrossEntropyLoss", "ReLU"):
        for look in LOOKS.values():
            card = long_card(registry.get(kind), look)
            mute = replace(
                card,
                name="",
                text="",
                count="",
                inputs=tuple(replace(port, name=" " * place) for place, port in enumerate(card.inputs)),
                outputs=tuple(replace(port, name=" " * place) for place, port in enumerate(card.outputs)),
            )
            size = card.size()
            assert np.array_equal(pixels(card, zoom, ratio, size), pixels(mute, zoom, ratio, size)), kind
