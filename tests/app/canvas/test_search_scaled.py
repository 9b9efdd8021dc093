"""The tests of what is chosen from lists once more, on a screen of 150 %."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCREEN = {"name": "wide", "x": 0, "y": 0, "width": 2400, "height": 1600, "logicalDpi": 96, "dpr": 1}


@pytest.mark.parametrize(
    "name", ["test_searching.py", "test_replacing.py", "test_find_bar.py", "test_by_keyboard.py"]
)
def test_at_150_percent(name: str, tmp_path: Path) -> None:
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": False, "screens": [SCREEN]}))
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": "1.5",
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(HERE / name)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stdout[-3000:]
