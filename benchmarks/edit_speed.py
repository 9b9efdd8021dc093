"""Milliseconds the window is busy with one edit of a large network, end to end.

A real window shows 10,000 nodes, with an engine that answers what it is told to. Each edit is as a person
makes it, and counted is the time of the processor on the window's own thread: for the edit and the frame that
shows it (together they should fit 16.7 ms), for asking the engine, and for taking over its answer with the
frame that shows that. The yardstick is what each edit used to do on this thread beside all else: to write the
whole design down. The last column is the edit with its frame as a multiple of that.

    python benchmarks/edit_speed.py [--nodes 10000] [--repeat 12] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from canvas_speed import design
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.app.theme.theme import theme
from studio.engine.records import Check, Checked
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from studio.graph.wires import rewire
from studio.project.format import to_data
from studio.project.project import Project

SETTLE = 20


class Engine:
    """Keeps the questions, as a client that sends from another thread does, and answers them when told to."""

    alive = True

    def __init__(self) -> None:
        self.asked: list[tuple[Any, int]] = []
        self.answers: list[Any] = []

    def start(self) -> None:
        """There is nothing to start."""

    def request(self, kind: Any, **_fields: Any) -> int:
        self.asked.append((kind, len(self.asked) + 1))
        return len(self.asked)

    def drain(self) -> list[Any]:
        found, self.answers = self.answers, []
        return found

    def close(self, timeout_s: float = 0.0) -> None:
        """There is nothing to end."""

    def answer(self, graph: Graph) -> None:
        """Answer the last check with a report of each node, as if it had just come from another process."""
        number = max(number for kind, number in self.asked if kind is Check)
        reports = tuple(NodeReport(node_id, (64, 28, 28), 18_496) for node_id in graph.nodes)
        self.answers.append(Checked(number, (), reports, Totals(1, 1, 1, 1)))


class Bench:
    """A window with a large network, and a node in the middle of it selected."""

    def __init__(self, count: int, folder: Path) -> None:
        self.engine = Engine()
        self.window = MainWindow(self.engine, Settings(folder / "settings.json"))
        self.window.resize(1920, 1080)
        self.window.new_project(Project("bench", design(count)))
        self.window.show()
        self.settle()
        self.view, self.document = self.window.canvas, self.window.document
        self.space = self.window.workspace
        self.space.link._timer.stop()  # answers are drained where they are measured
        self.view.zoom_reset()
        self.node = self.shown()[0]
        self.space.selection.set([self.node])
        self.ask_and_answer()

    def shown(self) -> list[str]:
        """Return the nodes in view."""
        geometry = self.view.scene.geometry
        return [geometry.ids[slot] for slot in geometry.nodes_in(self.view.visible_area()).tolist()]

    def settle(self) -> None:
        """Let timers run out, and sprites be painted."""
        for _ in range(SETTLE):
            QApplication.processEvents()
            time.sleep(0.004)

    def frame(self) -> None:
        """Paint what an edit has changed, and what floats over it."""
        self.view.repaint()
        QApplication.processEvents()

    def ask_and_answer(self) -> tuple[float, float]:
        """Return the milliseconds of asking, and of an answer with its frame."""
        self.space.checks.forget()
        ask = busy(self.space.check)
        self.engine.answer(self.document.graph)
        self.settle()
        answer = busy(self.space.link.drain) + busy(self.frame)
        self.settle()
        return ask, answer

    def kinds(self) -> dict[str, Callable[[int], Callable[[], object]]]:
        """Return the edits, by name; each makes something new of a number."""
        edit, node, x, y = self.document.edit, self.node, *self.place()
        pairs = self.pairs()
        steps = [(8.0, 0.0), (8.0, 8.0), (0.0, 8.0), (0.0, 0.0)]

        def argument(number: int) -> Callable[[], object]:
            return lambda: edit("Set", lambda g: edits.set_argument(g, node, "out_channels", 16 + number))

        def move(number: int) -> Callable[[], object]:
            dx, dy = steps[number % len(steps)]
            return lambda: edit("Move", lambda g: edits.move(g, {node: (x + dx, y + dy)}))

        def connect(number: int) -> Callable[[], object]:
            edge = next(pairs)
            return lambda: edit("Connect", lambda g: rewire(g, (), [edge]))

        def add(_number: int) -> Callable[[], object]:
            return lambda: self.view.add_layer("ReLU", self.view.visible_area().center() + QPointF(0, 64))

        return {
            "set an argument": argument,
            "move a node": move,
            "connect": connect,
            "add a node": add,
            "undo": lambda _number: self.document.undo,
        }

    def place(self) -> tuple[float, float]:
        """Return where the node is."""
        node = self.document.graph.node(self.node)
        return node.x, node.y

    def pairs(self) -> Iterator[Edge]:
        """Yield wires between nodes in view that are not there yet."""
        here = self.shown()
        for number in range(1, 1000):
            yield Edge(here[1], "output", here[-1 - number % (len(here) - 2)], f"p{number}")


def busy(do: Callable[[], object]) -> float:
    """Return the milliseconds of this thread that something takes."""
    started = time.thread_time()
    do()
    return (time.thread_time() - started) * 1e3


def measure(bench: Bench, repeat: int) -> list[dict[str, object]]:
    """Return the numbers of each kind of edit."""
    rows = []
    for name, make in bench.kinds().items():
        times = []
        for number in range(repeat + 1):
            change = make(number)
            edit = busy(change), busy(bench.frame)
            times.append((*edit, sum(edit), *bench.ask_and_answer()))
        yardstick = min(busy(lambda: to_data(bench.document.project)) for _ in range(5))
        edit, frame, both, ask, answer = np.median(np.array(times[1:]), axis=0).tolist()
        rows.append(
            {
                "edit": name,
                "edit_ms": round(edit, 1),
                "frame_ms": round(frame, 1),
                "both_ms": round(both, 1),
                "worst_ms": round(max(row[2] for row in times[1:]), 1),
                "ask_ms": round(ask, 1),
                "answer_ms": round(answer, 1),
                "yardstick_ms": round(yardstick, 1),
                "ratio": round(both / yardstick, 2),
            }
        )
    return rows


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=12)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    app = QApplication([])
    theme().install(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Bench(given.nodes, Path(folder)), given.repeat)
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'':16}" + "".join(f"{key:>14}" for key in list(rows[0])[1:]))
    for row in rows:
        print(f"{row['edit']:16}" + "".join(f"{value:>14}" for value in list(row.values())[1:]))


if __name__ == "__main__":
    main()
