"""Tests run once more in a process of their own, on a screen of 150 %."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCREEN = {"name": "wide", "x": 0, "y": 0, "width": 2400, "height": 1600, "logicalDpi": 96, "dpr": 1}


def check_at_150_percent(files: list[Path], folder: Path) -> None:
    """Run test files on a large screen scaled by 1.5, and fail as they do."""
    config = folder / "screens.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": False, "screens": [SCREEN]}))
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": "1.5",
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *map(str, files)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout[-3000:]
