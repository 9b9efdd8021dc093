"""Several processes that train one network together, started by ``torchrun``.

Every process holds the whole data set and draws the same order; of each batch it takes its share. What comes
out is what one process would find on the whole batch: losses and gradients are means over all its samples.
Batch normalizations are the exception, as everywhere: in training each process normalizes by its own share,
and the running averages are those of the first. Only the first process writes a run, validates and talks.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn

from studio.errors import TrainingError
from studio.project.config import TrainingConfig
from studio.training.stepped import Stepped

CHECK_EVERY = 8
"""Steps between two questions whether somebody wants the run to end."""

_STEPS = 2**28
"""Steps of a run whose random numbers are certain not to be those of another process's."""


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of a run, as one of them sees them.

    Attributes:
        rank: Number of this process, over all machines.
        size: How many there are.
        device: What this one computes on: ``cpu``, or ``cuda:0``, ``cuda:1`` … by its number on its machine.
    """

    rank: int
    size: int
    device: str

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that writes and talks."""
        return self.rank == 0

    def wrap(self, module: fx.GraphModule) -> nn.Module:
        """Return a network whose gradients are the mean over all processes."""
        from torch.nn.parallel import DistributedDataParallel

        where = [torch.device(self.device)] if self.device.startswith("cuda") else None
        return DistributedDataParallel(module, device_ids=where)

    def share(self, rows: Tensor) -> tuple[Tensor, float]:
        """Return this process's samples of a batch, and the factor of their mean loss in the mean over all.

        A process without a sample takes one, and counts it nothing: all must take part in every step.

        Shape:
            rows: (N,)
            returns: (K,)
        """
        mine = rows[self.rank :: self.size]
        if not len(mine):
            return rows[:1], 0.0
        return mine, len(mine) * self.size / len(rows)

    def draw(self, seed: int, step: int) -> None:
        """Let random numbers of a step, such as masks of dropout, be others in each process.

        They are drawn by the step's number, so that a run that is gone on with draws them again. The first
        process draws on as one alone does; a checkpoint holds the state of its generators.

        Args:
            seed: The settings'.
            step: Steps done before.
        """
        if not self.is_main:
            torch.manual_seed(((seed * self.size + self.rank) * _STEPS + step) % 2**63)

    def place(self, part: int) -> int:
        """Return the place of this process's share among all shares of a step, from that of its batch."""
        return part * self.size + self.rank

    def joined(self, stepped: Stepped, hits: Tensor | None) -> Stepped:
        """Return a step's numbers over all processes.

        Args:
            stepped: What this process found; its loss carries the factor of `share`.
            hits: Samples that it classified correctly; None if the network is no classifier.
        """
        known = torch.zeros((), device=stepped.loss.device) if hits is None else hits
        numbers = torch.stack([stepped.loss / self.size, known.to(stepped.loss.dtype)])
        torch.distributed.all_reduce(numbers)
        return Stepped(numbers[0], None, None, stepped.targets, None if hits is None else numbers[1])

    def any(self, wanted: bool) -> bool:
        """Say whether any process says yes; all must ask at the same place."""
        flag = torch.tensor(float(wanted), device=self.device)
        torch.distributed.all_reduce(flag, torch.distributed.ReduceOp.MAX)
        return bool(flag > 0)

    def wait(self) -> None:
        """Wait until all processes have come as far."""
        torch.distributed.barrier()

    def of_main(self, *values: float) -> tuple[float, ...]:
        """Return the numbers of the first process; the others give any as many."""
        numbers = torch.tensor(values, dtype=torch.float64, device=self.device)
        torch.distributed.broadcast(numbers, 0)
        return tuple(numbers.tolist())


def refuse_together(config: TrainingConfig) -> None:
    """Refuse what several processes cannot do together.

    Raises:
        TrainingError: The message says which setting that is.
    """
    if config.optimizer in ("lbfgs", "kfac"):
        raise TrainingError(
            f"Several processes cannot train with {config.optimizer} together: it looks at a whole batch. "
            "Choose another optimizer, or train with one process.",
            argument="optimizer",
        )
    asked = (
        ("compile", "torch.compile", config.compile, "false"),
        ("cuda_graphs", "CUDA graphs", config.cuda_graphs == "on", "auto"),
    )
    for name, title, is_asked, instead in asked:
        if is_asked:
            raise TrainingError(
                f"Several processes train together without {title} only. Set {name} to {instead}, or train "
                "with one process.",
                argument=name,
            )
    if config.class_weights != "none":
        raise TrainingError(
            "Several processes cannot train with class_weights together: each would take the mean over its "
            "own samples by other weights. Set class_weights to none, or train with one process.",
            argument="class_weights",
        )


@contextlib.contextmanager
def team(device: str) -> Iterator[Team | None]:
    """Yield the processes that ``torchrun`` started; None where this one is alone.

    Args:
        device: Where the project trains: ``auto`` takes a GPU for each process if there are enough.

    Raises:
        TrainingError: The device is none that several processes can share, or they do not find each other.
    """
    size = _number("WORLD_SIZE", 1)
    if size < 2:
        yield None
        return
    local = _number("LOCAL_RANK", 0)
    place = _place(device, local)
    try:
        torch.distributed.init_process_group("nccl" if place.startswith("cuda") else "gloo")
    except (RuntimeError, ValueError) as error:
        raise TrainingError(
            f"The {size} processes did not find each other ({error}). Start them with torchrun, and check "
            "that all machines name the same address and port."
        ) from error
    if place.startswith("cuda"):
        torch.cuda.set_device(torch.device(place))
    try:
        found = Team(_number("RANK", 0), size, place)
        yield found
        found.wait()  # a process that leaves while another still talks to it takes that one down
    finally:
        gc.collect()  # what still holds the group must be gone before it
        torch.distributed.destroy_process_group()


def _place(device: str, local: int) -> str:
    on_machine = _number("LOCAL_WORLD_SIZE", 1)
    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "cpu" or (device == "auto" and gpus < on_machine):
        return "cpu"
    if device in ("auto", "cuda") and gpus >= on_machine:
        return f"cuda:{local}"
    raise TrainingError(
        f"{on_machine} processes cannot train on {device}: this machine has {gpus} GPUs. Start as many "
        "processes as it has, or use --device cpu.",
        argument="device",
    )


def world() -> tuple[int, int]:
    """Return how many processes train together, and how many of them on this machine."""
    return max(_number("WORLD_SIZE", 1), 1), max(_number("LOCAL_WORLD_SIZE", 1), 1)


def _number(name: str, default: int) -> int:
    value: Any = os.environ.get(name, "")
    return int(value) if value.isdigit() else default
