"""A run that starts from given weights: exactly these, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from studio import zoo
from studio.compiler import initial_weights, lower
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError, StudioError, TrainingError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project import files
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.fit import check_project
from studio.training.loop import Trainer
from studio.training.run import train
from studio.training.session import prepare_session
from studio.zoo import actions

Make = Callable[..., Project]
NAME = "net.safetensors"
CPU = torch.device("cpu")


def weights(graph: Graph, seed: int = 5) -> dict[str, Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return lower.compile(graph).state_dict()


@pytest.fixture
def project(make_project: Make, tmp_path: Path) -> Project:
    """A project that starts from the weights beside it."""
    made = make_project(initial_weights=NAME)
    save_file(weights(made.graph), tmp_path / NAME)
    return made


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_a_new_run_starts_from_exactly_these_tensors(project: Project, tmp_path: Path) -> None:
    assert same(prepare_session(project, tmp_path, CPU).weights(), weights(project.graph))


def test_an_epoch_of_tiny_steps_ends_where_the_weights_began(project: Project, tmp_path: Path) -> None:
    files.write(
        replace(project, training=project.training.model_copy(update={"lr": 1e-30})), tmp_path / "a.flow"
    )
    run = train(files.read(tmp_path / "a.flow"), path=tmp_path / "a.flow", epochs=1)
    assert same(run.checkpoint("last"), weights(project.graph))
    assert run.project().training.initial_weights == NAME


def test_without_them_the_seed_draws_others(project: Project, make_project: Make, tmp_path: Path) -> None:
    fresh = prepare_session(make_project(), tmp_path, CPU).weights()
    assert not same(fresh, weights(project.graph))


def test_layers_that_ask_for_lsuv_are_not_scaled_away(make_project: Make, tmp_path: Path) -> None:
    made = make_project(initial_weights=NAME)
    layer = next(node for node in made.graph.ordered() if node.kind == "Linear")
    graph = edits.set_argument(made.graph, layer.id, "weight_init", "lsuv")
    save_file(weights(graph), tmp_path / NAME)
    session = prepare_session(replace(made, graph=graph), tmp_path, CPU)
    assert same(session.weights(), weights(graph))


def test_a_resumed_run_needs_the_file_no_longer(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.flow"
    files.write(project, path)
    train(files.read(path), path=path, epochs=1)
    whole = train(files.read(path), path=path, epochs=2).checkpoint("last")
    (tmp_path / NAME).unlink()
    resumed = train(files.read(path), path=path, resume="run-1", epochs=2)
    assert same(resumed.checkpoint("last"), whole)


def changed(found: dict[str, Tensor], how: str) -> dict[str, Tensor]:
    first, *rest = found
    kept = {name: found[name] for name in rest}
    return {
        "missing": kept,
        "unexpected": found | {"extra.bias": torch.zeros(2)},
        "shape": kept | {first: torch.zeros(3, 2)},
    }[how]


MISFITS = {
    "missing": r'has no "fc1\.weight"',
    "unexpected": r'the network has no "extra\.bias"',
    "shape": r'"fc1\.weight" is 3×2 there and 16×2 in the network',
}


@pytest.mark.parametrize("how", MISFITS)
def test_weights_of_another_network_are_a_problem_and_make_no_run(
    project: Project, tmp_path: Path, how: str
) -> None:
    save_file(changed(weights(project.graph), how), tmp_path / NAME)
    (problem,) = check_project(project, tmp_path).problems
    assert (problem.severity, problem.argument) == ("error", "initial_weights")
    with pytest.raises(CompileError, match=MISFITS[how]):
        train(project, path=tmp_path / "a.flow")
    assert not (tmp_path / "a.runs").exists()


@pytest.mark.parametrize("how", MISFITS)
def test_the_trainer_refuses_them_too(project: Project, tmp_path: Path, how: str) -> None:
    save_file(changed(weights(project.graph), how), tmp_path / NAME)
    outcome = Trainer(project, tmp_path).run()
    assert outcome.state == "failed"
    assert isinstance(outcome.error, TrainingError)
    assert outcome.error.argument == "initial_weights"
    assert "Choose weights of this very network" in outcome.message


def test_a_missing_file_is_a_problem(project: Project, tmp_path: Path) -> None:
    (tmp_path / NAME).unlink()
    (problem,) = check_project(project, tmp_path).problems
    assert 'no file "net.safetensors"' in problem.message


def test_weights_that_fit_are_no_problem(project: Project, tmp_path: Path) -> None:
    assert check_project(project, tmp_path).problems == ()


@pytest.mark.parametrize("name", ["cifar_resnet", "char_rnn", "autoencoder", "lenet5"])
def test_wanted_shapes_are_those_of_the_built_network(name: str) -> None:
    graph = zoo.build(name)
    before = torch.random.get_rng_state()
    found = initial_weights.wanted_shapes(graph, ShapeEngine())
    assert torch.equal(torch.random.get_rng_state(), before)
    assert found == {key: tuple(value.shape) for key, value in weights(graph).items()}


@pytest.mark.parametrize("init", ["orthogonal", "lsuv", "kaiming_normal", "constant"])
def test_wanted_shapes_need_no_numbers_whatever_draws_them(make_project: Make, init: str) -> None:
    graph: Any = make_project().graph
    layer = next(node for node in graph.ordered() if node.kind == "Linear")
    graph = edits.set_argument(graph, layer.id, "weight_init", init)
    assert initial_weights.wanted_shapes(graph, ShapeEngine())[f"{layer.name}.weight"] == (16, 2)


def test_what_matches_is_taken_and_the_rest_is_named(digits: Any, tmp_path: Path) -> None:
    run = train(digits("small_cnn", epochs=1), runs_folder=tmp_path / "first")
    (tmp_path / "run-1.safetensors").write_bytes((run.folder / "best.safetensors").read_bytes())
    project = digits("small_cnn", epochs=1, initial_weights="run-1.safetensors", weights_match="matching")
    project = replace(project, graph=actions.replace_head(project.graph, 10).graph)
    second = train(project, folder=tmp_path, runs_folder=tmp_path / "second")
    before, after = run.checkpoint("best"), second.checkpoint("last")
    assert torch.equal(before["conv1.weight"], after["conv1.weight"])
    assert "head.weight" in after
    told = [event.message for event in RunStore(tmp_path / "second").run(second.name).events()]
    assert any("head.weight" in text and "start fresh" in text for text in told)


def test_weights_of_which_nothing_matches_are_refused(digits: Any, tmp_path: Path) -> None:
    save_file({"other": torch.zeros(3)}, tmp_path / "other.safetensors")
    project = digits("mlp", initial_weights="other.safetensors", weights_match="matching")
    with pytest.raises(StudioError, match="Nothing in the initial weights"):
        train(project, folder=tmp_path, runs_folder=tmp_path / "runs")
