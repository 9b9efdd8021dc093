"""What a check says when a design and its data do not go together, and that its fixes mend it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio import zoo
from studio.catalog import registry
from studio.graph import edits, fixes
from studio.graph.graph import Graph
from studio.project.config import DataConfig
from studio.project.matching import data_for, is_mixed, random_samples
from studio.project.project import Project
from studio.project.transforms import Transform
from studio.training.fit import check_project
from studio.zoo.template import Template
from tests.helpers.drawing import draw


def problems(project: Project, *codes: str) -> list[Any]:
    return [problem for problem in check_project(project, None).problems if problem.code in codes]


def mend(project: Project) -> Project:
    """Apply every fix that a check offers, once."""
    graph: Graph = project.graph
    for problem in check_project(project, None).problems:
        if problem.fix is not None:
            graph = fixes.apply_fix(graph, problem.fix, registry.signature)
    return Project(project.name, graph, project.data, project.training)


def test_project_that_fits_has_no_problems(make_project: Callable[..., Project]) -> None:
    assert check_project(make_project(), None).problems == ()


def test_image_of_another_size_has_a_fix_for_each_argument(make_project: Callable[..., Project]) -> None:
    project = make_project(
        zoo.build("small_cnn", input_shape=(3, 28, 8)), {"dataset": "digits", "options": {}}
    )
    found = problems(project, "data-shape")
    assert [(problem.argument, problem.fixes[1].value) for problem in found] == [
        ("channels", 1),
        ("height", 8),
    ]
    assert {problem.fixes[0].label for problem in found} == {"Set channels to 1, height to 8"}
    assert found[0].severity == "error"
    assert found[0].message == (
        '"image" takes images of 3×28×8, and a sample of Digits 8×8 is images of 1×8×8: channels is 3 and '
        "must be 1."
    )
    assert problems(mend(project), "data-shape") == []


def test_vector_of_another_length_has_a_fix(make_project: Callable[..., Project]) -> None:
    project = make_project(zoo.build("mlp", input_shape=(5,), num_classes=2))
    (found,) = problems(project, "data-shape")
    assert (found.argument, found.fix.value) == ("features", 2)
    assert check_project(mend(project), None).ok


def test_image_data_fit_a_vector_of_the_same_length(make_project: Callable[..., Project]) -> None:
    graph = zoo.build("mlp", input_shape=(64,), num_classes=10)
    assert check_project(make_project(graph, {"dataset": "digits", "options": {}}), None).ok


@pytest.mark.parametrize(
    ("features", "where"),
    [("=8*8", []), ("=8*9", ["row"]), ("=9**9", ["row"]), ("=w", ["row"]), ("=*w", ["row"])],
)
def test_an_input_whose_size_is_an_expression_is_told_once(features: str, where: list[str]) -> None:
    graph = draw(("row", "VectorInput", {"features": features}), ("fc", "Linear", "row"))
    found = check_project(Project("net", graph, DataConfig(dataset="digits")), None).problems
    assert [problem.node for problem in found if problem.severity == "error"] == where


def test_rows_do_not_fit_an_image(make_project: Callable[..., Project]) -> None:
    (found,) = problems(make_project(zoo.build("small_cnn", num_classes=2)), "data-shape")
    assert found.fix.label == 'Replace "image" by VectorInput 2'
    assert "VectorInput with 2 features" in found.suggestion


def test_too_few_outputs_for_the_classes_has_a_fix(make_project: Callable[..., Project]) -> None:
    graph = zoo.build("mlp", input_shape=(1, 8, 8), num_classes=5)
    project = make_project(graph, {"dataset": "digits", "options": {}})
    (found,) = problems(project, "classes")
    assert (found.fix.argument, found.fix.value) == ("out_features", 10)
    assert check_project(mend(project), None).ok


def test_design_without_a_loss_is_warned_of_on_its_last_layer(make_project: Callable[..., Project]) -> None:
    project = make_project()
    losses = [node.id for node in project.graph.ordered() if node.kind == "CrossEntropyLoss"]
    graph = edits.remove_nodes(project.graph, losses)
    (found,) = problems(make_project(graph), "no-loss")
    assert project.graph.node(found.node).name == "fc2"
    assert '"fc2" leads to no loss' in found.message


def test_wrong_data_settings_are_a_problem_not_an_exception(make_project: Callable[..., Project]) -> None:
    (found,) = problems(make_project(data={"dataset": "mnits", "options": {}}), "data")
    assert found.severity == "error"
    assert 'did you mean "mnist"' in found.message


def test_data_to_be_downloaded_are_a_warning(make_project: Callable[..., Project], tmp_path: Any) -> None:
    graph = zoo.build("mlp", input_shape=(1, 28, 28))
    project = make_project(graph, {"dataset": "mnist", "folder": str(tmp_path), "options": {}})
    analysis = check_project(project, None)
    assert [problem.code for problem in analysis.problems] == ["data-missing"]
    assert analysis.ok


@pytest.mark.parametrize(("drop_last", "errors"), [(True, 1), (False, 0)])
def test_batch_larger_than_the_data(
    make_project: Callable[..., Project], drop_last: bool, errors: int
) -> None:
    project = make_project(batch_size=1000, drop_last=drop_last)
    assert len(problems(project, "batch-size")) == errors


def test_batch_norm_needs_more_than_one_sample(make_project: Callable[..., Project]) -> None:
    graph = zoo.build("mlp", input_shape=(2,), num_classes=2, batch_norm=True)
    assert len(problems(make_project(graph, batch_size=1), "batch-size")) == 1
    assert problems(make_project(graph, batch_size=2), "batch-size") == []


def test_inputs_that_want_different_things_are_refused(make_project: Callable[..., Project]) -> None:
    project = make_project()
    image = edits.new_node(project.graph, "ImageInput")
    (found,) = [
        problem
        for problem in problems(make_project(edits.add_node(project.graph, image)), "data-shape")
        if len(problem.nodes) == 2
    ]
    assert "a data set gives one thing" in found.message


def test_missing_device_is_a_warning(make_project: Callable[..., Project]) -> None:
    (found,) = problems(make_project(device="cuda:99"), "device")
    assert found.severity == "warning"


def test_tokens_and_measurements_do_not_go_together(make_project: Callable[..., Project]) -> None:
    graph = zoo.build("lstm_classifier")
    (found,) = problems(make_project(graph), "data-dtype")
    assert (
        found.message
        == '"text" takes rows of 32 whole numbers, and a sample of Two moons is rows of 2 numbers.'
    )
    assert found.suggestion == "Take the data set Random samples, which can have any shape and dtype."
    tokens = {"dataset": "synthetic", "options": {"shape": "2", "dtype": "int64"}}
    (found,) = problems(make_project(data=tokens), "data-dtype")
    assert "Give Random samples shape 2 and dtype float32: Match data to input" in found.suggestion


def test_words_that_an_embedding_does_not_know_are_refused(make_project: Callable[..., Project]) -> None:
    options = {"shape": "33", "dtype": "int64", "vocabulary": 66}
    project = make_project(zoo.build("char_rnn"), {"dataset": "synthetic", "options": options})
    (found,) = problems(project, "data-vocabulary")
    assert "numbers up to 65" in found.message
    assert "at most 65" in found.suggestion


@pytest.mark.parametrize("name", ["matrix_factorization", "image_captioner"])
def test_inputs_that_differ_are_one_clear_problem(make_project: Callable[..., Project], name: str) -> None:
    graph = zoo.build(name)
    data = data_for(graph).model_dump()
    (found,) = [
        one for one in check_project(make_project(graph, data), None).problems if one.severity == "error"
    ]
    assert "No data set feeds such inputs yet" in found.message


@pytest.mark.parametrize("template", zoo.templates(), ids=lambda template: template.name)
def test_every_template_of_one_input_starts_without_errors(template: Template) -> None:
    graph = template.build({})
    if is_mixed(graph):
        pytest.skip("no data set feeds inputs that differ")
    data = data_for(graph, template.dataset, template.normalization)
    assert check_project(Project(template.name, graph, data), None).ok
    # Another shape than that of its data set, too.
    assert check_project(Project(template.name, graph, random_samples(graph, data)), None).ok


@pytest.mark.parametrize(("normalization", "codes"), [("standardize", ["data-range"]), ("scale", [])])
def test_reproducing_standardized_data_by_yes_and_no_is_refused(normalization: str, codes: list[str]) -> None:
    graph = zoo.build("autoencoder", input_shape=(1, 8, 8), hidden=(16,))
    project = Project("net", graph, DataConfig(dataset="digits", normalization=normalization))
    found = check_project(project, None).problems
    assert [problem.code for problem in found if problem.severity == "error"] == codes


def test_reproducing_whitened_data_by_yes_and_no_is_refused_with_its_name() -> None:
    graph = zoo.build("autoencoder", input_shape=(1, 8, 8), hidden=(16,))
    data = DataConfig(normalization="none", transforms=(Transform.of("whitening"),))
    (found,) = problems(Project("net", graph, data), "data-range")
    assert "whitening takes out of 0 to 1" in found.message
    assert "Remove that transform" in found.suggestion


def test_a_crop_that_changes_the_shape_is_matched_by_the_input() -> None:
    data = DataConfig(transforms=(Transform.of("random_crop", size=6, padding=0),))
    project = Project("net", zoo.build("small_cnn", input_shape=(1, 8, 8)), data)
    found = problems(project, "data-shape")
    assert found
    assert all("6×6" in problem.message for problem in found)


@pytest.mark.parametrize(("dataset", "features", "classes"), [("digits", 64, 10), ("moons", 2, 2)])
def test_a_network_without_a_loss_gets_one_with_its_target(
    make_project: Callable[..., Project], dataset: str, features: int, classes: int
) -> None:
    graph = zoo.build("mlp", input_shape=(features,), num_classes=classes)
    ends = [node.id for node in graph.ordered() if node.kind in ("CrossEntropyLoss", "Target")]
    project = make_project(edits.remove_nodes(graph, ends), {"dataset": dataset, "options": {}})
    (found,) = problems(project, "no-loss")
    assert found.fix.label == "Add CrossEntropyLoss and Target"
    assert check_project(mend(project), None).problems == ()


def test_rows_into_an_image_get_an_input_of_rows(make_project: Callable[..., Project]) -> None:
    project = make_project(zoo.build("small_cnn", num_classes=2))
    (found,) = problems(project, "data-shape")
    graph = fixes.apply_fix(project.graph, found.fix, registry.signature)
    assert graph.named("image").kind == "VectorInput"
    assert problems(Project("x", graph, project.data, project.training), "data-shape") == []
