"""Exchanging and adding layers everywhere: activations, batch normalization."""

from __future__ import annotations

import re

from immutables import Map

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.errors import ZooError, nearest
from studio.graph import edits
from studio.graph.block import ENABLED
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value
from studio.graph.wires import rewire
from studio.zoo.actions.change import Change, counted, each_level, fed, feeds, home, opened, spec_of
from studio.zoo.actions.places import insert_after

_NORMS = {"Conv1d": "BatchNorm1d", "Conv2d": "BatchNorm2d", "Conv3d": "BatchNorm3d",
          "ConvTranspose1d": "BatchNorm1d", "ConvTranspose2d": "BatchNorm2d",
          "ConvTranspose3d": "BatchNorm3d"}  # fmt: skip
_SIZES = ("out_channels", "out_features")
_KEEP_CHANNELS = ("normalization", "activation", "regularization", "pooling")


def replace_activation(
    graph: Graph, old: str = "ReLU", new: str = "PReLU", per_channel: bool = True
) -> Change:
    """Replace every activation of a kind, at all levels.

    Names that say the old kind say the new one. A PReLU gets a slope for each channel where the level
    shows how many there are, else one for all.

    Raises:
        ZooError: One of the two is no activation.
    """
    was, becomes = _activation(old), _activation(new)
    count = 0

    def edit(level: Graph, _: str) -> Graph:
        nonlocal count
        for node in level.ordered():
            if node.kind == old and old != new:
                level = edits.replace_node(level, _exchanged(level, node, was, becomes, per_channel))
                count += 1
        return level

    graph = each_level(graph, edit)
    return Change(graph, f"Replaced {counted(count, was.title)} by {becomes.title}.", count)


def _activation(kind: str) -> LayerSpec:
    spec = registry.find(kind)
    if spec is None or spec.family != "activation":
        known = [found.kind for found in registry.layers().values() if found.family == "activation"]
        raise ZooError(f'"{kind}" is no activation{nearest(kind, known) or "."}')
    return spec


def _exchanged(level: Graph, node: Node, was: LayerSpec, becomes: LayerSpec, per_channel: bool) -> Node:
    """Return a node of another kind, with the settings that both kinds have."""
    settings = {setting.name for setting in was.settings} & {setting.name for setting in becomes.settings}
    kept = {name: value for name, value in node.arguments.items() if name in settings}
    channels = _channels(level, node) if per_channel and becomes.kind == "PReLU" else None
    if channels is not None and channels != 1:
        kept["num_parameters"] = channels
    name = re.sub(f"^{was.stem}(?=[0-9_]|$)", becomes.stem, node.name)
    if name != node.name:
        name = edits.free_name(level, name)
    return Node(node.id, becomes.kind, name, Map(kept), node.x, node.y, node.look)


def _channels(level: Graph, node: Node) -> Value:
    """Return how many channels come in, as a number or an expression of the block; None if unknown."""
    seen: set[str] = set()
    while node.id not in seen:
        seen.add(node.id)
        before = feeds(level, node.id)
        if not before:
            return None
        node = before[0]
        spec = spec_of(level, node)
        for size in _SIZES:
            if spec is not None and spec.argument(size) is not None:
                return spec.values(node.arguments)[size]
        if spec is None or (spec.family not in _KEEP_CHANNELS and node.kind != "Add"):
            return None
    return None


def insert_batch_norm(graph: Graph, drop_bias: bool = True) -> Change:
    """Put a batch normalization after every convolution that has none, before its activation.

    Args:
        graph: The network.
        drop_bias: Switch the convolutions' biases off: the normalization has one of its own. A
            convolution of C channels then has 2·C − C parameters more, else 2·C.
    """
    normalized = _normalized(graph)
    count = 0

    def edit(level: Graph, block: str) -> Graph:
        nonlocal count
        for node in level.ordered():
            has_norm = (block, node.id) in normalized or _feeds_norm(level, node)
            if node.kind in _NORMS and not has_norm:
                level = _with_norm(level, node, drop_bias)
                count += 1
        return level

    graph = each_level(graph, edit)
    biases = ", and switched their biases off" if drop_bias and count else ""
    return Change(graph, f"Added batch normalization after {counted(count, 'convolution')}{biases}.", count)


def _normalized(graph: Graph) -> set[tuple[str, str]]:
    """Return where the convolutions are drawn that feed a normalization, inside a block or behind it."""
    flat = opened(graph).graph
    return {
        home(graph, node.id)
        for node in flat.nodes.values()
        if node.kind in _NORMS
        for edge in flat.outputs_of(node.id)
        if (spec := registry.find(flat.node(edge.target).kind)) and spec.family == "normalization"
    }


def _feeds_norm(level: Graph, node: Node) -> bool:
    """Say whether a node feeds a normalization beside it: also in a block that is switched off."""
    specs = (spec_of(level, after) for after in fed(level, node.id))
    return any(spec is not None and spec.family == "normalization" for spec in specs)


def _with_norm(level: Graph, conv: Node, drop_bias: bool) -> Graph:
    kind = _NORMS[conv.kind]
    number = re.search(r"[0-9]+$", conv.name)
    wanted = f"bn{number.group()}" if number and conv.name.startswith("conv") else f"{conv.name}_bn"
    given: dict[str, Value] = {ENABLED: conv.arguments[ENABLED]} if ENABLED in conv.arguments else {}
    norm = edits.new_node(level, kind, name=wanted[:64], arguments=given, x=conv.x, y=conv.y)
    leaving = level.outputs_of(conv.id)
    level = edits.add_node(level, norm)
    moved = [Edge(norm.id, "output", edge.target, edge.target_port, edge.index) for edge in leaving]
    entry = Edge(conv.id, "output", norm.id, "input")
    level = rewire(level, leaving, [*moved, entry])
    level = insert_after(level, conv.id, norm.id)
    return edits.set_argument(level, conv.id, "bias", False) if drop_bias else level
