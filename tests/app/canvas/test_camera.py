from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from studio.app.canvas.camera import MAX_ZOOM, MIN_ZOOM, Camera

PLACES = st.floats(-1e5, 1e5)
ZOOMS = st.floats(MIN_ZOOM, MAX_ZOOM)
CAMERAS = st.builds(Camera, PLACES, PLACES, ZOOMS)
POINTS = st.builds(QPointF, st.floats(0, 4000), st.floats(0, 4000))


def close(one: QPointF, other: QPointF, tolerance: float = 1e-5) -> bool:
    return (one - other).manhattanLength() < tolerance


@given(CAMERAS, POINTS)
def test_screen_to_canvas_and_back_is_the_same_place(camera: Camera, point: QPointF) -> None:
    assert close(camera.to_screen(camera.to_canvas(point)), point)


@given(CAMERAS, POINTS)
def test_transform_agrees_with_to_screen(camera: Camera, point: QPointF) -> None:
    assert close(camera.transform().map(camera.to_canvas(point)), point)


@given(CAMERAS, POINTS, st.floats(0.01, 100))
def test_zooming_keeps_the_point_under_the_cursor(camera: Camera, cursor: QPointF, factor: float) -> None:
    zoomed = camera.zoomed(factor, cursor)
    assert close(zoomed.to_screen(camera.to_canvas(cursor)), cursor)
    assert MIN_ZOOM <= zoomed.zoom <= MAX_ZOOM


@given(CAMERAS, POINTS, st.floats(-500, 500), st.floats(-500, 500))
def test_panning_moves_every_point_by_the_same_pixels(
    camera: Camera, point: QPointF, dx: float, dy: float
) -> None:
    moved = camera.panned(dx, dy).to_screen(camera.to_canvas(point))
    assert close(moved, point + QPointF(dx, dy))


@given(
    st.builds(QRectF, PLACES, PLACES, st.floats(1, 2e4), st.floats(1, 2e4)),
    st.builds(QSizeF, st.floats(300, 4000), st.floats(300, 4000)),
)
def test_fitted_rectangle_is_wholly_visible_and_centred(rect: QRectF, size: QSizeF) -> None:
    camera = Camera().fitted(rect, size)
    on_screen = camera.rect_to_screen(rect)
    assert close(on_screen.center(), QPointF(size.width() / 2, size.height() / 2), 1e-3)
    assert camera.zoom <= 1.0
    if camera.zoom > MIN_ZOOM:
        assert on_screen.width() <= size.width()
        assert on_screen.height() <= size.height()


def test_glide_begins_here_and_ends_exactly_there() -> None:
    here, there = Camera(0, 0, 0.5), Camera(100, 50, 2.0)
    assert here.towards(there, 0.0) == here
    assert here.towards(there, 1.0) == there
    assert here.towards(there, 0.5).zoom == pytest.approx(1.0)  # the geometric middle
