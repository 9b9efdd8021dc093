from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from studio.app.canvas.cards import Card
from studio.app.canvas.sprites import Sprite, SpriteCache
from studio.catalog.spec import TENSOR_IN, TENSOR_OUT

pytestmark = pytest.mark.usefixtures("qapp")

SIZE = (120, 56)


def card(name: str = "conv1") -> Card:
    return Card(name, "Conv2d 3×3, 32", "320", "convolution", (TENSOR_IN,), (TENSOR_OUT,))


def frame(cache: SpriteCache, ratio: float = 1.0, budget_s: float = 1.0) -> SpriteCache:
    cache.begin_frame(ratio, budget_s=budget_s)
    return cache


def shown(cache: SpriteCache, node_id: str = "n1", name: str = "conv1", zoom: float = 1.0) -> Sprite:
    sprite, sharp = cache.get(node_id, card(name), SIZE, zoom)
    assert sprite is not None
    assert sharp
    return sprite


def test_same_card_at_the_same_zoom_is_painted_once() -> None:
    cache = frame(SpriteCache())
    assert shown(cache) is shown(frame(cache))


def test_changed_card_is_painted_anew() -> None:
    cache = frame(SpriteCache())
    first, second = shown(cache), shown(cache, name="other")
    assert second is not first
    assert second.card.name == "other"
    assert cache.num_bytes == second.num_bytes  # the old one is gone


def test_without_budget_there_is_nothing() -> None:
    assert frame(SpriteCache(), budget_s=0.0).get("n1", card(), SIZE, 1.0) == (None, False)


@pytest.mark.parametrize("zoom", [1.0, 0.5])
def test_a_card_of_another_size_never_stands_in(zoom: float) -> None:
    """It would leave its edge beside the card that is painted when its turn comes."""
    cache = frame(SpriteCache())
    shown(cache, zoom=zoom)
    assert frame(cache, budget_s=0.0).get("n1", card(), (200, 56), 1.0) == (None, False)
    assert cache.nearest("n1", (200, 56), 1.0) is None
    assert cache.nearest("n1", SIZE, 1.0) is not None


def test_without_budget_another_zoom_stands_in() -> None:
    cache = frame(SpriteCache())
    sprite = shown(cache)
    assert frame(cache, budget_s=0.0).get("n1", card(), SIZE, 1.5) == (sprite, False)


def test_without_budget_the_old_look_stands_in() -> None:
    cache = frame(SpriteCache())
    sprite = shown(cache)
    assert frame(cache, budget_s=0.0).get("n1", card("other"), SIZE, 1.0) == (sprite, False)


def test_budget_stops_a_frame_that_needs_many_sprites() -> None:
    cache = SpriteCache(budget_s=0.002)
    cache.begin_frame(1.0)
    sharp = [cache.get(f"n{place}", card(f"conv{place}"), SIZE, 1.0)[1] for place in range(2000)]
    assert 0 < sum(sharp) < 2000
    assert sharp == sorted(sharp, reverse=True)  # the first ones, then none


@pytest.mark.parametrize("zoom", [0.4, 1.0, 1.7])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_sprite_has_the_pixels_of_the_screen(zoom: float, ratio: float) -> None:
    sprite = shown(frame(SpriteCache(), ratio), zoom=zoom)
    assert sprite.pixmap.devicePixelRatio() == ratio
    assert sprite.pixmap.width() == pytest.approx(120 * zoom * ratio + 2 * sprite.pad * ratio, abs=1)
    edge = sprite.pixmap.toImage().pixelColor(round(sprite.pad * ratio) + 1, sprite.pixmap.height() // 2)
    assert edge.alpha() == 255  # the card begins exactly at its pad, whatever the zoom


def test_stripe_has_the_colour_of_the_family() -> None:
    sprite = shown(frame(SpriteCache()))
    image = sprite.pixmap.toImage()
    assert image.pixelColor(round(sprite.pad) + 2, round(sprite.pad) + 45) == QColor("#1769e0")


def test_sprites_of_other_zooms_are_dropped_first() -> None:
    cache = frame(SpriteCache(max_bytes=200_000))
    for zoom in (0.5, 1.0, 2.0, 3.0):
        shown(cache, zoom=zoom)
    kept = shown(cache, "n2")
    assert cache.is_full
    cache.trim(1.0, ["n2"])
    assert not cache.is_full
    assert cache.get("n2", card(), SIZE, 1.0) == (kept, True)


def test_sprites_off_screen_are_dropped_next() -> None:
    cache = frame(SpriteCache(max_bytes=100_000))
    for place in range(10):
        shown(cache, f"n{place}")
    cache.trim(1.0, ["n3"])
    assert cache.num_bytes == shown(cache, "n3").num_bytes


def test_nodes_that_are_gone_leave_no_bytes() -> None:
    cache = frame(SpriteCache())
    shown(cache, zoom=1.0)
    shown(cache, zoom=2.0)
    cache.forget(["n1"])
    assert cache.num_bytes == 0


def test_another_screen_drops_everything() -> None:
    cache = frame(SpriteCache())
    shown(cache)
    cache.begin_frame(2.0)
    assert cache.num_bytes == 0
