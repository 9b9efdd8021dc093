"""What is left of a trained network without some of its layers, by hand and by numbers of the lecture."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.data.prepare import prepare
from studio.errors import DataError, ZooError
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.evaluating import evaluate_weights
from studio.training.run import Run, train
from studio.zoo.actions.ablation import leave_out
from studio.zoo.actions.removable import removable


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(16, 16), dropout=0.1)
    settings = TrainingConfig(epochs=4, lr=0.05, device="cpu")
    folder = tmp_path_factory.mktemp("runs")
    return train(Project("digits", graph, DataConfig(dataset="digits"), settings), runs_folder=folder)


def test_each_layer_with_weights_goes_once(run: Run) -> None:
    found = run.ablate()
    whole, first, second, last = found.variants
    evaluated = run.evaluate()
    assert evaluated.top1 is not None
    assert (whole.error, whole.loss, found.samples) == (evaluated.top1.value, evaluated.loss, evaluated.count)
    assert (whole.depth, whole.parameters) == (3, 65 * 16 + 17 * 16 + 17 * 10)
    assert (second.depth, second.parameters - whole.parameters) == (2, -17 * 16)
    assert second.error > whole.error
    assert (first.without, math.isnan(first.error)) == (("fc1",), True)
    assert first.note.startswith('"fc2" would take inputs of another size')
    assert first.parameters == 65 * 16 + 17 * 10
    assert last.note == "It would give 16 a sample, and gave 10."


def test_what_is_left_computes_with_the_weights_it_was_trained_with(run: Run) -> None:
    (_, without) = run.ablate([("fc2",)]).variants
    weights, data = run.checkpoint("best"), run.project().data
    part = prepare(data, None).validation
    inputs, targets = part.span(0, len(part))
    hidden = torch.relu(inputs.flatten(1) @ weights["fc1.weight"].T + weights["fc1.bias"])
    scores = hidden @ weights["fc3.weight"].T + weights["fc3.bias"]
    wrong = (scores.argmax(1) != targets).float().mean()
    assert without.error == pytest.approx(float(wrong))
    assert without.loss == pytest.approx(float(torch.nn.functional.cross_entropy(scores, targets)), rel=1e-4)


def test_alone_keeps_what_follows_and_an_activation_can_go(run: Run) -> None:
    variants = run.ablate([("relu2",), ("fc2", "relu1"), ("dropout1",)], followers=False).variants
    assert [one.parameters - variants[0].parameters for one in variants] == [0, 0, -17 * 16, 0]
    assert variants[3].error == variants[0].error  # dropout does nothing in evaluation
    assert variants[1].loss != variants[0].loss


def test_names_that_are_none_are_told_and_it_can_be_cancelled(run: Run) -> None:
    assert "fc9" in run.ablate([("fc9",)]).variants[1].note
    with pytest.raises(DataError, match="Cancelled"):
        run.ablate(cancelled=lambda: True)


@pytest.mark.parametrize(
    ("without", "saved"),
    [
        (("fc7",), 16_781_312),
        (("fc6", "fc7"), 49_414_144),
        (("conv3", "conv4"), 1_696_512),
        (("conv3", "conv4", "fc6", "fc7"), 51_110_656),
    ],
    ids=["fc7", "fc6+fc7", "conv3+conv4", "conv3+conv4+fc6+fc7"],
)
def test_alexnet_loses_what_the_lecture_counts(without: tuple[str, ...], saved: int) -> None:
    from studio.compiler.analysis import analyse
    from studio.zoo.actions.ablation import delete_and_reconnect

    graph = zoo.build("alexnet")
    names = {one.name for one in removable(graph) if one.has_weights}
    assert set(without) <= names
    left = analyse(delete_and_reconnect(graph, without).graph)
    assert left.ok
    assert analyse(graph).totals.parameters - left.totals.parameters == saved


def test_each_block_of_a_row_can_go() -> None:
    found = {one.name: one for one in removable(zoo.build("resnet18"))}
    names = [one.name for one in found.values() if one.is_usual]
    assert names[:3] == ["conv1", "layer1.0", "layer1.1"]
    assert not found["layer1"].has_weights


def test_layers_in_each_copy_of_a_block_can_go() -> None:
    found = {one.name: one for one in removable(zoo.build("resnet18"))}
    inside = [name.removeprefix("layer2.0.") for name in found if name.startswith("layer2.0.")]
    assert inside == [
        "conv1",
        "bn1",
        "relu",
        "conv2",
        "bn2",
        "downsample",
        "downsample.0",
        "downsample.1",
        "relu_out",
    ]
    assert found["layer2.0.conv1"].is_inner
    assert found["layer2.0.conv1"].has_weights
    assert not found["layer2.0.bn1"].has_weights
    assert "layer2.1.downsample" not in found  # it is switched off there
    assert "layer2.0.add" not in found  # neither of what it adds could take its place
    deep = {one.name for one in removable(zoo.build("vision_transformer")) if one.row or one.is_inner}
    assert {"encoder.layers.2", "encoder.layers.2.mlp", "encoder.layers.2.ln_1"} <= deep


def rest_of(
    graph: Graph, names: list[str], weights: dict[str, torch.Tensor], followers: bool = True
) -> torch.nn.Module:
    """Return what is left of a network, with the weights that it was trained with, in evaluation."""
    left = leave_out(graph, names, followers)
    module = lower.compile(left.graph)
    module.load_state_dict({name: weights[left.name_before(name)] for name in module.state_dict()})
    return module.eval()


@pytest.mark.parametrize(
    ("template", "names", "bridged"),
    [
        ("resnet18", ["layer2.1.conv1"], ["layer2.1.conv1", "layer2.1.bn1", "layer2.1.relu"]),
        ("resnet18", ["layer2.1.conv2", "fc"], ["layer2.1.conv2", "layer2.1.bn2", "fc"]),
        ("resnet18", ["layer1.0.conv2", "layer1.1"], ["layer1.0.conv2", "layer1.0.bn2", "layer1.1"]),
        ("resnet18", ["layer1.0", "layer1.1.conv2"], ["layer1.0", "layer1.1.conv2", "layer1.1.bn2"]),
        (
            "vision_transformer",
            ["encoder.layers.2.mlp", "encoder.layers.0"],
            ["encoder.layers.2.mlp", "encoder.layers.0"],
        ),
    ],
    ids=["conv", "conv and fc", "conv and a block behind it", "conv behind a block", "in a nested block"],
)
def test_without_one_copys_layer_it_is_the_network_with_that_module_bridged_by_hand(
    template: str, names: list[str], bridged: list[str]
) -> None:
    graph = zoo.build(template, input_shape=(3, 32, 32), num_classes=10)
    torch.manual_seed(0)
    module = lower.compile(graph).eval()
    inputs = torch.randn(2, 3, 32, 32)
    left = rest_of(graph, names, module.state_dict())
    expected = module(inputs)
    for name in bridged:
        module.set_submodule(name, torch.nn.Identity())
    assert torch.equal(left(inputs), module(inputs))
    assert not torch.equal(expected, module(inputs))
    assert sum(one.numel() for one in left.parameters()) == sum(one.numel() for one in module.parameters())


def test_what_cannot_go_is_told_by_the_name_that_it_has() -> None:
    graph = zoo.build("resnet18")
    with pytest.raises(ZooError, match=r'"layer1\.1\.add": it has several inputs'):
        leave_out(graph, ["layer1.1.conv1", "layer1.1.add"])


def test_a_layer_of_one_copy_is_measured_and_the_others_stay(tmp_path: Path) -> None:
    graph = zoo.build("residual_mlp", input_shape=(64,), num_classes=10, width=16, depth=3)
    project = Project("digits", graph, DataConfig(dataset="digits"), TrainingConfig(epochs=2, device="cpu"))
    run = train(project, runs_folder=tmp_path)
    whole, without, twice = run.ablate([("blocks.1.fc2",), ("blocks.1.fc2", "blocks.1")]).variants
    module = lower.compile(graph)
    module.load_state_dict(run.checkpoint("best"))
    module.set_submodule("blocks.1.fc2", torch.nn.Identity())
    part = prepare(project.data, None).validation
    inputs, targets = part.span(0, len(part))
    scores = module.eval()(inputs.flatten(1)).detach()
    assert without.error == pytest.approx(float((scores.argmax(1) != targets).float().mean()))
    assert without.loss == pytest.approx(float(torch.nn.functional.cross_entropy(scores, targets)), rel=1e-4)
    gone = sum(value.numel() for name, value in run.checkpoint("best").items() if "blocks.1.fc2" in name)
    assert without.parameters == whole.parameters - gone
    assert (twice.note, twice.parameters < without.parameters) == ("", True)


def test_a_residual_network_without_a_block_computes_with_those_that_are_left(tmp_path: Path) -> None:
    graph = zoo.build("residual_mlp", input_shape=(64,), num_classes=10, width=16, depth=4)
    assert "blocks.3" in [one.name for one in removable(graph)]
    shorter = zoo.build("residual_mlp", input_shape=(64,), num_classes=10, width=16, depth=3)
    settings = TrainingConfig(epochs=2, lr=0.05, device="cpu")
    project = Project("digits", graph, DataConfig(dataset="digits"), settings)
    run = train(project, runs_folder=tmp_path)
    whole, without, none = run.ablate(
        [("blocks.1",), tuple(f"blocks.{place}" for place in range(4))]
    ).variants
    weights = run.checkpoint("best")
    left = {"0": "0", "1": "2", "2": "3"}
    moved = {}
    module = lower.compile(shorter)
    for name in module.state_dict():
        first, number, rest = (*name.split(".", 2), "", "")[:3]
        moved[name] = weights[f"blocks.{left[number]}.{rest}" if first == "blocks" else name]
    expected = evaluate_weights(replace(project, graph=shorter), moved, None, "validation")
    assert (without.loss, without.note) == (expected.loss, "")
    assert without.parameters < whole.parameters
    assert none.parameters < without.parameters
    assert none.note == ""


def test_it_is_kept_apart_from_other_folders(run: Run, tmp_path: Path) -> None:
    assert run.ablate([("fc2",)], folder=tmp_path).variants[1].note == ""
