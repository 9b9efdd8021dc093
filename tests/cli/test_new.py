from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio import zoo
from studio.project import files


@pytest.mark.parametrize("name", [template.name for template in zoo.templates()])
def test_every_template_makes_a_project(studio: Callable, tmp_path: Path, name: str) -> None:
    file = tmp_path / "made.flow"
    result = studio("new", name, "-o", file)
    assert result.code == 0
    assert str(file) in result.out
    assert len(files.read(file).graph) > 3


def test_template_takes_the_shape_and_classes_of_the_data_set(studio: Callable, tmp_path: Path) -> None:
    file = tmp_path / "moons.flow"
    assert studio("new", "mlp", "-o", file, "--set", "data.dataset=moons").code == 0
    project = files.read(file)
    assert project.data.dataset == "moons"
    assert project.graph == zoo.build("mlp", input_shape=[2], num_classes=2)


def test_arguments_and_settings_are_taken(studio: Callable, tmp_path: Path) -> None:
    file = tmp_path / "made.flow"
    options = ("hidden=32,16", "training.lr=0.3", "graph.fc1.bias=false", "input_shape=1,5,5")
    result = studio("new", "mlp", "-o", file, *(word for option in options for word in ("--set", option)))
    assert result.code == 0, result.err
    project = files.read(file)
    assert project.training.lr == 0.3
    assert project.graph.named("fc1").arguments["bias"] is False
    assert project.graph.named("fc2").arguments["out_features"] == 16
    assert project.graph.named("image").arguments["height"] == 5


def test_file_that_is_there_is_not_written_over(studio: Callable, project: Path) -> None:
    before = project.read_bytes()
    result = studio("new", "mlp", "-o", project)
    assert result.code == 1
    assert "is there already" in result.err
    assert project.read_bytes() == before
    assert studio("new", "mlp", "-o", project, "--force").code == 0
    assert project.with_name("small.flow.bak").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["mpl"], 'did you mean "mlp"?'),
        (["mlp", "--set", "hiden=3"], 'did you mean "hidden"?'),
        (["mlp", "--set", "hidden"], "write ARGUMENT=VALUE"),
        (["mlp", "--set", "hidden=-4"], "hidden must be at least 1"),
        (["mlp", "--set", "training.lr=fast"], 'training.lr must be a number, not "fast"'),
        (["mlp", "--set", "data.dataset=digit"], 'did you mean "digits"?'),
        (["mlp", "--set", "graph.fc9.bias=false"], 'There is no node named "fc9"'),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_wrong_name_or_setting_is_wrong_usage_and_writes_nothing(
    studio: Callable, tmp_path: Path, arguments: list[str], text: str
) -> None:
    result = studio("new", *arguments, "-o", tmp_path / "x.flow")
    assert result.code == 2
    assert text in result.err
    assert not list(tmp_path.iterdir())


def test_folder_that_is_not_there_is_a_clear_message(studio: Callable, tmp_path: Path) -> None:
    result = studio("new", "mlp", "-o", tmp_path / "nowhere" / "x.flow")
    assert result.code == 1
    assert result.err.startswith("Error: ")


def test_json_names_the_file(studio: Callable, tmp_path: Path) -> None:
    found = studio("new", "lenet5", "-o", tmp_path / "x.flow", "--json").json
    assert (found["file"], found["template"]) == (str(tmp_path / "x.flow"), "lenet5")


def test_templates_as_json_lists_every_template_with_its_arguments(studio: Callable) -> None:
    found = studio("templates", "--json").json["templates"]
    assert [template["name"] for template in found] == [template.name for template in zoo.templates()]
    mlp = next(template for template in found if template["name"] == "mlp")
    hidden = next(argument for argument in mlp["arguments"] if argument["name"] == "hidden")
    assert (hidden["type"], hidden["minimum"]) == ("ints", 1)


def test_templates_in_words_shows_what_can_be_set(studio: Callable) -> None:
    result = studio("templates")
    assert result.code == 0
    assert "hidden=64" in result.out
    assert "input_shape=1,28,28" in result.out


def test_network_without_a_data_set_starts_with_random_samples(studio: Callable, tmp_path: Path) -> None:
    file = tmp_path / "made.flow"
    result = studio("new", "lstm_classifier", "-o", file, "--set", "data.options.samples=64")
    data = files.read(file).data
    assert (data.dataset, data.options["shape"], data.options["samples"]) == ("synthetic", "32", 64)
    assert "random samples" in result.err
    assert studio("check", file).code == 0


def test_random_samples_of_a_shape_shape_the_network(studio: Callable, tmp_path: Path) -> None:
    file = tmp_path / "made.flow"
    options = ("data.dataset=synthetic", "data.options.shape=3,8,8", "data.options.classes=4")
    assert studio("new", "mlp", "-o", file, *(word for text in options for word in ("--set", text))).code == 0
    assert files.read(file).graph == zoo.build("mlp", input_shape=[3, 8, 8], num_classes=4)
