"""The exported script computes as the settings say: precision, memory format, compilation, determinism."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch

from studio import zoo
from studio.compiler.exporting import export as exporting
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project


def script(**training: Any) -> str:
    graph = zoo.build("small_cnn", input_shape=(1, 8, 8))
    config = TrainingConfig.model_validate({"epochs": 2, "device": "cpu", "lr": 0.1, **training})
    return exporting.source_of(Project("net", graph, DataConfig(), config)).text


def run(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, torch.Tensor]:
    monkeypatch.chdir(folder)
    try:
        exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    finally:
        torch.use_deterministic_algorithms(False)
    return torch.load(folder / "weights.pt", weights_only=True)


@pytest.mark.parametrize(
    "settings",
    [
        {"precision": "bf16"},
        {"precision": "fp16", "max_grad_norm": 1.0},
        {"precision": "fp16", "accumulate": 2},
        {"precision": "bf16", "ema_decay": 0.9},
        {"channels_last": True},
        {"deterministic": True},
    ],
    ids=str,
)
def test_it_runs_and_learns(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    kept = run(script(**settings), tmp_path, monkeypatch)
    assert all(value.dtype in (torch.float32, torch.int64) for value in kept.values())
    found = [float(one) for one in re.findall(r"accuracy (\S+)", capsys.readouterr().out)]
    assert max(found) > 0.7


def test_bf16_is_called_in_autocast_everywhere_and_fp16_is_scaled() -> None:
    text = script(precision="bf16")
    assert text.count("run(network, ") == 3
    assert "torch.bfloat16" in text
    assert "scaler" not in text
    assert "scaler.scale(loss).backward()" in script(precision="fp16")


def test_compilation_is_written_with_its_mode() -> None:
    assert "network.compile(dynamic=False)\n" in script(compile=True)
    text = script(compile=True, cuda_graphs="on")
    assert 'network.compile(dynamic=False, mode="reduce-overhead")' in text
    assert 'network.compile(backend="cudagraphs", dynamic=False)' in script(cuda_graphs="on")


def test_defaults_leave_the_script_as_it_was() -> None:
    text = script()
    assert not [word for word in ("autocast", "scaler", "compile(", "channels_last") if word in text]
