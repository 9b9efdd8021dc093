from __future__ import annotations

import pytest

from studio.app.canvas.heat.measures import CardMeasure, WireMeasure, amount_on, card_heat, wire_heat
from studio.app.facts import Facts
from studio.engine.records import Checked
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import small_network
from tests.helpers.drawing import draw

GRAPH = small_network()
WIRE = Edge("n2", "output", "n3", "input")


@pytest.fixture
def facts(qapp: object) -> Facts:
    known = Facts()
    reports = (
        NodeReport("n1", (3, 8, 8)),
        NodeReport("n2", (32, 6, 6), 896, 27648, 4608, receptive_field=(3, 3)),
        NodeReport("n3", (32, 6, 6), 0, 0, 4608, receptive_field=(3, 5)),
    )
    known.update(Checked(1, (), reports, Totals()))
    return known


@pytest.mark.parametrize(
    ("measure", "amount"), [("elements", 32 * 36), ("bytes", 4 * 32 * 36), ("macs", 27648)]
)
def test_what_flows_through_a_wire(facts: Facts, measure: WireMeasure, amount: int) -> None:
    assert amount_on(measure, WIRE, GRAPH, facts) == amount


def test_whole_numbers_take_eight_bytes(qapp: object) -> None:
    graph = draw(("text", "TokenInput", {"length": 5}), ("words", "Embedding", "text"))
    known = Facts()
    known.update(Checked(1, (), (NodeReport("text", (5,)),), Totals()))
    assert amount_on("bytes", Edge("text", "output", "words", "input"), graph, known) == 40


def test_an_unknown_shape_is_nothing(facts: Facts) -> None:
    assert amount_on("elements", Edge("n4", "output", "n7", "input"), GRAPH, facts) == 0


def test_each_row_of_wires_has_its_step(facts: Facts) -> None:
    edges = [WIRE, Edge("n4", "output", "n7", "input"), Edge("n1", "output", "n2", "input")]
    heat = wire_heat("elements", edges, GRAPH, facts)
    assert heat is not None
    assert heat.steps.tolist() == [7, -1, 0]
    assert heat.scale is not None
    assert (heat.scale.low, heat.scale.high) == (192, 1152)


@pytest.mark.parametrize(
    ("measure", "written"),
    [
        ("parameters", {"n2": "896"}),
        ("macs", {"n2": "27,648"}),
        ("bytes", {"n2": "4.5 KiB", "n3": "4.5 KiB"}),
        ("field", {"n2": "3 px", "n3": "5 px"}),
    ],
)
def test_what_a_card_costs(facts: Facts, measure: CardMeasure, written: dict[str, str]) -> None:
    heat = card_heat(measure, GRAPH, facts)
    assert heat is not None
    assert heat.written == written
    assert heat.step("n1") == heat.step("n8") == -1
    assert heat.step("n2") >= 0


def test_none_is_no_heat(facts: Facts) -> None:
    assert card_heat("none", GRAPH, facts) is wire_heat("none", [WIRE], GRAPH, facts) is None
