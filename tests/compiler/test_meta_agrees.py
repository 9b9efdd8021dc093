"""Whatever the meta device accepts must run on a real one, with the same shape: random layers decide."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor

from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.compiler import lower
from studio.compiler.analysis import Analysis, analyse
from studio.graph.graph import Graph
from studio.graph.node import Value
from tests.helpers.any_layer import around, batch_of, tensors
from tests.helpers.drawing import Line, draw

KINDS = [kind for kind, spec in registry.layers().items() if spec.role == "layer"]
LOSSES = [kind for kind, spec in registry.layers().items() if spec.role == "loss"]

SAMPLES = 3
MAX_NUMBERS = 4_000_000
"""Of a layer that is really run; a larger one is only analysed."""

MAX_MACS = 50_000_000

ENORMOUS = (2**31, 2**53, 2**53 + 1, 10**400, -(2**63))

ANYTHING: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-4, 12)
    | st.sampled_from(ENORMOUS)
    | st.floats()
    | st.sampled_from(["", "same", "=1 + 1", "=width", "mean", "x" * 2000, "n1", "none"]),
    lambda inner: st.lists(inner, max_size=5).map(tuple),
    max_leaves=6,
)
"""What a hand-written file may hold in the place of an argument."""


def fitting(argument: ArgSpec) -> st.SearchStrategy[Value]:
    """Return values in the argument's range and just outside of it."""
    low = -2 if argument.minimum is None else math.floor(argument.minimum) - 1
    high = low + 8 if argument.maximum is None else min(math.ceil(argument.maximum) + 1, low + 8)
    whole = st.integers(low, high)
    items: st.SearchStrategy[Any] = st.none() | whole if argument.optional_items else whole
    numbers = st.floats(low, high, width=32)
    many = st.lists(whole, min_size=1, max_size=4).map(tuple)
    found: dict[str, st.SearchStrategy[Value]] = {
        "bool": st.booleans(),
        "int": whole,
        "float": numbers,
        "pair": whole | st.lists(items, min_size=argument.items, max_size=argument.items).map(tuple),
        "ints": whole | many,
        "floats": numbers | st.lists(numbers, min_size=1, max_size=4).map(tuple),
        "text": st.text(max_size=5),
    }
    usual = found.get(argument.type, st.none())
    words = st.sampled_from(argument.choices) if argument.choices else usual
    return usual | words if argument.type != "choice" else words


@st.composite
def arguments(draw_: st.DrawFn, kind: str, wild: float) -> dict[str, Value]:
    """Return some arguments of a layer, of which a share may be anything at all."""
    spec = registry.get(kind)
    known = [*spec.arguments, *(spec.settings if wild else ())]
    chosen = draw_(st.lists(st.sampled_from(known), unique_by=id, max_size=4)) if known else []
    found = {}
    for argument in chosen:
        is_wild = draw_(st.floats(0, 1)) < wild
        found[argument.name] = draw_(ANYTHING if is_wild else fitting(argument))
    return found


@st.composite
def sources(draw_: st.DrawFn, name: str, dtype: str) -> Line:
    """Return the line of a node that gives a tensor of any shape."""
    shape = tuple(draw_(st.lists(st.integers(1, 9), min_size=1, max_size=4)))
    sort = draw_(st.sampled_from(["data"] * 12 + ["whole", "parameter", "index"]))
    if sort == "index":
        return (name, "IndexInput", {})
    if sort == "parameter":
        return (name, "Parameter", {"shape": shape})
    kind = "int64" if (dtype == "int64") != (sort == "whole") else "float32"
    return (name, "TensorInput", {"shape": shape, "dtype": kind})


@st.composite
def any_graph(draw_: st.DrawFn, kind: str, wild: float = 0.2) -> Graph:
    """Return a layer with any arguments: on inputs that suit its defaults, or on any at all."""
    given_ = draw_(arguments(kind, wild))
    if draw_(st.booleans()):
        return around(kind, **given_)
    lines: list[Line] = [("data", "TensorInput", {"shape": (4, 6, 6)})]
    feeds = []
    for place, port in enumerate(registry.get(kind).inputs):
        for copy in range(draw_(st.integers(1, 3)) if port.variadic else 1):
            if feeds and draw_(st.booleans()):
                feeds.append(feeds[-1])
                continue
            lines.append(draw_(sources(f"x{place}_{copy}", port.dtype)))
            feeds.append(str(lines[-1][0]))
    return draw(*lines, ("it", kind, " ".join(feeds), given_))


def is_small(analysis: Analysis) -> bool:
    totals = analysis.totals
    numbers = totals.parameters + SAMPLES * totals.activation_bytes // 4
    return numbers < MAX_NUMBERS and SAMPLES * totals.macs < MAX_MACS


def check(graph: Graph) -> None:
    """Hold the analysis of a graph to what really happens."""
    analysis = analyse(graph)
    if not analysis.ok:
        return
    if not is_small(analysis):
        return
    network = lower.build(graph)
    inputs = [
        x.requires_grad_() * 1 if x.is_floating_point() else x for x in batch_of(graph, network, SAMPLES)
    ]
    outputs = tensors(network.module(*inputs))
    losses = [node for node in graph.ordered() if registry.get(node.kind).role == "loss"]
    ends = [analysis.expansion.source(*end) for end in lower.output_sources(graph, losses)]
    said = [analysis.shapes.outputs[end] for end in ends if end is not None]
    wanted = [kind.shape if kind.fixed else (SAMPLES, *kind.shape) for kind in said]
    assert [tuple(output.shape) for output in outputs] == wanted
    assert [str(output.dtype) for output in outputs] == [f"torch.{kind.dtype}" for kind in said]
    summed: list[Tensor] = [output.sum() for output in outputs if output.requires_grad]
    if summed:
        torch.stack(summed).sum().backward()


def quietly(graph: Graph) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(graph)


CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@given(st.data())
@settings(max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=CALM)
def test_what_meta_accepts_runs(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    quietly(data.draw(any_graph(kind)))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", [*KINDS, *LOSSES])
def test_what_meta_accepts_of_any_layer_runs(kind: str) -> None:
    @given(any_graph(kind))
    @settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=CALM)
    def run(graph: Graph) -> None:
        quietly(graph)

    run()
