"""The program as a process of its own: it opens, trains, closes, and never loads torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from studio.app import start

app, window = start.create(Path(sys.argv[1]))
heard = []

def follow(state):
    heard.append(state)
    if state in ("finished", "failed"):
        QTimer.singleShot(200, window.close)

window.workspace.run_state_changed.connect(follow)
window.workspace.engine_ready.connect(lambda ready: window.workspace.train())
window.show()
code = app.exec()
best = max((epoch.val_accuracy for epoch in window.workspace.monitor.live.epochs), default=0.0)
heavy = sorted({name.partition(".")[0] for name in sys.modules} & {"torch", "torchvision", "sklearn"})
print(json.dumps({"code": code, "heard": heard, "best": best, "heavy": heavy}))
"""


@pytest.mark.timeout(180)
def test_window_opens_trains_and_closes_without_torch(tmp_path: Path, examples: Path) -> None:
    project = tmp_path / "digits.flow"
    project.write_bytes((examples / "digits.flow").read_bytes())
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(project)], env=env, capture_output=True, text=True, timeout=170
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["heavy"] == []
    assert report["code"] == 0
    assert report["heard"][-1] == "finished"
    assert report["best"] > 0.95
    assert (tmp_path / "digits.runs" / "run-1" / "best.safetensors").is_file()
