"""How a run is computed, as far as settings choose it, and what a device cannot do of it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import torch
from torch import fx, nn

from studio.errors import TrainingError
from studio.graph.problems import Problem
from studio.project.config import TrainingConfig
from studio.training import devices
from studio.training.overwriting import overwriting
from studio.training.precision import DEVICES
from studio.training.recomputing import recomputed

Network: TypeAlias = Callable[..., Any]

_COMPILERS = ("g++", "clang++", "c++", "cl")


def numerics_problems(config: TrainingConfig) -> list[Problem]:
    """Return an error for settings that the device or this machine cannot do."""
    try:
        device = devices.resolve(config.device)
        refuse(config, device)
    except TrainingError as error:
        if error.argument == "device":
            return []  # said elsewhere
        return [Problem("error", "numerics", error.message, argument=error.argument or "")]
    return []


def refuse(config: TrainingConfig, device: torch.device) -> None:
    """Raise for settings that the device or this machine cannot do.

    Raises:
        TrainingError: It says which, and what to set instead.
    """
    if device.type not in DEVICES[config.precision]:
        able = " or ".join(DEVICES[config.precision])
        raise TrainingError(
            f"{config.precision} is computed on {able}, and the device is {device}. Set precision to "
            f"{'bf16' if device.type in DEVICES['bf16'] else 'float32'}.",
            argument="precision",
        )
    if config.cuda_graphs == "on" and device.type != "cuda":
        raise TrainingError(
            f"CUDA graphs need a CUDA device, and the device is {device}. Set cuda_graphs to auto.",
            argument="cuda_graphs",
        )
    missing = _missing_compiler(device) if config.compile else ""
    if missing:
        raise TrainingError(
            f"torch.compile needs {missing}, which this machine does not have. Install it, or set compile to "
            "false.",
            argument="compile",
        )


def is_recorded(config: TrainingConfig, device: torch.device, *, is_shared: bool) -> bool:
    """Say whether a run's passes are recorded as CUDA graphs, as far as device and settings tell.

    Args:
        is_shared: Several processes train together.
    """
    if config.cuda_graphs != "auto":
        return config.cuda_graphs == "on"
    takes_apart = config.checkpointing or config.optimizer in ("kfac", "lbfgs")
    return device.type == "cuda" and not is_shared and not takes_apart


def _missing_compiler(device: torch.device) -> str:
    """Return what torch.compile lacks for a device, in words; empty if nothing."""
    if device.type == "cuda":
        return "" if importlib.util.find_spec("triton") is not None else "the package triton"
    wanted = os.environ.get("CXX", "")
    found = any(shutil.which(name) for name in ((wanted,) if wanted else _COMPILERS))
    return "" if found else f'the C++ compiler "{wanted}"' if wanted else "a C++ compiler, such as g++"


def network_for_steps(config: TrainingConfig, module: fx.GraphModule) -> Network:
    """Return what is called in a step: the module, or a form of it that shares its weights."""
    if config.checkpointing:
        return recomputed(module)
    if config.compile:
        # The last batch of an epoch has another size: two fixed forms are quicker than one for all sizes.
        return torch.compile(module, dynamic=False)
    return module if config.optimizer == "kfac" else overwriting(module)


def to_channels_last(module: nn.Module) -> None:
    """Let the weights of convolutions of pictures lie as the quickest kernels want them."""
    for parameter in module.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


@contextlib.contextmanager
def deterministic(wanted: bool) -> Iterator[None]:
    """Let torch take nothing but algorithms that give the same bits every time, for a while."""
    if not wanted:
        yield
        return
    before = torch.are_deterministic_algorithms_enabled()
    warned = torch.is_deterministic_algorithms_warn_only_enabled()
    cudnn = torch.backends.cudnn.benchmark
    # cuBLAS reads it when it is first used; without it, it refuses.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warned)
        torch.backends.cudnn.benchmark = cudnn
