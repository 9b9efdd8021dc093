from __future__ import annotations

from pathlib import Path

import pytest

import studio
from studio import zoo
from studio.errors import CompileError, ProjectError
from studio.graph import edits


@pytest.fixture
def project() -> studio.Project:
    graph = zoo.build("mlp", input_shape=[1, 8, 8], hidden=[16])
    return studio.Project(
        "small", graph, studio.DataConfig(dataset="digits"), studio.TrainingConfig(device="cpu")
    )


@pytest.mark.parametrize("name", studio.__all__)
def test_every_name_of_the_face_is_there(name: str) -> None:
    assert getattr(studio, name) is not None
    assert name in dir(studio)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match='studio has no "tarin"'):
        studio.tarin


def test_saved_project_loads_as_it_was(project: studio.Project, tmp_path: Path) -> None:
    studio.save(project, tmp_path / "small.flow")
    assert studio.load(str(tmp_path / "small.flow")) == project


def test_load_of_a_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="There is no file"):
        studio.load(tmp_path / "nothing.flow")


def test_check_of_a_graph_and_of_a_project(project: studio.Project) -> None:
    assert studio.check(project.graph) == []
    assert studio.check(project) == []
    wrong = studio.Project(graph=project.graph, data=studio.DataConfig(dataset="moons"))
    assert studio.check(wrong.graph) == []
    assert studio.check(wrong)[0].severity == "error"


def test_summary_counts_parameters(project: studio.Project) -> None:
    assert studio.summary(project.graph).totals.parameters == 1210
    assert studio.summary(project).batch_size == project.training.batch_size
    assert studio.summary(project, batch_size=7).batch_size == 7


def test_compile_gives_an_ordinary_module(project: studio.Project) -> None:
    import torch

    model = studio.compile(project.graph)
    assert model(torch.zeros(3, 1, 8, 8)).shape == (3, 10)
    assert list(model.state_dict()) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]


def test_compile_of_a_broken_graph_raises_with_its_problems(project: studio.Project) -> None:
    node = project.graph.named("fc2")
    broken = edits.disconnect(project.graph, project.graph.inputs_of(node.id))
    with pytest.raises(CompileError) as caught:
        studio.compile(broken)
    assert caught.value.problems


def test_train_a_file_keeps_the_run_beside_it(project: studio.Project, tmp_path: Path) -> None:
    studio.save(project, tmp_path / "small.flow")
    run = studio.train(tmp_path / "small.flow", epochs=2, device="cpu")
    assert (run.state, len(run.history)) == ("finished", 2)
    assert (tmp_path / "small.runs" / run.name).is_dir()
    assert run.model().state_dict().keys() == studio.compile(project).state_dict().keys()


def test_train_a_project_keeps_the_run_where_told(project: studio.Project, tmp_path: Path) -> None:
    run = studio.train(project, epochs=1, runs_folder=tmp_path / "here.runs", name="first")
    assert run.folder == tmp_path / "here.runs" / "first"


def test_export_says_the_form_by_the_ending(tmp_path: Path) -> None:
    graph = studio.zoo.build("softmax_regression", input_shape=(4,), num_classes=3)
    done = studio.export(graph, tmp_path / "net.pt2")
    assert (done.form, done.difference) == ("pt2", 0.0)
    with pytest.raises(studio.StudioError, match=r"\.onnx"):
        studio.export(graph, tmp_path / "net.txt")


def test_surface_of_a_design_and_of_weights() -> None:
    from studio.project.sample_projects import sample_project

    project = sample_project("hidden-xor").project()
    untrained = studio.surface(project, "hidden")
    model = studio.compile(project)
    given = studio.surface(project, "hidden", model.state_dict())
    assert untrained.outputs.shape == given.outputs.shape == (2, 97, 97)
    assert (untrained.outputs != given.outputs).any()


def test_a_look_inside_answers_what_is_asked_of_it(tmp_path: Path) -> None:
    from studio.project.sample_projects import sample_project

    project = sample_project("cnn-digits").project()
    look = studio.look(project, samples=30, sample=3)
    assert look.inside.rows.tolist() == [3]
    assert len(look.maps().layers) == 11
    assert look.saliency("conv1", 4).target == 4
    run = studio.train(project, runs_folder=tmp_path, epochs=1, device="cpu")
    trained = run.look(samples=30)
    assert trained.units("conv1").values.shape == (16, 30)
    assert trained.weights("conv1").shape == (16, 1, 3, 3)
