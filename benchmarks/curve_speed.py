"""What an update of a curve of a million points costs, beside plain pyqtgraph with peak downsampling.

Both draw the same losses into a plot of the same size, get a few points more, and are painted at once. The
cost is CPU time of the process, so that a busy machine does not count; the ratio is of one run.

    python benchmarks/curve_speed.py [--points 1000000] [--updates 50] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.learning_curves import LossPlot
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.theme.theme import theme
from studio.runs.records import RunChanged, Steps

SIZE = 900, 260
NEW = 30
"""Points that come with each update."""


def losses(first: int, count: int) -> np.ndarray:
    """Return noisy losses that fall slowly, the same for both."""
    steps = np.arange(first, first + count)
    noise = np.random.default_rng(first).normal(size=count)
    return (2.0 / (1.0 + steps / 1e5) + 0.2 * noise**2).astype(np.float32)


def cost_ms(update: Callable[[int], None], points: int, updates: int) -> float:
    """Return the median CPU time of an update, after some to get warm."""
    found = []
    for place in range(updates + 3):
        started = time.process_time()
        update(points + place * NEW)
        found.append((time.process_time() - started) * 1000)
    return statistics.median(found[3:])


def ours(points: int, *, painted: bool = True) -> tuple[QWidget, Callable[[int], None]]:
    """Return the plot of the loss, and what gives it more points."""
    monitor = Monitor()
    monitor.take(RunChanged("run-1", "running", 0, 0))
    plot = LossPlot(monitor, RepaintScheduler())
    plot.resize(*SIZE)
    plot.show()

    def add(first: int, count: int) -> None:
        numbers = np.arange(first + 1, first + count + 1, dtype=np.int64)
        monitor.take(Steps("run-1", numbers, losses(first, count), np.full(count, np.nan, np.float32)))
        monitor.announce()
        plot.refresh()
        if painted:
            plot.grab()

    add(0, points)
    return plot, lambda first: add(first, NEW)


def plain(points: int, *, painted: bool = True) -> tuple[QWidget, Callable[[int], None]]:
    """Return pyqtgraph's own plot with what it offers against many points, and what gives it more."""
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    plot.setDownsampling(auto=True, mode="peak")
    plot.setClipToView(True)
    curve = plot.plot(pen=pg.mkPen("b", width=1))
    plot.show()
    values = losses(0, points)

    def add(first: int) -> None:
        nonlocal values
        values = np.concatenate([values, losses(first, NEW)])
        curve.setData(values)
        if painted:
            plot.grab()

    curve.setData(values)
    plot.grab()
    return plot, add


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--updates", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    app = QApplication([])
    theme().install(app, "light")
    costs: dict[str, float] = {}
    for name, make in (("ours", ours), ("pyqtgraph", plain)):
        for painted in (False, True):
            widget, update = make(args.points, painted=painted)
            app.processEvents()
            costs[f"{name}_{'painted' if painted else 'update'}_ms"] = cost_ms(
                update, args.points, args.updates
            )
            widget.close()
    costs["ratio"] = costs["ours_painted_ms"] / costs["pyqtgraph_painted_ms"]
    if args.json:
        print(json.dumps(costs))
        return
    print(f"a curve of {args.points:,} points gets {NEW} more, ms of CPU: taken in / taken in and painted")
    print(f"studio:    {costs['ours_update_ms']:5.1f} / {costs['ours_painted_ms']:5.1f}")
    print(f"pyqtgraph: {costs['pyqtgraph_update_ms']:5.1f} / {costs['pyqtgraph_painted_ms']:5.1f}")
    print(f"painted, studio / pyqtgraph: {costs['ratio']:.2f}")


if __name__ == "__main__":
    main()
