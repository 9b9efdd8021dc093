"""From a drawn graph to an ordinary PyTorch module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch import fx, nn

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.analysis import analyse
from studio.compiler.modules import keywords, make_module, resolve, sample_shape
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError
from studio.graph import topology
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value
from studio.graph.report import NodeReport

Encoding: TypeAlias = Literal["index", "one_hot", "float"]


@dataclass(frozen=True)
class LossTerm:
    """One summand of the objective.

    Attributes:
        name: The loss node's name.
        module: The loss, called with an output and its target.
        output: Which of the network's outputs it judges.
        target: Which of the network's outputs is the target; None where the data set gives it.
        encoding: How the data set's truth is told: class number, one-hot, or value.
    """

    name: str
    module: nn.Module
    output: int
    target: int | None
    encoding: Encoding


@dataclass(frozen=True)
class Network:
    """A compiled graph, with what training has to know beside it.

    Attributes:
        module: From the inputs, in order, to the output, or to a tuple of them if there are several.
            Each ``fx`` node's ``meta["node"]`` is the name of the drawn node it comes from.
        inputs: Names of the input nodes, in the order of the module's arguments.
        outputs: Names of the nodes whose tensors come out: predictions first, then what is only a
            target of a loss (an autoencoder's image).
        losses: Their sum is minimised; empty for a graph without a loss.
    """

    module: fx.GraphModule
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    losses: tuple[LossTerm, ...]


def compile(graph: Graph, engine: ShapeEngine | None = None) -> fx.GraphModule:
    """Return a graph as a PyTorch module; see `build`.

    Raises:
        CompileError: The graph has errors; they come along as `problems`.
    """
    return build(graph, engine).module


def build(graph: Graph, engine: ShapeEngine | None = None) -> Network:
    """Return a graph as a PyTorch module in training mode on the CPU, with its losses.

    Submodules carry the nodes' names. Parameters are drawn by torch's own initialization in topological
    order, so that one seed gives the weights of the same layers written by hand. Layers that reach no
    output are left out.

    Args:
        graph: The network.
        engine: Keeps what PyTorch said when the graph was checked; None asks again.

    Raises:
        CompileError: The graph has errors; they come along as `problems`.
    """
    analysis = analyse(graph, engine=engine)
    if not analysis.ok:
        raise _refusal(analysis.problems)
    values = {report.node: _values(graph.node(report.node), report) for report in analysis.nodes}
    order = topology.order(graph)
    losses = [node for node in graph.ordered() if registry.get(node.kind).role == "loss"]
    wanted = _output_edges(graph, losses)
    live = _upstream(graph, wanted)
    lowering = _Lowering(graph, values)
    for node_id in order:
        if node_id in live:
            lowering.add(graph.node(node_id))
    module = lowering.finish(wanted)
    terms = tuple(_term(graph, node, values[node.id], wanted) for node in losses)
    inputs = tuple(
        graph.node(node_id).name
        for node_id in order
        if node_id in live and registry.get(graph.node(node_id).kind).role == "input"
    )
    return Network(module, inputs, tuple(graph.node(source).name for source, _ in wanted), terms)


def _refusal(problems: tuple[Any, ...]) -> CompileError:
    """Return the error that carries a graph's problems and says the first."""
    errors = [problem for problem in problems if problem.severity == "error"]
    first = errors[0]
    more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
    message = " ".join(part for part in (first.message, first.suggestion) if part)
    return CompileError(
        f"The network cannot be compiled. {message}{more}",
        problems=problems,
        node_id=first.node or None,
        port=first.port or None,
        argument=first.argument or None,
    )


def _values(node: Node, report: NodeReport) -> dict[str, Value]:
    """Return a node's arguments with what was read off the wire filled in."""
    return {**registry.get(node.kind).values(node.arguments), **dict(report.inferred)}


Source: TypeAlias = tuple[str, str]
"""A node's id and one of its output ports."""


def _output_edges(graph: Graph, losses: list[Node]) -> list[Source]:
    """Return what the module gives: what is judged, then what is only a target.

    Without a loss it is every tensor that feeds nothing.
    """
    if not losses:
        return [
            (node.id, port.name)
            for node in graph.ordered()
            for port in registry.get(node.kind).outputs
            if port.carries == "tensor" and not graph.outputs_of(node.id, port.name)
        ]
    edges = [graph.inputs_of(loss.id, port)[0] for port in ("input", "target") for loss in losses]
    sources = [(edge.source, edge.source_port) for edge in edges if _is_tensor(graph, edge)]
    return list(dict.fromkeys(sources))


def _is_tensor(graph: Graph, edge: Edge) -> bool:
    """Say whether a wire comes from the network rather than from the data set's truth."""
    return registry.get(graph.node(edge.source).kind).role != "target"


def _upstream(graph: Graph, sources: list[Source]) -> set[str]:
    """Return the nodes that some outputs depend on."""
    stack = [source for source, _ in sources]
    seen = set(stack)
    while stack:
        for edge in graph.inputs_of(stack.pop()):
            if edge.source not in seen:
                seen.add(edge.source)
                stack.append(edge.source)
    return seen


def _term(graph: Graph, node: Node, values: dict[str, Value], wanted: list[Source]) -> LossTerm:
    """Return a loss node as a summand of the objective."""
    output, truth = (graph.inputs_of(node.id, port)[0] for port in ("input", "target"))
    encoding: Encoding = "float"
    target: int | None = None
    if _is_tensor(graph, truth):
        target = wanted.index((truth.source, truth.source_port))
    else:
        source = graph.node(truth.source)
        encoding = registry.get(source.kind).values(source.arguments)["encoding"]  # type: ignore[assignment]
    module = make_module(registry.get(node.kind), values)
    return LossTerm(node.name, module, wanted.index((output.source, output.source_port)), target, encoding)


class _Lowering:
    """Builds the fx graph, one drawn node after another."""

    def __init__(self, graph: Graph, values: dict[str, dict[str, Value]]) -> None:
        self._graph = graph
        self._values = values
        self._fx_graph = fx.Graph()
        self._modules: dict[str, nn.Module] = {}
        self._made: dict[Source, fx.Node] = {}

    def add(self, node: Node) -> None:
        """Add a node whose inputs were all added before."""
        spec = registry.get(node.kind)
        inputs = [
            self._made[edge.source, edge.source_port]
            for port in spec.inputs
            for edge in self._graph.inputs_of(node.id, port.name)
        ]
        made = self._call(node, spec, inputs)
        made.meta["node"] = node.name
        self._made[node.id, spec.outputs[0].name] = made

    def _call(self, node: Node, spec: LayerSpec, inputs: list[fx.Node]) -> fx.Node:
        """Return the fx node that computes a drawn node."""
        values = self._values[node.id]
        if spec.role == "input":
            return self._fx_graph.create_node("placeholder", node.name, name=node.name)
        if spec.call == "module":
            self._modules[node.name] = make_module(spec, values)
            return self._fx_graph.create_node("call_module", node.name, tuple(inputs), name=node.name)
        function = resolve(spec.target)
        if spec.call == "list":
            return self._function(function, (inputs,), keywords(spec, values), node.name)
        if spec.call == "reshape":
            batch = self._fx_graph.call_method("size", (inputs[0], 0))
            return self._function(function, (inputs[0], (batch, *sample_shape(values))), {}, node.name)
        total = inputs[0]
        for other in inputs[1:-1]:
            total = self._function(function, (total, other), {}, f"{node.name}_part")
        return self._function(function, (total, inputs[-1]), {}, node.name)

    def _function(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> fx.Node:
        return self._fx_graph.create_node("call_function", function, args, kwargs, name=name)

    def finish(self, wanted: list[Source]) -> fx.GraphModule:
        """Return the module that gives the wanted outputs."""
        outputs = tuple(self._made[source] for source in wanted)
        self._fx_graph.output(outputs[0] if len(outputs) == 1 else outputs)
        self._fx_graph.lint()
        return torch.fx.GraphModule(self._modules, self._fx_graph, class_name="Network")
