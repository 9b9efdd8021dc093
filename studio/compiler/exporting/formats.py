"""ONNX and torch.export programs: written, read back, run and compared."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import ExportError
from studio.project import atomic


def need(*packages: str, extra: str) -> list[Any]:
    """Import optional packages.

    Raises:
        ExportError: One is not installed.
    """
    found = []
    for package in packages:
        try:
            found.append(import_module(package))
        except ImportError as error:
            raise ExportError(
                f'This needs the package "{package}", which is not installed. '
                f"Install it with: pip install flowgraph-studio[{extra}]"
            ) from error
    return found


def write_onnx(module: nn.Module, inputs: Sequence[Tensor], names: Sequence[str], path: Path) -> list[str]:
    """Write a network as ONNX, with a free batch size where PyTorch can; return remarks.

    Raises:
        ExportError: PyTorch cannot express it, or a package is missing.
    """
    need("onnx", "onnxscript", extra="export")
    remarks: list[str] = []
    batch = torch.export.Dim("batch", min=1)
    free = tuple({0: batch} for _ in inputs)
    try:
        program = _onnx(module, inputs, names, free)
    except Exception:
        remarks.append(f"The batch size is fixed at {len(inputs[0])}.")
        try:
            program = _onnx(module, inputs, names, None)
        except Exception as error:
            raise ExportError(f"PyTorch cannot write this network as ONNX: {_first_line(error)}") from error
    buffer = io.BytesIO()
    program.save(buffer)
    atomic.write_bytes(path, buffer.getvalue())
    return remarks


def _onnx(module: nn.Module, inputs: Sequence[Tensor], names: Sequence[str], free: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        return torch.onnx.export(
            module.eval(),
            tuple(inputs),
            input_names=list(names),
            dynamic_shapes=free,
            dynamo=True,
            verbose=False,
        )


def run_onnx(path: Path, inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the outputs of an ONNX file, computed by onnxruntime.

    Raises:
        ExportError: onnxruntime is not installed, or refuses the file.
    """
    (runtime,) = need("onnxruntime", extra="export")
    try:
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        feeds = {port.name: one.numpy() for port, one in zip(session.get_inputs(), inputs, strict=True)}
        return tuple(torch.from_numpy(output) for output in session.run(None, feeds))
    except Exception as error:
        raise ExportError(f'onnxruntime refuses "{path.name}": {_first_line(error)}') from error


def write_program(module: nn.Module, inputs: Sequence[Tensor], path: Path) -> list[str]:
    """Write a network as a ``torch.export`` program, with a free batch size where possible.

    Raises:
        ExportError: PyTorch cannot export it.
    """
    remarks: list[str] = []
    free = tuple({0: torch.export.Dim("batch", min=1)} for _ in inputs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program = torch.export.export(
                module.eval(), tuple(inputs), dynamic_shapes=(free,) if _takes_many(module) else free
            )
        except Exception:
            remarks.append(f"The batch size is fixed at {len(inputs[0])}.")
            try:
                program = torch.export.export(module.eval(), tuple(inputs))
            except Exception as error:
                raise ExportError(f"PyTorch cannot export this network: {_first_line(error)}") from error
        buffer = io.BytesIO()
        torch.export.save(program, buffer)
    atomic.write_bytes(path, buffer.getvalue())
    return remarks


def _takes_many(module: nn.Module) -> bool:
    """Say whether forward is declared as ``*args``, which torch.export then sees as one argument."""
    import inspect

    kinds = [one.kind for one in inspect.signature(module.forward).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


def run_program(path: Path, inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the outputs of a saved ``torch.export`` program."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        outputs = torch.export.load(path).module()(*inputs)
    return tuple(outputs) if isinstance(outputs, tuple | list) else (outputs,)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
