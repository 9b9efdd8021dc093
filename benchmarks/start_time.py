"""Time from process start to the first painted window, against importing Qt alone, and what a network adds.

Each repetition runs all of them, one after the other; ratios and differences are taken run by run. The time
of the processor is told beside that of the clock, which on a busy machine says little.

    python benchmarks/start_time.py [--repeat 5] [--nodes 1000]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from canvas_speed import design

from studio.project.format import dumps
from studio.project.project import Project

ROOT = Path(__file__).resolve().parent.parent

WINDOW = """
import sys, time
from pathlib import Path
from studio.app import start
app, window = start.create(Path(sys.argv[1]))
window.workspace.start = lambda: None  # the engine starts after the first paint, and is not timed
window.first_painted.connect(lambda: (print(time.time(), time.process_time()), app.exit()))
window.show()
app.exec()
"""
QT = "import PySide6.QtWidgets, time; print(time.time(), time.process_time())"


def seconds(code: str, *args: str) -> tuple[float, float]:
    """Return the seconds from starting Python to the time that the code prints: by the clock, and worked."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as home:  # a start remembers nothing of the one before
        env |= {"XDG_CONFIG_HOME": f"{home}/config", "XDG_STATE_HOME": f"{home}/state"}
        started = time.time()
        done = subprocess.run(
            [sys.executable, "-c", code, *args], env=env, capture_output=True, text=True, check=True
        )
    ended, worked = done.stdout.split()[-2:]
    return float(ended) - started, float(worked)


def project_file(folder: Path, count: int) -> str:
    """Write a network of so many nodes, and return its path."""
    path = folder / f"nodes{count}.flow"
    path.write_text(dumps(Project(path.stem, design(count))))
    return str(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=1000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        large, small = (project_file(Path(home), count) for count in (args.nodes, 1))
        runs: list[Callable[[], tuple[float, float]]] = [
            lambda: seconds(WINDOW, large),
            lambda: seconds(WINDOW, small),
            lambda: seconds(QT),
        ]
        for run in runs:
            run()  # fill the disk cache
        rows = [[run() for run in runs] for _ in range(args.repeat)]
    for place, what in enumerate(("by the clock", "of the processor")):
        times = [[pair[place] for pair in row] for row in rows]
        big, one, qt = (statistics.median(column) for column in zip(*times, strict=True))
        ratio = statistics.median(row[1] / row[2] for row in times)
        more = statistics.median(row[0] - row[1] for row in times)
        print(
            f"{what}: first painted window {one:.2f} s, import PySide6.QtWidgets {qt:.2f} s, "
            f"ratio {ratio:.1f};"
            f" with {args.nodes} nodes {big:.2f} s, {more:.2f} s more"
        )


if __name__ == "__main__":
    main()
