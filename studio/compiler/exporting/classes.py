"""One class of the exported source: its constructor and its forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.catalog import registry
from studio.catalog.custom import CUSTOM, code_of
from studio.catalog.spec import LayerSpec
from studio.compiler.analysis import Analysis
from studio.compiler.exporting.codes import Codes
from studio.compiler.exporting.definitions import (
    NOTHING,
    Classes,
    Definition,
    Sparse,
    all_same,
    filled,
)
from studio.compiler.exporting.rows import Rows, making
from studio.compiler.exporting.steps import Steps
from studio.compiler.exporting.wording import (
    assignment,
    attribute,
    call_text,
    identifier,
    literal,
    wrapped,
)
from studio.compiler.lowering import upstream
from studio.compiler.ties import resolve
from studio.errors import CompileError
from studio.graph import topology
from studio.graph.block import ENABLED, FROZEN, INPUT, OUTPUT, block_name
from studio.graph.expansion import Source
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

CAUSAL_MASK = "studio.compiler.functions.causal_mask"

_NORMS = tuple(f"nn.{kind}Norm{count}d" for kind in ("Batch", "Instance") for count in (1, 2, 3))


@dataclass
class Context:
    """What all classes of one network are written with.

    Attributes:
        graph: The outermost graph.
        values: All arguments by path.
        targets: Functions and classes that the source needs, as the specs name them.
        codes: The custom layers that it needs.
    """

    graph: Graph
    analysis: Analysis
    classes: Classes
    values: dict[str, dict[str, Value]]
    targets: set[str] = field(default_factory=set)
    codes: Codes = field(default_factory=Codes)


class ClassWriter:
    """Writes one class.

    Args:
        context: The network.
        definition: What becomes the class.
    """

    def __init__(self, context: Context, definition: Definition) -> None:
        self._context = context
        self._definition = definition
        self._graph = definition.graph
        self._expansion = context.analysis.expansion
        self._signature = registry.signatures(context.graph)
        self._init: list[str] = []
        self._ties: list[str] = []
        self._frozen: list[str] = []
        self._made: set[str] = set()
        self._steps = Steps()
        self._rows = Rows(context.graph, context.classes, context.values, context.targets, definition)

    def write(self, wanted: Sequence[Source], early: Sequence[Source] = ()) -> list[str]:
        """Return the lines of the class.

        Args:
            wanted: What forward returns.
            early: What it returns in evaluation mode, if that is less.
        """
        self._add_nodes([*early, *wanted], set(early))
        if early:
            self._steps.early([self._steps.names[source] for source in early])
        self._add_rest([*early, *wanted], set(early))
        self._steps.finish([self._steps.names[source] for source in wanted])
        name, summary = self._definition.name, self._definition.summary
        lines = [
            f"class {name}(nn.Module):",
            *([f'    """{_one_line(summary)}"""', ""] if summary else []),
            f"    def __init__({', '.join(['self', *self._parameters()])}):",
            "        super().__init__()",
            *(f"        {line}" for line in (*self._init, *self._ties)),
            "",
            f"    def forward({', '.join(['self', *self._steps.arguments])}):",
            *(f"        {line}" for line in self._steps.lines),
            *self._train_lines(),
        ]
        return [part for line in lines for part in wrapped(line)]

    def _parameters(self) -> list[str]:
        return [
            one.name if one.required else f"{one.name}={literal(one.default)}"
            for one in self._definition.sorted_parameters()
        ]

    # Which nodes, in which order ---------------------------------------------------------------------

    def _add_nodes(self, wanted: list[Source], early: set[Source]) -> None:
        """Add the nodes that are needed first: all, or only those of evaluation mode."""
        first = early or set(wanted)
        live = upstream(self._graph, [source for source, _ in first])
        for node in self._inputs(upstream(self._graph, [source for source, _ in wanted])):
            self._steps.argument(node)
        for node_id in topology.order(self._graph):
            if node_id in live:
                self._add(self._graph.nodes[node_id])

    def _add_rest(self, wanted: list[Source], early: set[Source]) -> None:
        """Add the nodes that only training needs."""
        if not early:
            return
        done = upstream(self._graph, [source for source, _ in early])
        live = upstream(self._graph, [source for source, _ in wanted]) - done
        for node_id in topology.order(self._graph):
            if node_id in live:
                self._add(self._graph.nodes[node_id])

    def _inputs(self, live: set[str]) -> list[Node]:
        """Return the nodes that forward has an argument for."""
        if self._definition.paths != ("",):
            return [node for node in self._graph.ordered() if node.kind == INPUT]
        order = topology.order(self._graph)
        return [
            self._graph.nodes[node_id]
            for node_id in order
            if node_id in live
            and (spec := self._signature(self._graph.nodes[node_id])) is not None
            and spec.role == "input"
        ]

    def _add(self, node: Node) -> None:
        """Add one node to constructor and forward pass."""
        spec = self._signature(node)
        assert spec is not None
        if spec.role == "input" or node.kind == OUTPUT:
            return
        feeds = {port.name: self._feeds(node, port.name) for port in spec.inputs}
        disabled = [path + node.id in self._expansion.disabled for path in self._definition.paths]
        if all(disabled):
            first = next(names[0] for names in feeds.values() if names)
            for port in spec.outputs:
                self._steps.names[node.id, port.name] = first
        elif block_name(node) is not None:
            self._add_block(node, spec, feeds, self._condition(node, disabled))
        else:
            self._add_layer(node, spec, feeds, self._condition(node, disabled))

    def _feeds(self, node: Node, port: str) -> list[str]:
        edges = self._graph.inputs_of(node.id, port)
        return [self._steps.names[edge.source, edge.source_port] for edge in edges]

    def _condition(self, node: Node, disabled: list[bool]) -> str:
        """Return the source text of whether a node is there; empty if it always is."""
        if not any(disabled):
            return ""
        drawn = node.arguments.get(ENABLED)
        return self._definition.express(tuple(not off for off in disabled), drawn, f"has_{node.name}")

    # Layers --------------------------------------------------------------------------------------

    def _add_layer(self, node: Node, spec: LayerSpec, feeds: dict[str, list[str]], condition: str) -> None:
        if spec.target and spec.kind != CUSTOM:
            self._context.targets.add(spec.target)
        tie = resolve(self._graph.nodes, node.id)
        body = self._graph.nodes[tie.body]
        if spec.call in ("parameter", "constant"):
            self._add_tensor(node, spec)
        elif spec.call == "module":
            for owner in (tie.owner, tie.body):
                self._add_module(self._graph.nodes[owner], condition if owner == node.id else "")
        bare = condition if spec.call != "module" or len(spec.inputs) > 1 else ""
        if bare:
            self._init.append(assignment(f"has_{node.name}", condition))
        source = attribute(f"{self._graph.nodes[tie.owner].name}.weight") if tie.turned else ""
        keywords = self._keywords(node, spec)
        texts = {one.name: self._text(node, spec, one.name) for one in spec.arguments} | dict(keywords)
        if spec.causal is not None and texts[spec.causal[0]] != "False":
            self._context.targets.add(CAUSAL_MASK)
        self._steps.layer(node, spec, feeds, texts, keywords, body.name, source, bool(bare))

    def _kept(self, node: Node, argument: str, text: str) -> str:
        """Keep what a function is called with, because it differs between the copies, and return its name."""
        name = f"{identifier(node.name)}_{argument}"
        line = assignment(name, text)
        if line not in self._init:
            self._init.append(line)
        return attribute(name)

    def _vector(self, node: Node, argument: str) -> Sparse:
        found = (self._context.values.get(path + node.id) for path in self._definition.paths)
        return tuple(NOTHING if one is None else one[argument] for one in found)

    def _text(self, node: Node, spec: LayerSpec, argument: str) -> str:
        """Return the source text of an argument's value, if it is the same in all copies; else nothing."""
        values = self._vector(node, argument)
        return literal(filled(values)[0]) if all_same(values) else ""

    def _keywords(self, node: Node, spec: LayerSpec) -> list[tuple[str, str]]:
        """Return the arguments that the target is given, as text."""
        found = [(name, literal(value)) for name, value in spec.fixed]
        for argument in spec.arguments:
            if argument.type == "code":
                continue
            values = self._vector(node, argument.name)
            is_default = all_same(values) and filled(values)[0] == argument.default
            if (is_default and not argument.required) or (argument.infer and filled(values)[0] is None):
                continue
            drawn, follows = node.arguments.get(argument.name), bool(argument.infer)
            in_forward = spec.call != "module" or argument.at_call
            if in_forward and all_same(values):
                drawn, follows = None, False  # forward knows no arguments of the constructor
            text = self._definition.express(values, drawn, argument.name, follows=follows)
            if in_forward and not all_same(values):
                text = self._kept(node, argument.name, text)
            if argument.is_tensor and text != "None":
                text = f"torch.tensor({text})"
            if spec.kind == CUSTOM and argument.type in ("ints", "floats") and text[:1] not in "(N":
                text = f"({text},)"  # one number where the code takes several
            if argument.is_list and text != "None":
                text = f"list({text})"
            found.append((argument.name, text))
        return found

    def _constructor(self, node: Node, spec: LayerSpec) -> str:
        """Return the call that makes a layer's module."""
        at_call = {argument.name for argument in spec.arguments if argument.at_call}
        texts = [(name, text) for name, text in self._keywords(node, spec) if name not in at_call]
        if spec.kind == CUSTOM:
            name = self._context.codes.class_of(code_of(node))
            return call_text(name, [f"{argument}={text}" for argument, text in texts])
        return making(spec, texts)

    def _add_module(self, node: Node, condition: str) -> None:
        """Make a layer's module, once: other layers may be tied to it."""
        if node.id in self._made:
            return
        self._made.add(node.id)
        spec = registry.signature(node)
        assert spec is not None
        if spec.kind != CUSTOM:
            self._context.targets.add(spec.target)
        self._assign(node, self._constructor(node, spec), condition)
        tie = resolve(self._graph.nodes, node.id)
        if tie.turned:
            # Only its bias is its own; the weight is the other layer's, turned over.
            self._init.append(f"del {attribute(node.name)}.weight")
        elif tie.owner != node.id:
            owner = self._graph.nodes[tie.owner].name
            self._ties.append(f"{attribute(node.name)}.weight = {attribute(owner)}.weight")
        self._settle(node)

    def _assign(self, node: Node, made: str, condition: str) -> None:
        """Make a submodule; where it is switched off, one that passes its input on."""
        if not condition:
            self._init.append(assignment(node.name, made))
            return
        self._init += [
            f"if {condition}:",
            f"    {assignment(node.name, made)}",
            "else:",
            f"    {assignment(node.name, 'nn.Identity()')}",
        ]

    def _settle(self, node: Node) -> None:
        """Freeze a layer or a block as it was frozen."""
        nodes = self._expansion.graph.nodes
        instances = self._expansion.instances
        found = [
            nodes.get(path + node.id) or (one.node if (one := instances.get(path + node.id)) else None)
            for path in self._definition.paths
        ]
        if all(one is not None and one.arguments.get(FROZEN) is True for one in found):
            self._ties.append(f"{attribute(node.name)}.requires_grad_(False)")
            self._frozen.append(attribute(node.name))

    def _train_lines(self) -> list[str]:
        """Return the method that keeps the normalizations of frozen parts in evaluation mode."""
        if not self._frozen:
            return []
        return [
            "",
            "    def train(self, mode=True):",
            '        """Set the mode; normalizations of frozen layers stay in evaluation mode."""',
            "        super().train(mode)",
            f"        for part in [{', '.join(self._frozen)}]:",
            "            for norm in part.modules():",
            f"                if isinstance(norm, ({', '.join(_NORMS)})):",
            "                    norm.eval()",
            "        return self",
        ]

    def _add_tensor(self, node: Node, spec: LayerSpec) -> None:
        """Add a learned or constant tensor."""
        shape = self._definition.express(self._vector(node, "shape"), node.arguments.get("shape"), "shape")
        shape = f"({shape},)" if shape.isdigit() else shape
        size = self._text(node, spec, "value") or "0.0"
        bound = size.lstrip("-")
        filling = (
            self._text(node, spec, "init").strip("\"'") if spec.argument("init") is not None else "constant"
        )
        text = {
            "normal": f"nn.init.normal_(torch.empty({shape}), std={bound})",
            "uniform": f"nn.init.uniform_(torch.empty({shape}), -{bound}, {bound})",
            "trunc_normal": f"{bound} * nn.init.trunc_normal_(torch.empty({shape}))",
        }.get(filling, f"torch.full({shape}, {size})")
        if size.startswith("("):
            text = f"torch.tensor({size}).reshape({shape})"
        if spec.call == "parameter":
            frozen = ", requires_grad=False" if node.arguments.get("frozen") is True else ""
            self._init.append(assignment(node.name, f"nn.Parameter({text}{frozen})"))
        else:
            kept = "" if self._text(node, spec, "persistent") != "False" else ", persistent=False"
            self._init.append(f'self.register_buffer("{node.name}", {text}{kept})')

    # Blocks ----------------------------------------------------------------------------------------

    def _add_block(self, node: Node, spec: LayerSpec, feeds: dict[str, list[str]], condition: str) -> None:
        instances = [self._expansion.instances.get(path + node.id) for path in self._definition.paths]
        known = next(one for one in instances if one is not None)
        is_row = known.copies != (known.node.id,)
        made = self._rows.text(node, instances, is_row)
        single = len(spec.inputs) == len(spec.outputs) == 1
        if is_row:
            made = f"nn.{'Sequential' if single else 'ModuleList'}({made if single else f'[{made}]'})"
        if condition and not single:
            raise CompileError(
                f'The block "{node.name}" is there in some copies only, and has several ports.'
            )
        self._assign(node, made, condition)
        self._settle(node)
        self._steps.block(node, spec, feeds, is_row and not single)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
