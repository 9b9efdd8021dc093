"""A small graph around any entry of the catalog, found by trying inputs until PyTorch takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import torch
from torch import Tensor

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.lower import Network
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value
from studio.graph.port import PortSpec
from studio.graph.problems import has_errors
from tests.helpers.drawing import Line, block, draw

Shape = tuple[int, ...]

LETTERS = {"C": 8, "H": 6, "W": 6, "D": 6, "L": 6, "E": 12, "M": 6, "F": 12, "T": 6}
"""A size for each letter of a port's layout."""

SHAPES: tuple[Shape, ...] = ((8, 6, 6), (12,), (6, 12), (1, 12), (4, 2048), (1, 32, 32), (3, 6, 6, 6), ())
"""Tried in turn where a port states no layout, or a layout that leaves it open."""

SPECIAL: dict[str, tuple[Line, ...]] = {
    "Fold": (("x", "TensorInput", {"shape": (8, 729)}), ("it", "Fold", "x")),
    "Split": (("x", "TensorInput", {"shape": (2, 6)}), ("it", "Split", "x")),
    "WindowPartition": (("x", "TensorInput", {"shape": (3, 14, 14)}), ("it", "WindowPartition", "x")),
    "WindowDepartition": (("x", "TensorInput", {"shape": (1, 49, 3)}), ("it", "WindowDepartition", "x")),
    "RelativePositionalMultiHeadAttention": (
        ("x", "TensorInput", {"shape": (2, 49, 64)}),
        ("it", "RelativePositionalMultiHeadAttention", "x"),
    ),
    # On maps, which is what most arguments are about.
    **{
        kind: (("x", "TensorInput", {"shape": (8, 6, 6)}), ("it", kind, "x"))
        for kind in ("LayerNorm", "Upsample", "Interpolate")
    },
    "ExpandToBatch": (
        ("x", "TensorInput", {"shape": (3,)}),
        ("token", "Parameter", {"shape": (1, 3)}),
        ("it", "ExpandToBatch", "token x"),
    ),
    "Parameter": (
        ("x", "TensorInput", {"shape": (2, 3)}),
        ("it", "Parameter", {"shape": (2, 3)}),
        ("sum", "Add", "x it"),
    ),
    "Constant": (
        ("x", "TensorInput", {"shape": (2, 3)}),
        ("it", "Constant", {"shape": (2, 3)}),
        ("sum", "Add", "x it"),
    ),
    **{
        f"MaxUnpool{dims}d": (
            ("x", "TensorInput", {"shape": (2,) + (6,) * dims}),
            ("pool", f"MaxPool{dims}dWithIndices", "x"),
            ("it", f"MaxUnpool{dims}d", "pool pool.indices"),
        )
        for dims in (1, 2, 3)
    },
}
"""Layers that need more than some input at each port."""


def around(kind: str, **arguments: Value) -> Graph:
    """Return a graph in which a layer named "it" stands, with inputs that suit its defaults.

    Raises:
        AssertionError: No inputs do; the problems of the first that were tried come along.
    """
    spec = registry.get(kind)
    match spec.role:
        case "input" if spec.family == "block":
            return _block_around()
        case "input":
            return draw(("it", kind, arguments), ("out", "Output", "it"))
        case "output" if spec.family == "block":
            return _block_around()
        case "output":
            return draw(("x", "VectorInput", {"features": 3}), ("it", kind, "x"))
        case "target":
            found = _loss_around("CrossEntropyLoss", "it", "loss")
        case "loss":
            found = _loss_around(kind, "target", "it")
        case _:
            found = _layer_around(kind)
    node = found.node("it")
    for name, value in arguments.items():
        node = node.with_argument(name, value)
    return Graph.of(
        [node if other.id == "it" else other for other in found.nodes.values()],
        found.edges(),
        found.blocks.values(),
    )


def batch_of(graph: Graph, network: Network, size: int, analysis: Analysis | None = None) -> list[Tensor]:
    """Return random tensors for a network's inputs; whole numbers are 0, which every table has."""
    shapes = (analysis or analyse(graph)).shapes
    found = []
    for name in network.inputs:
        kind = shapes.outputs[graph.named(name).id, "output"]
        shape = (size, *kind.shape)
        found.append(torch.zeros(shape, dtype=torch.int64) if kind.dtype == "int64" else torch.randn(shape))
    return found


def tensors(result: object) -> list[Tensor]:
    """Return all that a network gives as a list."""
    return [result] if isinstance(result, Tensor) else [item for item in result if item is not None]  # type: ignore[attr-defined]


@cache
def _layer_around(kind: str) -> Graph:
    if kind in SPECIAL:
        return _with_outputs(draw(*SPECIAL[kind]))
    spec = registry.get(kind)
    first: list[str] = []
    for shapes in _choices(spec):
        graph = _wired(spec, shapes)
        problems = analyse(graph).problems
        if not has_errors(problems):
            return _with_outputs(graph)
        first = first or [problem.message for problem in problems]
    raise AssertionError(f"no input suits {kind}: {first}")


def _with_outputs(graph: Graph) -> Graph:
    """Return a graph that hands out all that "it" gives, if that is more than one tensor."""
    spec = registry.spec_of(graph.node("it"), graph.blocks)
    assert spec is not None
    known = analyse(graph).shapes.outputs
    ports = [port.name for port in spec.outputs if ("it", port.name) in known]
    if len(ports) < 2:
        return graph
    nodes = [Node(f"out_{port}", "Output", f"out_{port}") for port in ports]
    edges = [Edge("it", port, f"out_{port}", "input") for port in ports]
    return Graph.of([*graph.nodes.values(), *nodes], [*graph.edges(), *edges])


def _choices(spec: LayerSpec) -> Iterator[list[Shape]]:
    """Give a shape for every port, again and again, the most likely first."""
    yield [_from_layout(port, ()) or SHAPES[0] for port in spec.inputs]
    for rest in SHAPES[1:]:
        yield [_from_layout(port, rest) or rest for port in spec.inputs]
    for shape in SHAPES:
        yield [shape for _ in spec.inputs]


def _from_layout(port: PortSpec, rest: Shape) -> Shape | None:
    """Return sizes for a port's letters; None if it has none."""
    if not port.layout:
        return None
    letters = port.layout.split(" or ")[0].split(", ")[1:]
    sizes: list[int] = []
    for letter in letters:
        sizes += list(rest[:-1]) if letter == "*" else [LETTERS.get(letter, 4)]
    return tuple(sizes)


def _wired(spec: LayerSpec, shapes: Sequence[Shape]) -> Graph:
    """Return inputs of some shapes, each wired to a port; two to a port that takes several."""
    lines: list[Line] = []
    feeds: list[str] = []
    for port, shape in zip(spec.inputs, shapes, strict=True):
        for copy in range(2 if port.variadic else 1):
            name = f"{port.name}_{copy}"
            dtype = port.dtype or "float32"
            lines.append(
                (name, "TensorInput", {"shape": shape, "dtype": dtype}) if shape else (name, "IndexInput")
            )
            feeds.append(name)
    return draw(*lines, ("it", spec.kind, " ".join(feeds)))


def _loss_around(kind: str, target: str, loss: str) -> Graph:
    """Return a small classifier with a loss, and the target that suits it."""
    for encoding in ("index", "one_hot", "float"):
        graph = draw(
            ("x", "VectorInput", {"features": 6}),
            ("fc", "Linear", "x", {"out_features": 1 if encoding == "float" else 3}),
            ("squash", "Sigmoid", "fc"),
            (target, "Target", {"encoding": encoding}),
            (loss, kind, f"squash {target}"),
        )
        if not has_errors(analyse(graph).problems):
            return graph
    raise AssertionError(f"no target suits {kind}")


def _block_around() -> Graph:
    """Return a graph with one block that holds a layer between its ports."""
    inside = block("Inner", ("x", "BlockInput"), ("fc", "Linear", "x"), ("y", "BlockOutput", "fc"))
    return draw(("x", "VectorInput", {"features": 3}), ("it", "block:Inner", "x"), blocks=[inside])
