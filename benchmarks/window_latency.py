"""How smooth the window stays while a network is trained, and what the window costs the training.

In one run: (1) the engine trains without a window being painted; (2) the same training with a canvas of
200 nodes panned at 60 Hz and the live plots on screen; (3) the same window without training. Latency of
the event loop is how late a 16 ms timer fires; painting is part of it.

With --panels every panel of the monitor is open at once, each in a window of its own, and wires and cards
have the colours of gradients; both are measured in the same run, and the ratio of their training speeds.

    python benchmarks/window_latency.py [--seconds 10] [--repeat 2] [--panels] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from studio import zoo
from studio.app.garbage import GarbageCollector
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.app.theme.theme import theme
from studio.catalog.registry import signature
from studio.engine.process_client import ProcessClient
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project import grants
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project

FRAME_MS = 1000 / 60
ROWS = 60_000


def write_mnist_shaped(folder: Path) -> None:
    """Write random images and labels in MNIST's own files: 60,000 to train on, 1,000 to test."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    random = np.random.default_rng(0)
    for name, rows in (("train", ROWS), ("t10k", 1000)):
        images = random.integers(0, 256, (rows, 28, 28), np.uint8)
        labels = random.integers(0, 10, rows, np.uint8)
        head = struct.pack(">4i", 0x803, rows, 28, 28)
        (raw / f"{name}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">2i", 0x801, rows) + labels.tobytes())


def project(folder: Path, num_nodes: int) -> Project:
    """Return an MLP of 784-512-256-10 on 60,000 rows, with idle nodes beside it to fill the canvas."""
    os.environ["XDG_CONFIG_HOME"] = str(folder)  # the engine reads there what may be read
    grants.allow(folder, keep=True)
    graph = zoo.build("mlp", input_shape=(1, 28, 28), num_classes=10, hidden=(512, 256))
    return Project(
        name="latency",
        graph=_with_idle_nodes(graph, num_nodes),
        data=DataConfig(dataset="mnist", folder=str(folder), validation_fraction=0.01),
        training=TrainingConfig(batch_size=128, epochs=1000, lr=0.01, device="cpu"),
    )


def _with_idle_nodes(graph: Graph, total: int) -> Graph:
    """Return the graph with chains of ReLU nodes below it, until it has `total` nodes.

    They lead to no loss, so the compiled network leaves them out: they only fill the canvas.
    """
    last = graph.named("flatten").id
    while len(graph) < total:
        place = len(graph)
        node = edits.new_node(graph, "ReLU", x=(place % 20) * 220.0, y=400.0 + (place // 20) * 120.0)
        graph = edits.add_node(graph, node)
        graph = edits.connect(graph, last, "output", node.id, "input", signature)
        last = node.id
    return graph


class Meter:
    """Fires every 16 ms, pans the canvas and keeps how late it was."""

    def __init__(self, window: MainWindow, pan: bool) -> None:
        self._window, self._pan = window, pan
        self._due = 0.0
        self._phase = 0
        self.late_ms: list[float] = []
        self._timer = QTimer(interval=16)
        self._timer.setTimerType(self._timer.timerType().PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self._due = time.perf_counter() + 0.016
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._due) * 1000))
        self._due = now + 0.016
        if self._pan:
            self._phase += 1
            step = 6.0 if (self._phase // 60) % 2 == 0 else -6.0
            canvas = self._window.canvas
            canvas.set_camera(canvas.camera.panned(step, 0.0))
            canvas.repaint()


def wait(app: QApplication, seconds: float) -> None:
    """Run the event loop for a while."""
    QTimer.singleShot(int(seconds * 1000), app.exit)
    app.exec()


def num_steps(window: MainWindow) -> int:
    """Return the training steps done so far."""
    progress = window.workspace.monitor.progress
    return progress.step if progress is not None else 0


def steps_per_second(app: QApplication, window: MainWindow, seconds: float) -> float:
    """Run the event loop for a while and return the training steps done in it, per second."""
    before, started = num_steps(window), time.perf_counter()
    wait(app, seconds)
    return (num_steps(window) - before) / (time.perf_counter() - started)


def wait_for_steps(app: QApplication, window: MainWindow) -> None:
    """Run the event loop until the run has made its first steps."""
    for _ in range(600):
        wait(app, 0.2)
        if num_steps(window) > 200:
            return
    raise SystemExit(f"no training after two minutes: {window.banner.text or window.workspace.state}")


def open_all(app: QApplication, window: MainWindow) -> list[QWidget]:
    """Show every panel of the monitor in a window of its own; return them."""
    window.workspace.selection.set([window.document.graph.named("relu1").id])
    panels = [window.tabs.widget(place) for place in range(window.tabs.count())]
    for panel in panels:
        window.tabs.take_out(panel)
    window.canvas.heat.show_on_wires("flow")
    window.canvas.heat.show_on_cards("gradient")
    wait(app, 1)
    return panels


def measure(app: QApplication, seconds: float, nodes: int, *, panels: bool = False) -> dict[str, float]:
    """Return latencies and training speeds of one round."""
    folder = Path(tempfile.mkdtemp())
    window = MainWindow(ProcessClient(), Settings(folder / "settings.json"))
    collector = GarbageCollector(window)
    window.resize(1920, 1080)
    write_mnist_shaped(folder)
    window.document.open(project(folder, nodes), None)
    window.show()
    wait(app, 3)
    idle = Meter(window, pan=True)
    idle.start()
    wait(app, seconds / 2)
    idle.stop()
    window.workspace.train()
    wait_for_steps(app, window)
    with_window = Meter(window, pan=True)
    with_window.start()
    shown = steps_per_second(app, window, seconds)
    with_window.stop()
    more = _with_panels(app, window, seconds, shown) if panels else {}
    window.hide()
    wait(app, 0.5)
    hidden = steps_per_second(app, window, seconds)
    window.workspace.close()
    collector.stop()
    window.deleteLater()
    late, still = np.asarray(with_window.late_ms), np.asarray(idle.late_ms)
    return {
        "p50_ms": float(np.percentile(late, 50)),
        "p99_ms": float(np.percentile(late, 99)),
        "worst_ms": float(late.max()),
        "untrained_p99_ms": float(np.percentile(still, 99)),
        "steps_per_s": shown,
        "steps_per_s_hidden": hidden,
        "kept": shown / hidden,
        **more,
    }


def _with_panels(app: QApplication, window: MainWindow, seconds: float, usual: float) -> dict[str, float]:
    """Return latencies and training speed with every panel open, beside the usual speed."""
    opened = open_all(app, window)
    meter = Meter(window, pan=True)
    meter.start()
    speed = steps_per_second(app, window, seconds)
    meter.stop()
    for panel in opened:
        window.tabs.bring_back(panel)
    late = np.asarray(meter.late_ms)
    return {
        "panels_p50_ms": float(np.percentile(late, 50)),
        "panels_p99_ms": float(np.percentile(late, 99)),
        "panels_open": float(len(opened)),
        "panels_speed": speed / usual,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--panels", action="store_true", help="also with every panel of the monitor open")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    app = QApplication([])
    theme().install(app, "light")
    rounds = [measure(app, args.seconds, args.nodes, panels=args.panels) for _ in range(args.repeat)]
    result = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
    result["worst_ms"] = max(one["worst_ms"] for one in rounds)
    if args.json:
        print(json.dumps(result))
        return
    print(f"event loop late by: p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms, ", end="")
    print(f"worst {result['worst_ms']:.1f} ms (without training p99 {result['untrained_p99_ms']:.1f} ms)")
    print(f"p99 in frames of 60 Hz: {result['p99_ms'] / FRAME_MS:.2f}")
    if args.panels:
        print(f"with all {result['panels_open']:.0f} panels open: ", end="")
        print(f"p50 {result['panels_p50_ms']:.1f} ms, p99 {result['panels_p99_ms']:.1f} ms, ", end="")
        print(f"training at {result['panels_speed']:.2f} of its speed with the one in front")
    print(f"training with the window panned and plotting: {result['kept']:.2f} of its speed with it hidden")


if __name__ == "__main__":
    main()
