"""The optimizers of the settings, as torch has them, in their quickest form for the device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn

from studio.compiler.rates import Rate
from studio.errors import TrainingError
from studio.project.config import TrainingConfig
from studio.training.joined import Joined
from studio.training.kfac import KFAC

FUSED = ("cpu", "cuda")
"""Devices on which torch updates all parameters of one kind in a single pass over memory."""

FACTOR = "lr_factor"
"""Key of a parameter group: its learning rate as a multiple of the settings'."""

Group: TypeAlias = dict[str, Any]


def make(
    config: TrainingConfig, module: nn.Module, device: torch.device, rates: Sequence[Rate] = ()
) -> torch.optim.Optimizer:
    """Return the optimizer that the settings ask for; it leaves frozen parameters out.

    Args:
        config: The settings.
        module: The network, on the device.
        device: Where it is.
        rates: Parameters that differ from the settings.

    Raises:
        TrainingError: The optimizer has nothing to do in such a network.
    """
    named = [(name, value) for name, value in module.named_parameters() if value.requires_grad]
    groups = group(config, named, {rate.parameter: rate for rate in rates})
    if config.optimizer == "muon":
        return _muon(config, groups, device)
    if config.optimizer == "kfac":
        return _kfac(config, groups, module, device)
    return _MAKERS[config.optimizer](config, groups, device)


def group(
    config: TrainingConfig, named: Iterable[tuple[str, nn.Parameter]], rates: Mapping[str, Rate]
) -> list[Group]:
    """Return the parameters in groups of the same learning rate and weight decay, in the network's order.

    Args:
        config: The settings.
        named: Parameters by name.
        rates: By name: how parameters differ from the settings.
    """
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in named:
        rate = rates.get(name, Rate(name))
        spared = not config.decay_bias and parameter.dim() <= 1
        decay = 0.0 if spared else config.weight_decay
        key = rate.lr_factor, decay if rate.weight_decay is None else rate.weight_decay
        found.setdefault(key, []).append(parameter)
    return [
        {"params": parameters, "lr": config.lr * factor, "weight_decay": decay, FACTOR: factor}
        for (factor, decay), parameters in found.items()
    ]


def set_lr(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Let an optimizer go on at another learning rate; layers keep their own multiples of it."""
    for one in optimizer.param_groups:
        one["lr"] = lr * one[FACTOR]


def _sgd(config: TrainingConfig, groups: list[Group], device: torch.device) -> torch.optim.Optimizer:
    return torch.optim.SGD(
        groups,
        lr=config.lr,
        momentum=config.momentum,
        dampening=config.dampening,
        nesterov=config.nesterov,
        fused=_fused(device, groups),
    )


def _adam(config: TrainingConfig, groups: list[Group], device: torch.device) -> torch.optim.Optimizer:
    return torch.optim.Adam(
        groups, lr=config.lr, betas=config.betas, eps=config.eps, fused=_fused(device, groups)
    )


def _adamw(config: TrainingConfig, groups: list[Group], device: torch.device) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        groups, lr=config.lr, betas=config.betas, eps=config.eps, fused=_fused(device, groups)
    )


def _nadam(config: TrainingConfig, groups: list[Group], _device: torch.device) -> torch.optim.Optimizer:
    return torch.optim.NAdam(groups, lr=config.lr, betas=config.betas, eps=config.eps)


def _rmsprop(config: TrainingConfig, groups: list[Group], _device: torch.device) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(
        groups, lr=config.lr, alpha=config.alpha, eps=config.eps, momentum=config.momentum
    )


def _adagrad(config: TrainingConfig, groups: list[Group], device: torch.device) -> torch.optim.Optimizer:
    # torch's fused form is for the CPU only.
    fused = _fused(device, groups) if device.type == "cpu" else None
    return torch.optim.Adagrad(groups, lr=config.lr, fused=fused)


def _lbfgs(config: TrainingConfig, groups: list[Group], _device: torch.device) -> torch.optim.Optimizer:
    # It takes one group and knows no weight decay.
    parameters = [parameter for one in groups for parameter in one["params"]]
    made = torch.optim.LBFGS(
        parameters, lr=config.lr, max_iter=config.max_iter, line_search_fn="strong_wolfe"
    )
    made.param_groups[0][FACTOR] = 1.0
    return made


def _muon(config: TrainingConfig, groups: list[Group], device: torch.device) -> torch.optim.Optimizer:
    """Return Muon for matrices and AdamW for all else: torch's Muon takes nothing but matrices."""
    matrices = [_only(one, lambda value: value.dim() == 2) for one in groups]
    others = [_only(one, lambda value: value.dim() != 2) for one in groups]
    parts: list[torch.optim.Optimizer] = []
    if any(one["params"] for one in matrices):
        parts.append(
            torch.optim.Muon(
                [one for one in matrices if one["params"]],
                lr=config.lr,
                momentum=config.momentum,
                nesterov=config.nesterov,
                adjust_lr_fn="match_rms_adamw",
            )
        )
    if any(one["params"] for one in others):
        parts.append(_adamw(config, [one for one in others if one["params"]], device))
    return parts[0] if len(parts) == 1 else Joined(parts)


def _kfac(
    config: TrainingConfig, groups: list[Group], module: nn.Module, device: torch.device
) -> torch.optim.Optimizer:
    try:
        return KFAC(
            groups,
            module,
            lr=config.lr,
            momentum=config.momentum,
            damping=config.damping,
            update_interval=config.update_interval,
            kl_clip=config.kl_clip,
            fused=_fused(device, groups),
        )
    except ValueError as error:
        raise TrainingError(str(error), argument="optimizer") from error


def _only(one: Group, wanted: Callable[[nn.Parameter], bool]) -> Group:
    return {**one, "params": [parameter for parameter in one["params"] if wanted(parameter)]}


def _fused(device: torch.device, groups: list[Group]) -> bool | None:
    """Say whether torch is to update all parameters at once; it does not know those that lie in parts."""
    in_parts = any(hasattr(value, "full_tensor") for one in groups for value in one["params"])
    return True if device.type in FUSED and not in_parts else None


_MAKERS: Mapping[str, Callable[[TrainingConfig, list[Group], torch.device], torch.optim.Optimizer]] = {
    "sgd": _sgd,
    "adam": _adam,
    "adamw": _adamw,
    "nadam": _nadam,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "lbfgs": _lbfgs,
}
