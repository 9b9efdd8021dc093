"""The exported script trains as the settings say: its optimizer, its learning rates, its end."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.compiler.analysis import analyse
from studio.compiler.exporting import export as exporting
from studio.compiler.exporting import recipe
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.training.schedules import Plateau, Schedule
from tests.helpers.drawing import stage


def script(graph: Graph | None = None, **training: Any) -> str:
    graph = graph or zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2, batch_norm=True)
    data = DataConfig(dataset="moons", options={"samples": 300}, test_fraction=0.0)
    config = TrainingConfig.model_validate({"epochs": 6, "batch_size": 32, "device": "cpu", **training})
    return exporting.source_of(Project("net", graph, data, config)).text


def run(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    monkeypatch.chdir(folder)
    exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    return torch.load(folder / "weights.pt", weights_only=True)


SETTINGS: list[dict[str, Any]] = [
    {"momentum": 0.5, "dampening": 0.5},
    {"optimizer": "adamw", "lr": 0.05, "weight_decay": 0.1, "decay_bias": False},
    {"optimizer": "nadam", "lr": 0.05},
    {"optimizer": "rmsprop", "lr": 0.01, "momentum": 0.0},
    {"optimizer": "adagrad", "lr": 0.1},
    {"optimizer": "muon", "lr": 0.05},
    {"optimizer": "kfac", "lr": 0.1, "ema_decay": 0.5},
    {"optimizer": "kfac", "lr": 0.1, "accumulate": 2, "batch_size": 16, "decay_bias": False},
    {"optimizer": "lbfgs", "lr": 0.5, "max_iter": 4, "batch_size": 255},
    {"max_grad_norm": 1.0, "clip_value": 0.5},
    {"accumulate": 4, "batch_size": 8, "lr": 0.2},
    {"ema_decay": 0.9, "lr": 0.2},
    {"patience": 0},
    {"target_accuracy": 0.1},
    {"max_minutes": 5.0},
    {"optimizer": "muon", "lr": 0.05, "schedule": "cosine", "warmup_steps": 3},
    {"drop_last": True, "batch_size": 7, "accumulate": 3},
    {"class_weights": "balanced", "ema_decay": 0.5},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_it_runs_and_learns(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    kept = run(script(**settings), tmp_path, monkeypatch)
    assert all(torch.isfinite(value).all() for value in kept.values())
    found = [float(one) for one in re.findall(r"accuracy (\S+)", capsys.readouterr().out)]
    assert max(found) > 0.75
    assert (len(found) == 1) is ("target_accuracy" in settings)


SCHEDULES: list[dict[str, Any]] = [
    {"schedule": "step", "step_size": 2, "gamma": 0.5},
    {"schedule": "multistep", "milestones": (2, 3), "schedule_by": "step"},
    {"schedule": "cosine", "min_lr": 0.01},
    {"schedule": "exponential", "schedule_by": "step"},
    {"schedule": "one_cycle"},
    {"warmup_steps": 5},
    {"schedule": "step", "step_size": 2, "gamma": 0.5, "warmup_steps": 3},
]


@pytest.mark.parametrize("settings", SCHEDULES, ids=str)
def test_its_learning_rates_are_the_studios(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates: list[float] = []

    class Recorded(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "SGD", Recorded)
    run(script(**settings, patience=0), tmp_path, monkeypatch)
    config = TrainingConfig.model_validate({"epochs": 6, "batch_size": 32, **settings})
    schedule = Schedule(config, len(rates) // 6)
    assert rates == pytest.approx(
        [schedule.lr(step, Plateau(), config.lr) for step in range(len(rates))], rel=1e-6
    )


def test_a_layer_of_its_own_rate_is_written_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2)
    first = graph.named("fc1")
    graph = edits.set_argument(graph, first.id, "lr_factor", 0.0)
    text = script(graph, lr=0.1)
    kept = run(text, tmp_path, monkeypatch)
    inside: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script.py", "exec"), inside)
    torch.manual_seed(0)
    fresh = next(
        value for value in inside.values() if isinstance(value, type) and issubclass(value, torch.nn.Module)
    )()
    assert torch.equal(kept["fc1.weight"], fresh.state_dict()["fc1.weight"])
    assert not torch.equal(kept["fc2.weight"], fresh.state_dict()["fc2.weight"])


def test_rates_of_layers_inside_blocks_are_written_by_their_full_names() -> None:
    graph = stage()
    block = graph.blocks["Stage"]
    inside = edits.set_argument(block.graph, block.graph.named("conv").id, "lr_factor", "=1 / (index + 1)")
    changed = replace(graph, blocks=graph.blocks.set("Stage", replace(block, graph=inside)))
    lines = recipe.before(TrainingConfig(lr=0.1), analyse(changed).expansion.graph)
    assert [line for line in lines if "stage" in line or "lr = " in line] == [
        '    if name == "stage.0.conv" or name.startswith("stage.0.conv."):',
        "        lr = 0.1 * 1.0",
        '    if name == "stage.1.conv" or name.startswith("stage.1.conv."):',
        "        lr = 0.1 * 0.5",
        '    if name == "stage.2.conv" or name.startswith("stage.2.conv."):',
        "        lr = 0.1 * 0.3333333333333333",
    ]


def test_a_network_of_matrices_alone_trains_with_muon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = zoo.build("mlp", input_shape=(2,), hidden=(16,), num_classes=2)
    for name in ("fc1", "fc2"):
        graph = edits.set_argument(graph, graph.named(name).id, "bias", False)
    run(script(graph, optimizer="muon", lr=0.05), tmp_path, monkeypatch)


@pytest.mark.parametrize(("batch_size", "accumulate"), [(7, 1), (7, 3)])
def test_an_incomplete_batch_is_left_out_as_the_studio_does(batch_size: int, accumulate: int) -> None:
    config = TrainingConfig(batch_size=batch_size, accumulate=accumulate, drop_last=True)
    found = eval(recipe.order(config), {"torch": torch, "train_x": range(45), "device": "cpu"})
    assert sum(len(rows) for rows in found) == 42
