"""Proof that what was exported computes the same."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from studio.errors import ExportError

_PROBE = """
import importlib.util, sys
import torch
from safetensors.torch import load_file, save_file
folder = sys.argv[2]
torch.set_num_threads(int(sys.argv[3]))
spec = importlib.util.spec_from_file_location("exported", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
network = getattr(module, sys.argv[4])()
network.load_state_dict(load_file(folder + "/weights.safetensors"), strict=True)
inputs = load_file(folder + "/inputs.safetensors")
with torch.no_grad():
    outputs = network.eval()(*(inputs[str(place)].clone() for place in range(len(inputs))))
outputs = outputs if isinstance(outputs, tuple) else (outputs,)
found = {str(place): output.contiguous() for place, output in enumerate(outputs)}
save_file(found, folder + "/outputs.safetensors")
assert not any(name.partition(".")[0] == "studio" for name in sys.modules)
"""

TIMEOUT_S = 600


def run(module: nn.Module, inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return a network's outputs in evaluation mode, and leave its mode as it was."""
    was_training = module.training
    module.eval()
    try:
        with torch.no_grad():
            outputs = module(*inputs)
    finally:
        module.train(was_training)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def difference(expected: Sequence[Tensor], found: Sequence[Tensor]) -> float:
    """Return the largest difference between outputs, relative to the largest expected number.

    Raises:
        ExportError: There are more or fewer outputs, or they have other shapes.
    """
    shapes = [tuple(one.shape) for one in expected], [tuple(one.shape) for one in found]
    if shapes[0] != shapes[1]:
        raise ExportError(f"The exported network gives {shapes[1]}, and the drawn one {shapes[0]}.")
    largest = 0.0
    for one, other in zip(expected, found, strict=True):
        scale = max(one.abs().max().item(), 1e-12) if one.numel() else 1.0
        gap = (one.double() - other.double()).abs().max().item() if one.numel() else 0.0
        largest = max(largest, gap / scale)
    return largest


def run_source(
    path: Path, name: str, weights: dict[str, Tensor], inputs: Sequence[Tensor]
) -> tuple[Tensor, ...]:
    """Return the outputs of an exported source file, run by a Python of its own without this program.

    Raises:
        ExportError: It does not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        save_file(
            {key: value.detach().clone().contiguous() for key, value in weights.items()},
            f"{folder}/weights.safetensors",
        )
        save_file(
            {str(place): one.contiguous() for place, one in enumerate(inputs)}, f"{folder}/inputs.safetensors"
        )
        command = [sys.executable, "-I", "-c", _PROBE, str(path), folder, str(torch.get_num_threads()), name]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or ["it ended without a word"]
            raise ExportError(f'The exported file "{path.name}" does not run: {last[0]}')
        found = load_file(f"{folder}/outputs.safetensors")
    return tuple(found[str(place)] for place in range(len(found)))
