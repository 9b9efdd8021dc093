"""A document with layers, and the panels that show it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.panels.inspector import InspectorPanel
from studio.app.selection import Selection
from studio.engine.records import Checked
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.report import Totals
from studio.project.project import Project


@pytest.fixture
def document(qapp):
    """n1 ImageInput, n2 and n3 Conv2d, n4 LeakyReLU, n5 Reshape, n6 Linear, n7 MaxPool2d, n8 GELU."""
    graph = Graph()
    for kind in ("ImageInput", "Conv2d", "Conv2d", "LeakyReLU", "Reshape", "Linear", "MaxPool2d", "GELU"):
        graph = edits.add_node(graph, edits.new_node(graph, kind))
    return Document(Project("digits", graph))


@pytest.fixture
def selection(document):
    return Selection(document)


@pytest.fixture
def facts(qapp):
    return Facts()


@pytest.fixture
def inspector(document, selection, facts, qtbot):
    panel = InspectorPanel(document, selection, facts)
    qtbot.addWidget(panel)
    panel.resize(296, 900)
    panel.show()
    return panel


@pytest.fixture
def tell(facts):
    """Give the facts an answer of the engine: reports and problems."""

    def answer(*, nodes=(), problems=(), totals=None):
        facts.update(Checked(1, tuple(problems), tuple(nodes), totals or Totals()))

    return answer


@pytest.fixture
def type_into(qtbot):
    """Replace a field's text by typing, and press Enter."""

    def type_text(editor, text, *, commit=True):
        editor.setFocus()
        editor.lineEdit().selectAll()
        qtbot.keyClick(editor, Qt.Key.Key_Delete)
        qtbot.keyClicks(editor, text)
        if commit:
            qtbot.keyClick(editor, Qt.Key.Key_Return)

    return type_text
