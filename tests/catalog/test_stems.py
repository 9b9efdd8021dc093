"""Names that new nodes get."""

from __future__ import annotations

import pytest

from studio.catalog.registry import get, layers
from studio.graph.names import why_not_name


@pytest.mark.parametrize("kind", layers())
def test_new_nodes_get_a_name_that_torch_takes(kind: str) -> None:
    assert why_not_name(get(kind).stem) is None


@pytest.mark.parametrize(
    ("kind", "stem"),
    [("Conv2d", "conv"), ("ImageInput", "image"), ("CrossEntropyLoss", "loss"), ("Linear", "linear")],
)
def test_names_are_what_people_write(kind: str, stem: str) -> None:
    assert get(kind).stem == stem
