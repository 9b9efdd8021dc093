"""What the engine answers, with PyTorch: one function a question."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from pydantic import ValidationError

from studio.compiler.shapes import ShapeEngine
from studio.data import datasets, prepare
from studio.engine.records import (
    Check,
    Checked,
    DataDescribed,
    DataFetched,
    DescribeData,
    FetchData,
    Json,
    Ready,
    Record,
    Request,
    Warm,
)
from studio.engine.warm import set_threads, take_first_steps
from studio.errors import EngineError, ProjectError
from studio.project.config import DataConfig
from studio.project.format import from_data
from studio.project.wording import explain
from studio.training import devices
from studio.training.fit import check_project

NUM_SAMPLES = 16
"""Samples shown of a data set."""


def start(threads: int | None) -> ShapeEngine:
    """Set torch up, and return what remembers shapes from one check to the next."""
    set_threads(threads)
    return ShapeEngine()


def answer(request: Request, shapes: ShapeEngine) -> Record:
    """Return the reply to a request.

    Raises:
        StudioError: It cannot be carried out.
    """
    match request:
        case Warm():
            return ready(request)
        case Check():
            return check(request, shapes)
        case DescribeData():
            return describe(request)
        case _:
            raise EngineError(f"The engine does not answer {type(request).__name__}.")


def ready(request: Warm) -> Ready:
    """Say that torch is loaded, and what there is to compute with."""
    there = devices.available()
    return Ready(request.id, os.getpid(), str(torch.__version__), there, there[0])


def warm_up() -> None:
    """Pay for what else is slow only once; takes seconds, and no answer needs it."""
    take_first_steps(devices.available())


def check(request: Check, shapes: ShapeEngine) -> Checked:
    """Return a design's problems and costs, and the shapes at the level on show.

    What did not change is not asked again.
    """
    analysis = check_project(from_data(request.project), folder_of(request.folder), shapes)
    prefix = analysis.prefix(request.level)
    nodes = analysis.level(prefix) if prefix is not None else ()
    return Checked(
        request.id, tuple(analysis.problems), nodes, analysis.totals, request.level, prefix
    )


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
    samples, labels = prepare.preview(config, folder, NUM_SAMPLES)
    return replace(described, samples=samples, labels=labels)


def fetch(
    request: FetchData, progress: Callable[[float, float, str], None], cancelled: Callable[[], bool]
) -> DataFetched:
    """Download a data set."""
    config = data_config(request.data)
    datasets.fetch(config, folder_of(request.folder), progress, cancelled)
    return DataFetched(request.id, config.dataset)


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
