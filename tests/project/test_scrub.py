from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from immutables import Map

from studio import zoo
from studio.compiler.analysis import analyse
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.marks import add_mark
from studio.graph.node import Edge, Node
from studio.graph.renaming import rename_all
from studio.project import format as document
from studio.project.files import read
from studio.project.project import Project
from studio.project.scrub import scrubbed
from tests.helpers.drawing import block, draw

SECRETS = ("Zebra", "zebra", "/home", "ada", "patients")


def secret_project() -> Project:
    """Return a project whose every text says something that is nobody's business."""
    inside = block(
        "ZebraBlock",
        ("n1", "BlockInput"),
        ("n2", "Linear", "n1", {"out_features": "=zebra_width//2"}),
        ("n3", "BlockOutput", "n2"),
    )
    inner = rename_all(inside.graph, {"n1": "zebra_in", "n2": "zebra_fc", "n3": "zebra_out"})
    width = BlockArgument("zebra_width", 4, help="Zebras at a time.")
    inside = replace(inside, graph=inner, arguments=(width,), summary="The zebra's secret.")
    graph = draw(
        ("n1", "VectorInput", {"features": 3}),
        ("n2", "block:ZebraBlock", "n1>zebra_in", {"zebra_width": 5}),
        ("n3", "ZebraLayer", {"code": "import zebra", "name": "zebra"}),
        blocks=[inside],
    )
    graph = rename_all(graph, {"n1": "zebra_x", "n2": "zebra_one", "n3": "zebra_odd"})
    graph = add_mark(graph, Mark("", "note", "Ask ada about /home/ada", 0, 0, 10, 10))
    project = Project("patients of ada", graph, notes="Zebras in /home/ada.")
    options = {"file": "/home/ada/patients.csv", "target": "zebra"}
    data = project.data.model_copy(update={"dataset": "csv", "folder": "patients", "options": options})
    training = project.training.model_copy(update={"initial_weights": "zebra.safetensors"})
    return replace(project, data=data, training=training)


def test_nothing_private_is_left_and_it_opens():
    project, names = scrubbed(secret_project())
    text = document.dumps(project)
    assert [word for word in SECRETS if word in text] == []
    assert document.loads(text.encode(), project.name) == project
    assert names["ZebraBlock"] == "Block_1"
    assert names["zebra_fc"] == "linear_1"
    assert names["zebra_width"] == "argument_1"


def test_what_a_fault_may_depend_on_stays():
    before, after = secret_project().graph, scrubbed(secret_project())[0].graph
    assert [(node.id, node.x, node.y) for node in before.ordered()] == [
        (node.id, node.x, node.y) for node in after.ordered()
    ]
    inner = next(node for node in after.block("Block_1").graph.nodes.values() if node.kind == "Linear")
    assert str(inner.arguments["out_features"]).replace(" ", "") == "=argument_1//2"
    assert after.nodes[before.named("zebra_one").id].arguments["argument_1"] == 5


def test_code_goes_with_its_names():
    code = "class Zebra(nn.Module):\n    def forward(self, zebra):\n        return zebra\n"
    node = Node("n2", "Custom", "zebra", Map({"code": code, "zebras": 3}))
    graph = Graph.of(
        [Node("n1", "VectorInput", "x", Map({"features": 3})), node], [Edge("n1", "output", "n2", "zebra")]
    )
    after = scrubbed(Project(graph=graph))[0]
    assert "ebra" not in document.dumps(after)
    assert document.loads(document.dumps(after).encode(), "design") == after
    assert after.graph.num_edges() == 1


def test_ids_that_are_words_go_with_what_refers_to_them():
    graph = draw(
        ("zebra", "VectorInput", {"features": 3}),
        ("ada", "Linear", "zebra", {"out_features": 3}),
        ("ada2", "Linear", "ada", {"out_features": 3, "tied_to": "ada"}),
    )
    after = scrubbed(Project(graph=graph))[0]
    assert "ada" not in document.dumps(after)
    assert after.graph.named("linear_2").arguments["tied_to"] == after.graph.named("linear_1").id
    assert analyse(after.graph).totals == analyse(graph).totals


@pytest.mark.parametrize("name", ["lenet5", "resnet18"])
def test_costs_and_shapes_are_those_of_the_design(name):
    graph = zoo.build(name)
    after = scrubbed(Project(graph=graph))[0].graph
    assert analyse(after).totals == analyse(graph).totals


def test_examples_stay_sound(examples: Path):
    for path in sorted(examples.glob("*.flow"))[:6]:
        project, _ = scrubbed(read(path))
        assert document.loads(document.dumps(project).encode(), "design") == project
