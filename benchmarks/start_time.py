"""Time from process start to the first painted window, against importing Qt alone.

Each repetition runs both, one after the other; the ratio is taken pair by pair.

    python benchmarks/start_time.py [--repeat 5]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

WINDOW = """
import sys, time
from pathlib import Path
from studio.app import start
app, window = start.create(Path(sys.argv[1]))
window.workspace.start = lambda: None  # the engine starts after the first paint, and is not timed
window.first_painted.connect(lambda: (print(time.time()), app.exit()))
window.show()
app.exec()
"""
QT = "import PySide6.QtWidgets, time; print(time.time())"


def seconds(code: str, *args: str) -> float:
    """Return the seconds from starting Python to the time that the code prints."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    started = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=env, capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeat", type=int, default=5)
    args = parser.parse_args()
    file = str(ROOT / "examples" / "digits.flow")
    seconds(WINDOW, file), seconds(QT)  # fill the disk cache
    pairs = [(seconds(WINDOW, file), seconds(QT)) for _ in range(args.repeat)]
    window, qt = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    print(f"first painted window {window:.2f} s, import PySide6.QtWidgets {qt:.2f} s, ratio {ratio:.1f}")


if __name__ == "__main__":
    main()
