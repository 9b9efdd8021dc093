"""What two runs have different."""

from __future__ import annotations

from dataclasses import replace

from studio import zoo
from studio.graph import edits
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs.comparing import design_difference, settings_difference
from tests.helpers.drawing import stage


def test_only_settings_that_differ_are_told() -> None:
    projects = [
        Project(
            "a", training=TrainingConfig(lr=0.1), data=DataConfig(dataset="moons", options={"noise": 0.1})
        ),
        Project(
            "b", training=TrainingConfig(lr=0.2), data=DataConfig(dataset="moons", options={"noise": 0.3})
        ),
        Project("c", training=TrainingConfig(lr=0.1), data=DataConfig(dataset="moons")),
    ]
    found = {setting.name: setting.values for setting in settings_difference(projects)}
    assert found == {"training.lr": (0.1, 0.2, 0.1), "data.options.noise": (0.1, 0.3, None)}


def test_layers_wires_and_arguments_are_told() -> None:
    old = zoo.build("mlp", input_shape=(4,), hidden=(8,), num_classes=3)
    new = edits.set_argument(old, old.named("fc1").id, "out_features", 16)
    new = edits.add_node(new, edits.new_node(new, "Dropout"))
    new = edits.replace_node(new, replace(new.named("relu1"), kind="Tanh"))
    lines = design_difference(old, new)
    assert "~ fc1: out_features 8 → 16" in lines
    assert "~ relu1: ReLU → Tanh" in lines
    assert any(line.startswith("+ dropout") and "Dropout()" in line for line in lines)
    assert design_difference(old, old) == []
    cut = edits.disconnect(old, [old.inputs_of(old.named("fc2").id)[0]])
    assert design_difference(old, cut) == ["- relu1 → fc2.input"]


def test_where_layers_stand_does_not_count() -> None:
    old = zoo.build("mlp", input_shape=(4,), hidden=(8,), num_classes=3)
    assert design_difference(old, edits.move(old, {old.named("fc1").id: (1.0, 2.0)})) == []


def test_blocks_are_compared_inside() -> None:
    old = stage()
    name = sorted(old.blocks)[0]
    inside = old.blocks[name].graph
    node = next(one for one in inside.ordered() if one.kind == "Conv2d")
    changed = replace(old.blocks[name], graph=edits.set_argument(inside, node.id, "bias", False))
    new = replace(old, blocks=old.blocks.set(name, changed))
    assert design_difference(old, new) == [f"~ {name}: {node.name}: bias default → False"]
