from __future__ import annotations

import pytest

from studio import zoo
from studio.compiler import lower, memory
from studio.compiler.analysis import analyse, check
from studio.compiler.memory import show_bytes
from studio.compiler.summary import summary
from studio.errors import CompileError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.report import Totals
from studio.zoo.builder import Network


def test_lenet5_by_hand() -> None:
    """Parameters and multiply-accumulates of the 32×32 form with full connections."""
    graph = zoo.build("lenet5", input_shape=(1, 32, 32))
    found = {graph.node(report.node).name: report for report in analyse(graph).nodes}
    by_hand = {
        "conv1": (6 * (25 + 1), 6 * 28 * 28 * 25),
        "conv2": (16 * (6 * 25 + 1), 16 * 10 * 10 * 6 * 25),
        "fc1": (120 * (400 + 1), 120 * 400),
        "fc2": (84 * (120 + 1), 84 * 120),
        "fc3": (10 * (84 + 1), 10 * 84),
    }
    for name, costs in by_hand.items():
        assert (found[name].parameters, found[name].macs) == costs, name
    assert found["tanh1"].activation_bytes == 6 * 28 * 28 * 4
    totals = analyse(graph).totals
    assert totals.parameters == 61_706
    assert totals.macs == sum(macs for _, macs in by_hand.values()) == 416_520


@pytest.mark.parametrize(
    ("kind", "arguments", "parameters", "macs"),
    [
        ("Conv2d", {"out_channels": 16, "padding": 1, "groups": 4}, 16 * 2 * 9 + 16, 16 * 64 * 2 * 9),
        ("Conv2d", {"out_channels": 4, "kernel_size": (1, 3), "bias": False}, 4 * 8 * 3, 4 * 8 * 6 * 8 * 3),
        ("ConvTranspose2d", {"out_channels": 4, "stride": 2}, 8 * 4 * 4 + 4, 8 * 64 * 4 * 4),
        ("Linear", {"out_features": 5}, 8 * 5 + 5, 8 * 8 * 8 * 5),
        ("BatchNorm2d", {}, 16, 0),
        ("MaxPool2d", {}, 0, 0),
        ("PReLU", {"num_parameters": 8}, 8, 0),
    ],
)
def test_cost_of_one_layer_on_8x8x8_maps(
    kind: str, arguments: dict[str, int], parameters: int, macs: int
) -> None:
    builder = Network()
    builder.input((8, 8, 8))
    builder.chain(kind, "it", **arguments)
    report = analyse(builder.graph()).nodes[1]
    assert (report.parameters, report.macs) == (parameters, macs)


def test_training_memory_by_hand() -> None:
    graph = zoo.build("mlp", input_shape=(20,), hidden=(8,), num_classes=2)
    weights = 3 * 4 * (20 * 8 + 8 + 8 * 2 + 2)  # each with Adam's two numbers, four bytes each
    batch = 32 * 20 * 4 + 32 * 8
    # The fullest moment is the ReLU's backward pass: its output, the gradients on both its sides, those of
    # the last layer's weights, and the loss.
    moment = 3 * (32 * 8 * 4) + 4 * (8 * 2 + 2) + 4
    assert analyse(graph, batch_size=32).totals.training_bytes == weights + batch + moment


def test_a_view_takes_no_memory_of_its_own_in_training() -> None:
    flat, deep = (Network() for _ in range(2))
    for builder in (flat, deep):
        builder.input((2, 3, 4))
        builder.chain("ReLU", "relu")
    deep.chain("Flatten", "flatten")
    assert analyse(flat.graph()).totals.training_bytes == analyse(deep.graph()).totals.training_bytes
    assert analyse(deep.graph()).nodes[-1].activation_bytes == 24 * 4


def test_reports_cover_every_node_of_a_broken_graph() -> None:
    nodes = [Node("n1", "Warp", "what"), Node("n2", "ReLU", "relu"), Node("n3", "Target", "target")]
    analysis = analyse(Graph.of(nodes, [Edge("n1", "output", "n2", "input")]))
    assert [(report.node, report.shape) for report in analysis.nodes] == [
        ("n1", None),
        ("n2", None),
        ("n3", ()),
    ]
    assert analysis.totals == Totals(layers=2)
    assert not analysis.ok


def test_parameters_beyond_this_machine_are_an_error_on_the_largest_layer() -> None:
    builder = Network()
    builder.input((10**9,))
    largest = builder.chain("Linear", "fc", out_features=10**9)
    (problem,) = check(builder.graph())
    assert (problem.code, problem.node, problem.severity) == ("memory", largest, "error")
    assert "3.5 EiB" in problem.message


def test_memory_is_not_judged_where_the_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "machine_bytes", lambda: None)
    builder = Network()
    builder.input((10**9,))
    builder.chain("Linear", "fc", out_features=10**9)
    assert check(builder.graph()) == []


def test_memory_counts_all_layers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = zoo.build("mlp", input_shape=(100,), hidden=(100, 50), num_classes=2)
    needed = 4 * analyse(graph).totals.parameters
    monkeypatch.setattr(memory, "machine_bytes", lambda: needed)
    assert check(graph) == []
    monkeypatch.setattr(memory, "machine_bytes", lambda: needed - 1)
    (problem,) = check(graph)
    assert problem.node == graph.named("fc1").id
    with pytest.raises(CompileError, match="this machine has"):
        lower.compile(graph)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (150 * 1024, "150 KiB"), (4 * 10**18, "3.5 EiB")],
)
def test_show_bytes(count: int, text: str) -> None:
    assert show_bytes(count) == text


def test_summary_as_text() -> None:
    graph = zoo.build("softmax_regression", input_shape=(1, 8, 8))
    assert summary(graph, batch_size=64).to_text() == (
        "name     layer             output  field  parameters  MACs  activation\n"
        "──────────────────────────────────────────────────────────────────────\n"
        "image    ImageInput        1×8×8   1×1\n"
        "flatten  Flatten           64                                    256 B\n"
        "fc       Linear            10                    650   640        40 B\n"
        "target   Target\n"
        "loss     CrossEntropyLoss\n"
        "──────────────────────────────────────────────────────────────────────\n"
        "650 parameters; 1 layers with weights on the longest way\n"
        "640 MACs and 296 B of activations per sample\n"
        "about 29.2 KiB to train at batch size 64"
    )


def test_summary_as_data() -> None:
    data = summary(zoo.build("softmax_regression", input_shape=(4,), num_classes=3)).to_data()
    assert data["rows"][1] == {
        "name": "fc",
        "kind": "Linear",
        "shape": [3],
        "parameters": 15,
        "macs": 12,
        "activation_bytes": 12,
        "trainable": 15,
        "receptive_field": None,
        "path": "n2",
        "level": 0,
        "is_block": False,
    }
    assert data["totals"]["parameters"] == 15
    assert data["batch_size"] == 1


def test_summary_leaves_open_what_is_not_known() -> None:
    graph = zoo.build("mlp")
    graph = edits.set_argument(graph, graph.named("fc1").id, "in_features", 3)
    rows = {row.name: row.shape for row in summary(graph).rows}
    assert (rows["flatten"], rows["fc1"], rows["fc2"]) == ((784,), None, None)
    assert "?" in summary(graph).to_text()
    assert str(summary(graph)) == summary(graph).to_text()


def test_summary_of_a_cycle_still_lists_the_layers() -> None:
    nodes = [Node("n1", "ReLU", "a"), Node("n2", "ReLU", "b")]
    graph = Graph.of(nodes, [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n1", "input")])
    assert [row.name for row in summary(graph).rows] == ["a", "b"]


def test_layers_are_counted_inside_blocks_as_often_as_they_are_there() -> None:
    # Two convolutions with their norms and activations in each of 3 · 1 blocks, the sum, and what is around.
    found = analyse(zoo.build("cifar_resnet", n=1, shortcut="A"))
    flat = found.expansion.graph.nodes.values()
    assert found.totals.layers == len(flat) - sum(
        node.kind in ("ImageInput", "Target", "CrossEntropyLoss") for node in flat
    )
