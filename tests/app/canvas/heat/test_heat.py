"""Costs on the canvas: as colours of cards and wires, at every zoom, in the overview and in pictures."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from studio.app.actions import Actions
from studio.app.canvas.actions import add_canvas_actions
from studio.app.canvas.camera import Camera
from studio.app.canvas.card_painting import heat_tint
from studio.app.canvas.heat.heat import Measures
from studio.app.canvas.view import CanvasView
from studio.app.picture import Picture
from studio.app.theme.contrast import contrast
from studio.app.theme.theme import theme
from studio.app.theme.tokens import HEAT_STEPS
from studio.engine.records import Checked
from studio.graph import edits
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import Table

REPORTS = (
    NodeReport("n1", (3, 8, 8)),
    NodeReport("n2", (32, 6, 6), 896, 27648, 4608),
    NodeReport("n3", (32, 6, 6), 0, 0, 4608),
    NodeReport("n4", (32, 6, 10), 70, 11520, 7680),
)
HOT, COLD = HEAT_STEPS - 1, 0


@pytest.fixture
def warm(table: Table) -> Table:
    table.facts.update(Checked(1, (), REPORTS, Totals(1, 2, 3, 4)), table.document.design)
    return table


def shown(image: QImage, table: Table, place: QPointF) -> str:
    spot = table.view.camera.to_screen(place).toPoint()
    return image.pixelColor(spot).name()


def color(step: int) -> str:
    return theme().heat_color(step).name()


def step_at(image: QImage, table: Table, place: QPointF) -> int:
    """The step whose colour is the nearest to what stands out most around a place: thin lines are blended."""
    spot = table.view.camera.to_screen(place).toPoint()
    around = [image.pixelColor(spot.x() + x, spot.y() + y) for x in range(-2, 3) for y in range(-2, 3)]
    canvas = theme().color("canvas")
    found = max(around, key=lambda pixel: apart(pixel, canvas))
    return min(range(HEAT_STEPS), key=lambda step: apart(theme().heat_color(step), found))


def apart(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


def wire_middle(table: Table, edge: Edge) -> QPointF:
    return table.view.wire_path(edge).pointAtPercent(0.5)


CONV_TO_RELU = Edge("n2", "output", "n3", "input")
IMAGE_TO_CONV = Edge("n1", "output", "n2", "input")


@pytest.mark.parametrize("zoom", [1.5, 1.0, 0.5, 0.3])
def test_wires_have_the_colour_of_what_flows_at_every_zoom(warm: Table, zoom: float) -> None:
    warm.view.set_camera(Camera(0, 0, zoom))
    warm.view.heat.show_on_wires("elements")
    image = warm.picture()
    steps = [step_at(image, warm, wire_middle(warm, edge)) for edge in (IMAGE_TO_CONV, CONV_TO_RELU)]
    assert steps[0] < 2
    assert steps[1] > 4


def test_a_busy_wire_is_wider(warm: Table) -> None:
    off = QPointF(0, 2.2)
    before = shown(warm.picture(), warm, wire_middle(warm, CONV_TO_RELU) + off)
    warm.view.heat.show_on_wires("elements")
    image = warm.picture()
    assert before != color(HOT)
    assert shown(image, warm, wire_middle(warm, CONV_TO_RELU) + off) == color(HOT)
    assert shown(image, warm, wire_middle(warm, IMAGE_TO_CONV) + off) != color(COLD)


def test_cards_say_and_show_what_they_cost(warm: Table) -> None:
    warm.view.heat.show_on_cards("macs")
    conv, fc, relu = (warm.view.scene.cards[i] for i in ("n2", "n4", "n3"))
    assert [(card.heat, card.figure) for card in (conv, fc, relu)] == [(7, "27,648"), (0, "11,520"), (-1, "")]
    warm.view.heat.show_on_cards("none")
    conv = warm.view.scene.cards["n2"]
    assert (conv.heat, conv.figure) == (None, "896")


def test_cards_keep_their_size(warm: Table) -> None:
    before = [warm.view.scene.geometry.rect(node_id) for node_id in warm.graph.nodes]
    for measure in ("parameters", "macs", "bytes", "field"):
        warm.view.heat.show_on_cards(measure)  # type: ignore[arg-type]
        assert [warm.view.scene.geometry.rect(node_id) for node_id in warm.graph.nodes] == before


def test_from_afar_and_in_the_overview_cards_have_the_colour_of_their_cost(warm: Table) -> None:
    warm.view.heat.show_on_cards("macs")
    warm.view.set_camera(Camera(0, 0, 0.3))
    image = warm.picture()
    assert shown(image, warm, warm.middle("n2")) == color(HOT)
    assert shown(image, warm, warm.middle("n3")) == theme().color("faint").name()
    small = warm.view.minimap.grab().toImage()
    assert color(HOT) in {small.pixelColor(x, y).name() for x in range(170) for y in range(96)}


def test_pushing_the_canvas_paints_no_wire_anew(warm: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    warm.view.heat.show_on_wires("macs")
    warm.picture()
    steps = warm.view.heat.steps
    warm.view.heat.refresh()
    warm.facts.update(Checked(2, (), REPORTS, Totals(1, 2, 3, 4)), warm.document.design)
    assert warm.view.heat.steps is steps


def test_a_new_wire_is_judged_at_once(warm: Table) -> None:
    warm.view.heat.show_on_wires("elements")
    edge = Edge("n4", "output", "n8", "inputs")
    warm.view.commands.connect(edge)
    row = warm.view.scene.geometry.edge_slot(edge)
    assert warm.view.heat.steps[row] == HOT
    warm.document.undo()
    assert len(warm.view.heat.steps) == 3
    warm.picture()


def test_new_facts_are_shown(warm: Table) -> None:
    warm.view.heat.show_on_cards("parameters")
    more = (*REPORTS[:3], NodeReport("n4", (32, 6, 10), 10**6))
    warm.facts.update(Checked(2, (), more, Totals()), warm.document.design)
    assert warm.view.scene.cards["n4"].heat == HOT
    assert warm.view.scene.cards["n2"].heat == COLD


def test_the_legend_has_numbers_and_goes_with_the_measure(warm: Table) -> None:
    legend = warm.view.heat_legend
    assert legend.isHidden()
    warm.view.heat.show_on_wires("elements")
    assert legend.isVisible()
    assert legend.accessibleName() == "Legend of costs: Elements on wires from 192 to 1,152"
    warm.view.heat.show_on_cards("bytes")
    assert "Activations of a sample from 4.5 KiB to 7.5 KiB" in legend.accessibleName()
    warm.view.heat.show_measures(Measures())
    assert legend.isHidden()


def test_actions_choose_one_measure_of_each_kind(warm: Table) -> None:
    actions = Actions(warm.view, warm.view)
    add_canvas_actions(actions, warm.view)
    actions["view.wires_bytes"].trigger()
    actions["view.heat_field"].trigger()
    assert warm.view.heat.measures == Measures("bytes", "field")
    assert actions["view.wires_bytes"].isChecked()
    assert not actions["view.wires_none"].isChecked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("step", range(HEAT_STEPS))
def test_words_on_a_hot_card_are_readable(qapp: object, scheme: str, step: int) -> None:
    with theme().painting(scheme):  # type: ignore[arg-type]
        tint, card = heat_tint(step), theme().color("card")
        share = tint.alphaF()
        mixed = [
            share * a + (1 - share) * b for a, b in zip(tint.getRgbF()[:3], card.getRgbF()[:3], strict=True)
        ]
        assert contrast(theme().color("text"), QColor.fromRgbF(*mixed)) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_steps_grow_away_from_the_canvas(qapp: object, scheme: str) -> None:
    with theme().painting(scheme):  # type: ignore[arg-type]
        apart = [contrast(theme().heat_color(step), theme().color("canvas")) for step in range(HEAT_STEPS)]
    assert apart == sorted(apart)


def test_a_picture_shows_the_same_with_a_legend(warm: Table) -> None:
    plain = Picture(warm.graph, REPORTS)
    hot = Picture(warm.graph, REPORTS, measures=Measures("elements", "macs"))
    assert hot.size().height() > plain.size().height()
    with theme().painting("light"):
        wanted = color(HOT)
    image = hot.image()
    there = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(image.height())}
    assert wanted in there
    assert b"svg" in hot.svg()


def test_a_canvas_without_facts_shows_no_legend(table: Table) -> None:
    view: CanvasView = table.view
    view.heat.show_on_wires("macs")
    assert view.heat_legend.isHidden()
    assert view.heat.scales == []
    table.picture()


def test_bypassing_the_selection_keeps_the_rows_in_step(warm: Table) -> None:
    warm.view.heat.show_on_wires("elements")
    warm.document.edit("Delete", lambda graph: edits.remove_nodes(graph, ["n3"]))
    assert len(warm.view.heat.steps) == len(warm.view.scene.geometry.edges) == 1
    warm.picture()
