"""Findings about designs and data, before anything was trained."""

from __future__ import annotations

from typing import Any

from studio import zoo
from studio.catalog import registry
from studio.doctor.case import of_design
from studio.doctor.diagnosis import diagnose
from studio.doctor.finding import Finding
from studio.graph.fixes import apply_fix
from studio.graph.graph import Graph
from studio.project.config import TrainingConfig
from studio.project.project import Project
from tests.helpers.drawing import draw


def found_in(graph: Graph, counts: tuple[int, ...] = (), **settings: Any) -> list[Finding]:
    project = Project("design", graph, training=TrainingConfig(**settings))
    return diagnose(of_design(project, counts))


def carried_out(graph: Graph, finding: Finding) -> Graph:
    for fix in finding.remedies[0].fixes:
        graph = apply_fix(graph, fix, registry.signatures(graph))
    return graph


def convnet(*middle: Any) -> Graph:
    return draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("conv", "Conv2d", "image", {"out_channels": 4, "kernel_size": 3}),
        *middle,
        ("flat", "Flatten", middle[-1][0]),
        ("fc", "Linear", "flat", {"out_features": 10}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
    )


def test_templates_are_healthy() -> None:
    for name in ("mlp", "small_cnn", "lenet5", "alexnet", "vgg11", "resnet18", "googlenet"):
        assert found_in(zoo.build(name)) == [], name


def test_norm_after_the_activation_can_be_moved_before_it() -> None:
    graph = convnet(("relu", "ReLU", "conv"), ("bn", "BatchNorm2d", "relu", {"momentum": 0.2}))
    (finding,) = found_in(graph)
    assert (finding.code, finding.name, finding.severity) == ("norm-after-activation", "bn", "info")
    moved = carried_out(graph, finding)
    assert found_in(moved) == []
    (norm,) = [node for node in moved.nodes.values() if node.kind == "BatchNorm2d"]
    assert norm.arguments["momentum"] == 0.2


def test_dropout_before_a_norm_is_found_on_the_dropout() -> None:
    graph = convnet(
        ("drop", "Dropout2d", "conv"),
        ("conv2", "Conv2d", "drop", {"out_channels": 4, "kernel_size": 3}),
        ("bn", "BatchNorm2d", "conv2"),
        ("relu", "ReLU", "bn"),
    )
    (finding,) = found_in(graph)
    assert (finding.code, finding.name) == ("dropout-before-norm", "drop")
    assert found_in(carried_out(graph, finding)) == []


def test_softmax_before_a_cross_entropy_is_found_on_the_softmax() -> None:
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("fc", "Linear", "x", {"out_features": 3}),
        ("soft", "Softmax", "fc"),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "soft target"),
    )
    (finding,) = found_in(graph)
    assert (finding.code, finding.name) == ("softmax-twice", "soft")
    assert found_in(carried_out(graph, finding)) == []


def test_rare_classes_are_found_unless_they_are_weighted() -> None:
    graph = zoo.build("mlp")
    (finding,) = found_in(graph, (500, 40, 480))
    assert finding.code == "imbalance"
    assert "class 1 40" in finding.evidence
    assert found_in(graph, (500, 400, 480)) == []
    assert found_in(graph, (500, 40, 480), class_weights="balanced") == []


def test_a_loss_that_is_not_wired_yet_is_no_trouble() -> None:
    assert found_in(draw(("target", "Target"), ("loss", "CrossEntropyLoss", "target>target"))) == []
    assert found_in(draw(("loss", "CrossEntropyLoss"))) == []
