"""The fx graphs of a network: one module for the whole, one for every block in it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, fx, nn
from torch.nn import functional

from studio.catalog import registry
from studio.catalog.custom import code_problem
from studio.catalog.spec import LayerSpec
from studio.compiler.analysis import Analysis
from studio.compiler.freezing import freeze
from studio.compiler.functions import causal_mask
from studio.compiler.heads import with_heads
from studio.compiler.initialization import LSUV, initialize, new_tensor
from studio.compiler.modules import (
    in_order,
    keywords,
    make_module,
    masked,
    resolve,
    sample_shape,
    slices,
)
from studio.compiler.penalties import Penalty, penalties_of
from studio.compiler.rates import Rate, rates_of
from studio.compiler.ties import is_tied
from studio.compiler.ties import resolve as resolve_tie
from studio.errors import CodeError, CompileError
from studio.graph import topology
from studio.graph.block import INPUT, OUTPUT
from studio.graph.expansion import Instance, Source
from studio.graph.graph import Graph
from studio.graph.node import Node, Value


@dataclass
class _Level:
    """One graph that becomes one module.

    Attributes:
        graph: What was drawn.
        path: What stands before its nodes' ids in the flat graph: ``n5[0]/``.
        fx_graph: What is built.
        root: Modules and tensors by the name they have in the module.
        made: What computes each output.
        rows: Blocks that are called one by one, by the row's name.
        added: Ids of the nodes that are in already.
        named: Ids of the nodes that have a module, or a bias, of their own in it.
        lent: Modules that use another node's weight, with that node's id.
        passing: Names of constants that no state_dict holds.
        wanted: Outputs of the whole network, which may feed nothing.
    """

    graph: Graph
    path: str
    fx_graph: fx.Graph = field(default_factory=fx.Graph)
    root: dict[str, Any] = field(default_factory=dict)
    made: dict[Source, fx.Node] = field(default_factory=dict)
    rows: dict[str, list[fx.GraphModule]] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)
    lent: list[tuple[nn.Module, str]] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    wanted: frozenset[Source] = frozenset()


class Lowering:
    """Turns a checked graph into modules.

    Attributes:
        penalties: What is added to the training loss for the size of weights.
        rates: Parameters that learn at another rate than the rest.
        lsuv: Dotted names of the layers that are to be scaled on the first batch.

    Args:
        graph: The outermost graph.
        analysis: Its analysis, without errors.
    """

    def __init__(self, graph: Graph, analysis: Analysis) -> None:
        self._graph = graph
        self._values = analysis.values
        self._expansion = analysis.expansion
        self._types = analysis.shapes.outputs
        self._signature = registry.signatures(graph)
        self._orders: dict[int, tuple[str, ...]] = {}
        self.penalties: list[Penalty] = []
        self.rates: list[Rate] = []
        self.lsuv: list[str] = []

    def network(self, wanted: list[Source], num_main: int) -> fx.GraphModule:
        """Return the module that gives some outputs of the outermost graph.

        Args:
            wanted: What it gives, in order.
            num_main: How many of these it gives in evaluation mode; the others are heads of training.
        """
        level = _Level(self._graph, "", wanted=frozenset(wanted))
        self._add_inputs(level, wanted)
        self._add_nodes(level, wanted[:num_main])
        self._add_nodes(level, wanted[num_main:])
        return _finish(level, [level.made[source] for source in wanted], "Network", num_main)

    def _block(self, instance: Instance, path: str) -> fx.GraphModule:
        """Return the module of one block."""
        block = self._graph.blocks[instance.block]
        level = _Level(block.graph, f"{path}/")
        for node in block.inputs():
            placeholder = level.fx_graph.create_node("placeholder", node.name, name=node.name)
            placeholder.meta["node"] = node.name
            level.made[node.id, "output"] = placeholder
        feeds = [block.graph.inputs_of(node.id) for node in block.outputs()]
        wanted = [(edges[0].source, edges[0].source_port) for edges in feeds if edges]
        self._add_nodes(level, wanted)
        return _finish(level, [level.made[source] for source in wanted], instance.block)

    def _add_inputs(self, level: _Level, wanted: list[Source]) -> None:
        """Add the inputs of the network: fx wants all of them before anything is computed."""
        live = upstream(level.graph, [source for source, _ in wanted])
        for node_id in self._order(level.graph):
            spec = registry.find(level.graph.nodes[node_id].kind)
            if node_id in live and spec is not None and spec.role == "input":
                level.added.add(node_id)
                self._add_layer(level, self._expansion.graph.nodes[node_id], level.graph.nodes[node_id])

    def _add_nodes(self, level: _Level, wanted: list[Source]) -> None:
        """Add all nodes of a level that the wanted outputs depend on."""
        live = upstream(level.graph, [source for source, _ in wanted]) - level.added
        for node_id in self._order(level.graph):
            node = level.graph.nodes[node_id]
            if node_id not in live or node.kind == OUTPUT or (level.path and node.kind == INPUT):
                continue
            level.added.add(node_id)
            path = level.path + node_id
            if path in self._expansion.disabled:
                self._bridge(level, node)
            elif path in self._expansion.instances:
                self._add_block(level, node, self._expansion.instances[path])
            else:
                self._add_layer(level, self._expansion.graph.nodes[path], node)
        self._lend(level)

    def _order(self, graph: Graph) -> tuple[str, ...]:
        """Return a definition's nodes in topological order, found once for all its instances."""
        if id(graph) not in self._orders:
            self._orders[id(graph)] = topology.order(graph)
        return self._orders[id(graph)]

    def _bridge(self, level: _Level, node: Node) -> None:
        """Let what is switched off pass its first input on."""
        ports = self._signature(node)
        assert ports is not None
        edge = next(edge for port in ports.inputs for edge in level.graph.inputs_of(node.id, port.name))
        for port in ports.outputs:
            level.made[node.id, port.name] = level.made[edge.source, edge.source_port]

    def _feeds(self, level: _Level, node: Node, port: str) -> list[fx.Node]:
        return [level.made[edge.source, edge.source_port] for edge in level.graph.inputs_of(node.id, port)]

    def _add_block(self, level: _Level, node: Node, instance: Instance) -> None:
        """Add a block, or a row of them, as submodules."""
        block = self._graph.blocks[instance.block]
        modules = [self._block(instance, path) for path in instance.copies]
        feeds = [self._feeds(level, node, port.name)[0] for port in block.inputs()]
        outputs = [port.name for port in block.outputs()]
        is_row = instance.copies != (instance.node.id,)
        if is_row and len(feeds) == len(outputs) == 1:
            level.root[node.name] = nn.Sequential(*modules)
            results = [self._module_call(level, node, node.name, feeds)]
        elif is_row:
            level.rows[node.name] = modules
            for place, module in enumerate(modules):
                level.root[f"{node.name}.{place}"] = module
                results = self._block_call(level, node, f"{node.name}.{place}", feeds, len(outputs))
                feeds = [*results[: len(feeds)], *feeds[len(results) :]]
        else:
            level.root[node.name] = modules[0]
            results = self._block_call(level, node, node.name, feeds, len(outputs))
        for name, result in zip(outputs, results, strict=True):
            level.made[node.id, name] = result

    def _block_call(
        self, level: _Level, node: Node, target: str, feeds: list[fx.Node], count: int
    ) -> list[fx.Node]:
        """Return what a block gives at each of its ports."""
        result = self._module_call(level, node, target, feeds)
        if count == 1:
            return [result]
        return [level.fx_graph.call_function(operator.getitem, (result, place)) for place in range(count)]

    def _module_call(
        self, level: _Level, node: Node, target: str, feeds: Iterable[Any], **keywords: Any
    ) -> fx.Node:
        made = level.fx_graph.create_node("call_module", target, tuple(feeds), keywords, name=node.name)
        made.meta["node"] = node.name
        return made

    def _add_layer(self, level: _Level, node: Node, drawn: Node) -> None:
        """Add a layer whose inputs were all added before."""
        spec = registry.signature(node)
        assert spec is not None
        by_port = {port.name: self._feeds(level, drawn, port.name) for port in spec.inputs}
        result = self._call(level, spec, drawn, node, in_order(spec, by_port))
        result.meta["node"] = drawn.name
        if not spec.picks:
            level.made[drawn.id, spec.outputs[0].name] = result
            return
        for port, pick in zip(spec.outputs, spec.picks, strict=True):
            is_used = level.graph.outputs_of(drawn.id, port.name) or (drawn.id, port.name) in level.wanted
            if is_used or port is spec.outputs[0]:
                item = result
                for place in pick:
                    item = level.fx_graph.call_function(operator.getitem, (item, place))
                if port.name in spec.batch_second:
                    item = level.fx_graph.call_method("transpose", (item, 0, 1))
                level.made[drawn.id, port.name] = item
        # Probes look at the tensor, not at the tuple that it came in.
        first = level.made[drawn.id, spec.outputs[0].name]
        del result.meta["node"]
        first.meta["node"] = drawn.name

    def _call(
        self, level: _Level, spec: LayerSpec, drawn: Node, node: Node, inputs: list[fx.Node | None]
    ) -> fx.Node:
        """Return the fx node that computes a layer."""
        values, name = self._values[node.id], drawn.name
        build = level.fx_graph
        if spec.role == "input":
            return build.create_node("placeholder", name, name=name)
        match spec.call:
            case "module":
                return self._module(level, spec, drawn, node, inputs)
            case "parameter" | "constant":
                level.root[name] = self._new_tensor(spec, node, values)
                if values.get("persistent") is False:
                    level.passing.append(name)
                return build.create_node("get_attr", name, name=name)
            case "function":
                return _function(level, resolve(spec.target), tuple(inputs), name, keywords(spec, values))
            case "list":
                return _function(level, resolve(spec.target), (inputs,), name, keywords(spec, values))
            case "slice":
                return _function(level, operator.getitem, (inputs[0], slices(values)), name)
            case "reshape":
                batch = build.call_method("size", (inputs[0], 0))
                shape = (batch, *sample_shape(values))
                return _function(level, resolve(spec.target), (inputs[0], shape), name)
            case "expand":
                batch = build.call_method("size", (inputs[1], 0))
                edge = self._expansion.graph.inputs_of(node.id, "input")[0]
                rest = (-1,) * (self._types[edge.source, edge.source_port].rank - 1)
                return build.create_node("call_method", "expand", (inputs[0], batch, *rest), name=name)
        total = inputs[0]
        for other in inputs[1:-1]:
            total = _function(level, resolve(spec.target), (total, other), f"{name}_part")
        return _function(level, resolve(spec.target), (total, inputs[-1]), name)

    def _new_tensor(self, spec: LayerSpec, node: Node, values: dict[str, Value]) -> Tensor:
        """Return the tensor of a learned or constant node."""
        tensor = new_tensor(spec, values)
        if isinstance(tensor, nn.Parameter):
            tensor.requires_grad_(node.arguments.get("frozen") is not True)
            holder = nn.ParameterDict({"weight": tensor})
            settings = spec.setting_values(node.arguments)
            penalties = penalties_of(holder, node.name, settings)
            self.penalties += [replace(penalty, parameter=node.name) for penalty in penalties]
            rates = rates_of(holder, node.name, settings)
            self.rates += [replace(rate, parameter=node.name) for rate in rates]
        return tensor

    def _module(
        self, level: _Level, spec: LayerSpec, drawn: Node, node: Node, inputs: list[fx.Node | None]
    ) -> fx.Node:
        """Return the call of a layer's module, new or shared with another node."""
        tie = resolve_tie(self._expansion.graph.nodes, node.id)
        body = self._own_module(level, tie.body)
        if tie.turned:
            return self._turned(level, drawn, body, self._own_module(level, tie.owner), inputs[0])
        at_call = keywords(spec, self._values[node.id], at_call=True)
        between = masked(spec, self._values[node.id], inputs)
        if between is not None and spec.causal is not None:
            at_call[spec.causal[1]] = level.fx_graph.call_function(causal_mask, between)
        return self._module_call(level, drawn, body, inputs, **at_call)

    def _own_module(self, level: _Level, path: str) -> str:
        """Return the name of a node's module, made if this is the first time that it is needed.

        What a layer lends may be needed before the layer itself, or although it reaches no output. Of a
        layer that uses another's weight transposed only the bias is kept.
        """
        node = self._expansion.graph.nodes[path]
        name = level.graph.nodes[path[len(level.path) :]].name
        if path in level.named:
            return name
        level.named.add(path)
        tie = resolve_tie(self._expansion.graph.nodes, path)
        spec = registry.signature(node)
        assert spec is not None
        settings, lent = spec.setting_values(node.arguments), "weight" if is_tied(node) else ""
        module = _made(spec, self._values[path], node)
        initialize(module, settings, lent)
        if settings.get("frozen") is True:
            freeze(module)
        self.penalties += penalties_of(module, node.name, settings, lent)
        self.rates += rates_of(module, node.name, settings, lent)
        if settings.get("weight_init") == LSUV and not lent:
            self.lsuv.append(node.name)
        if tie.turned:
            if isinstance(bias := getattr(module, "bias", None), Tensor):
                level.root[f"{name}.bias"] = bias
            return name
        if lent:
            level.lent.append((module, tie.owner))
        level.root[name] = module
        return name

    def _turned(self, level: _Level, drawn: Node, body: str, owner: str, value: fx.Node | None) -> fx.Node:
        """Return a linear map by another layer's weight turned over, with a bias of its own."""
        source, bias = f"{owner}.weight", None
        level.root[source] = level.root[owner].weight
        weight = level.fx_graph.call_method("t", (level.fx_graph.get_attr(source),))
        if f"{body}.bias" in level.root:
            bias = level.fx_graph.get_attr(f"{body}.bias")
        return _function(level, functional.linear, (value, weight, bias), drawn.name)

    def _lend(self, level: _Level) -> None:
        """Give tied layers the weight of the layer that they are tied to."""
        for module, owner in level.lent:
            module.weight = level.root[self._own_module(level, owner)].weight
        level.lent.clear()


def _made(spec: LayerSpec, values: dict[str, Value], node: Node) -> nn.Module:
    """Return a layer's module; what its code says, if it has any and that fails, is said of the node."""
    try:
        return make_module(spec, values)
    except CodeError as error:
        problem = code_problem(node, error)
        raise CompileError(problem.message, problems=(problem,), node_id=node.id) from error


def upstream(graph: Graph, node_ids: Iterable[str]) -> set[str]:
    """Return some nodes and all that they depend on."""
    stack = list(node_ids)
    seen = set(stack)
    while stack:
        for edge in graph.inputs_of(stack.pop()):
            if edge.source not in seen:
                seen.add(edge.source)
                stack.append(edge.source)
    return seen


def _function(
    level: _Level,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    name: str,
    keywords: dict[str, Any] | None = None,
) -> fx.Node:
    return level.fx_graph.create_node("call_function", function, args, keywords or {}, name=name)


def _finish(level: _Level, outputs: list[fx.Node], name: str, num_main: int | None = None) -> fx.GraphModule:
    """Return the module of a level; one output is given as it is, several as a tuple.

    Args:
        level: All that it computes.
        outputs: What it gives.
        name: Of its class.
        num_main: How many of the outputs it gives in evaluation mode; None for all.
    """
    level.fx_graph.output(outputs[0] if len(outputs) == 1 else tuple(outputs))
    level.fx_graph.lint()
    if num_main is None or num_main == len(outputs):
        module = fx.GraphModule(level.root, level.fx_graph, class_name=name)
    else:
        module = with_heads(level.root, level.fx_graph, num_main, name)
    for row, blocks in level.rows.items():
        module.add_module(row, nn.ModuleList(blocks))
    for constant in level.passing:
        module.register_buffer(constant, module._buffers[constant], persistent=False)
    return module
