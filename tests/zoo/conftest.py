"""One shape engine for all tests of the zoo: the same layers are asked about over and over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio import zoo
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.shapes import ShapeEngine


@pytest.fixture(scope="session")
def shape_engine() -> ShapeEngine:
    return ShapeEngine()


@pytest.fixture
def analysed(shape_engine: ShapeEngine) -> Callable[..., Analysis]:
    """From a template's name and arguments to the analysis of its network."""

    def build(name: str, **arguments: Any) -> Analysis:
        return analyse(zoo.build(name, **arguments), engine=shape_engine)

    return build
