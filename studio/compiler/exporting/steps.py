"""The forward pass of an exported class, one statement for each node."""

from __future__ import annotations

from studio.catalog.spec import LayerSpec
from studio.compiler.exporting.wording import attribute, call_text, identifier, target_text
from studio.compiler.modules import in_order, masked_ports
from studio.errors import CompileError
from studio.graph.expansion import Source
from studio.graph.node import Node

_SIGNS = {"torch.add": "+", "torch.mul": "*", "torch.sub": "-", "torch.div": "/"}


class Steps:
    """Collects statements.

    Attributes:
        arguments: Of forward, after self.
        lines: Its statements.
        names: The variable that holds each output.
    """

    def __init__(self) -> None:
        self.arguments: list[str] = []
        self.lines: list[str] = []
        self.names: dict[Source, str] = {}
        self._taken = {"self", "torch", "nn", "functional", "operator", "index", "count", "block"}

    def argument(self, node: Node) -> None:
        """Add an argument for what comes in."""
        name = self._free(node.name)
        self.arguments.append(name)
        self.names[node.id, "output"] = name

    def early(self, names: list[str]) -> None:
        """Return some results at once unless the network is in training mode."""
        self.lines += ["if not self.training:", f"    return {', '.join(names)}"]

    def finish(self, names: list[str]) -> None:
        """Return the results."""
        self.lines.append(f"return {', '.join(names)}")

    def block(self, node: Node, spec: LayerSpec, feeds: dict[str, list[str]], in_loop: bool) -> None:
        """Add the call of a block, or of each in a row of several inputs or outputs."""
        inputs = [feeds[port.name][0] for port in spec.inputs]
        outputs = [
            self._free(node.name if port is spec.outputs[0] else f"{node.name}_{port.name}")
            for port in spec.outputs
        ]
        for port, name in zip(spec.outputs, outputs, strict=True):
            self.names[node.id, port.name] = name
        result = ", ".join(outputs)
        if not in_loop:
            self.lines.append(f"{result} = {call_text(attribute(node.name), inputs)}")
            return
        looped = min(len(inputs), len(outputs))
        self.lines.append(f"{', '.join(outputs[:looped])} = {', '.join(inputs[:looped])}")
        arguments = [*outputs[:looped], *inputs[looped:]]
        self.lines += [
            f"for block in {attribute(node.name)}:",
            f"    {result} = {call_text('block', arguments)}",
        ]

    def layer(
        self,
        node: Node,
        spec: LayerSpec,
        feeds: dict[str, list[str]],
        texts: dict[str, str],
        keywords: list[tuple[str, str]],
        module: str,
        transposed: str,
        conditional: bool,
    ) -> None:
        """Add a layer.

        Args:
            node: The layer.
            spec: Its spec.
            feeds: Variables at each input port.
            texts: Source text of its arguments, where all copies agree.
            keywords: What the target is given.
            module: Name of the submodule that is called.
            transposed: The weight that is used turned over, if it is another layer's.
            conditional: It is left out where ``self.has_…`` is False.
        """
        inputs = [name if name is not None else "None" for name in in_order(spec, feeds)]
        text = self._call(node, spec, inputs, texts, keywords, module, transposed)
        if conditional:
            text = f"{text} if {attribute(f'has_{node.name}')} else {inputs[0]}"
        name = self._free(node.name)
        self.lines.append(f"{name} = {text}")
        if not spec.picks:
            self.names[node.id, spec.outputs[0].name] = name
            return
        for port, pick in zip(spec.outputs, spec.picks, strict=True):
            item = name + "".join(f"[{place}]" for place in pick)
            self.names[node.id, port.name] = (
                f"{item}.transpose(0, 1)" if port.name in spec.batch_second else item
            )

    def _call(
        self,
        node: Node,
        spec: LayerSpec,
        inputs: list[str],
        texts: dict[str, str],
        keywords: list[tuple[str, str]],
        module: str,
        transposed: str,
    ) -> str:
        """Return the expression that computes a layer."""
        if transposed:
            bias = f'getattr({attribute(module)}, "bias", None)'
            return f"functional.linear({inputs[0]}, {transposed}.t(), {bias})"
        function = target_text(spec.target)
        if any(not text for text in texts.values()) and spec.call not in ("module", "parameter", "constant"):
            raise CompileError(
                f'"{node.name}" differs between the instances of its block, and is no module: it cannot be '
                "written as source. Make the block's instances unique.",
                node_id=node.id,
            )
        named = [f"{name}={text}" for name, text in keywords]
        match spec.call:
            case "module":
                at_call = {argument.name for argument in spec.arguments if argument.at_call}
                given = [f"{name}={text}" for name, text in keywords if name in at_call]
                given += self._mask(spec, inputs, keywords)
                return call_text(attribute(module), [*inputs, *given])
            case "parameter" | "constant":
                return attribute(node.name)
            case "function":
                return call_text(function, [*inputs, *named])
            case "list":
                return call_text(function, [f"[{', '.join(inputs)}]", *named])
            case "slice":
                dim = int(texts["dim"])
                before, behind = (":, " * dim, "") if dim >= 0 else ("..., ", ", :" * (-dim - 1))
                parts = [texts[name].replace("None", "") for name in ("start", "stop", "step")]
                span = ":".join(parts if parts[2] not in ("", "1") else parts[:2])
                return f"{inputs[0]}[{before}{span}{behind}]"
            case "reshape":
                sizes = texts["shape"].strip("()").rstrip(",")
                return f"{inputs[0]}.reshape({inputs[0]}.size(0), {sizes})"
            case "expand":
                return f"{inputs[0]}.expand({inputs[1]}.size(0), *{inputs[0]}.shape[1:])"
        return self._fold(spec, function, inputs)

    def _mask(self, spec: LayerSpec, inputs: list[str], keywords: list[tuple[str, str]]) -> list[str]:
        """Return the keyword with the mask of a causal attention, if it was asked for."""
        flag = dict(keywords).get(spec.causal[0], "False") if spec.causal is not None else "False"
        between = masked_ports(spec, inputs)
        if spec.causal is None or flag == "False":
            return []
        mask = f"causal_mask({', '.join(between)})"
        return [f"{spec.causal[1]}={mask if flag == 'True' else f'{mask} if {flag} else None'}"]

    def _fold(self, spec: LayerSpec, function: str, inputs: list[str]) -> str:
        sign = _SIGNS.get(spec.target)
        if sign is not None:
            return f" {sign} ".join(inputs)
        text = inputs[0]
        for other in inputs[1:]:
            text = call_text(function, [text, other])
        return text

    def _free(self, wanted: str) -> str:
        """Return a variable's name that is not taken."""
        name = stem = identifier(wanted)
        number = 2
        while name in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name)
        return name
