"""A line of norms: every spike stays, what is no number is told, and words give the least and the most."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from studio.app.monitor import Monitor
from studio.app.plots.card_pictures import spark_thumbnail
from studio.app.plots.live_sparks import OF_OUTPUT, OF_WEIGHTS, spark_of, together
from studio.app.plots.spark import Spark, decimated
from studio.app.theme.theme import theme
from studio.runs.records import Histogram
from tests.helpers.live_records import norms, state


def spark(*values: float) -> Spark:
    return Spark(np.arange(1, 1 + len(values)), np.array(values, np.float64), "Norm")


def colored(image: QImage, role: str) -> list[tuple[int, int]]:
    """Return the places of pixels that are nearly of a role's colour."""
    wanted = theme().color(role)
    found = []
    for y in range(image.height()):
        for x in range(image.width()):
            pixel = QColor.fromRgba(image.pixel(x, y))
            near = sum(abs(a - b) for a, b in zip(pixel.getRgb()[:3], wanted.getRgb()[:3], strict=True))
            if pixel.alpha() > 200 and near < 30:
                found.append((x, y))
    return found


def test_every_spike_survives_and_time_keeps_its_order() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(1, 2, 10_000)
    values[[17, 5000, 9998]] = 900.0, 0.001, 700.0
    places, kept = decimated(np.arange(10_000), values, 80)
    assert len(kept) <= 160
    assert {900.0, 0.001, 700.0} <= set(kept.tolist())
    assert (np.diff(places) > 0).all()


def test_words_give_newest_least_most_and_what_is_no_number() -> None:
    words = spark(1.0, 100.0, 0.0, np.inf, np.nan, 10.0).words()
    assert words.startswith("Norm: 10 at step 6")
    assert "min 1, max 100, 0 at 1, not a number at 1 of 6 looks, log scale" in words
    assert spark(np.nan).words() == "Norm: none yet"


@pytest.mark.parametrize(
    "values", [(1.0,), (2.0, 2.0), (0.0, 0.0), (np.inf,), (np.nan, 1.0, np.nan), (1e-30, 1e30), ()], ids=str
)
def test_any_values_are_painted(values: tuple[float, ...]) -> None:
    assert not spark_thumbnail(spark(*values)).isNull()


def test_a_line_that_grows_goes_up_on_a_logarithmic_scale() -> None:
    line = colored(spark_thumbnail(spark(1.0, 10.0, 100.0)), "train")
    left = [y for x, y in line if x < 20]
    right = [y for x, y in line if 120 < x < 150]
    middle = [y for x, y in line if 60 < x < 85]
    assert min(left) > np.mean(middle) > max(right)
    assert np.mean(middle) == pytest.approx((np.mean(left) + np.mean(right)) / 2, abs=6)


def test_values_that_are_no_number_have_a_cross_and_zeros_a_bar() -> None:
    image = spark_thumbnail(spark(1.0, np.inf, 1.0))
    assert max(y for _, y in colored(image, "bad")) < image.height() / 2
    bars = colored(spark_thumbnail(spark(1.0, 0.0, 1.0)), "warning")
    assert min(y for _, y in bars) > image.height() / 2


def test_the_norm_of_a_node_is_that_over_all_its_parameters() -> None:
    values = np.array([[3.0, 4.0], [np.nan, 2.0], [np.nan, np.nan], [np.inf, 1.0]])
    np.testing.assert_array_equal(together(values), [5.0, 2.0, np.nan, np.inf])


def test_weights_go_before_outputs_and_a_block_has_all_of_its_layers() -> None:
    monitor = Monitor()
    names = ("layer1.0.conv.weight", "layer1.0.bn.weight", "fc.weight")
    for record in (state("starting"), norms(1, 1.0, names), norms(2, 2.0, names)):
        monitor.take(record)
    seen = Histogram("run-1", "relu1", 2, 0.0, 1.0, np.ones(4, np.int64), 0, 0, 1, gradient=0.25)
    monitor.take(seen)
    block, relu = spark_of(monitor, "layer1.0"), spark_of(monitor, "relu1")
    assert block is not None
    assert relu is not None
    np.testing.assert_allclose(block.values, [np.hypot(1, 2), 2 * np.hypot(1, 2)])
    assert (block.what, relu.what, relu.newest) == (OF_WEIGHTS, OF_OUTPUT, 0.25)
    assert spark_of(monitor, "layer") is None
    assert spark_of(monitor, "gone") is None
