from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.app.canvas.cards import Card
from studio.app.canvas.sprites import SpriteCache
from studio.catalog.spec import TENSOR_IN, TENSOR_OUT

pytestmark = pytest.mark.usefixtures("qapp")


def card(name: str = "conv1") -> Card:
    return Card(name, "Conv2d 3×3, 32", "320", "convolution", (TENSOR_IN,), (TENSOR_OUT,))


def frame(cache: SpriteCache, ratio: float = 1.0, budget_s: float = 1.0) -> SpriteCache:
    cache.begin_frame(ratio, budget_s=budget_s)
    return cache


def test_same_card_at_the_same_zoom_is_painted_once() -> None:
    cache = frame(SpriteCache())
    first = cache.get("n1", card(), (120, 56), 1.0)
    assert first is not None
    assert frame(cache).get("n1", card(), (120, 56), 1.0) is first
    assert not cache.missed


def test_changed_card_is_painted_anew() -> None:
    cache = frame(SpriteCache())
    first = cache.get("n1", card(), (120, 56), 1.0)
    second = cache.get("n1", card("other"), (120, 56), 1.0)
    assert second is not first
    assert second.card.name == "other"
    assert cache.num_bytes == second.num_bytes  # the old one is gone


def test_without_budget_there_is_nothing_and_the_frame_says_so() -> None:
    cache = frame(SpriteCache(), budget_s=0.0)
    assert cache.get("n1", card(), (120, 56), 1.0) is None
    assert cache.missed


def test_without_budget_another_zoom_stands_in() -> None:
    cache = frame(SpriteCache())
    sharp = cache.get("n1", card(), (120, 56), 1.0)
    assert frame(cache, budget_s=0.0).get("n1", card(), (120, 56), 1.5) is sharp
    assert cache.missed


def test_budget_stops_a_frame_that_needs_many_sprites() -> None:
    cache = SpriteCache(budget_s=0.002)
    cache.begin_frame(1.0)
    found = [cache.get(f"n{place}", card(f"conv{place}"), (120, 56), 1.0) for place in range(2000)]
    painted = sum(sprite is not None for sprite in found)
    assert 0 < painted < 2000
    assert cache.missed


@pytest.mark.parametrize("zoom", [0.4, 1.0, 1.7])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_sprite_has_the_pixels_of_the_screen(zoom: float, ratio: float) -> None:
    sprite = frame(SpriteCache(), ratio).get("n1", card(), (120, 56), zoom)
    assert sprite is not None
    assert sprite.pixmap.devicePixelRatio() == ratio
    assert sprite.pixmap.width() == pytest.approx(120 * zoom * ratio + 2 * sprite.pad * ratio, abs=1)
    edge = sprite.pixmap.toImage().pixelColor(round(sprite.pad * ratio) + 1, sprite.pixmap.height() // 2)
    assert edge.alpha() == 255  # the card begins exactly at its pad, whatever the zoom


def test_stripe_has_the_colour_of_the_family(qapp: QApplication) -> None:
    sprite = frame(SpriteCache()).get("n1", card(), (120, 56), 1.0)
    assert sprite is not None
    image = sprite.pixmap.toImage()
    assert image.pixelColor(round(sprite.pad) + 2, round(sprite.pad) + 45) == QColor("#1769e0")


def test_too_many_sprites_of_other_zooms_are_dropped_first() -> None:
    cache = frame(SpriteCache(max_bytes=200_000))
    for zoom in (0.5, 1.0, 2.0, 3.0):
        cache.get("n1", card(), (120, 56), zoom)
    kept = cache.get("n2", card(), (120, 56), 1.0)
    assert cache.num_bytes > 200_000
    cache.end_frame(1.0, ["n2"])
    assert cache.num_bytes <= 200_000
    assert frame(cache, budget_s=0.0).get("n2", card(), (120, 56), 1.0) is kept


def test_nodes_that_are_gone_leave_no_bytes() -> None:
    cache = frame(SpriteCache())
    cache.get("n1", card(), (120, 56), 1.0)
    cache.get("n1", card(), (120, 56), 2.0)
    cache.forget(["n1"])
    assert cache.num_bytes == 0


def test_another_screen_drops_everything() -> None:
    cache = frame(SpriteCache())
    cache.get("n1", card(), (120, 56), 1.0)
    cache.begin_frame(2.0)
    assert cache.num_bytes == 0
