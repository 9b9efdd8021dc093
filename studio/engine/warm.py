"""Everything that PyTorch makes its first user wait for, done while the person looks at the canvas."""

from __future__ import annotations

import torch
from torch import nn


def set_threads(threads: int | None) -> None:
    """Let torch compute with so many threads; None leaves it as it is."""
    if threads is not None:
        torch.set_num_threads(max(1, threads))


def take_first_steps(devices: tuple[str, ...]) -> None:
    """Run a step of a small network on the best device and on the CPU.

    The first optimizer of a process takes seconds (it imports dynamo), and the first operation on an
    accelerator makes its context. No random numbers are drawn. A device that fails here is left for the
    run to complain about.
    """
    for device in dict.fromkeys((devices[0], "cpu")):
        try:
            _take_step(torch.device(device))
        except RuntimeError:
            continue


def _take_step(device: torch.device) -> None:
    """Run forward, backward and one step of the optimizers that projects use."""
    with torch.device("meta"):
        model = nn.Sequential(
            nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3)
        )
    model.to_empty(device=device)
    for tensor in model.state_dict().values():
        tensor.zero_()
    inputs = torch.zeros(2, 1, 8, 8, device=device)
    targets = torch.zeros(2, dtype=torch.int64, device=device)
    optimizers = (
        torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
        torch.optim.Adam(model.parameters(), lr=0.1),
    )
    for optimizer in optimizers:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(inputs), targets)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
