"""From a drawn graph to an ordinary PyTorch module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from torch import fx, nn

from studio.catalog import registry
from studio.catalog.settings import LOSS_WEIGHT
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.heads import is_training_only
from studio.compiler.lowering import Lowering, upstream
from studio.compiler.modules import make_module
from studio.compiler.penalties import Penalty
from studio.compiler.rates import Rate
from studio.compiler.shapes import ShapeEngine
from studio.errors import CompileError
from studio.graph import topology
from studio.graph.expansion import Source
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value

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
        weight: Its factor in the objective.
        training_only: It counts in training only; its output may be missing in evaluation.
    """

    name: str
    module: nn.Module
    output: int
    target: int | None
    encoding: Encoding
    weight: float = 1.0
    training_only: bool = False


@dataclass(frozen=True)
class Network:
    """A compiled graph, with what training has to know beside it.

    Attributes:
        module: From the inputs, in order, to the output, or to a tuple of them if there are several.
            Each ``fx`` node's ``meta["node"]`` is the name of the drawn node it comes from.
        inputs: Names of the input nodes, in the order of the module's arguments.
        outputs: Names of the nodes whose tensors come out, or of the Output nodes behind them: predictions
            first, then what is only a target of a loss (an autoencoder's image), then auxiliary heads.
        losses: Their weighted sum is minimised; empty for a graph without a loss.
        num_main: How many of the outputs come out in evaluation mode: all but the auxiliary heads.
        penalties: What is added to the training loss for the size of weights.
        rates: Parameters that learn at another rate than the rest.
        lsuv: Layers that wait to be scaled on data (`studio.compiler.lsuv`).
    """

    module: fx.GraphModule
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    losses: tuple[LossTerm, ...]
    num_main: int = 1
    penalties: tuple[Penalty, ...] = ()
    rates: tuple[Rate, ...] = ()
    lsuv: tuple[str, ...] = ()


def compile(graph: Graph, engine: ShapeEngine | None = None) -> fx.GraphModule:
    """Return a graph as a PyTorch module; see `build`.

    Raises:
        CompileError: The graph has errors; they come along as `problems`.
    """
    return build(graph, engine).module


def build(graph: Graph, engine: ShapeEngine | None = None) -> Network:
    """Return a graph as a PyTorch module in training mode on the CPU, with its losses.

    Submodules carry the nodes' names, and blocks are submodules of their own, a row of blocks an
    `nn.Sequential`: a weight is called ``layer1.0.conv1.weight``. Parameters are drawn by torch's own
    initialization in topological order, so that one seed gives the weights of the same layers written
    by hand. Layers that reach no output are left out. What leads to nothing but losses that are active in
    training only is computed, and comes out, in training mode only (`studio.compiler.heads`).

    Args:
        graph: The network.
        engine: Keeps what PyTorch said when the graph was checked; None asks again.

    Raises:
        CompileError: The graph has errors; they come along as `problems`.
    """
    analysis = analyse(graph, engine=engine)
    refuse(analysis)
    flat = analysis.expansion.graph.nodes  # where expressions are worked out
    losses = [flat[node.id] for node in graph.ordered() if _role(node) == "loss"]
    wanted = output_sources(graph, losses)
    main = output_sources(graph, [loss for loss in losses if not is_training_only(loss)])
    lowering = Lowering(graph, analysis)
    module = lowering.network(wanted, len(main))
    values = analysis.values
    live = upstream(graph, [source for source, _ in wanted])
    return Network(
        module,
        tuple(
            graph.node(node_id).name
            for node_id in topology.order(graph)
            if node_id in live and _role(graph.node(node_id)) == "input"
        ),
        _output_names(graph, wanted),
        tuple(_term(graph, node, flat, values[node.id], wanted) for node in losses),
        len(main),
        tuple(lowering.penalties),
        tuple(lowering.rates),
        tuple(lowering.lsuv),
    )


def _role(node: Node) -> str:
    """Return what a node of the outermost graph is to the network."""
    spec = registry.find(node.kind)
    return spec.role if spec is not None else "layer"


def refuse(analysis: Analysis) -> None:
    """Raise if a graph cannot be compiled.

    Raises:
        CompileError: It has errors; they come along as `problems`.
    """
    if not analysis.ok:
        raise _refusal(analysis.problems)


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


def output_sources(graph: Graph, losses: list[Node]) -> list[Source]:
    """Return what the module gives: what is judged, what is only a target, what an Output node names.

    What only losses of training judge comes last. Without any of them it is every tensor that feeds nothing.
    """
    named = [edge for node in graph.ordered() if _role(node) == "output" for edge in graph.inputs_of(node.id)]
    if not losses and not named:
        return _loose_ends(graph)
    always = [loss for loss in losses if not is_training_only(loss)]
    edges = [*_judged(graph, always), *named, *_judged(graph, losses)]
    tensors = [edge for edge in edges if _role(graph.node(edge.source)) != "target"]
    return list(dict.fromkeys((edge.source, edge.source_port) for edge in tensors))


def _output_names(graph: Graph, wanted: list[Source]) -> tuple[str, ...]:
    """Return what the outputs are called: as an Output node says, else as the node they come from."""
    given = {
        (edge.source, edge.source_port): node.name
        for node in graph.ordered()
        if _role(node) == "output"
        for edge in graph.inputs_of(node.id)
    }
    return tuple(given.get(source, graph.node(source[0]).name) for source in wanted)


def _loose_ends(graph: Graph) -> list[Source]:
    """Return every tensor that feeds nothing; of results that often are not wanted the first at most."""
    signature = registry.signatures(graph)
    return [
        (node.id, port.name)
        for node in graph.ordered()
        if (ports := signature(node)) is not None
        for port in ports.outputs
        if port.carries == "tensor" and not graph.outputs_of(node.id, port.name)
        if not port.optional or (port is ports.outputs[0] and not graph.outputs_of(node.id))
    ]


def _judged(graph: Graph, losses: list[Node]) -> list[Edge]:
    """Return the wires into some losses: all that is judged, then all targets."""
    return [
        edge for port in ("input", "target") for loss in losses for edge in graph.inputs_of(loss.id, port)
    ]


def _term(
    graph: Graph, node: Node, flat: Mapping[str, Node], values: dict[str, Value], wanted: list[Source]
) -> LossTerm:
    """Return a loss node as a summand of the objective."""
    output, truth = (graph.inputs_of(node.id, port)[0] for port in ("input", "target"))
    encoding: Encoding = "float"
    target: int | None = None
    source = flat.get(truth.source, graph.node(truth.source))
    if _role(source) == "target":
        encoding = registry.get(source.kind).values(source.arguments)["encoding"]  # type: ignore[assignment]
    else:
        target = wanted.index((truth.source, truth.source_port))
    spec = registry.get(node.kind)
    weight = spec.setting_values(node.arguments)[LOSS_WEIGHT]
    assert isinstance(weight, float)
    return LossTerm(
        node.name,
        make_module(spec, values),
        wanted.index((output.source, output.source_port)),
        target,
        encoding,
        weight,
        is_training_only(node),
    )
