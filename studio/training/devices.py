"""Where to compute: what there is, what was asked for, and how much memory it has."""

from __future__ import annotations

import torch

from studio.compiler.memory import machine_bytes
from studio.errors import TrainingError


def available() -> tuple[str, ...]:
    """Return the devices that can be trained on, the best first."""
    cuda = tuple(f"cuda:{index}" for index in range(torch.cuda.device_count()))
    mps = ("mps",) if torch.backends.mps.is_available() else ()
    return (*cuda, *mps, "cpu")


def resolve(wanted: str) -> torch.device:
    """Return the device that a setting means; ``auto`` takes CUDA, then MPS, then the CPU.

    Raises:
        TrainingError: This machine has no such device; the message lists those it has.
    """
    there = available()
    name = there[0] if wanted == "auto" else "cuda:0" if wanted == "cuda" else wanted
    if name not in there:
        raise TrainingError(
            f'This machine has no device "{wanted}". It has {", ".join(there)}. Set device to one of these, '
            "or to auto.",
            argument="device",
        )
    return torch.device(name)


def memory_bytes(device: torch.device) -> int | None:
    """Return how much memory a device has in all, or None where the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory)
    return machine_bytes()


def rng_devices(device: torch.device) -> list[torch.device]:
    """Return the devices besides the CPU whose random numbers a run on `device` draws."""
    return [device] if device.type == "cuda" else []
