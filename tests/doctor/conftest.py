"""Runs of small networks, watched as the window watches them, and what the doctor says of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from studio.catalog import registry
from studio.compiler import lower
from studio.doctor import case
from studio.doctor.diagnosis import diagnose
from studio.doctor.finding import Finding
from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.control import Control
from studio.training.loop import Trainer

Diagnose = Callable[..., list[Finding]]


def watched(graph: Graph) -> tuple[str, ...]:
    """Return the names of activations and inputs."""
    nodes = [(node, registry.find(node.kind)) for node in graph.ordered()]
    return tuple(
        node.name for node, spec in nodes if spec and (spec.family == "activation" or spec.role == "input")
    )


def write_weights(graph: Graph, change: Callable[[torch.nn.Module], None], folder: Path) -> str:
    """Write the weights of a network that was changed; return the file's name."""
    torch.manual_seed(0)
    module = lower.compile(graph)
    with torch.no_grad():
        change(module)
    save_file(module.state_dict(), folder / "planted.safetensors")
    return "planted.safetensors"


@pytest.fixture
def run_of(tmp_path: Path) -> Diagnose:
    """Train a design on digits and return what is found in its run."""

    def run(
        graph: Graph,
        *,
        data: dict[str, Any] | None = None,
        change: Callable[[torch.nn.Module], None] | None = None,
        **settings: Any,
    ) -> list[Finding]:
        if change is not None:
            settings["initial_weights"] = write_weights(graph, change, tmp_path)
        training = TrainingConfig(**{"epochs": 8, "device": "cpu", "patience": 0, **settings})
        project = Project("planted", graph, DataConfig(**(data or {"dataset": "digits"})), training)
        store, control = RunStore(tmp_path / "planted.runs"), Control()
        control.set_watch(watched(graph), budget=0.5, norms=True)
        writer = store.create_run("", project, "cpu", 0)
        trainer = Trainer(project, tmp_path, writer=writer, control=control)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("studio.probes.budget.Budget.due", lambda _self, _now_s: True)  # at every step
            trainer.run()
        writer.close()
        return diagnose(case.of_run(store.run(writer.name)))

    return run


def codes(findings: list[Finding]) -> set[tuple[str, str]]:
    """Return what is found where."""
    return {(finding.code, finding.name) for finding in findings}
