"""From fully connected layers to convolutions: the network then slides over images of any size.

A Linear layer on flattened maps is a convolution whose window covers them; one on a row of features is a
1×1 convolution. The weights are the same numbers in another shape, which `studio.compiler.transfer` gives
them.

Reference: Sermanet et al. 2014, arXiv:1312.6229 (OverFeat).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from immutables import Map

from studio.catalog import registry
from studio.errors import ZooError
from studio.graph import edits
from studio.graph.block import REPEAT, TIED_TO
from studio.graph.definitions import make_unique
from studio.graph.expansion import Expansion, ids_on
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.levels import level as level_at
from studio.graph.node import Node, Value
from studio.zoo.actions.change import Change, counted, home, opened, tidied

Shapes = Mapping[str, tuple[int, ...]]
"""By path: the shape of what a layer gives, without the batch (`NodeReport.shape`)."""

Plan = dict[str, Node | None]
"""By path: what a layer becomes; None for a Flatten, which goes."""

_PASSES = ("activation", "regularization")
_NORMS = {"BatchNorm1d": "BatchNorm2d"}


def convert_fc_to_conv(graph: Graph, shapes: Shapes, average: bool = False) -> Change:
    """Turn all Linear layers after a Flatten into convolutions, and take the Flatten out.

    On an image of the size it was made for, the network gives a map of 1×1: the scores it gave. On a
    larger one, each cell of the map is what it gives for the crop below. Pools to a fixed size become
    pools of a fixed window.

    Args:
        graph: The network.
        shapes: What every layer gives for an image of the size it was made for, by path.
        average: True keeps targets and losses, behind an average over the map. False takes them out, and
            the map is what comes out.

    Raises:
        ZooError: There is no Linear layer after a Flatten, or something between them cannot be on a map.
    """
    expansion = opened(graph)
    plan: Plan = {}
    flattens = [path for path, node in expansion.graph.nodes.items() if _is_flatten(expansion, node, shapes)]
    for path in flattens:
        plan[path] = None
        _plan_after(expansion, path, shapes, plan)
        _plan_pool(expansion, path, shapes, plan)
    linears = [path for path, node in plan.items() if node is not None and node.kind == "Conv2d"]
    if not linears:
        raise ZooError("There is no Linear layer after a Flatten in this network: nothing to convert.")
    changed = _apart(graph, _conflicting(graph, expansion, plan))
    for path in sorted(plan, key=len):
        changed = _put(changed, path, plan[path])
    changed = _averaged(changed) if average else _headless(changed)
    text = f"Turned {counted(len(linears), 'fully connected layer')} into convolutions."
    return Change(tidied(graph, changed), text, len(linears))


def _is_flatten(expansion: Expansion, node: Node, shapes: Shapes) -> bool:
    """Say whether a node flattens maps of two dimensions."""
    if node.kind != "Flatten":
        return False
    wires = expansion.graph.inputs_of(node.id)
    return bool(wires) and len(shapes.get(wires[0].source, ())) == 3


def _plan_after(expansion: Expansion, flatten: str, shapes: Shapes, plan: Plan) -> None:
    """Note what the layers after a Flatten become."""
    flat = expansion.graph
    _, *window = shapes[flat.inputs_of(flatten)[0].source]
    stack: list[tuple[str, tuple[int, ...]]] = [(flatten, tuple(window))]
    while stack:
        path, size = stack.pop()
        after = [flat.node(edge.target) for edge in flat.outputs_of(path)]
        for node in after:
            if _role(node) == "layer" and node.id not in plan:
                made = _on_maps(node, size)
                if made is not None:
                    plan[node.id] = made
                stack.append((node.id, (1, 1) if node.kind == "Linear" else size))


def _role(node: Node) -> str:
    spec = registry.find(node.kind)
    return spec.role if spec is not None else "layer"


def _on_maps(node: Node, size: tuple[int, ...]) -> Node | None:
    """Return what a layer for rows of features becomes on maps; None if it stays as it is."""
    spec = registry.find(node.kind)
    if node.kind == "Linear":
        if node.arguments.get(TIED_TO) is not None:
            raise ZooError(
                f'"{node.name}" uses the weights of another layer, and cannot become a convolution.'
            )
        kernel: Value = size[0] if size[0] == size[1] else size
        return replace(node, kind="Conv2d", arguments=node.arguments.set("kernel_size", kernel))
    if node.kind in _NORMS:
        return replace(node, kind=_NORMS[node.kind])
    if spec is not None and node.kind in ("Softmax", "LogSoftmax"):
        return node.with_argument("dim", 1)
    if spec is None or spec.family not in _PASSES:
        raise ZooError(
            f'"{node.name}" ({node.kind}) after the Flatten cannot work on maps. Delete it, or convert '
            "by hand."
        )
    return None


def _plan_pool(expansion: Expansion, flatten: str, shapes: Shapes, plan: Plan) -> None:
    """Note the pool of a fixed window in place of one to a fixed size before a Flatten."""
    flat = expansion.graph
    node = flat.node(flat.inputs_of(flatten)[0].source)
    while (spec := registry.find(node.kind)) is not None and spec.family == "regularization":
        node = flat.node(flat.inputs_of(node.id)[0].source)
    if node.kind not in ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"):
        return
    before = shapes[flat.inputs_of(node.id)[0].source][1:]
    after = shapes[node.id][1:]
    if after not in ((1, 1), before):
        raise ZooError(
            f'"{node.name}" makes {after[0]}×{after[1]} maps of {before[0]}×{before[1]}: it has no window '
            "that could slide. Set output_size to 1, or to the size that comes in."
        )
    window = before if after == (1, 1) else (1, 1)
    kind = node.kind.removeprefix("Adaptive")
    given: dict[str, Value] = {"kernel_size": window[0] if window[0] == window[1] else window, "stride": 1}
    kept = node.arguments.delete("output_size") if "output_size" in node.arguments else node.arguments
    plan[node.id] = replace(node, kind=kind, arguments=kept.update(given))


def _conflicting(graph: Graph, expansion: Expansion, plan: Plan) -> list[str]:
    """Return the paths of layers whose definition is shared with layers that become something else."""
    by_home: dict[tuple[str, str], list[str]] = {}
    for path in expansion.graph.nodes:
        by_home.setdefault(home(graph, path), []).append(path)
    found = []
    for paths in by_home.values():
        if any(path in plan for path in paths):
            outcomes = {_outcome(plan[path]) if path in plan else ("as it is",) for path in paths}
            if len(outcomes) > 1:
                found += [path for path in paths if path in plan]
    return found


def _outcome(made: Node | None) -> tuple[object, ...]:
    return ("gone",) if made is None else (made.kind, made.arguments.get("kernel_size"))


def _apart(graph: Graph, paths: list[str]) -> Graph:
    """Return the graph with the blocks on the way to some layers made unique."""
    done: set[tuple[str, ...]] = set()
    for path in sorted(paths):
        *outer, _ = ids_on(path)
        for depth in range(len(outer)):
            way, instance = tuple(outer[:depth]), outer[depth]
            if (*way, instance) in done:
                continue
            done.add((*way, instance))
            node = level_at(graph, way).node(instance)
            if node.arguments.get(REPEAT) not in (None, 1):
                raise ZooError(
                    f'The blocks in the row "{node.name}" would differ from each other. Ungroup it first.'
                )
            graph = edit_level(graph, way, partial(make_unique, node_id=instance))
    return graph


def _put(graph: Graph, path: str, made: Node | None) -> Graph:
    """Return the graph with one layer converted, or taken out, where it is drawn."""
    *outer, node_id = ids_on(path)
    inside = level_at(graph, outer)
    if made is None:
        if node_id not in inside:
            return graph
        signature = registry.signatures(graph)
        return edit_level(graph, outer, lambda level: edits.remove_and_reconnect(level, [node_id], signature))
    drawn = inside.node(node_id)
    if drawn.kind == made.kind and drawn.kind not in ("Softmax", "LogSoftmax"):
        return graph
    new = replace(drawn, kind=made.kind, arguments=_converted(drawn, made))
    return edit_level(graph, outer, lambda level: edits.replace_node(level, new))


def _converted(drawn: Node, made: Node) -> Map[str, Value]:
    """Return a drawn layer's arguments, with expressions as they are, as those of what it becomes."""
    found = {
        name: value
        for name, value in drawn.arguments.items()
        if name not in ("in_features", "out_features", "output_size", "num_features")
    }
    found |= {
        name: made.arguments[name] for name in ("kernel_size", "stride", "dim") if name in made.arguments
    }
    if drawn.kind == "Linear":
        default = registry.get("Linear").values({})["out_features"]
        found["out_channels"] = drawn.arguments.get("out_features", default)
    return Map(found)


def _headless(graph: Graph) -> Graph:
    """Return the graph without targets and losses, so that the map is what comes out."""
    return edits.remove_nodes(graph, [n.id for n in graph.nodes.values() if _role(n) in ("loss", "target")])


def _averaged(graph: Graph) -> Graph:
    """Return the graph with an average over the map before every loss."""
    losses = [node for node in graph.ordered() if _role(node) == "loss"]
    for loss in losses:
        for wire in graph.inputs_of(loss.id, "input"):
            source = graph.node(wire.source)
            for kind in ("AdaptiveAvgPool2d", "Flatten"):
                name = "map_average" if kind != "Flatten" else "flatten"
                x, y = (source.x + loss.x) / 2, (source.y + loss.y) / 2
                node = edits.new_node(graph, kind, name=name, x=x, y=y)
                wire = graph.inputs_of(loss.id, "input")[0]
                graph = edits.insert_on_edge(graph, wire, node, registry.signatures(graph))
    return graph
