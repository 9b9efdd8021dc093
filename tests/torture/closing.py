"""Closing at any moment: in order, soon, and with a checkpoint that loads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.torture.trials import Promise, Trials

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = ("training", "saving", "idle", "evaluating", "exporting")
"""What the program is doing when it is told to close; each in turn."""

WITHIN_S = 8.0
START_S = 240.0
"""For the program and its engine to start, on a machine that has much else to do."""

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.app import start
from studio.engine.records import EvaluateRun, Export
from studio.graph import edits
from studio.project.format import to_data

path, moment = Path(sys.argv[1]), sys.argv[2]
made = start._create

def say(**what):
    print("@" + json.dumps(what), flush=True)

def create(path):
    app, windows = made(path)
    window = windows.all[0]
    space = window.workspace

    def move_and_save():
        place = {node.id: (node.x + 1.0, node.y) for node in window.document.graph.nodes.values()}
        window.document.edit("Move", lambda graph: edits.move(graph, place))
        assert window.files.save()

    def follow(state):
        if state == "running":
            QTimer.singleShot(100, begin)

    def begin():
        if moment == "saving":
            app.saver = QTimer(app)
            app.saver.timeout.connect(move_and_save)
            window.closed.connect(app.saver.stop)
            app.saver.start(1)
        elif moment == "evaluating":
            space.link.request(EvaluateRun, run="run-1", runs_folder=str(space.runs_folder),
                               folder=space.folder, part="train", checkpoint="last")
        elif moment == "exporting":
            space.link.request(Export, project=to_data(window.document.project), form="python",
                               path=str(path.with_name("net.py")), folder=space.folder)
        say(ready=moment, run=space.run)

    if moment == "idle":
        window.first_painted.connect(lambda: QTimer.singleShot(0, begin))
    else:
        space.run_state_changed.connect(follow)
        space.engine_ready.connect(lambda ready: (say(engine=ready.pid), space.train()))
    return app, windows

start._create = create
start.run(path)
"""


def in_order(trials: Trials) -> None:
    """Start the real program, tell it to close in the midst of something, and look at what it left."""
    for attempt in trials:
        with attempt:
            moment = MOMENTS[attempt.number % len(MOMENTS)]
            path = attempt.folder() / "net.flow"
            _project(path)
            with _started(path, moment) as program:
                told = _until_ready(program)
                time.sleep(attempt.random.uniform(0.0, 1.0))
                started_s = time.monotonic()
                program.send_signal(signal.SIGTERM)
                words = program.communicate(timeout=60.0)
                took_s = time.monotonic() - started_s
            trials.worst(f"seconds to close, {moment}", took_s)
            assert program.returncode == 0, f"{moment}: exit code {program.returncode}: {words[1][-600:]}"
            assert took_s <= WITHIN_S, f"{moment}: it took {took_s:.1f} s to close"
            _look(path, moment, told)


def _project(path: Path) -> None:
    """Write a project that trains until it is told not to."""
    from studio.project import files

    project = files.read(ROOT / "examples" / "digits.flow")
    training = project.training.model_copy(update={"epochs": 100_000, "patience": 0, "device": "cpu"})
    from dataclasses import replace

    files.write(replace(project, training=training), path)


def _started(path: Path, moment: str) -> subprocess.Popen[str]:
    home = path.parent / "home"
    private = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "STATE", "CACHE", "DATA")}
    environment = {**os.environ, **private, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), moment],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until_ready(program: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait until the program does what it is to be interrupted in; return what it told."""
    told: dict[str, Any] = {}
    assert program.stdout is not None
    deadline_s = time.monotonic() + START_S
    for line in program.stdout:
        if line.startswith("@"):
            told |= json.loads(line[1:])
            if "ready" in told:
                return told
        assert time.monotonic() < deadline_s, "it did not get that far"
    raise AssertionError(f"it ended before: {program.communicate()[1][-600:]}")


def _look(path: Path, moment: str, told: dict[str, Any]) -> None:
    """See whether all that is left is whole, and nothing is that should not be."""
    from studio.project import files
    from studio.runs import checkpoints
    from studio.runs.store import RunStore

    files.read(path)
    left = [other.name for other in path.parent.iterdir() if other.name.endswith((".tmp", ".lock"))]
    assert not left, f"{moment}: {left} was left"
    logs = path.parent / "home" / "STATE" / "flowgraph-studio" / "log"
    crashes = [other.name for other in logs.glob("*.crash")] + [other.name for other in logs.glob("*.txt")]
    assert not crashes, f"{moment}: {crashes}"
    if "engine" in told:
        assert not Path(f"/proc/{told['engine']}").exists(), f"{moment}: its engine lives on"
    if moment == "idle":
        return
    run = RunStore(files.runs_folder(path)).run(told["run"])
    assert run.info.state == "stopped", f"{moment}: the run is {run.info.state}"
    for which in ("last", "resume"):
        file = run.checkpoint_path(which)  # type: ignore[arg-type]
        assert checkpoints.load(file).tensors, f"{moment}: {file.name} is empty"


PROMISES = (
    Promise(
        "close-in-order",
        "Told to close at idle, training, evaluating, saving or exporting, the program ends by itself with "
        "exit code 0 within 8 s, and the run's checkpoint loads.",
        200,
        in_order,
        2_400.0,
    ),
)
