"""Which data suit a network: what its inputs take, and random samples that are like that.

Only the catalog and the graph are asked, so that the window can do it without PyTorch.
"""

from __future__ import annotations

from collections import deque
from functools import cache

from immutables import Map

from studio.catalog import registry
from studio.catalog.inputs import sample_type
from studio.errors import DataError
from studio.graph.difference import known_difference
from studio.graph.expansion import expand
from studio.graph.expressions import evaluated
from studio.graph.graph import Graph
from studio.graph.node import Node, Value, id_key
from studio.project import datasets, synthetic
from studio.project.config import DataConfig, OptionValue

SAMPLES_BYTES = 40 * 2**20
"""What the samples take at most that are made for a network; splitting and normalizing take as much again."""

MAX_SAMPLES, MIN_SAMPLES = 256, 20
_WIDTHS = ("out_features", "out_channels")
_last: tuple[Map[str, Node], tuple[Node, ...]] = Map(), ()
"""Nodes and the inputs among them when they were last asked for."""

_TABLES = {"Embedding": "num_embeddings", "EmbeddingBag": "num_embeddings", "OneHot": "num_classes"}


def inputs_of(graph: Graph) -> list[Node]:
    """Return the nodes at which data enters, in the order of their ids."""
    global _last
    kinds, (before, known) = _input_kinds(), _last
    told = known_difference(before, graph.nodes)
    if told is None:
        found = [node for node in graph.nodes.values() if node.kind in kinds]
    else:  # an edit of a large network: what it did not touch is known
        touched = {*told[0], *told[1]}
        changed = (graph.nodes[node_id] for node_id in told[0])
        found = [node for node in known if node.id not in touched]
        found += [node for node in changed if node.kind in kinds]
    found.sort(key=lambda node: id_key(node.id))
    _last = graph.nodes, tuple(found)
    return found


def is_mixed(graph: Graph) -> bool:
    """Say whether a network has inputs that no data set can feed: all inputs get the same batch.

    Two that take one whole number each, such as a user and an item, never mean the same one.
    """
    inputs = inputs_of(graph)
    kinds = {(len(shape), dtype) for shape, dtype in map(taken, inputs)}
    return len(kinds) > 1 or (len(inputs) > 1 and any(node.kind == "IndexInput" for node in inputs))


def taken(node: Node) -> tuple[tuple[int, ...], str]:
    """Return shape and dtype of one sample as an input node wants it."""
    return sample_type(registry.get(node.kind), evaluated(node, {})[0].arguments)


def fits(config: DataConfig, graph: Graph) -> bool:
    """Say whether one sample of the data is what every input takes; rows may be flattened images.

    Raises:
        DataError: There is no such data set or option.
    """
    found = datasets.sample_of(config)
    shapes = (found.shape, (_product(found.shape),))
    return all(
        shape in shapes
        and dtype == found.dtype
        and found.vocabulary <= (vocabulary(graph) or found.vocabulary)
        for shape, dtype in map(taken, inputs_of(graph))
    )


def data_for(graph: Graph, dataset: str = "", normalization: str = "") -> DataConfig:
    """Return the data settings that a new project of a network starts with.

    Args:
        graph: The network.
        dataset: A data set that is taken where it fits; else random samples.
        normalization: How the data must be normalized; empty leaves it open.
    """
    given = {"dataset": dataset, "normalization": normalization}
    config = DataConfig.model_validate({key: value for key, value in given.items() if value})
    if (dataset and fits(config, graph)) or not inputs_of(graph):
        return config
    return random_samples(graph, config)


def random_samples(graph: Graph, config: DataConfig) -> DataConfig:
    """Return data settings with random samples that fit a network's first input, classes and vocabulary.

    Where there are too few samples to have every class in every part, the split is not stratified.

    Raises:
        DataError: The network has no input, or one sample alone is too large.
    """
    inputs = inputs_of(graph)
    if not inputs:
        raise DataError("The network has no input. Drag one from the library onto the canvas first.")
    shape, dtype = taken(inputs[0])
    size = _product(shape) * (8 if dtype == "int64" else 4)
    count = max(MIN_SAMPLES, min(MAX_SAMPLES, SAMPLES_BYTES // size))
    options: dict[str, OptionValue] = {
        "shape": synthetic.write_shape(shape),
        "dtype": dtype,
        "samples": count,
        "classes": num_classes(graph) or 10,
    }
    words = vocabulary(graph)
    if dtype == "int64" and words:
        options["vocabulary"] = words
    synthetic.sample(datasets.get(synthetic.KEY).values(options))
    # A part holds at least one of each class, so the smallest part must have as many samples as classes.
    rarest = int(count * min(config.validation_fraction, config.test_fraction or 1.0))
    few = int(options["classes"]) > rarest
    changed = {"dataset": synthetic.KEY, "options": options, "stratify": config.stratify and not few}
    return config.model_copy(update=changed)


def num_classes(graph: Graph) -> int | None:
    """Return how many outputs the layer has that the class loss, or without one the last layer, looks at."""
    opened = expand(graph, registry.signatures(graph))
    flat = opened.graph
    losses = [node for node in flat.ordered() if _role(node) == "loss"]
    judged = [node for node in losses if any(_role(one) == "target" for one in _sources(flat, node))]
    # An auxiliary head that counts in training only may be narrower than the head that is judged.
    judged.sort(key=lambda node: node.arguments.get("active") not in (None, "always"))
    ends = [
        node for node in flat.ordered() if _role(node) in ("layer", "output") and not flat.outputs_of(node.id)
    ]
    for start in judged or (ends if not losses else []):
        node: Node | None = start
        while node is not None:
            width = next((size for name in _WIDTHS if (size := _value(node, name)) is not None), None)
            if isinstance(width, int) and width >= 2:
                return width
            sources = [one for one in _sources(flat, node) if _role(one) == "layer"]
            node = sources[0] if sources and width is None else None
    return None


def vocabulary(graph: Graph) -> int | None:
    """Return how many different whole numbers the smallest table knows that an input leads to."""
    flat = expand(graph, registry.signatures(graph)).graph
    waiting = deque(node.id for node in inputs_of(flat) if taken(node)[1] == "int64")
    seen, sizes = set(waiting), []
    while waiting:
        for edge in flat.outputs_of(waiting.popleft()):
            node = flat.nodes[edge.target]
            size = _value(node, _TABLES.get(node.kind, ""))
            if isinstance(size, int):
                sizes.append(size)
            elif node.id not in seen and node.kind not in _TABLES:
                seen.add(node.id)
                waiting.append(node.id)
    return min(sizes, default=None)


def _sources(graph: Graph, node: Node) -> list[Node]:
    return [graph.nodes[edge.source] for edge in graph.inputs_of(node.id) if edge.source in graph.nodes]


def _value(node: Node, name: str) -> Value:
    """Return a layer's argument, also where it is torch's default; None if it has no such argument."""
    spec = registry.find(node.kind)
    return spec.values(node.arguments).get(name) if spec is not None else None


def _role(node: Node) -> str:
    spec = registry.find(node.kind)
    return spec.role if spec is not None else ""


@cache
def _input_kinds() -> frozenset[str]:
    """Return the kinds of layers at which data enters."""
    return frozenset(kind for kind, spec in registry.layers().items() if spec.role == "input")


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
