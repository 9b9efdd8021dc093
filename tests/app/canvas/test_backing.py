from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter, QPixmap

from studio.app.canvas.backing import Backing, snapped
from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import Badge
from studio.app.canvas.scene import Scene
from studio.app.canvas.wire_layer import Mask, lit_rows
from studio.app.facts import Facts
from studio.graph import edits
from tests.helpers.canvas_table import small_network

pytestmark = pytest.mark.usefixtures("qapp")

SIZE = QSize(600, 400)
RATIOS = pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])


@pytest.fixture
def scene() -> Scene:
    scene = Scene(Facts())
    scene.show(small_network())
    return scene


def nothing(scene: Scene) -> Mask:
    return np.zeros(len(scene.geometry.edges), dtype=bool)


def frame(backing: Backing, scene: Scene, camera: Camera, ratio: float, lit: Mask, hidden: Mask) -> QImage:
    """Paint frames until all is sharp, and return the last."""
    pixmap = QPixmap(SIZE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    missed = True
    while missed:
        painter = QPainter(pixmap)
        camera = snapped(camera, ratio)
        missed = backing.paint(painter, scene, camera, SIZE, lit, hidden, settled=True)
        painter.end()
    return pixmap.toImage()


def same(one: QImage, other: QImage) -> bool:
    """Say whether two pictures are the same but for the last bits of smoothed edges."""
    pixels = [
        np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), dtype=np.uint8)
        for image in (one, other)
    ]
    return int(np.abs(pixels[0].astype(int) - pixels[1]).max()) <= 6


@RATIOS
@pytest.mark.parametrize(("dx", "dy"), [(7, 0), (0, -13), (-31, 22), (5.3, -2.7), (599, 0), (5000, 0)])
def test_shifted_picture_is_the_one_painted_anew(scene: Scene, ratio: float, dx: float, dy: float) -> None:
    start = Camera(150, 30, 0.8)
    kept, masks = Backing(), (nothing(scene), nothing(scene))
    frame(kept, scene, start, ratio, *masks)
    moved = start.panned(dx, dy)
    assert same(frame(kept, scene, moved, ratio, *masks), frame(Backing(), scene, moved, ratio, *masks))


@RATIOS
def test_many_small_pushes_leave_no_seams(scene: Scene, ratio: float) -> None:
    kept, masks, camera = Backing(), (nothing(scene), nothing(scene)), Camera(150, 30, 0.7)
    for place in range(40):
        camera = camera.panned(3 + place % 5, 2 - place % 4)
        shown = frame(kept, scene, camera, ratio, *masks)
    assert same(shown, frame(Backing(), scene, camera, ratio, *masks))


@pytest.mark.parametrize("change", ["move", "delete", "undo", "badge", "raise", "preview"])
def test_picture_after_a_change_is_the_one_painted_anew(scene: Scene, change: str) -> None:
    kept, camera = Backing(), Camera(60, 30, 1.0)
    frame(kept, scene, camera, 1.0, nothing(scene), nothing(scene))
    if change == "move":
        scene.show(edits.move(scene.graph, {"n2": (300.0, 200.0)}))
    elif change == "delete":
        scene.show(edits.remove_nodes(scene.graph, ["n3"]))
    elif change == "undo":
        scene.show(edits.remove_nodes(scene.graph, ["n2", "n5"]))
        scene.show(small_network())
    elif change == "badge":
        scene.set_badge("conv", Badge("41 % dead", "warning"))
    elif change == "raise":
        scene.preview({"n5": (300.0, 90.0)})
        scene.geometry.raise_nodes(["n2"])
    else:
        scene.preview({"n2": (330.0, 110.0)})
        frame(kept, scene, camera, 1.0, nothing(scene), nothing(scene))
        scene.preview_end()
    masks = nothing(scene), nothing(scene)
    assert same(frame(kept, scene, camera, 1.0, *masks), frame(Backing(), scene, camera, 1.0, *masks))


def test_lit_and_hidden_wires_change_the_picture(scene: Scene) -> None:
    kept, camera, none = Backing(), Camera(60, 30, 1.0), nothing(scene)
    plain = frame(kept, scene, camera, 1.0, none, none)
    lit = frame(kept, scene, camera, 1.0, lit_rows(scene.geometry, ["n2"], ()), none)
    hidden = frame(kept, scene, camera, 1.0, none, ~none)
    assert plain != lit
    assert plain != hidden
    assert frame(kept, scene, camera, 1.0, none, none) == plain
