from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt, QTimer
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.gestures.draw_wire import DrawWire
from studio.app.canvas.gestures.outcome import Outcome
from studio.app.canvas.ports import PortRef
from studio.app.theme.theme import theme
from studio.engine.records import Checked, Trial, Tried
from studio.graph import edits
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import Table, logical

FC_TO_LOSS = Edge("n4", "output", "n7", "input")
EMPTY = QPointF(900, 300)


def test_wire_from_output_to_input(table: Table) -> None:
    table.drag(table.port("n4", "output", "output"), table.port("n7", "input", "input"))
    assert table.graph.has_edge(FC_TO_LOSS)
    assert table.steps == 1


def test_wire_from_input_to_output(table: Table) -> None:
    table.drag(table.port("n7", "input", "input"), table.port("n4", "output", "output"))
    assert table.graph.has_edge(FC_TO_LOSS)
    assert table.steps == 1


def test_wire_at_another_zoom_and_scroll(table: Table) -> None:
    table.view.set_camera(Camera(-60, 30, 0.7))
    table.drag(table.port("n4", "output", "output"), table.port("n7", "input", "input"))
    assert table.graph.has_edge(FC_TO_LOSS)


def test_free_end_snaps_to_a_port_within_14_pixels(table: Table) -> None:
    near = table.port("n7", "input", "input") + QPointF(-13, 0)
    table.drag(table.port("n4", "output", "output"), near)
    assert table.graph.has_edge(FC_TO_LOSS)


def test_free_end_15_pixels_from_a_port_is_on_empty_canvas(table: Table, qtbot: QtBot) -> None:
    far = table.port("n5", "input", "input") + QPointF(-16, 0)
    with qtbot.waitSignal(table.view.wire_dropped_on_canvas) as dropped:
        table.drag(table.port("n1", "output", "output"), far)
    assert dropped.args[0] == PortRef("n1", "output", "output")
    assert (dropped.args[1] - far).manhattanLength() <= 1
    assert table.steps == 0


def test_dropped_on_a_body_takes_the_first_fitting_free_port(table: Table) -> None:
    table.drag(table.port("n6", "output", "target"), table.middle("n7"))
    assert table.graph.has_edge(Edge("n6", "target", "n7", "target"))


def test_full_input_gives_up_its_wire(table: Table) -> None:
    table.drag(table.port("n1", "output", "output"), table.port("n3", "input", "input"))
    assert table.graph.inputs_of("n3") == (Edge("n1", "output", "n3", "input"),)
    assert table.steps == 1


def test_port_for_several_takes_one_more(table: Table) -> None:
    for source in ("n1", "n2"):
        table.drag(table.port(source, "output", "output"), table.port("n8", "input", "inputs"))
    assert [edge.source for edge in table.graph.inputs_of("n8")] == ["n1", "n2"]
    assert [edge.index for edge in table.graph.inputs_of("n8")] == [0, 1]


@pytest.mark.parametrize(
    ("start", "stop", "reason"),
    [
        (("n3", "output", "output"), ("n8", "input", "inputs"), None),
        (("n8", "output", "output"), ("n8", "input", "inputs"), "cannot feed itself"),
        (("n6", "output", "target"), ("n5", "input", "input"), "takes activations"),
        (("n7", "output", "loss"), ("n5", "input", "input"), "takes activations"),
        (("n3", "output", "output"), ("n5", "output", "output"), None),
    ],
    ids=["allowed", "self", "flow", "loss", "same side"],
)
def test_reasons_are_said(
    table: Table,
    qtbot: QtBot,
    start: tuple[str, str, str],
    stop: tuple[str, str, str],
    reason: str | None,
) -> None:
    if reason is None:
        table.drag(table.port(*start), table.port(*stop))
        return
    with qtbot.waitSignal(table.view.message) as said:
        table.drag(table.port(*start), table.port(*stop))
    assert reason in said.args[0]
    assert table.steps == 0


def test_cycle_is_refused_while_dragging_and_on_release(table: Table, qtbot: QtBot) -> None:
    table.document.edit("Wire", lambda graph: edits.disconnect(graph, [Edge("n1", "output", "n2", "input")]))
    steps = table.steps
    with qtbot.waitSignal(table.view.message) as said:
        table.drag(table.port("n4", "output", "output"), table.port("n2", "input", "input"))
    assert "cycle" in said.args[0]
    assert table.steps == steps


def test_ports_that_fit_are_told_from_those_that_do_not(table: Table) -> None:
    table.press(table.port("n3", "output", "output"))
    table.move(EMPTY)
    table.move(EMPTY + QPointF(5, 5))
    gesture = table.view.gesture
    assert isinstance(gesture, DrawWire)
    fits = {
        ref.node: gesture.wiring.fits(ref) for i in table.graph.nodes for ref in gesture.wiring.candidates(i)
    }
    assert fits == {"n2": False, "n3": False, "n4": True, "n5": True, "n7": True, "n8": True}
    table.view.grab()  # paints what is lit and dimmed
    table.key(Qt.Key.Key_Escape)
    assert table.view.gesture is None
    table.release(EMPTY)
    assert table.steps == 0


def test_end_of_a_wire_moves_to_another_input(table: Table) -> None:
    table.drag(table.port("n4", "input", "input"), table.port("n5", "input", "input"))
    assert table.graph.has_edge(Edge("n3", "output", "n5", "input"))
    assert not table.graph.inputs_of("n4")
    assert table.steps == 1


def test_start_of_a_wire_moves_to_another_output(table: Table) -> None:
    start = table.port("n3", "output", "output") + QPointF(16, 0)
    table.drag(start, table.port("n5", "output", "output"))
    assert table.graph.inputs_of("n4") == (Edge("n5", "output", "n4", "input"),)
    assert table.steps == 1


def test_end_dropped_on_empty_canvas_disconnects(table: Table) -> None:
    table.drag(table.port("n4", "input", "input"), EMPTY)
    assert not table.graph.inputs_of("n4")
    assert table.steps == 1
    table.document.undo()
    assert table.graph.has_edge(Edge("n3", "output", "n4", "input"))


def test_end_put_back_where_it_was_is_no_step(table: Table) -> None:
    port = table.port("n4", "input", "input")
    table.press(port)
    table.move(EMPTY)
    table.move(port)
    table.release(port)
    assert table.steps == 0
    assert table.graph.has_edge(Edge("n3", "output", "n4", "input"))


def test_end_dropped_on_a_port_that_refuses_it_stays(table: Table) -> None:
    before = table.graph
    table.drag(table.port("n4", "input", "input"), table.port("n7", "input", "target"))
    table.drag(table.port("n3", "input", "input"), table.port("n6", "output", "target"))
    assert table.graph.has_edge(Edge("n2", "output", "n3", "input"))
    assert before.nodes == table.graph.nodes


def test_click_on_a_port_does_nothing(table: Table) -> None:
    table.click(table.port("n4", "output", "output"))
    table.click(table.port("n4", "input", "input"))
    assert table.steps == 0


def test_click_selects_a_wire_and_delete_takes_it_away(table: Table) -> None:
    wire = Edge("n2", "output", "n3", "input")
    middle = (table.port("n2", "output", "output") + table.port("n3", "input", "input")) / 2
    table.click(middle)
    assert table.selection.edges == {wire}
    table.key(Qt.Key.Key_Delete)
    assert not table.graph.has_edge(wire)
    assert len(table.graph) == 8
    assert table.steps == 1


# What would come of it ---------------------------------------------------------------------------------

FITS = Trial("n7", (), "")
FAILS = Trial("n7", None, "error", 'Loss "loss": expected (N, C), got maps.', "Insert a Flatten.")


@pytest.fixture
def known(table: Table) -> Callable[[Trial], list[Edge]]:
    """Return a function after which every trial comes out the same; it keeps what was asked."""

    def answer(trial: Trial) -> list[Edge]:
        asked: list[Edge] = []

        def ask(**fields: Any) -> int:
            asked.extend(fields.get("wires", ()))
            count = len(fields.get("wires", ())) + len(fields.get("nodes", ()))
            trials = table.view.trials
            QTimer.singleShot(0, trials, lambda: trials.take(Tried(1, (trial,) * count)))
            return 1

        table.view.trials.ask = ask
        report = NodeReport("n4", (10,))
        table.facts.update(Checked(1, (), (report, NodeReport("n2", (32, 26, 26))), Totals()))
        return asked

    return answer


def outcome(table: Table) -> Outcome:
    gesture = table.view.gesture
    assert isinstance(gesture, DrawWire)
    return gesture.outcome


def draw_to(table: Table, place: QPointF, start: str = "n4") -> None:
    table.press(table.port(start, "output", "output"))
    table.move(place)


def test_the_shape_that_would_flow_is_said_at_once(table: Table, known: Callable[..., object]) -> None:
    known(FITS)
    draw_to(table, table.port("n7", "input", "input"))
    assert outcome(table) == Outcome(("10 from fc",))


def test_what_would_come_out_is_said_when_the_engine_knows(
    table: Table, known: Callable[..., object], qtbot: QtBot
) -> None:
    known(Trial("n5", (32, 26, 26)))
    draw_to(table, table.port("n5", "input", "input"), "n2")
    qtbot.waitUntil(lambda: outcome(table).lines == ("32×26×26 → drop gives 32×26×26",))
    assert outcome(table).role == "line"


def test_a_loss_gives_nothing_worth_saying(table: Table, known: Callable[..., object], qtbot: QtBot) -> None:
    known(FITS)
    draw_to(table, table.port("n7", "input", "input"))
    qtbot.waitUntil(lambda: outcome(table).lines == ("10 → loss",))


def test_a_shape_that_does_not_fit_warns_in_words(
    table: Table, known: Callable[..., object], qtbot: QtBot
) -> None:
    known(FAILS)
    draw_to(table, table.port("n7", "input", "input"))
    qtbot.waitUntil(lambda: outcome(table).role == "warning")
    assert outcome(table).lines == (FAILS.message, FAILS.suggestion)
    table.release(table.port("n7", "input", "input"))
    assert table.graph.has_edge(FC_TO_LOSS)  # a person may: the problem says how to mend it


def test_ports_in_view_are_judged_beforehand_the_nearest_first(
    table: Table, known: Callable[[Trial], list[Edge]], qtbot: QtBot
) -> None:
    asked = known(FAILS)
    draw_to(table, table.port("n4", "output", "output") + QPointF(0, 60))
    qtbot.waitUntil(lambda: len(asked) == 4)
    assert {edge.target for edge in asked} == {"n5", "n7", "n8"}
    assert asked[0].target == "n7"


def test_a_port_that_would_be_a_problem_looks_another(
    table: Table, known: Callable[..., object], qtbot: QtBot
) -> None:
    port = table.place(table.port("n8", "input", "inputs"))

    def colors(trial: Trial) -> set[str]:
        known(trial)
        draw_to(table, table.port("n4", "output", "output") + QPointF(0, 60))
        qtbot.waitUntil(lambda: table.view.trials.known(Edge("n4", "output", "n8", "inputs")) is not None)
        image = logical(table.view.grab().toImage())
        table.key(Qt.Key.Key_Escape)
        return {
            image.pixelColor(port.x() + x, port.y() + y).name() for x in range(-9, 9) for y in range(-9, 9)
        }

    amber = theme().color("warning").name()
    assert amber not in colors(FITS)
    assert amber in colors(FAILS)


def test_a_cancelled_wire_asks_nothing_more(table: Table, known: Callable[..., object], qtbot: QtBot) -> None:
    known(FITS)
    draw_to(table, table.port("n7", "input", "input"))
    table.key(Qt.Key.Key_Escape)
    with qtbot.assertNotEmitted(table.view.trials.changed, wait=80):
        pass
    assert table.steps == 0


def test_a_wire_drawn_backwards_is_judged_too(
    table: Table, known: Callable[..., object], qtbot: QtBot
) -> None:
    known(FAILS)
    table.press(table.port("n7", "input", "input"))
    table.move(table.port("n4", "output", "output"))
    qtbot.waitUntil(lambda: outcome(table).role == "warning")


def test_the_shape_follows_the_cursor_over_empty_canvas(table: Table, known: Callable[..., object]) -> None:
    known(FITS)
    draw_to(table, EMPTY)
    assert outcome(table) == Outcome(("10 from fc",))
