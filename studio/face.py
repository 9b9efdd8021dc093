"""The functions of the public face, `studio.load` and the like: thin, and torch only where it is used."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from studio.errors import ExportError
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.project import files, grants
from studio.project.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor
    from torch.fx import GraphModule
    from torch.nn import Module

    from studio.compiler.exporting.export import Exported
    from studio.compiler.summary import Summary
    from studio.doctor.finding import Finding
    from studio.runs.records import Surface
    from studio.training.gradcheck.checks import GradientCheck
    from studio.training.look import Look
    from studio.training.run import Run
    from studio.training.stepping.walk import Walk


def load(path: str | os.PathLike[str], *, allow: Sequence[str | os.PathLike[str]] = ()) -> Project:
    """Return the project in a ``.flow`` file, or in a shared one (``.flowz``), which stays packed.

    Args:
        path: The file.
        allow: Folders outside the project's own that it may read data from, until this process ends.

    Raises:
        ProjectError: There is no such file, or it holds no sound project.
    """
    _allow(allow)
    if Path(path).suffix.lower() == files.SHARED_SUFFIX:
        from studio.runs.unpacking import read_project

        return read_project(Path(path))
    return files.read(Path(path))


def save(project: Project, path: str | os.PathLike[str]) -> None:
    """Write a project to a ``.flow`` file, whole or not at all; what was there is kept as ``.bak``.

    Raises:
        ProjectError: It cannot be written.
    """
    files.write(project, Path(path))


def share(path: str | os.PathLike[str], target: str | os.PathLike[str], run: str = "") -> tuple[str, ...]:
    """Pack a project file, a run of it and that run's weights into one ``.flowz`` file.

    Args:
        path: The project's file.
        target: The file to write.
        run: Name of the run; empty packs the design alone.

    Returns:
        What was left out, in sentences.

    Raises:
        StudioError: Something is missing or damaged, or the file cannot be written.
    """
    from studio.runs import sharing
    from studio.runs.store import RunStore

    file = Path(path)
    store = RunStore(files.runs_folder(file))
    return sharing.share(
        files.read(file), Path(target), home=file.absolute().parent, store=store, run=run
    ).notes


def unpack(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> Path:
    """Unpack a shared project (``.flowz``) into an empty or new folder; return the project's file in it.

    Raises:
        ProjectError: It is not sound, or the folder cannot be used.
    """
    from studio.runs import unpacking

    return unpacking.unpack(Path(path), Path(folder))


def check(design: Graph | Project, folder: str | os.PathLike[str] | None = None) -> list[Problem]:
    """Return what is wrong with a graph; with a project, also whether its data fits. Errors come first.

    Args:
        design: Any graph or project, finished or not.
        folder: The project file's folder, where a relative data folder starts.
    """
    if isinstance(design, Graph):
        from studio.compiler import analysis

        return analysis.check(design)
    from studio.training.fit import check_project

    grants.allow_own(design.data.folder)
    return list(check_project(design, Path(folder) if folder is not None else None).problems)


def trust(design: Graph | Project, node: str = "") -> list[str]:
    """Let the code of a design's custom layers run on this machine, exactly as it is now.

    Trust is no sandbox: trusted code runs with all your rights. Read it first:
    ``studio trust FILE --show``.

    Args:
        design: A graph or a project.
        node: Only the layer of this name (inside a block ``Block.name``), and those with the same code.

    Returns:
        Names of the layers whose code was not trusted before.

    Raises:
        ProjectError: There is no such layer, its code cannot be read, or trust cannot be kept.
    """
    from studio.project.custom_layers import custom_layers, trust_layers

    graph, source = (design, "") if isinstance(design, Graph) else (design.graph, design.name)
    changed = trust_layers(custom_layers(graph, node), source)
    return [name for group in changed for name in group.names]


def summary(design: Graph | Project, batch_size: int | None = None) -> Summary:
    """Return a table of the layers: output shapes, parameters, MACs, memory; `to_text` prints it.

    Args:
        design: A graph, whose training memory is that of Adam, or a project with its own optimizer.
        batch_size: For the estimate of training memory; the project's, or 1.
    """
    from studio.compiler.summary import summary as summarise
    from studio.compiler.training_memory import states_of

    if isinstance(design, Graph):
        return summarise(design, batch_size or 1)
    training = design.training
    return summarise(design.graph, batch_size or training.batch_size, states_of(training))


def compile(design: Graph | Project) -> GraphModule:
    """Return the network as an ordinary PyTorch module, with fresh weights.

    They come from torch's default generator: call ``torch.manual_seed`` first to fix them.

    Raises:
        CompileError: The graph has problems; `problems` lists them.
    """
    from studio.compiler import lower

    return lower.compile(design if isinstance(design, Graph) else design.graph)


def from_module(module: Module, example_input: Tensor | Sequence[Tensor]) -> Graph:
    """Return any PyTorch module as a graph, its hierarchy as nested blocks.

    The graph's compiled network takes the module's weights, and has been checked to give the module's
    outputs on the example. `studio.compiler.importing.importer.import_module` also returns the weights
    and how large the difference was.

    Args:
        module: It runs once without memory, and once in evaluation mode; it is left as it was.
        example_input: One tensor, or one for each input, with the batch first.

    Raises:
        ImportingError: Something in it cannot be drawn; the message says what and where.
    """
    from studio.compiler.importing.importer import import_module

    return import_module(module, example_input).graph


def export(
    design: Graph | Project,
    path: str | os.PathLike[str],
    weights: Mapping[str, Tensor] | None = None,
) -> Exported:
    """Write a network as Python source, ONNX, a torch.export program or safetensors, run it, and compare.

    Args:
        design: A graph or project; a project's settings make the training script of Python source.
        path: Where to; its ending (``.py``, ``.onnx``, ``.pt2``, ``.safetensors``) says the form.
        weights: A `state_dict` of the compiled network; fresh weights if not given.

    Returns:
        What was written, with the largest difference of its outputs.

    Raises:
        CompileError: The graph has problems; `problems` lists them.
        ExportError: It cannot be written so, the weights do not fit, or the copy computes something else.
    """
    from studio.compiler.exporting.export import FORMS
    from studio.compiler.exporting.export import export as write

    target = Path(path)
    form = next((form for form, ending in FORMS.items() if ending == target.suffix.lower()), None)
    if form is None:
        raise ExportError(
            f'"{target.name}" does not say what to write. Let its name end in {", ".join(FORMS.values())}.'
        )
    project = Project(graph=design) if isinstance(design, Graph) else design
    return write(project, form, target, weights)


def surface(
    project: Project,
    node: str = "",
    weights: Mapping[str, Tensor] | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> Surface:
    """Return what a network of one or two inputs computes over the range of its data: a grid of its outputs.

    Args:
        project: Design and data.
        node: Name of a layer whose units are wanted, too.
        weights: A `state_dict` of the compiled network; those that training starts from if not given. That of
            a run is `Run.surface`.
        folder: The project file's folder, where a relative data folder starts.

    Raises:
        StudioError: The data have more features, or the design has errors.
    """
    from studio.training import surfaces

    grants.allow_own(project.data.folder)
    return surfaces.draw(project, node, Path(folder) if folder is not None else None, weights)


def look(
    project: Project,
    weights: Mapping[str, Tensor] | None = None,
    folder: str | os.PathLike[str] | None = None,
    part: Literal["train", "validation"] = "validation",
    samples: int = 256,
    sample: int | None = None,
) -> Look:
    """Return a look inside a network at rest: ``studio.look(project).units("relu1").correlation``.

    Args:
        project: Design and data.
        weights: A `state_dict` of the compiled network; those that training starts from if not given.
        folder: The project file's folder, where a relative data folder starts.
        part: Of the data; the test part stays unseen.
        samples: How many, at most.
        sample: Only this one of the part, for `Look.maps` and `Look.saliency`.

    Raises:
        StudioError: The design has errors, the data are missing or do not fit, or the weights do not.
    """
    from studio.data.prepare import prepare
    from studio.training.insides import Inside
    from studio.training.look import Look

    grants.allow_own(project.data.folder)
    home = Path(folder) if folder is not None else None
    data = prepare(project.data, home)
    return Look(
        Inside(project, data, weights=weights, folder=home, part=part, samples=samples, sample=sample)
    )


def diagnose(project: Project | str | os.PathLike[str], run: str | None = None) -> list[Finding]:
    """Return what goes wrong in a run, or is unwise in a design, the worst first.

    Args:
        project: A project, of which the design is judged; or the path of its file.
        run: Name of one of the file's runs; without it the design alone is judged.

    Raises:
        StudioError: The file or the run is missing or damaged.
    """
    from studio.doctor import case, diagnosis

    if isinstance(project, Project):
        return diagnosis.diagnose(case.of_design(project))
    if run is None:
        return diagnosis.diagnose(case.of_design(files.read(Path(project))))
    from studio.runs.store import RunStore

    return diagnosis.diagnose(case.of_run(RunStore(files.runs_folder(Path(project))).run(run)))


def check_gradients(
    project: Project,
    folder: str | os.PathLike[str] | None = None,
    *,
    node: str = "",
    alone: bool = False,
    weights: Mapping[str, Tensor] | None = None,
) -> GradientCheck:
    """Hold autograd's gradients against finite differences in float64, on samples of the project's data.

    Args:
        project: Design, data and settings.
        folder: The project file's folder, where a relative data folder starts.
        node: Dotted name of the one node to check by itself; all of them if not given.
        alone: Check each layer by itself, not all through the loss.
        weights: A `state_dict` of the compiled network; those that training starts from if not given.

    Raises:
        StudioError: The project cannot be trained, or there is no such node.
    """
    from studio.training.gradcheck import checks

    grants.allow_own(project.data.folder)
    home = Path(folder) if folder is not None else None
    return checks.check_gradients(project, home, node=node, alone=alone, weights=weights)


def step_through(
    project: Project,
    folder: str | os.PathLike[str] | None = None,
    *,
    samples: int = 8,
    weights: Mapping[str, Tensor] | None = None,
) -> Walk:
    """Return a walk through the network with one batch: box by box to the loss, and back with gradients.

    Args:
        project: Design, data and settings.
        folder: The project file's folder, where a relative data folder starts.
        samples: In the batch.
        weights: A `state_dict` of the compiled network; those that training starts from if not given.

    Raises:
        StudioError: The project cannot be trained, or the weights do not fit.
    """
    from studio.training.stepping.walk import Walk

    grants.allow_own(project.data.folder)
    home = Path(folder) if folder is not None else None
    return Walk(project, home, samples=samples, weights=weights)


def train(
    project: Project | str | os.PathLike[str],
    *,
    epochs: int | None = None,
    device: str | None = None,
    runs_folder: str | os.PathLike[str] | None = None,
    name: str | None = None,
    resume: str | None = None,
    carry_on: str | None = None,
    watch: bool = False,
    allow: Sequence[str | os.PathLike[str]] = (),
) -> Run:
    """Train a project to its end and return the run.

    Args:
        project: A project, or the path of its file; then its runs are kept beside the file.
        epochs: How many; the project's setting if not given.
        device: ``auto``, ``cpu``, ``cuda:0`` …; the project's setting if not given.
        runs_folder: Where to keep the run.
        name: The run's name; ``run-1``, ``run-2`` … if not given.
        resume: Name of a run that was stopped, to go on with.
        carry_on: Name of a run whose weights and optimizer's memory a new one takes over, where they fit.
        watch: Record what `diagnose` judges, in about 2 % of the time.
        allow: Folders outside the project's own that it may read data from, until this process ends.

    Raises:
        StudioError: The project has problems, or the run failed.
    """
    from studio.doctor.watch import worth_watching
    from studio.training.control import Control
    from studio.training.run import train as run

    _allow(allow)
    path = None if isinstance(project, Project) else Path(project)
    design = project if isinstance(project, Project) else files.read(Path(project))
    if path is None and resume is None:
        grants.allow_own(design.data.folder)
    control = Control()
    if watch:
        control.set_watch(worth_watching(design.graph), norms=True, surfaces=True)
    return run(
        design,
        control=control,
        path=path,
        runs_folder=Path(runs_folder) if runs_folder is not None else None,
        epochs=epochs,
        device=device,
        name=name,
        resume=resume,
        carry_on=carry_on,
    )


def _allow(folders: Sequence[str | os.PathLike[str]]) -> None:
    for folder in folders:
        grants.allow(Path(folder))
