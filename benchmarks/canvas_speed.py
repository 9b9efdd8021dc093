"""Milliseconds a frame of the canvas takes while it is panned and zoomed, against one item a node.

Both widgets show the same design at 1920 × 1080, offscreen, in the same run. A frame is what it takes to
move the camera and have the widget paint itself, as it does for a person; counted is the time of the
processor, so that other work on the machine does not show. The rival is what one writes first: a
`QGraphicsScene` with one item for each node, whose paint draws the card and its words, and one path item for
each wire.

    python benchmarks/canvas_speed.py [--frames 120] [--json]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Callable, Iterator
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPixmap, QTransform
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
)

from studio.app.canvas.camera import Camera
from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import Card
from studio.app.canvas.view import CanvasView
from studio.app.canvas.wires import path
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.selection import Selection
from studio.app.theme.theme import theme
from studio.engine.records import Checked
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.report import NodeReport, Totals
from studio.project.project import Project

WIDTH, HEIGHT = 1920, 1080
KINDS = ("Conv2d", "BatchNorm2d", "ReLU", "MaxPool2d", "Dropout")
CENTRE = QPointF(WIDTH / 2, HEIGHT / 2)


def design(count: int) -> Graph:
    """Return a square of nodes in rows, each fed by the one before, every second also by one above."""
    columns = math.isqrt(count)
    nodes = [
        Node(
            f"n{place}",
            KINDS[place % len(KINDS)],
            f"layer{place}",
            x=place % columns * 216.0,
            y=place // columns * 128.0,
        )
        for place in range(count)
    ]
    edges = [Edge(f"n{place}", "output", f"n{place + 1}", "input") for place in range(count - 1)]
    edges += [
        Edge(f"n{place}", "output", f"n{place + columns}", "skip") for place in range(0, count - columns, 2)
    ]
    return Graph.of(nodes, edges)


def canvas(graph: Graph) -> CanvasView:
    """Return the program's canvas, with facts on every node."""
    document = Document(Project("bench", graph))
    facts = Facts()
    view = CanvasView(document, Selection(document), facts)
    facts.update(
        Checked(1, (), tuple(NodeReport(i, (64, 28, 28), 18_496) for i in graph.nodes), Totals(1, 1, 1, 1))
    )
    return view


class NaiveNode(QGraphicsItem):
    """A node that paints itself, words and all, whenever it is asked to."""

    def __init__(self, card: Card, rect: QRectF) -> None:
        super().__init__()
        self._card, self._size = card, (rect.width(), rect.height())
        self.setPos(rect.topLeft())

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, *self._size).adjusted(-20, -20, 20, 20)

    def paint(self, painter: QPainter, *_: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_card(painter, self._card, 1.0, *self._size)


def naive(view: CanvasView) -> QGraphicsView:
    """Return the rival, with the same cards and wires."""
    rival = QGraphicsView()
    scene = QGraphicsScene(rival)  # a view does not own its scene
    geometry = view.scene.geometry
    for points in geometry.points:
        wire = QGraphicsPathItem(path(points))
        wire.setPen(QPen(theme().color("wire"), 2.0))
        scene.addItem(wire)
    for node_id in geometry.ids:
        scene.addItem(NaiveNode(view.scene.cards[node_id], geometry.rect(node_id)))
    rival.setScene(scene)
    rival.setRenderHint(QPainter.RenderHint.Antialiasing)
    rival.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
    for policy in (rival.setHorizontalScrollBarPolicy, rival.setVerticalScrollBarPolicy):
        policy(rival.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
    return rival


def panning(zoom: float, extent: QRectF, frames: int) -> Iterator[Camera]:
    """Yield cameras on a walk across the network at one zoom, 20 screen pixels a frame."""
    camera = Camera(zoom=zoom).centred(extent.center(), QRectF(0, 0, WIDTH, HEIGHT).size())
    for place in range(frames):
        angle = place / frames * 2 * math.pi
        camera = camera.panned(20 * math.cos(angle), 20 * math.sin(angle))
        yield camera


def zooming(extent: QRectF, frames: int) -> Iterator[Camera]:
    """Yield cameras from all the network to 160 % and back."""
    size = QRectF(0, 0, WIDTH, HEIGHT).size()
    far = Camera().fitted(extent, size)
    near = Camera(zoom=1.6).centred(extent.center(), size)
    for place in range(frames):
        part = 1 - abs(1 - 2 * place / frames)
        zoom = far.zoom * (near.zoom / far.zoom) ** part
        yield Camera(zoom=zoom).centred(extent.center(), size)


def frame_times(paint: Callable[[Camera, QPixmap], None], cameras: Iterator[Camera]) -> np.ndarray:
    """Return the milliseconds of each frame."""
    target = QPixmap(WIDTH, HEIGHT)
    times = []
    for camera in cameras:
        started = time.thread_time()
        paint(camera, target)
        times.append((time.thread_time() - started) * 1e3)
    return np.array(times)


def our_frame(view: CanvasView, camera: Camera, target: QPixmap) -> None:
    """Move the camera of the program's canvas, and have it paint itself."""
    view.set_camera(camera)
    view.render(target)


def naive_frame(rival: QGraphicsView, camera: Camera, target: QPixmap) -> None:
    """Show with the rival what the camera shows."""
    rival.setTransform(QTransform.fromScale(camera.zoom, camera.zoom))
    rival.centerOn(camera.to_canvas(CENTRE))
    painter = QPainter(target)
    rival.render(painter)
    painter.end()


def measure(count: int, frames: int) -> list[dict[str, object]]:
    """Return p50 and p99 of both for each way of moving."""
    view = canvas(design(count))
    rival = naive(view)
    for widget in (view, rival):
        widget.resize(WIDTH, HEIGHT)
        widget.show()
    QApplication.processEvents()
    extent = view.scene.geometry.extent()
    ways: dict[str, Callable[[], Iterator[Camera]]] = {
        f"pan at {zoom:.0%}": lambda zoom=zoom: panning(zoom, extent, frames) for zoom in (1.0, 0.5, 0.25)
    }
    ways["pan, all in view"] = lambda: panning(fit(extent), extent, frames)
    ways["zoom out and in"] = lambda: zooming(extent, frames)
    rows = []
    for name, cameras in ways.items():
        ours = frame_times(partial(our_frame, view), cameras())
        theirs = frame_times(partial(naive_frame, rival), few(cameras(), frames))
        rows.append(
            {
                "nodes": count,
                "way": name,
                "p50_ms": round(float(np.percentile(ours, 50)), 2),
                "p99_ms": round(float(np.percentile(ours, 99)), 2),
                "naive_p50_ms": round(float(np.percentile(theirs, 50)), 2),
                "naive_p99_ms": round(float(np.percentile(theirs, 99)), 2),
                "ratio_p50": round(float(np.median(theirs) / np.median(ours)), 1),
            }
        )
    view.close()
    rival.close()
    return rows


def fit(extent: QRectF) -> float:
    """Return the zoom at which the whole network is in view."""
    return min(WIDTH / extent.width(), HEIGHT / extent.height())


def few(cameras: Iterator[Camera], frames: int) -> Iterator[Camera]:
    """Yield every eighth camera: the rival takes its time."""
    return (camera for place, camera in enumerate(cameras) if place % 8 == 0 or frames < 16)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    app = QApplication([])
    theme().install(app, "light")
    rows = [row for count in (1_000, 10_000) for row in measure(count, given.frames)]
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'nodes':>6}  {'':18} {'p50':>7} {'p99':>7}   {'naive p50':>9} {'p99':>8}  {'times':>6}")
    for row in rows:
        print(
            f"{row['nodes']:>6}  {row['way']:18} {row['p50_ms']:>7} {row['p99_ms']:>7}   "
            f"{row['naive_p50_ms']:>9} {row['naive_p99_ms']:>8}  {row['ratio_p50']:>6}"
        )


if __name__ == "__main__":
    main()
