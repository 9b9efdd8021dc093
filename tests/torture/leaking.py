"""What is opened and closed again and again, or watched for long, leaves nothing behind."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.torture.trials import Promise, Trials

if TYPE_CHECKING:
    from tests.helpers.amounts import Amounts
    from tests.helpers.hidden_window import HiddenWindow

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 4
"""Projects that are opened before anything is counted: caches fill."""

PYTHON_PER_PROJECT = 10.0
"""Python objects that may be left of a project, on average: a few buffers grow with the first ones."""

BYTES_PER_PROJECT = 150_000
"""Resident bytes that may be added by a project: Qt's style sheets remember a few hundred bytes of every
number field until something else has its address."""

MANY = 50
"""Projects from which on memory is compared: the allocator's own ups and downs are larger before."""

TRAINING_STEPS = 100_000
SETTLED_STEP = 30_000
TRAINING_BYTES = 30_000_000
"""By how much each process may grow from the settled step to the last one."""

COMING_AND_GOING = 20, 4
"""Qt objects (notices, findings), and files and threads (stored looks that are being read) of a moment."""

STEPS_S = 120.0
"""What a thousand steps may take."""


def opening(trials: Trials) -> None:
    """Open a project, show each of its panels, look into it, close it; count now and then."""
    from tests.helpers.amounts import amounts
    from tests.helpers.hidden_window import HiddenWindow

    with HiddenWindow(trials.folder) as hidden:
        path = _two_projects(trials.folder)
        for number in range(WARM_UP):
            _visit(hidden, path[number % 2])
        start, settled = amounts(), 0
        for attempt in trials:
            with attempt:
                _visit(hidden, path[attempt.number % 2])
                if attempt.number % 10 == 9 or attempt.number == trials.wanted - 1:
                    now, projects = amounts(), attempt.number + 1
                    _compare(trials, start, now, projects)
                    if projects == MANY:
                        settled = now.memory
                    elif projects > MANY:
                        _compare_memory(trials, (now.memory - settled) / (projects - MANY), projects)


def _two_projects(folder: Path) -> list[Path]:
    from studio import zoo
    from studio.project import files
    from studio.project.project import Project

    digits = files.read(ROOT / "examples" / "digits.flow")
    found = [folder / "digits.flow", folder / "net.flow"]
    files.write(digits, found[0])
    files.write(Project("net", zoo.build("resnet9"), notes="A block inside."), found[1])
    return found


def _visit(hidden: HiddenWindow, path: Path) -> None:
    """Do what a person does with a project in a minute."""
    from PySide6.QtWidgets import QApplication

    from studio.app.problem_report.dialog import ProblemDialog

    window = hidden.window
    window.open_path(path)
    document = window.document
    for index in range(window.tabs.count()):
        window.tabs.setCurrentIndex(index)
        QApplication.processEvents()
    for node in list(document.graph.ordered())[:4]:
        window.workspace.selection.set([node.id])
        QApplication.processEvents()
    blocks = [node.id for node in document.graph.ordered() if node.kind.startswith("block:")]
    if blocks:
        document.enter(blocks[0])
        QApplication.processEvents()
        document.leave()
    document.edit_project("Notes", lambda project: replace(project, notes="changed"))
    document.undo()
    window.tabs.take_out(window.curves)
    QApplication.processEvents()
    window.tabs.bring_back(window.curves)
    window.dialogs.report_problem()
    QApplication.processEvents()
    for dialog in window.findChildren(ProblemDialog):
        dialog.close()
    window.canvas.grab()
    assert window.projects.close(), "it could not be closed"
    hidden.forget()
    assert not hidden.raised, hidden.raised[0]


def _compare(trials: Trials, start: Amounts, now: Amounts, projects: int) -> None:
    python = (now.objects - start.objects) / projects
    trials.worst("Python objects a project", python)
    assert now.qobjects <= start.qobjects, f"{now.qobjects - start.qobjects} Qt objects after {projects}"
    assert now.files <= start.files, f"{now.files - start.files} file descriptors after {projects}"
    assert now.threads <= start.threads + 1, f"{now.threads - start.threads} threads after {projects}"
    assert python <= PYTHON_PER_PROJECT, f"{python:.0f} Python objects a project after {projects}"


def _compare_memory(trials: Trials, growth: float, projects: int) -> None:
    trials.worst("bytes a project", growth)
    assert growth <= BYTES_PER_PROJECT, f"{growth:.0f} bytes a project from {MANY} to {projects}"


def training(trials: Trials) -> None:
    """Train for long with every panel in a window of its own; each try is a thousand steps more."""
    from studio.engine.process_client import ProcessClient
    from tests.helpers.hidden_window import HiddenWindow

    client, folder = ProcessClient(), trials.folder
    with HiddenWindow(folder, client) as hidden:
        window = hidden.window
        _long_project(folder / "net.flow")
        window.open_path(folder / "net.flow")
        for panel in [window.tabs.widget(index) for index in range(window.tabs.count())]:
            window.tabs.take_out(panel)
        _wait(lambda: bool(window.workspace.devices), time.monotonic() + STEPS_S)
        window.workspace.train()
        settled: tuple[Amounts, int] | None = None
        for attempt in trials:
            with attempt:
                wanted, deadline_s = 1_000 * (attempt.number + 1), time.monotonic() + STEPS_S
                _wait(lambda wanted=wanted: _step(hidden) >= wanted, deadline_s)
                assert not hidden.raised, hidden.raised[0]
                if wanted == SETTLED_STEP:
                    settled = _both(client.pid)
                elif settled is not None:
                    _compare_training(trials, settled, _both(client.pid))
        window.workspace.stop()
        _wait(lambda: window.workspace.state in ("stopped", "finished", "failed"), time.monotonic() + STEPS_S)


def _compare_training(trials: Trials, settled: tuple[Amounts, int], both: tuple[Amounts, int]) -> None:
    (start, engine), (now, engine_now) = settled, both
    trials.worst("window's growth, MB", (now.memory - start.memory) / 1e6)
    trials.worst("engine's growth, MB", (engine_now - engine) / 1e6)
    objects, others = COMING_AND_GOING
    assert now.qobjects <= start.qobjects + objects, f"{now.qobjects - start.qobjects} Qt objects"
    assert now.files <= start.files + others, f"{now.files - start.files} file descriptors"
    assert now.threads <= start.threads + others, f"{now.threads - start.threads} threads"
    assert now.memory - start.memory <= TRAINING_BYTES, f"the window grew by {now.memory - start.memory:,}"
    assert engine_now - engine <= TRAINING_BYTES, f"the engine grew by {engine_now - engine:,} bytes"


def _long_project(path: Path) -> None:
    from studio.project import files

    project = files.read(ROOT / "examples" / "digits.flow")
    changes = {
        "epochs": 100_000,
        "max_steps": TRAINING_STEPS + 1_000,
        "patience": 0,
        "device": "cpu",
        "batch_size": 16,
    }
    files.write(replace(project, training=project.training.model_copy(update=changes)), path)


def _step(hidden: HiddenWindow) -> int:
    progress = hidden.window.workspace.monitor.progress
    return progress.step if progress is not None else 0


def _wait(until: object, deadline_s: float) -> None:
    from PySide6.QtTest import QTest

    while not until():  # type: ignore[operator]
        assert time.monotonic() < deadline_s, "it took too long"
        QTest.qWait(100)


def _both(pid: int | None) -> tuple[Amounts, int]:
    from tests.helpers.amounts import amounts, resident

    return amounts(), resident(pid or 0)


PROMISES = (
    Promise(
        "open-leaks-nothing",
        "Projects that are opened, looked at in every panel and closed leave no Qt object, file, thread or "
        "memory behind.",
        200,
        opening,
        1_800.0,
    ),
    Promise(
        "train-leaks-nothing",
        "Trained with every panel on screen (a try is a thousand steps): Qt objects, files, threads and the "
        "memory of both processes stay as they are.",
        TRAINING_STEPS // 1_000,
        training,
        3_600.0,
    ),
)
