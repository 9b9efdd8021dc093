"""A network whose ReLUs write over what they get, where nothing else needs it.

Half as many activations are written to memory, which is most of what a small network's step on a CPU waits
for. The numbers are the same, to the bit.
"""

from __future__ import annotations

from torch import fx, nn
from torch.nn import functional

from studio.compiler.inline import inline

FORGETFUL = (
    nn.Linear,
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
    nn.BatchNorm1d,
    nn.BatchNorm2d,
    nn.BatchNorm3d,
)
"""Layers whose backward pass needs what they got, not what they gave."""


def overwriting(network: fx.GraphModule) -> fx.GraphModule:
    """Return a network over the same layers that computes the same; itself, if nothing can be overwritten.

    Its parameters are the network's own. A value stays as it is if a second layer takes it, if it is a result
    of the network, or if the layer that made it needs it for its gradient.
    """
    flat = inline(network)
    changed = False
    for fx_node in list(flat.graph.nodes):
        if not _is(flat, fx_node, (nn.ReLU,)) or not _may_go(flat, fx_node.args[0]):
            continue
        with flat.graph.inserting_before(fx_node):
            new = flat.graph.call_function(functional.relu, fx_node.args, {"inplace": True})
        new.meta = dict(fx_node.meta)
        fx_node.replace_all_uses_with(new)
        flat.graph.erase_node(fx_node)
        changed = True
    if not changed:
        return network
    flat.recompile()
    return flat.train(network.training)


def _may_go(network: fx.GraphModule, value: object) -> bool:
    """Say whether a value is not needed once one layer has taken it."""
    return isinstance(value, fx.Node) and len(value.users) == 1 and _is(network, value, FORGETFUL)


def _is(network: fx.GraphModule, fx_node: fx.Node, kinds: tuple[type[nn.Module], ...]) -> bool:
    """Say whether a node calls a layer of some kinds, of torch itself, and without hooks."""
    if fx_node.op != "call_module":
        return False
    layer = network.get_submodule(str(fx_node.target))
    hooks = (layer._forward_hooks, layer._forward_pre_hooks, layer._backward_hooks)
    return type(layer) in kinds and not any(hooks)
