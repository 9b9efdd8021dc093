"""What the engine answers, with PyTorch: one function a question."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from pydantic import ValidationError

from studio.compiler import summary
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.shapes import ShapeEngine
from studio.compiler.summary import SummaryRow
from studio.compiler.training_memory import states_of
from studio.data import datasets, preview, table_facts, words
from studio.data.source import Inputs
from studio.engine import drawing, imports, looking, looking_inside, measuring, stepping
from studio.engine.records import (
    AblateRun,
    CarryPlanned,
    Check,
    Checked,
    CheckGradients,
    CloseSteps,
    DataDescribed,
    DataFetched,
    DescribeData,
    DrawSurface,
    EvaluateRun,
    Examine,
    Export,
    Exported,
    FetchData,
    FetchWeights,
    FindLr,
    ImportNetwork,
    Json,
    KeepStatistics,
    ListNetworks,
    LookAt,
    LookInside,
    OpenSteps,
    PlanCarry,
    PredictFile,
    ProfileLayers,
    ReadTable,
    Ready,
    Record,
    Request,
    Summarise,
    Summarised,
    SummaryColumns,
    TableColumn,
    TableRead,
    TakeSteps,
    Task,
    Try,
    Warm,
)
from studio.engine.trials import Truth, try_out
from studio.engine.warm import set_threads, take_first_steps
from studio.errors import EngineError, ProjectError
from studio.project.config import DataConfig
from studio.project.datasets import options_of
from studio.project.format import from_data
from studio.project.wording import explain
from studio.runs.store import RunStore
from studio.training import devices
from studio.training.fit import check_project
from studio.training.run import Run
from studio.training.surgery import plan

NUM_SAMPLES, NUM_ROWS = 16, 100
NUM_TEXTS, MOST_LETTERS = 5, 120
"""Samples shown of a data set, and rows of a table."""


@dataclass
class Memory:
    """What is kept from one question to the next.

    Attributes:
        shapes: What PyTorch said of layers.
        truth: What the data set gives as truth.
        checked: The project last checked, in its file form.
        analysis: What was found out about it: its summary needs nothing more.
        stepping: The walk through a network that is open, if one is.
    """

    shapes: ShapeEngine = field(default_factory=ShapeEngine)
    truth: Truth = field(default_factory=Truth)
    checked: Json | None = None
    analysis: Analysis | None = None
    stepping: stepping.Stepping = field(default_factory=stepping.Stepping)


def start(threads: int | None) -> Memory:
    """Set torch up, and return what remembers one answer to the next."""
    set_threads(threads)
    return Memory()


def answer(request: Request, memory: Memory) -> Record:
    """Return the reply to a request.

    Raises:
        StudioError: It cannot be carried out.
    """
    match request:
        case Warm():
            return ready(request)
        case Check():
            return check(request, memory)
        case Try():
            return try_out(request, memory.shapes, memory.truth)
        case Summarise():
            return summarise(request, memory)
        case DescribeData():
            return describe(request)
        case ReadTable():
            return read_table(request)
        case LookAt():
            return looking.look_at(request)
        case DrawSurface():
            return drawing.draw_surface(request)
        case OpenSteps():
            return memory.stepping.open(request)
        case TakeSteps():
            return memory.stepping.take(request)
        case CloseSteps():
            return memory.stepping.close(request)
        case PlanCarry():
            return plan_carry(request)
        case Export():
            return export(request)
        case ListNetworks():
            return imports.list_networks(request)
        case ImportNetwork():
            return imports.import_network(request)
        case _:
            raise EngineError(f"The engine does not answer {type(request).__name__}.")


def ready(request: Warm) -> Ready:
    """Say that torch is loaded, and what there is to compute with."""
    there = devices.available()
    return Ready(request.id, os.getpid(), str(torch.__version__), there, there[0])


def warm_up() -> None:
    """Pay for what else is slow only once; takes seconds, and no answer needs it."""
    take_first_steps(devices.available())


def check(request: Check, memory: Memory) -> Checked:
    """Return a design's problems and costs, and the shapes at the level on show.

    What did not change is not asked again.
    """
    analysis = check_project(from_data(request.project), folder_of(request.folder), memory.shapes)
    memory.checked, memory.analysis = request.project, analysis
    prefix = analysis.prefix(request.level)
    nodes = analysis.level(prefix) if prefix is not None else ()
    return Checked(request.id, tuple(analysis.problems), nodes, analysis.totals, request.level, prefix)


def summarise(request: Summarise, memory: Memory) -> Summarised:
    """Return a design as a table of all its layers and blocks; one just checked is not looked at again."""
    project = from_data(request.project)
    batch_size = project.training.batch_size
    analysis = memory.analysis if request.project == memory.checked else None
    if analysis is None:
        analysis = analyse(
            project.graph,
            batch_size=batch_size,
            states=states_of(project.training),
            engine=memory.shapes,
        )
    rows = _with_copies(summary.summarise(project.graph, analysis, batch_size).rows, analysis)
    columns = SummaryColumns(
        tuple(row.path for row in rows),
        tuple(row.name for row in rows),
        tuple(row.kind for row in rows),
        tuple(row.shape for row in rows),
        tuple(row.receptive_field for row in rows),
        tuple(row.parameters for row in rows),
        tuple(row.trainable for row in rows),
        tuple(row.macs for row in rows),
        tuple(row.activation_bytes for row in rows),
    )
    return Summarised(request.id, columns, analysis.totals, batch_size, tuple(analysis.problems))


def _with_copies(rows: Sequence[SummaryRow], analysis: Analysis) -> list[SummaryRow]:
    """Return the rows with one for each block of a row of blocks, before those of what is in it."""
    kinds = {
        copy: instance.block
        for instance in analysis.expansion.instances.values()
        for copy in instance.copies
        if copy != instance.node.id
    }
    found: list[SummaryRow] = []
    for row in rows:
        copy = row.path.rpartition("/")[0]
        kind = kinds.pop(copy, None)
        if kind is not None:
            report, name = analysis.reports[copy], row.name.rpartition(".")[0]
            costs = (report.parameters, report.macs, report.activation_bytes, report.trainable)
            found.append(SummaryRow(name, kind, report.shape, *costs, report.receptive_field, copy))
        found.append(row)
    return found


def describe(request: DescribeData) -> DataDescribed:
    """Return what a data set looks like, with a few samples where it need not be downloaded first."""
    config, folder = data_config(request.data), folder_of(request.folder)
    found = datasets.describe(config, folder)
    described = DataDescribed(
        request.id,
        found.dataset,
        found.shape,
        found.classes,
        found.counts,
        available=found.available,
        message=found.message,
    )
    if not found.available:
        return described
    is_table = len(found.shape) == 1
    seen = preview.look(config, folder, NUM_ROWS if is_table else NUM_SAMPLES, request.draw)
    if seen.changed is not None:
        described = replace(described, changed=seen.changed)
    return replace(
        described,
        samples=seen.inputs,
        labels=seen.targets,
        class_counts=seen.found.class_counts,
        means=seen.found.means,
        variances=seen.found.variances,
        correlation=seen.found.correlation,
        texts=_texts(seen.inputs, found.tokens, config),
        features=datasets.features_of(config, folder),
    )


def _texts(samples: Inputs, tokens: tuple[str, ...], config: DataConfig) -> tuple[str, ...]:
    """Return the beginnings of the first samples in words; none where they are no texts."""
    if not tokens:
        return ()
    level = str(options_of(config)["level"])
    said = [words.text_of(sample, tokens, level=level) for sample in samples[:NUM_TEXTS]]
    return tuple(text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]} …" for text in said)


def read_table(request: ReadTable) -> TableRead:
    """Return what the columns of a table hold."""
    config = data_config(request.data)
    home = datasets.data_folder(config, folder_of(request.folder))
    rows, found = table_facts.facts(config, home)
    columns = (TableColumn(one.name, one.numbers, one.missing, one.different, one.examples) for one in found)
    return TableRead(request.id, rows, min(rows, table_facts.LOOKED_AT), tuple(columns))


def carry_out(
    request: Task,
    progress: Callable[[float, float, str], None],
    cancelled: Callable[[], bool],
) -> Record:
    """Do what takes long, and return the reply."""
    match request:
        case FetchWeights():
            return imports.fetch_weights(request, progress, cancelled)
        case FetchData():
            config = data_config(request.data)
            datasets.fetch(config, folder_of(request.folder), progress, cancelled)
            return DataFetched(request.id, config.dataset)
        case FindLr():
            return measuring.find_lr(request, progress, cancelled)
        case Examine():
            return measuring.look_closely(request, progress, cancelled)
        case ProfileLayers():
            return measuring.profile_layers(request, progress, cancelled)
        case CheckGradients():
            return measuring.check_gradients(request, progress, cancelled)
        case EvaluateRun():
            return measuring.evaluate_run(request, progress, cancelled)
        case AblateRun():
            return measuring.ablate_run(request, progress, cancelled)
        case KeepStatistics():
            return measuring.keep_statistics(request, progress, cancelled)
        case PredictFile():
            return measuring.predict_file(request)
        case LookInside():
            return looking_inside.look_inside(request, progress, cancelled)


def plan_carry(request: PlanCarry) -> CarryPlanned:
    """Return what a design would take over from a run."""
    reader = RunStore(Path(request.runs_folder)).run(request.run)
    return CarryPlanned(request.id, plan(from_data(request.project), request.run, reader.project()))


def export(request: Export) -> Exported:
    """Write a network in another form."""
    from studio.compiler.exporting.export import export as write  # loads what only few questions need

    project, weights = from_data(request.project), None
    if request.run:
        run = Run(RunStore(Path(request.runs_folder)).run(request.run))
        project, weights = run.project(), run.checkpoint("best")
    done = write(project, request.form, Path(request.path), weights, folder_of(request.folder))
    return Exported(request.id, str(done.path), done.difference, done.remarks)


def data_config(data: Json) -> DataConfig:
    """Return the data settings in a request.

    Raises:
        ProjectError: They are not what a project may hold.
    """
    try:
        return DataConfig.model_validate(data)
    except ValidationError as error:
        raise ProjectError(explain(error, DataConfig, "data.")) from error


def folder_of(text: str) -> Path | None:
    """Return the project's folder; None for a project that was never saved."""
    return Path(text) if text else None
