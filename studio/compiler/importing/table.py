"""Every classification model of torchvision, imported and compared: the table in the documentation."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch

from studio.compiler.importing.importer import import_module
from studio.compiler.importing.sources import find, torchvision_names
from studio.errors import ImportingError

_FIXED = {"vit": 224, "maxvit": 224, "inception": 299}
"""Families whose images cannot be made smaller."""

SMALL = 64


@dataclass(frozen=True)
class Row:
    """What came of one model.

    Attributes:
        name: torchvision's.
        parameters: Learned numbers.
        nodes: Nodes of the outermost level.
        blocks: Definitions.
        keys_kept: The compiled graph loads torchvision's own ``state_dict`` with ``strict=True``.
        difference: Largest difference of the outputs in evaluation mode; None where it was refused.
        reason: Why it was refused.
        seconds: How long the import took, with its check.
    """

    name: str
    parameters: int
    nodes: int = 0
    blocks: int = 0
    keys_kept: bool = False
    difference: float | None = None
    reason: str = ""
    seconds: float = 0.0

    @property
    def is_bit_equal(self) -> bool:
        """Whether torchvision's weights load as they are and the outputs are exactly the same."""
        return self.keys_kept and self.difference == 0.0


def parity_row(name: str) -> Row:
    """Import one of torchvision's models with random weights, on images as small as it takes, and compare."""
    torch.manual_seed(0)
    module = find(f"torchvision:{name}").module
    parameters = sum(parameter.numel() for parameter in module.parameters())
    side = next((size for family, size in _FIXED.items() if name.startswith(family)), SMALL)
    start = time.perf_counter()
    try:
        imported = import_module(module, torch.randn(1, 3, side, side))
    except ImportingError as error:
        return Row(name, parameters, reason=error.message)
    return Row(
        name,
        parameters,
        len(imported.graph),
        len(imported.graph.blocks),
        imported.weights.keys() == module.state_dict().keys(),
        imported.difference,
        seconds=time.perf_counter() - start,
    )


def parity_table(names: Iterable[str] | None = None) -> Iterator[Row]:
    """Yield a row for each model: all of torchvision's classification models if none are named."""
    for name in names or torchvision_names():
        yield parity_row(name)
        gc.collect()  # the largest have 2.6 GB of weights


def markdown(rows: Iterable[Row]) -> str:
    """Return the table as the documentation holds it."""
    lines = ["| model | parameters | nodes | blocks | state_dict | outputs |", "|---|---:|---:|---:|---|---|"]
    for row in rows:
        keys = "loads, strict" if row.keys_kept else "keys differ"
        outputs = "bit-equal" if row.difference == 0.0 else row.reason or f"differ by {row.difference:.2g}"
        numbers = f"{row.parameters:,} | {row.nodes} | {row.blocks}"
        lines.append(f"| {row.name} | {numbers} | {keys} | {outputs} |")
    return "\n".join(lines)
