"""A network with its blocks opened: one flat fx graph over the same layers.

Probes, and all who want to stand between two layers wherever they are drawn, work on this rather than on
nested modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from torch import fx, nn

from studio.compiler.heads import early_return, with_heads

Made: TypeAlias = dict[fx.Node, Any]


def inline(module: fx.GraphModule, class_name: str = "FlatNetwork") -> fx.GraphModule:
    """Return a network that computes the same, to the bit, without modules for blocks.

    Layers are shared: training one trains the other, and `state_dict` has the same keys. Each fx node's
    ``meta["node"]`` is the dotted name of the drawn node, ``layer1.0.conv1``; what computes the first output
    of blocks has their names in ``meta["blocks"]``. A network without blocks is copied.

    Args:
        module: A compiled network (`studio.compiler.lower`).
        class_name: Of the new module's class.
    """
    flat = _Inlining()
    results = flat.inside(module, "", None)
    flat.graph.output(results)
    flat.graph.lint()
    early = early_return(module)
    if early is not None:
        return with_heads(module, flat.graph, len(early.results), class_name)
    return fx.GraphModule(module, flat.graph, class_name=class_name)


def drawn_name(node: fx.Node) -> str:
    """Return the dotted name of the drawn node that an fx node computes a part of; empty for none.

    A layer with several outputs is a call, and what picks one of them out; only the latter says so itself.
    """
    name = str(node.meta.get("node") or "")
    return name or (str(node.target) if node.op == "call_module" else "")


def rows_of(module: nn.Module) -> Iterator[tuple[str, fx.GraphModule]] | None:
    """Return the blocks of a row with their numbers; None for what is a layer or a single block."""
    is_row = isinstance(module, nn.Sequential) and len(module) > 0
    if not is_row or not all(isinstance(block, fx.GraphModule) for block in module.children()):
        return None
    return ((name, block) for name, block in module.named_children() if isinstance(block, fx.GraphModule))


class _Inlining:
    """One pass over a network and all blocks in it.

    Attributes:
        graph: What is built.
    """

    def __init__(self) -> None:
        self.graph = fx.Graph()

    def inside(self, module: fx.GraphModule, prefix: str, inputs: tuple[Any, ...] | None) -> Any:
        """Add all nodes of a module, and return what it gives.

        Args:
            module: The network or a block.
            prefix: Its dotted name with a dot behind; empty for the network.
            inputs: What it is called with; None for the network, whose placeholders stay.
        """
        made: Made = {}
        feeds = iter(inputs or ())
        for node in module.graph.nodes:
            if node.op == "output":
                return fx.node.map_arg(node.args[0], made.__getitem__)
            if node.op == "placeholder" and inputs is not None:
                made[node] = next(feeds)
            elif node.op == "call_module":
                made[node] = self._module(module, node, prefix, made)
            else:
                made[node] = self._copy(node, prefix, made)
        raise AssertionError("an fx graph ends in its output")

    def _module(self, owner: fx.GraphModule, node: fx.Node, prefix: str, made: Made) -> Any:
        """Add a layer, or what is inside a block."""
        target = str(node.target)
        called = owner.get_submodule(target)
        if isinstance(called, fx.GraphModule):
            inputs = fx.node.map_arg(node.args, made.__getitem__)
            return self._block(called, f"{prefix}{target}", tuple(inputs))
        row = rows_of(called)
        if row is None:
            return self._copy(node, prefix, made)
        value = fx.node.map_arg(node.args[0], made.__getitem__)
        for number, block in row:
            value = self._block(block, f"{prefix}{target}.{number}", (value,))
        return _named(value, f"{prefix}{target}")

    def _block(self, block: fx.GraphModule, name: str, inputs: tuple[Any, ...]) -> Any:
        return _named(self.inside(block, f"{name}.", inputs), name)

    def _copy(self, node: fx.Node, prefix: str, made: Made) -> Any:
        """Add one node as it is, under its full name; an item of a block's results is just that item."""
        source = node.args[0] if node.args else None
        if isinstance(source, fx.Node) and isinstance(made[source], tuple):
            return made[source][node.args[1]]
        copy = self.graph.node_copy(node, made.__getitem__)
        if node.op in ("call_module", "get_attr"):
            copy.target = f"{prefix}{node.target}"
        if "node" in node.meta:
            copy.meta["node"] = f"{prefix}{node.meta['node']}"
        return copy


def _named(results: Any, block: str) -> Any:
    """Note on what computes a block's first output that it does, and return the block's results."""
    first = results[0] if isinstance(results, tuple) else results
    first.meta["blocks"] = (*first.meta.get("blocks", ()), block)
    return results
