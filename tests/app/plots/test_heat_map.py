"""The picture of histograms over time."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.plots.bars import NewestHistogram
from studio.app.plots.colormaps import color_table
from studio.app.plots.heat_image import HeatImage
from studio.app.plots.heat_map import HistogramHeatMap
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.timeline import HistogramTimeline
from studio.app.theme.theme import theme
from tests.helpers.live_records import histogram, state


def two_columns() -> HistogramTimeline:
    timeline = HistogramTimeline()
    timeline.append(histogram(0, [8, 0]))
    timeline.append(histogram(10, [0, 8]))
    return timeline


def test_picture_shows_low_values_below_and_later_steps_at_the_right(qapp: object) -> None:
    timeline, heat = two_columns(), HeatImage()
    heat.update(timeline, is_log=False)
    image = heat.picture(timeline, (4, 2), color_table())
    bright, dark = color_table()[255], color_table()[0]
    left, right = [image.pixel(0, 1), image.pixel(0, 0)], [image.pixel(3, 1), image.pixel(3, 0)]
    assert left == [bright, dark]
    assert right == [dark, bright]


def test_update_works_out_new_columns_only(qapp: object) -> None:
    timeline, heat = two_columns(), HeatImage()
    assert heat.update(timeline, is_log=False) == 2
    assert heat.update(timeline, is_log=False) == 0
    timeline.append(histogram(20, [8, 0]))
    assert heat.update(timeline, is_log=False) == 1
    assert heat.update(timeline, is_log=True) == 3


def test_logarithmic_scale_shows_what_the_linear_one_hides(qapp: object) -> None:
    timeline = HistogramTimeline()
    timeline.append(histogram(0, [1000, 4]))
    levels = []
    for is_log in (False, True):
        heat = HeatImage()
        heat.update(timeline, is_log=is_log)
        image = heat.picture(timeline, (1, 2), tuple(range(256)))
        levels.append(image.pixelIndex(0, 0))
    assert levels[0] == 1
    assert levels[1] > 50


def test_heat_map_takes_a_column_for_each_record(qtbot: QtBot) -> None:
    monitor, scheduler = Monitor(), RepaintScheduler()
    heat_map = HistogramHeatMap(monitor, scheduler)
    qtbot.addWidget(heat_map)
    heat_map.resize(400, 240)
    heat_map.set_node("relu1")
    heat_map.show()
    monitor.take(state("starting"))
    for step in range(1, 6):
        monitor.take(histogram(step, [step, 1]))
    qtbot.waitUntil(lambda: heat_map.field.isVisible() and heat_map.field.picture is not None)
    timeline = monitor.shown.timeline("relu1")
    assert timeline is not None
    assert len(timeline) == 5
    area = heat_map.field.picture
    assert area is not None
    assert len({area.pixel(x, area.height() - 1) for x in range(area.width())}) > 1


def test_heat_map_without_data_says_how_to_get_it(qtbot: QtBot) -> None:
    heat_map = HistogramHeatMap(Monitor(), RepaintScheduler())
    qtbot.addWidget(heat_map)
    assert "Select a layer" in heat_map.empty_words
    heat_map.set_node("conv1")
    assert "Press Train" in heat_map.empty_words


def test_newest_histogram_says_zeros_mean_and_spread(qtbot: QtBot) -> None:
    monitor = Monitor()
    monitor.take(state("starting"))
    monitor.take(histogram(3, [5, 5]))
    bars = NewestHistogram(monitor, RepaintScheduler())
    qtbot.addWidget(bars)
    bars.set_node("relu1")
    assert bars.words.split() == ["zeros", "41.0", "%", "mean", "0.25", "std", "0.125"]


def test_newest_histogram_cuts_off_the_bar_of_zeros(qtbot: QtBot) -> None:
    monitor = Monitor()
    monitor.take(state("starting"))
    monitor.take(histogram(3, [900, 50, 40, 10]))
    bars = NewestHistogram(monitor, RepaintScheduler())
    qtbot.addWidget(bars)
    bars.resize(400, 240)
    color = theme().color("accent")
    bars.set_node("relu1")
    image = bars.field.grab().toImage()
    heights = [
        sum(image.pixelColor(x, y) == color for y in range(image.height())) for x in (20, 150, 250, 350)
    ]
    assert heights[0] > heights[1] > heights[2] > heights[3] > 0
    assert heights[0] < 2 * heights[1]


def test_color_table_rises_in_lightness(qapp: object) -> None:
    table = np.array([[color >> 16 & 255, color >> 8 & 255, color & 255] for color in color_table()])
    lightness = table @ np.array([0.2126, 0.7152, 0.0722])
    assert len(table) == 256
    assert np.all(np.diff(lightness[::8]) > 0)
