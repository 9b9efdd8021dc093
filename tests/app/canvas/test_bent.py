from __future__ import annotations

import numpy as np
import pytest

from studio.app.canvas import bent

ENDS = np.array([0.0, 0.0, 400.0, 100.0])
DOTS = ((100.0, 50.0), (100.0, 200.0), (300.0, 200.0))


def test_the_course_goes_through_every_dot_from_port_to_port() -> None:
    course = bent.sample(bent.spans(ENDS, DOTS), 24)
    assert course.shape == (24, 2)
    for point in ((0.0, 0.0), *DOTS, (400.0, 100.0)):
        assert np.hypot(*(course - point).T).min() < 1e-9


def test_dots_in_line_make_a_straight_wire() -> None:
    cubics = bent.spans(np.array([0.0, 7.0, 400.0, 7.0]), ((100.0, 7.0), (250.0, 7.0)))
    assert np.allclose(bent.sample(cubics, 24)[:, 1], 7.0)


@pytest.mark.parametrize("count", [1, 5, 40], ids=["one dot", "some", "more than samples"])
def test_any_number_of_dots(count: int) -> None:
    dots = tuple((10.0 * place, 5.0 * (place % 2)) for place in range(1, count + 1))
    course = bent.sample(bent.spans(np.array([0.0, 0.0, 900.0, 0.0]), dots), 24)
    assert np.isfinite(course).all()
    assert course[0].tolist() == [0.0, 0.0]
    assert course[-1].tolist() == [900.0, 0.0]


def test_two_dots_in_one_place_are_no_trouble() -> None:
    assert np.isfinite(bent.sample(bent.spans(ENDS, ((50.0, 50.0), (50.0, 50.0))), 24)).all()


def test_the_path_is_the_sampled_course() -> None:
    cubics = bent.spans(ENDS, DOTS)
    path = bent.path(cubics)
    assert path.elementCount() == 1 + 3 * 4
    assert (path.currentPosition().x(), path.currentPosition().y()) == (400.0, 100.0)
