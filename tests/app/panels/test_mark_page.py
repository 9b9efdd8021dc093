"""The inspector shows frames, notes and arrows, and changes them in single steps."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.graph.mark import Mark
from studio.graph.marks import add_mark
from studio.graph.report import NodeReport


def put(document, *marks):
    for mark in marks:
        document.edit("Add", lambda graph, mark=mark: add_mark(graph, mark))


FRAME = Mark("", "frame", "encoder", 0, 0, 400, 200)
NOTE = Mark("", "note", "why?", 0, 300, 160, 60, "green")


def test_a_frame_shows_what_it_holds(inspector, document, selection, tell):
    put(document, FRAME)
    inspector.mark_page.contents = lambda ids: ({"n2", "n3"}, set())
    tell(nodes=[NodeReport("n2", (8,), 100, 5000), NodeReport("n3", (8,), 11, 6), NodeReport("n6", (1,), 9)])
    selection.set(marks=["m1"])
    assert inspector.page is inspector.mark_page
    assert inspector.mark_page.title.text() == "Frame"
    assert inspector.mark_page.facts.facts() == {"layers": "2", "parameters": "111", "MACs": "5,006"}


def test_text_and_colour_are_one_step_each(inspector, document, selection):
    put(document, NOTE)
    selection.set(marks=["m1"])
    page = inspector.mark_page
    assert page.colors.buttons["green"].isChecked()
    page.text.selectAll()
    QTest.keyClicks(page.text, "because")
    QTest.mouseClick(page.colors.buttons["orange"], Qt.MouseButton.LeftButton)
    inspector.flush()
    mark = document.graph.marks["m1"]
    assert (mark.text, mark.color) == ("because", "orange")
    assert document.history.index == 3
    document.undo()
    document.undo()
    assert document.graph.marks["m1"].text == "why?"


def test_what_is_typed_belongs_to_the_mark_it_was_typed_for(inspector, document, selection):
    put(document, FRAME, NOTE)
    selection.set(marks=["m1"])
    QTest.keyClicks(inspector.mark_page.text, "x")
    selection.set(marks=["m2"])
    assert "x" in document.graph.marks["m1"].text
    assert document.graph.marks["m2"].text == "why?"
    assert inspector.mark_page.text.toPlainText() == "why?"


def test_several_share_a_colour(inspector, document, selection):
    put(document, FRAME, NOTE)
    selection.set(marks=["m1", "m2"])
    page = inspector.mark_page
    assert page.title.text() == "2 marks"
    assert not page.text.isVisible()
    page.colors.chosen.emit("sky")
    assert {mark.color for mark in document.graph.marks.values()} == {"sky"}
    assert document.history.index == 3


def test_nodes_go_before_marks(inspector, document, selection):
    put(document, FRAME)
    selection.set(["n2"], marks=["m1"])
    assert inspector.page is inspector.node_page
