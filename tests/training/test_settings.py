"""Settings of layers and losses in a run: frozen, regularized, tied, scaled on data, heads of training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from studio.compiler import lower
from studio.data.prepare import prepare
from studio.graph.graph import Graph
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.runs.records import EpochEnded, Histogram, RunChanged, Steps
from studio.training import epochs, failures
from studio.training.control import Control
from studio.training.evaluation import evaluate
from studio.training.loop import Trainer
from studio.training.run import train
from studio.training.session import prepare_session
from tests.helpers.drawing import Line, block, draw

Make = Callable[..., Project]

TRAINING = {"active": "training", "loss_weight": 0.3}
CPU = torch.device("cpu")


def mlp(*, aux: bool = False, blocks: Any = (), **settings: Any) -> Graph:
    """Return moons → fc1 → bn → relu → fc2, with settings on fc1, and an auxiliary head if asked for."""
    lines: list[Line] = [
        ("x", "VectorInput", {"features": 2}),
        ("fc1", "Linear", "x", {"out_features": 8, **settings}),
        ("relu", "ReLU", "fc1"),
        ("fc2", "Linear", "relu", {"out_features": 2}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc2 target"),
    ]
    if aux:
        lines += [
            ("aux", "Linear", "relu", {"out_features": 2}),
            ("aux_loss", "CrossEntropyLoss", "aux target", TRAINING),
        ]
    return draw(*lines, blocks=blocks)


def run(project: Project, recorder: Any = None, **more: Any) -> nn.Module:
    """Train to the end and return the network."""
    trainer = Trainer(project, reporter=recorder, **more)
    outcome = trainer.run()
    assert outcome.state == "finished", outcome.message
    assert trainer.module is not None
    return trainer.module


def start(project: Project) -> dict[str, Tensor]:
    """Return the weights that a run begins with."""
    with torch.random.fork_rng(devices=[]):
        return prepare_session(project, None, CPU).weights()


# Frozen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_frozen_weights_stay_to_the_bit_and_all_others_learn(make_project: Make, optimizer: str) -> None:
    project = make_project(mlp(frozen=True), optimizer=optimizer, weight_decay=0.1)
    before, after = start(project), run(project).state_dict()
    for name, value in before.items():
        assert torch.equal(value, after[name]) is name.startswith("fc1"), name


def test_the_optimizer_does_not_have_what_is_frozen(make_project: Make) -> None:
    session = prepare_session(make_project(mlp(frozen=True)), None, CPU)
    (group,) = session.optimizer.param_groups
    expected = [session.module.fc2.weight, session.module.fc2.bias]
    assert [id(parameter) for parameter in group["params"]] == [id(parameter) for parameter in expected]


def test_a_frozen_normalization_keeps_its_statistics_through_training(make_project: Make) -> None:
    cell = block(
        "Cell",
        ("x", "BlockInput"),
        ("fc", "Linear", "x", {"out_features": 8}),
        ("bn", "BatchNorm1d", "fc"),
        ("relu", "ReLU", "bn"),
        ("y", "BlockOutput", "relu"),
    )
    graph = draw(
        ("x", "VectorInput", {"features": 2}),
        ("cell", "block:Cell", "x", {"frozen": True}),
        ("bn", "BatchNorm1d", "cell"),
        ("fc", "Linear", "bn", {"out_features": 2}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "fc target"),
        blocks=[cell],
    )
    project = make_project(graph)
    before, module = start(project), run(project)
    after = module.state_dict()
    for name, value in before.items():
        assert torch.equal(value, after[name]) is name.startswith("cell."), name
    rows, frozen = torch.randn(4, 2), module.get_submodule("cell")
    assert torch.allclose(frozen(rows)[:1], frozen(rows[:1]), atol=1e-6)  # no sample sees its batch


def test_a_network_that_is_frozen_as_a_whole_is_refused(make_project: Make, recorder: Any) -> None:
    graph = mlp(frozen=True)
    graph = Graph.of(
        [node if node.id != "fc2" else node.with_argument("frozen", True) for node in graph.ordered()],
        graph.edges(),
    )
    assert Trainer(make_project(graph), reporter=recorder).run().state == "failed"
    assert "Every layer of the network is frozen" in recorder.of(RunChanged)[-1].message


# Auxiliary heads -----------------------------------------------------------------------------------


def test_training_adds_up_weighted_losses_and_validation_takes_the_main_one(
    make_project: Make, recorder: Any
) -> None:
    project = make_project(mlp(aux=True), epochs=2, lr=0.1, momentum=0.0)
    session = prepare_session(project, None, CPU)
    rows = session.order(1)[0]
    x, y = session.train.inputs[rows], session.train.targets[rows]
    main, aux = session.module(x)
    cross = nn.functional.cross_entropy
    found = session.objective.loss((main, aux), y)
    assert float(found.detach()) == pytest.approx(float((cross(main, y) + 0.3 * cross(aux, y)).detach()))
    module = run(project, recorder)
    assert float(recorder.of(Steps)[0].losses[0]) == pytest.approx(float(found.detach()))
    data = prepare(project.data, None, CPU)
    val = data.validation
    end = recorder.of(EpochEnded)[-1]
    expected = cross(module.eval()(val.inputs), val.targets)
    assert end.val_loss == pytest.approx(float(expected.detach()))


def test_evaluation_puts_the_mode_of_a_network_with_heads_back() -> None:
    network = lower.build(mlp(aux=True))
    data = DataConfig.model_validate({"dataset": "moons", "options": {"samples": 100}})
    split = prepare(data, None, CPU).validation
    loss, accuracy = evaluate(network.module, network.losses, split, 16)
    assert np.isfinite([loss, accuracy]).all()
    assert network.module.training
    assert len(network.module(split.inputs[:3])) == 2


def test_a_watched_run_with_heads_equals_an_unwatched_one(make_project: Make, recorder: Any) -> None:
    project = make_project(mlp(aux=True))
    plain = run(project).state_dict()
    control = Control()
    control.set_watch(("relu", "aux"), budget=0.5)
    watched = run(project, recorder, control=control).state_dict()
    assert all(torch.equal(plain[name], watched[name]) for name in plain)
    assert {record.node for record in recorder.of(Histogram)} == {"relu", "aux"}


# Regularization ------------------------------------------------------------------------------------


def test_every_step_reports_loss_plus_penalty_and_follows_its_gradient(
    make_project: Make, recorder: Any
) -> None:
    project = make_project(mlp(l1=0.01, l2=0.03, regularize_bias=True), epochs=2, lr=0.1, momentum=0.0)
    session = prepare_session(project, None, CPU)
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    model.load_state_dict(
        {name.replace("fc1", "0").replace("fc2", "2"): value for name, value in session.weights().items()}
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    expected = []
    for epoch in (1, 2):
        for rows in session.order(epoch):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(session.train.inputs[rows]), session.train.targets[rows])
            for parameter in model[0].parameters():
                loss = loss + 0.01 * parameter.abs().sum() + 0.03 * (parameter**2).sum()
            loss.backward()
            optimizer.step()
            expected.append(float(loss.detach()))
    run(project, recorder)
    found = np.concatenate([record.losses for record in recorder.of(Steps)])
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_penalty_pulls_the_weights_of_its_layer_down(make_project: Make) -> None:
    plain, held = run(make_project(mlp(), lr=0.1)), run(make_project(mlp(l2=1.0), lr=0.1))
    assert held.fc1.weight.norm() < 0.4 * plain.fc1.weight.norm()
    assert held.fc2.weight.norm() > 0.5 * plain.fc2.weight.norm()


# Tied and scaled -----------------------------------------------------------------------------------


def tied_autoencoder() -> Graph:
    return draw(
        ("x", "VectorInput", {"features": 2}),
        ("encoder", "Linear", "x", {"out_features": 8, "weight_init": "lsuv"}),
        ("act", "Tanh", "encoder"),
        ("mix", "Linear", "act", {"out_features": 8}),
        ("again", "Linear", "mix", {"out_features": 8, "tied_to": "mix"}),
        ("decoder", "Linear", "again", {"out_features": 2, "tied_to": "encoder", "tied_as": "transposed"}),
        ("loss", "MSELoss", "decoder x", {"reduction": "sum"}),
    )


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_resumed_run_with_tied_weights_equals_an_uninterrupted_one(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, optimizer: str
) -> None:
    project = make_project(tied_autoencoder(), optimizer=optimizer, lr=0.001)
    whole = train(project, runs_folder=tmp_path, name="whole")
    monkeypatch.setattr(epochs, "READ_OUT_S", 0.0)
    control = Control()
    recorder.on_record = lambda record: (
        control.stop() if isinstance(record, Steps) and record.steps[-1] >= 7 else None
    )
    train(project, runs_folder=tmp_path, name="parts", reporter=recorder, control=control)
    parts = train(project, runs_folder=tmp_path, resume="parts")
    first, second = whole.checkpoint("last"), parts.checkpoint("last")
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert torch.equal(first["mix.weight"], first["again.weight"])
    model = parts.model("last")
    assert model.again.weight is model.mix.weight


def test_a_run_begins_with_unit_variance_where_lsuv_is_asked_for(make_project: Make) -> None:
    project = make_project(mlp(weight_init="lsuv"), batch_size=64)
    session = prepare_session(project, None, CPU)
    first = session.train.inputs[session.order(1)[0]]
    assert float(session.module.fc1(first).detach().var()) == pytest.approx(1.0, abs=0.02)
    resumed = prepare_session(project, None, CPU, is_new=False)
    weight = resumed.module.fc1.weight.detach()
    assert torch.allclose(weight.t() @ weight, torch.eye(2), atol=1e-5)


# Blocks --------------------------------------------------------------------------------------------


CELL = block(
    "Cell",
    ("x", "BlockInput"),
    ("fc", "Linear", "x", {"out_features": 2}),
    ("act", "ReLU", "fc"),
    ("y", "BlockOutput", "act"),
)


def row_of_cells(**settings: Any) -> Graph:
    return draw(
        ("x", "VectorInput", {"features": 2}),
        ("row", "block:Cell", "x", {"repeat": 2, **settings}),
        ("target", "Target"),
        ("loss", "CrossEntropyLoss", "row target"),
        blocks=[CELL],
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("row[1]/fc", "row.1.fc"),
        ("row", "row"),
        ("loss", "loss"),
        ("gone", ""),
        ("row[0]/gone", ""),
        ("", ""),
    ],
)
def test_a_path_is_told_by_names(path: str, name: str) -> None:
    assert failures.name_at(row_of_cells(), path) == name


def test_a_failure_inside_a_block_names_the_layer(
    make_project: Make, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = lower.build

    class Broken(nn.Module):
        def forward(self, value: Tensor) -> Tensor:
            raise RuntimeError("it broke")

    def build_broken(graph: Any) -> lower.Network:
        network = build(graph)
        network.module.get_submodule("row.1").act = Broken()
        return network

    monkeypatch.setattr(lower, "build", build_broken)
    assert Trainer(make_project(row_of_cells()), reporter=recorder).run().state == "failed"
    assert recorder.of(RunChanged)[-1].node == "row.1.act"
