"""Handing a project's network on in one of several forms, and saying how far the copy is from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import torch
from safetensors.torch import load as load_bytes
from torch import Tensor

from studio.compiler import initial_weights, lower
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.draws import own_draws
from studio.compiler.exporting import formats, verify
from studio.compiler.exporting.examples import example_inputs
from studio.compiler.exporting.source import NetworkSource, network_source
from studio.compiler.importing.weights import to_bytes
from studio.errors import ExportError
from studio.project import atomic
from studio.project.project import Project

Form: TypeAlias = Literal["python", "onnx", "pt2", "safetensors"]
FORMS: dict[Form, str] = {"python": ".py", "onnx": ".onnx", "pt2": ".pt2", "safetensors": ".safetensors"}
"""Forms, with the endings of their files."""

TOLERANCE = 1e-4
"""A copy whose outputs differ by more of the largest output is refused."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        path: The file.
        form: Its form.
        difference: Largest difference between its outputs and the network's, as a share of the largest
            output, both in evaluation mode on the same random batch.
        remarks: What to know about it.
    """

    path: Path
    form: Form
    difference: float
    remarks: tuple[str, ...] = ()


def export(
    project: Project,
    form: Form,
    path: Path,
    weights: Mapping[str, Tensor] | None = None,
    folder: Path | None = None,
) -> Exported:
    """Write a project's network to a file, run the file, and compare.

    Args:
        project: Its graph, and for Python source its settings.
        form: What to write.
        path: Where to.
        weights: The weights; None takes the project's initial ones, or draws fresh ones by its seed.
        folder: The project file's folder, where its initial weights lie.

    Raises:
        CompileError: The graph has errors.
        ExportError: It cannot be written so, a package is missing, the weights do not fit, or what was
            written computes something else.
        ProjectError: The file cannot be written, or the initial weights are missing or do not fit.
    """
    analysis = analyse(project.graph)
    with own_draws(project.training.seed):
        network = lower.build(project.graph)
    module = network.module
    remarks: list[str] = []
    if weights is not None:
        _load(module, weights)
    else:
        remarks.append(_untrained(project, module, folder))
    inputs = example_inputs(project.graph, analysis, network)
    expected = verify.run(module, inputs)
    if form == "python":
        found = _python(project, analysis, path, dict(module.state_dict()), inputs)
    elif form == "onnx":
        remarks += formats.write_onnx(module, inputs, network.inputs, path)
        found = formats.run_onnx(path, inputs)
    elif form == "pt2":
        remarks += formats.write_program(module, inputs, path)
        found = formats.run_program(path, inputs)
    else:
        found = _safetensors(project, module, path, inputs)
    gap = verify.difference(expected, found)
    if not gap <= TOLERANCE:
        raise ExportError(
            f'What was written to "{path.name}" computes something else: its outputs differ by {gap:.2g} of '
            "the largest. The file was kept for a look; do not use it."
        )
    return Exported(path, form, gap, tuple(remarks))


def _untrained(project: Project, module: torch.nn.Module, folder: Path | None) -> str:
    """Give a network the weights that training would start from, and say which these are."""
    name = project.training.initial_weights
    if not name:
        return "The weights are fresh: the network was not trained."
    fresh = initial_weights.fill(module, name, folder, project.training.weights_match)
    said = f'The weights are the project\'s initial ones, "{name}": the network was not trained further.'
    return f"{said} {fresh}".strip()


def _load(module: torch.nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Give a network its weights.

    Raises:
        ExportError: They are another network's.
    """
    try:
        module.load_state_dict(dict(weights), strict=True)
    except RuntimeError as error:
        lines = [line.strip() for line in str(error).splitlines()[1:4]]
        raise ExportError(
            f"The weights do not fit this network: {' '.join(lines)} Export the run with its own design."
        ) from error


def source_of(project: Project, analysis: Analysis | None = None) -> NetworkSource:
    """Return a project's network as source, with a training script if it has a loss.

    Raises:
        CompileError: The graph has errors, or something cannot be written as source.
    """
    return network_source(project.graph, analysis, project)


def _python(
    project: Project,
    analysis: Analysis,
    path: Path,
    weights: dict[str, Tensor],
    inputs: tuple[Tensor, ...],
) -> tuple[Tensor, ...]:
    source = source_of(project, analysis)
    atomic.write_bytes(path, source.text.encode())
    return verify.run_source(path, source.network, weights, inputs)


def _safetensors(
    project: Project, module: torch.nn.Module, path: Path, inputs: tuple[Tensor, ...]
) -> tuple[Tensor, ...]:
    """Write the weights by name, and return what a network gives that reads them back."""
    # A tensor that several layers share is written under each of its names, as a state_dict has it.
    atomic.write_bytes(path, to_bytes(module.state_dict()))
    with own_draws():
        copy = lower.compile(project.graph)
    copy.load_state_dict(load_bytes(path.read_bytes()), strict=True)
    return verify.run(copy, inputs)
