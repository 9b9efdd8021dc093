"""The level on show: where it is, what is edited there, and what takes it away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.place import name_at, node_shown, path_of_name, place_of
from studio.app.selection import Selection
from studio.app.watching import watched_nodes
from studio.engine.records import Checked
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals
from studio.project.project import Project
from tests.helpers.residual import residual_network


@pytest.fixture
def document(qapp):
    return Document(Project("demo", residual_network()))


def test_entering_shows_the_inside_with_all_definitions(document, qtbot):
    with qtbot.waitSignals([document.level_left, document.level_changed]):
        document.enter("n2")
    assert document.graph.named("relu").kind == "ReLU"
    assert document.graph.blocks == document.design.blocks
    assert (document.level, document.block) == (("n2",), "Residual")


def test_what_is_on_show_is_the_same_object_until_the_design_changes(document):
    document.enter("n2")
    assert document.graph is document.graph


def test_entering_a_layer_is_refused_and_nothing_moves(document):
    with pytest.raises(GraphError, match="nothing inside"):
        document.enter("n4")
    assert document.level == ()


def test_edit_inside_changes_the_definition_and_undo_takes_it_back(document):
    before = document.design
    document.enter("n2")
    document.edit("Rename", lambda graph: edits.rename(graph, "n3", "act"))
    assert document.design.block("Residual").graph.node("n3").name == "act"
    assert document.design.nodes == before.nodes
    document.undo()
    assert document.design == before
    assert document.level == ("n2",)


def test_undo_of_a_step_made_inside_goes_there(document):
    document.enter("n2")
    document.edit("Rename", lambda graph: edits.rename(graph, "n3", "act"))
    document.leave()
    seen = []
    document.changed.connect(lambda _old, _new: seen.append(document.level))
    document.undo()
    document.leave()
    document.redo()
    assert seen == [("n2",), ("n2",)]
    assert document.graph.node("n3").name == "act"


def test_undo_of_a_step_made_outside_comes_out(document):
    document.edit("Move", lambda graph: edits.move(graph, {"n4": (8.0, 8.0)}))
    document.enter("n2")
    document.undo()
    assert document.level == ()


def test_undo_of_a_setting_stays_where_one_is(document):
    document.edit_project("Set notes", lambda project: replace(project, notes="n"))
    document.enter("n2")
    document.undo()
    assert document.level == ("n2",)
    assert document.project.notes == ""


def test_undo_elsewhere_takes_back_first_what_was_typed_here(document):
    """Complaint 3 the other way round: going to another level must not lose unfinished input."""
    document.edit("Move", lambda graph: edits.move(graph, {"n4": (8.0, 8.0)}))
    document.enter("n2")
    typed = [lambda: document.edit("Rename", lambda graph: edits.rename(graph, "n3", "act"))]
    document.level_left.connect(lambda: typed.pop()() if typed else None)
    document.undo()
    assert document.graph.node("n3").name == "relu"
    assert document.level == ("n2",)
    assert document.design.node("n4").x == 8.0


def test_jump_over_several_steps_shows_the_level_of_the_last(document):
    document.edit("Move", lambda graph: edits.move(graph, {"n4": (8.0, 8.0)}))
    document.enter("n2")
    document.edit("Rename", lambda graph: edits.rename(graph, "n3", "act"))
    document.go_to_step(0)
    assert (document.level, document.history.index) == ((), 0)
    document.go_to_step(2)
    assert (document.level, document.history.index) == (("n2",), 2)
    document.go_to_step(7)
    assert document.history.index == 2


def test_undo_that_takes_the_block_away_goes_up_before_views_are_told(document):
    document.edit("Double", lambda graph: edits.duplicate(graph, ["n2"])[0])
    (copy,) = set(document.graph.nodes) - set(residual_network().nodes)
    document.enter(copy)
    seen = []
    document.changed.connect(lambda _old, _new: seen.append((document.level, len(document.graph))))
    document.undo()
    assert seen == [((), 7)]


def test_another_project_is_shown_from_outside(document):
    document.enter("n2")
    document.open(Project("other", Graph()), None)
    assert document.level == ()


def test_selection_is_of_the_level_on_show(document):
    selection = Selection(document)
    selection.set(["n2"])
    document.enter("n2")
    assert selection.nodes == frozenset()


def test_block_inside_itself_is_refused(document):
    document.enter("n2")
    node = edits.new_node(document.graph, "block:Residual")
    with pytest.raises(GraphError, match="contain itself"):
        document.edit("Add", lambda graph: edits.add_node(graph, node))
    assert node.id not in document.graph


def test_place_of_a_row_is_its_first_block(document):
    place = place_of(document.design, ("n2",))
    assert (place.path, place.dotted) == ("n2[0]/", "stage1.0.")
    assert place.scope == {"width": 8, "index": 0, "count": 3}


def test_place_of_a_lone_block_has_no_number(document):
    place = place_of(document.design, ("n3",))
    assert (place.path, place.dotted, place.scope["width"]) == ("n3/", "stage2.", 4)


@pytest.mark.parametrize(
    ("level", "path", "node"),
    [
        ((), "n4", "n4"),
        ((), "n2[2]/n3", "n2"),
        (("n2",), "n2[2]/n3", "n3"),
        (("n3",), "n2[0]/n3", "n3"),
        (("n2",), "n4", ""),
        (("n2",), "n2", ""),
        (("n2",), "n9[0]/n3", ""),
        ((), "", ""),
    ],
    ids=["outside", "inside-from-outside", "copy", "other-instance", "elsewhere", "itself", "gone", "none"],
)
def test_node_that_a_problem_shows_on(level, path, node):
    assert node_shown(residual_network(), level, path) == node


@pytest.mark.parametrize(
    ("dotted", "path"),
    [("fc", "n5"), ("stage1.2.conv", "n2[2]/n2"), ("stage2.relu", "n3/n3"), ("stage1", "n2"), ("gone.x", "")],
)
def test_path_of_a_dotted_name(dotted, path):
    assert path_of_name(residual_network(), dotted) == path


def test_name_of_a_path_leaves_numbers_out():
    assert name_at(residual_network(), "n2[1]/n2") == "stage1.conv"
    assert name_at(residual_network(), "n9/n2") == ""


def test_names_that_the_engine_probes_are_dotted(document):
    document.enter("n2")
    activations, filters = watched_nodes(document.graph, None, document.place)
    assert activations == ("stage1.0.relu",)
    assert filters == ("stage1.0.conv", "stage1.0.down")


def test_facts_follow_the_level_and_remember_the_other(document):
    facts = Facts()
    problem = Problem("error", "shape", "Wrong.", "n2[1]/n3")
    facts.update(Checked(1, (problem,), (NodeReport("n2", (8, 8, 8)),), Totals()), document.design)
    assert facts.problems_of("n2") == (problem,)
    facts.look_at(document.design, ("n2",))
    assert facts.report("n2") is None
    assert facts.problems_of("n3") == (problem,)
    facts.update(Checked(2, (), (NodeReport("n2", (4, 4, 4)),), Totals(), ("n2",), "n2[0]/"))
    assert facts.report("n2").shape == (4, 4, 4)
    facts.look_at(document.design, ())
    assert facts.report("n2").shape == (8, 8, 8)


def test_shape_on_a_wire_is_that_of_its_port(document):
    facts = Facts()
    report = NodeReport("n1", (5, 6), outputs=(("output", (5, 6)), ("h_n", (1, 6))))
    facts.update(Checked(1, (), (report,), Totals()))
    assert facts.shape_on(document.graph, Edge("n1", "h_n", "n2", "input")) == (1, 6)
    assert facts.shape_on(document.graph, Edge("n1", "c_n", "n2", "input")) is None
