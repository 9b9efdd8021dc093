"""Whatever a layer of the catalog refuses: each fix offered can be made, and the complaint is gone."""

from __future__ import annotations

import pytest

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.graph import fixes
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from tests.helpers.drawing import draw

SHAPES = ((7,), (16,), (5, 20), (1, 8, 8), (6, 9, 7), (2, 4, 6, 6))

ENGINE = ShapeEngine()


def fed(spec: LayerSpec, shape: tuple[int, ...], dtype: str) -> Graph:
    """A layer whose inputs all get samples of one shape."""
    first = spec.inputs[0]
    count = first.minimum if first.variadic else sum(not port.optional for port in spec.inputs)
    feeds = " ".join(["x"] * max(count, 1))
    return draw(("x", "TensorInput", {"shape": shape, "dtype": dtype}), ("it", spec.kind, feeds))


def complaints(problems: tuple[Problem, ...]) -> set[tuple[str, str]]:
    return {(problem.message, problem.port) for problem in problems}


@pytest.mark.parametrize("dtype", ["float32", "int64"])
@pytest.mark.parametrize(
    "kind", [spec.kind for spec in registry.layers().values() if spec.role == "layer" and spec.inputs]
)
def test_each_fix_can_be_made_and_ends_the_complaint(kind: str, dtype: str) -> None:
    for shape in SHAPES:
        graph = fed(registry.get(kind), shape, dtype)
        for problem in analyse(graph, engine=ENGINE).problems:
            for fix in problem.fixes:
                mended = fixes.apply_fix(graph, fix, registry.signatures(graph))
                left = complaints(analyse(mended, engine=ENGINE).problems)
                assert (problem.message, problem.port) not in left, (shape, fix.label)
