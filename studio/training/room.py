"""Whether a run finds room in the memory of its device, asked before anything of it is allocated."""

from __future__ import annotations

import math

import torch

from studio.compiler.analysis import Analysis
from studio.compiler.memory import show_bytes
from studio.compiler.training_memory import Share, states_of, training_bytes
from studio.data import room
from studio.data.datasets import DataDescription
from studio.errors import TrainingError
from studio.graph.problems import Problem
from studio.project.project import Project
from studio.training import devices
from studio.training.distributed import world

_DTYPE_BYTES = {"float32": 4, "int64": 8}


def room_problems(project: Project, analysis: Analysis, data: DataDescription | None) -> list[Problem]:
    """Return what is wrong with a run's device: it is not there, or it is too small.

    On the CPU, a run that would take more than half of what is free is an error: it would slow down or end
    all that goes on beside it. A device of its own says at once that it is full, and does no harm, so that
    there the estimate is a warning; so it is with checkpointing, which takes less than the estimate.

    Args:
        project: What is to be trained.
        analysis: Of its graph.
        data: What is known of the data.
    """
    try:
        device = devices.resolve(project.training.device)
    except TrainingError as error:
        return [Problem("warning", "device", error.message, argument="device")]
    limit, limit_text = _limit(device)
    beside = world()[1] if device.type == "cpu" else 1  # processes in the same memory
    batch = project.training.batch_size if data is None else min(project.training.batch_size, data.counts[0])
    data_bytes = _data_bytes(data)
    needed = (_step_bytes(project, analysis, batch) + data_bytes) * beside
    if limit is None or needed <= limit:
        return []
    fitting = _largest_batch(project, analysis, batch, limit // beside - data_bytes)
    together = f" in {beside} processes" if beside > 1 else ""
    return [
        Problem(
            "error" if device.type == "cpu" and not project.training.checkpointing else "warning",
            "memory",
            f"Training takes about {show_bytes(needed)} with batches of {batch}{together}, and {limit_text}.",
            argument="batch_size",
            suggestion=f"Lower batch_size to {fitting}, turn checkpointing on, or make the network smaller."
            if fitting
            else "Not even a batch of one fits: make the network or the data smaller.",
        )
    ]


def _limit(device: torch.device) -> tuple[int | None, str]:
    """Return how many bytes a run may take, and why, in words; None where the system does not tell."""
    if device.type == "cpu":
        free = room.free_bytes()
        return (free // 2 or None), f"at most half of the {show_bytes(free)} that are free may be used"
    there = devices.memory_bytes(device)
    return there, f"{device} has {show_bytes(there or 0)}"


def _data_bytes(data: DataDescription | None) -> int:
    """Return the bytes of all parts of the data as tensors, without their targets."""
    if data is None or not data.available:
        return 0
    return sum(data.counts) * math.prod(data.shape) * _DTYPE_BYTES.get(data.dtype, 4)


def _step_bytes(project: Project, analysis: Analysis, batch: int) -> int:
    """Return the most that a step takes in a process: parameters, gradients, optimizer's memory, outputs.

    Of several processes each takes its share of the batch, and with FSDP of the parameters.
    """
    flat, states = analysis.expansion.graph, states_of(project.training)
    processes = world()[0]
    share = Share(processes, is_split=processes > 1 and project.training.parallel == "fsdp")
    own = -(-batch // processes)
    return training_bytes(flat, analysis.shapes, own, states, analysis.expansion.order, share)


def _largest_batch(project: Project, analysis: Analysis, batch: int, room_bytes: int) -> int:
    """Return the largest power of two below a batch size with which a step fits; 0 if none does."""
    size = 1 << max(batch - 1, 1).bit_length() - 1
    while size and _step_bytes(project, analysis, size) > room_bytes:
        size //= 2
    return size
