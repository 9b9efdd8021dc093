"""Every pathology that can be planted is found where it is, and healthy runs are left in peace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from studio import zoo
from studio.doctor.finding import Finding
from tests.doctor.conftest import codes

Diagnose = Callable[..., list[Finding]]


def mlp(*hidden: int, activation: str = "ReLU", batch_norm: bool = False) -> Any:
    return zoo.build(
        "mlp", input_shape=(1, 8, 8), hidden=hidden, activation=activation, batch_norm=batch_norm
    )


@pytest.mark.parametrize(
    ("graph", "settings"),
    [
        (mlp(64, 32), {"lr": 0.05}),
        (zoo.build("small_cnn", input_shape=(1, 8, 8)), {"lr": 0.05}),
        (mlp(64, 32, activation="Tanh"), {"lr": 0.05}),
        (mlp(64, 32), {"lr": 0.003, "optimizer": "adam"}),
    ],
    ids=["mlp", "small_cnn", "tanh", "adam"],
)
def test_healthy_runs_are_left_in_peace(run_of: Diagnose, graph: Any, settings: dict[str, Any]) -> None:
    assert codes(run_of(graph, **settings)) == set()


def test_dead_units_are_found_on_their_activation(run_of: Diagnose) -> None:
    def kill(module: nn.Module) -> None:
        module.get_parameter("fc1.bias")[:45] = -1e3

    findings = run_of(mlp(64, 32), change=kill)
    assert codes(findings) == {("dead-units", "relu1")}
    assert "70 %" in findings[0].evidence
    assert [remedy.label for remedy in findings[0].remedies] == ["Lower lr to 0.0125", "Replace by LeakyReLU"]


def test_a_layer_behind_dead_units_does_not_learn(run_of: Diagnose) -> None:
    def kill(module: nn.Module) -> None:
        module.get_parameter("fc1.bias")[:] = -1e3

    found = codes(run_of(mlp(64, 32), change=kill))
    assert {("dead-units", "relu1"), ("weights-stay", "fc1"), ("weights-stay", "fc2")} <= found


def test_saturated_units_are_found_on_their_activation(run_of: Diagnose) -> None:
    def widen(module: nn.Module) -> None:
        module.get_parameter("fc1.weight").mul_(40.0)

    findings = run_of(mlp(64, 32, activation="Sigmoid"), change=widen, lr=0.01)
    assert ("saturated-units", "sigmoid1") in codes(findings)
    assert ("saturated-units", "sigmoid2") not in codes(findings)


def test_vanishing_gradient_is_found_at_the_first_layer(run_of: Diagnose) -> None:
    found = codes(run_of(mlp(*[32] * 8, activation="Sigmoid"), epochs=6))
    assert ("vanishing-gradient", "fc1") in found
    assert not [code for code, _ in found if code == "exploding-gradient"]


def test_relu_with_he_keeps_the_gradient(run_of: Diagnose) -> None:
    def he(module: nn.Module) -> None:
        for layer in module.modules():
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)

    found = codes(run_of(mlp(*[32] * 8), change=he, epochs=6, lr=0.01))
    assert not {code for code, _ in found} & {"vanishing-gradient", "exploding-gradient"}


def test_exploding_gradient_is_found(run_of: Diagnose) -> None:
    def widen(module: nn.Module) -> None:
        for layer in module.modules():
            if isinstance(layer, nn.Linear):
                layer.weight.mul_(6.0)

    found = {code for code, _ in codes(run_of(mlp(*[32] * 6), change=widen, lr=1e-9, epochs=3))}
    assert "exploding-gradient" in found
    assert "vanishing-gradient" not in found


def test_a_learning_rate_far_too_high_diverges(run_of: Diagnose) -> None:
    findings = run_of(mlp(64, 32), lr=1000.0)
    assert findings[0].code == "diverges"
    assert findings[0].remedies[0].settings == (("lr", 100.0),)


def test_a_learning_rate_that_kills_units_is_not_called_too_low(run_of: Diagnose) -> None:
    found = codes(run_of(mlp(64, 32), lr=2.0))
    assert found == {("dead-units", "relu1"), ("dead-units", "relu2")}


def test_a_learning_rate_far_too_low_is_found(run_of: Diagnose) -> None:
    found = codes(run_of(mlp(64, 32), lr=1e-7, momentum=0.0))
    assert found == {("steps-too-small", "")}


def test_steps_that_change_weights_by_a_tenth_are_too_large(run_of: Diagnose) -> None:
    graph = mlp(32, activation="LeakyReLU", batch_norm=True)
    findings = run_of(graph, lr=3.0, batch_size=4, epochs=1)
    (found,) = [finding for finding in findings if finding.code == "steps-too-large"]
    assert found.severity == "error"
    assert [remedy.settings for remedy in found.remedies] == [(("lr", pytest.approx(0.3)),)]


def test_a_loss_that_jumps_about_and_does_not_fall_is_found(run_of: Diagnose) -> None:
    findings = run_of(mlp(32, batch_norm=True), lr=3.0, batch_size=4, epochs=1)
    (found,) = [finding for finding in findings if finding.code == "oscillates"]
    assert [remedy.label for remedy in found.remedies] == ["Lower lr to 0.75", "Batches of 16"]


def test_random_labels_are_learned_by_heart(run_of: Diagnose, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    inputs = generator.standard_normal((200, 32)).astype(np.float32)
    np.savez(tmp_path / "noise.npz", x=inputs, y=generator.integers(0, 4, 200))
    graph = zoo.build("mlp", input_shape=(32,), hidden=(128,), num_classes=4)
    data = {"dataset": "npz", "folder": ".", "options": {"file": "noise.npz"}}
    findings = run_of(graph, data=data, lr=0.1, epochs=60, batch_size=16)
    assert codes(findings) == {("overfits", "")}
    labels = [remedy.label for remedy in findings[0].remedies]
    assert labels == ['Insert Dropout before "fc2"', "weight_decay 0.0005", "Stop early: patience 5"]


def test_too_small_a_network_underfits(run_of: Diagnose) -> None:
    found = codes(run_of(mlp(1), lr=0.05, epochs=25))
    assert found == {("underfits", "")}


def test_inputs_that_are_not_normalized_are_found(run_of: Diagnose, tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, 600)
    inputs = (500.0 + 100.0 * generator.standard_normal((600, 8)) + 300.0 * np.eye(8)[labels]).astype(
        np.float32
    )
    np.savez(tmp_path / "raw.npz", x=inputs, y=labels)
    graph = zoo.build("mlp", input_shape=(8,), hidden=(16,), num_classes=4)
    data = {"dataset": "npz", "folder": ".", "options": {"file": "raw.npz"}, "normalization": "none"}
    found = {code for code, _ in codes(run_of(graph, data=data, lr=1e-4, epochs=3))}
    assert {"input-not-normalized", "first-loss"} <= found
    data["normalization"] = "standardize"
    assert codes(run_of(graph, data=data, lr=0.05, epochs=8)) == set()
