"""A network that lies in parts on several processes (FSDP), for one that fits on none of them.

Each layer's weights are split by torch's `fully_shard`: a process keeps its share of them, of their gradients
and of what the optimizer remembers, and fetches the rest for as long as the layer computes. What is kept on
disk is whole: a checkpoint of several processes is one of one process. Gathering is asked of all processes
at the same place.

A layer that is used twice, or shares weights with another, is not split by itself but with the network.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn

from studio.errors import TrainingError
from studio.project.config import TrainingConfig


def refuse_shards(config: TrainingConfig, module: nn.Module, lsuv: tuple[str, ...]) -> None:
    """Refuse what cannot be done with a network in parts.

    Args:
        config: The settings.
        module: The network.
        lsuv: Layers that are scaled on data before the first step.

    Raises:
        TrainingError: It says what that is, and what to set instead.
    """
    reason, advice = "", ""
    if config.precision == "fp16":
        reason, advice = "fp16 scales its gradients as a whole", "Take bf16"
    elif config.channels_last:
        reason, advice = "its weights lie in the usual order", "Set channels_last to false"
    elif config.checkpointing:
        reason, advice = "checkpointing computes layers again by itself", "Set checkpointing to false"
    elif lsuv:
        reason, advice = "LSUV looks at the outputs of whole layers", "Take another initialization"
    elif any(isinstance(layer, nn.RNNBase) for layer in module.modules()):
        reason, advice = "recurrent layers hold on to their whole weights", "Set parallel to ddp"
    if reason:
        raise TrainingError(
            f"A network cannot be split over processes (parallel fsdp): {reason}. {advice}, or train with "
            "one process.",
            argument="parallel",
        )


def shard(module: fx.GraphModule, device: torch.device) -> None:
    """Split the weights of a network over all processes, and bring each share to its process's device.

    Args:
        module: The same in every process; changed in place.
        device: Of this process.
    """
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device.type, (torch.distributed.get_world_size(),))
    for layer in list(_own_layers(module)):
        fully_shard(layer, mesh=mesh)
    fully_shard(module, mesh=mesh, reshard_after_forward=True)


def whole(tensor: Tensor) -> Tensor:
    """Return a tensor as it is on one process: in main memory if it lay in parts, else itself."""
    gather = getattr(tensor.detach(), "full_tensor", None)
    return tensor if gather is None else gather().cpu()


def local(tensor: Tensor) -> Tensor:
    """Return this process's part of a tensor, which shares its memory; all of it if it is whole."""
    part = getattr(tensor.detach(), "to_local", None)
    return tensor if part is None else part()


def in_full(value: Tensor) -> Tensor:
    """Return a number that was worked out from weights in parts, so that it can be differentiated."""
    gather = getattr(value, "full_tensor", None)
    return value if gather is None else gather()


def is_sharded(module: nn.Module) -> bool:
    """Say whether a network's weights lie in parts."""
    return any(hasattr(value, "full_tensor") for value in module.parameters())


def alike(tensor: Tensor, model: Tensor) -> Tensor:
    """Return a whole tensor in parts as another lies, if that does; each process gives the same."""
    from torch.distributed.tensor import DTensor, distribute_tensor

    if not isinstance(model, DTensor) or tensor.shape != model.shape:
        return tensor
    placed = tensor.to(model.device)
    return distribute_tensor(placed, model.device_mesh, model.placements, src_data_rank=None)


def alike_all(tensors: Mapping[str, Tensor], models: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return whole tensors as those of the same name lie."""
    return {name: alike(value, models[name]) if name in models else value for name, value in tensors.items()}


def alike_memory(state: dict[int, dict[str, Any]], optimizer: torch.optim.Optimizer) -> None:
    """Let what an optimizer is to remember of each parameter lie as the parameter does."""
    parameters = [one for group in optimizer.param_groups for one in group["params"]]
    for index, values in state.items():
        for key, value in values.items():
            if isinstance(value, Tensor):
                values[key] = alike(value, parameters[index])


def _own_layers(module: fx.GraphModule) -> Iterator[nn.Module]:
    """Yield the layers with weights that are used once, and by nobody else."""
    holders = Counter(id(value) for _, value in module.named_parameters(remove_duplicate=False))
    for layer, uses in _called(module).items():
        values = list(layer.parameters())
        if uses == 1 and values and all(holders[id(value)] == 1 for value in values):
            yield layer


def _called(module: nn.Module) -> Counter[nn.Module]:
    """Return how often each layer is called, those in blocks too."""
    found: Counter[nn.Module] = Counter()
    for node in module.graph.nodes if isinstance(module, fx.GraphModule) else ():
        if node.op != "call_module":
            continue
        layer = module.get_submodule(str(node.target))
        rows = list(layer) if isinstance(layer, nn.Sequential) else [layer]
        for one in rows:
            found.update(_called(one) if isinstance(one, fx.GraphModule) else [one])
    return found
