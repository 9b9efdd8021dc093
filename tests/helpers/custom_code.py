"""Custom layers for tests: code in few lines, and networks around it."""

from __future__ import annotations

from pathlib import Path

from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.project import trust
from tests.helpers.drawing import draw

HEAD = "import torch\nfrom torch import Tensor, nn\n"


def layer(forward: str, init: str = "", *, name: str = "Mine", arguments: str = "", inputs: str = "x") -> str:
    """Return a layer's code; `forward` and `init` are the lines of the two methods, with ``;`` between."""
    lines = [f"class {name}(nn.Module):"]
    if init or arguments:
        lines += [
            f"    def __init__(self{', ' if arguments else ''}{arguments}):",
            "        super().__init__()",
        ]
        lines += [f"        {line.strip()}" for line in init.split(";") if line.strip()]
    lines.append(f"    def forward(self, {inputs}):")
    lines += [f"        {line}" for line in forward.split("; ")]
    return HEAD + "\n".join(lines) + "\n"


def canary(path: Path) -> str:
    """Return a layer that leaves a file behind as soon as any of its code runs."""
    write = f"__import__('pathlib').Path({str(path)!r}).touch()"
    return HEAD + "\n".join(
        [
            write,
            f"def told(default={write}):",
            "    return default",
            "class Canary(nn.Module):",
            f"    size = {write}",
            "    def __init__(self, width: int = 3):",
            "        super().__init__()",
            f"        {write}",
            "    def forward(self, x):",
            f"        {write}",
            "        return x",
            "",
        ]
    )


def around_code(code: str, *, trusted: bool = True, **arguments: Value) -> Graph:
    """Return a picture, a custom layer "mine" and a classifier with its loss."""
    if trusted:
        trust.store().trust(code)
    return draw(
        ("x", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("mine", "Custom", "x", {"code": code, **arguments}),
        ("flat", "Flatten", "mine"),
        ("fc", "Linear", "flat", {"out_features": 10}),
        ("truth", "Target"),
        ("loss", "CrossEntropyLoss", "fc truth"),
    )
