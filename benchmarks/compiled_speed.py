"""Whether a drawn network runs as fast as the same network written by hand.

    python benchmarks/compiled_speed.py [--repetitions 21] [--batch 8] [--size 64] [--device cpu]

`theirs` is torchvision's ResNet-18, `ours` the compiled graph that it was imported as, with the same weights
(and the same ReLUs that overwrite their input, which the zoo's do not).
They take turns, forward in evaluation mode and a whole training step, eager and under `torch.compile`; the
median of the turns' ratios is what counts. Expected: 1.00 within noise.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torchvision
from torch import Tensor, nn

import studio
from studio.compiler import lower


def networks(device: torch.device, size: int) -> tuple[nn.Module, nn.Module]:
    theirs = torchvision.models.resnet18(num_classes=10)
    ours = lower.compile(studio.from_module(theirs, torch.randn(2, 3, size, size)))
    ours.load_state_dict(theirs.state_dict(), strict=True)
    return ours.to(device), theirs.to(device)


def forward(module: nn.Module, images: Tensor) -> Callable[[], object]:
    module.eval()

    def run() -> Tensor:
        with torch.no_grad():
            return module(images)

    return run


def step(module: nn.Module, images: Tensor, labels: Tensor) -> Callable[[], object]:
    module.train()
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3, momentum=0.9)

    def run() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(module(images), labels).backward()
        optimizer.step()

    return run


def timed(action: Callable[[], object], device: torch.device) -> float:
    started = time.perf_counter()
    action()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started


def ratio(
    ours: Callable[[], object], theirs: Callable[[], object], turns: int, device: torch.device
) -> list[float]:
    for _ in range(3):
        ours()
        theirs()
    found = []
    for turn in range(turns):
        # Who goes first alternates: the second finds warmer caches.
        pair = (ours, theirs) if turn % 2 else (theirs, ours)
        times = {id(action): timed(action, device) for action in pair}
        found.append(times[id(ours)] / times[id(theirs)])
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=21)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1, help="one is steadiest")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    torch.manual_seed(0)
    images = torch.randn(options.batch, 3, options.size, options.size, device=device)
    labels = torch.randint(0, 10, (options.batch,), device=device)
    found = {}
    for mode in ("eager", "torch.compile"):
        ours, theirs = networks(device, options.size)
        if mode != "eager":
            ours, theirs = torch.compile(ours), torch.compile(theirs)
        for name, pair in (
            ("forward", (forward(ours, images), forward(theirs, images))),
            ("training step", (step(ours, images, labels), step(theirs, images, labels))),
        ):
            # `forward` and `step` set the mode of the module when they are made.
            (ours.eval(), theirs.eval()) if name == "forward" else (ours.train(), theirs.train())
            turns = ratio(*pair, options.repetitions, device)
            found[f"{mode}, {name}"] = statistics.median(turns)
            low, high = turns[len(turns) // 4], turns[-1 - len(turns) // 4]
            spread = f"(quartiles {low:.3f} to {high:.3f})"
            print(f"{mode:14} {name:14} ours / theirs {statistics.median(turns):.3f}  {spread}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
