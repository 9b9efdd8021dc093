"""Whatever the meta device accepts must run on a real one, with the same shape: random layers decide."""

from __future__ import annotations

import random

import pytest
import torch

from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.compiler import lower
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.zoo.builder import Builder

KINDS = [kind for kind, spec in registry.layers().items() if spec.role == "layer"]
BATCH = 53


def any_value(argument: ArgSpec, rng: random.Random) -> Value:
    """Return a value in or near the argument's range, often a wrong one."""
    low = max(int(argument.minimum or 0), -4) if argument.minimum is not None else -4
    words = list(argument.choices)
    match argument.type:
        case "bool":
            return rng.random() < 0.5
        case "choice":
            return rng.choice(words)
        case "float":
            return argument.default
        case "int":
            return rng.choice([argument.default, rng.randint(low, low + 6)])
        case "pair":
            pair = rng.randint(low, low + 5), rng.randint(low, low + 5)
            return rng.choice([*words, pair[0], pair])
        case "ints":
            return tuple(rng.choice([-1, 1, 2, 3, 4, 8]) for _ in range(rng.randint(1, 3)))


def any_graph(kind: str, rng: random.Random) -> Graph:
    """Return a random input, sometimes reshaped, into a random layer."""
    spec = registry.get(kind)
    builder = Builder()
    shape = tuple(rng.randint(1, 9) for _ in range(rng.choice([1, 3, 3])))
    source = builder.input(shape)
    if rng.random() < 0.15:
        builder.chain("Reshape", "reshape", shape=(shape[0], -1))
    arguments = {a.name: any_value(a, rng) for a in spec.arguments if rng.random() < 0.5}
    node_id = builder.chain(kind, "it", **arguments)
    if spec.inputs[0].variadic:
        builder.connect(source, node_id, spec.inputs[0].name)
        other = builder.add("ReLU", "other", {}, column=1, row=1)
        builder.connect(source, other, "input")
        builder.connect(other, node_id, spec.inputs[0].name)
    return builder.graph


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("kind", KINDS)
def test_what_meta_accepts_runs(kind: str) -> None:
    rng = random.Random(kind)
    engine = ShapeEngine()
    for _ in range(25):
        graph = any_graph(kind, rng)
        found = engine.infer(graph)
        last = graph.named("it").id
        if (last, "output") not in found.outputs:
            with pytest.raises(CompileError):
                lower.compile(graph)
            continue
        shape = found.outputs[graph.ordered()[0].id, "output"].shape
        output = lower.compile(graph)(torch.randn(BATCH, *shape))
        assert tuple(output.shape) == (BATCH, *found.outputs[last, "output"].shape)
