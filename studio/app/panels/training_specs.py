"""The training settings as the window shows them: in sections, each with a line of help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, get_args

from studio.catalog.spec import ArgSpec
from studio.project.config import TrainingConfig
from studio.project.training_config import (
    ClassWeights,
    DataOn,
    Optimizer,
    Parallel,
    PrecisionName,
    Schedule,
)

_DEFAULT = TrainingConfig()

BETAS = ("beta1", "beta2")
"""The two numbers of `TrainingConfig.betas`, which have a field each."""


@dataclass(frozen=True, slots=True)
class Section:
    """Training settings that belong together.

    Attributes:
        key: Its name in object names.
        title: Its name on screen; empty for what stands on top, unfolded.
        specs: The settings, top to bottom.
    """

    key: str
    title: str
    specs: tuple[ArgSpec, ...]


def _float(name: str, text: str, *, step: float = 0.0, zero: bool = True) -> ArgSpec:
    """Return the spec of a number from 0 on, or above it."""
    default = getattr(_DEFAULT, name)
    return ArgSpec(name, "float", default, text, minimum=0.0 if zero else None, step=step)


def _int(name: str, text: str, minimum: int = 0) -> ArgSpec:
    return ArgSpec(name, "int", getattr(_DEFAULT, name), text, minimum=minimum)


def _bool(name: str, text: str) -> ArgSpec:
    return ArgSpec(name, "bool", getattr(_DEFAULT, name), text)


MAIN = (
    ArgSpec(
        "optimizer",
        "choice",
        _DEFAULT.optimizer,
        "sgd: gradient descent with momentum. adam, adamw, nadam, rmsprop, adagrad: a step size of its own "
        "for every weight. muon: for matrices, with AdamW for the rest. kfac: Linear and Conv2d by their "
        "curvature, sgd for the rest. lbfgs: of second order, for large batches.",
        choices=get_args(Optimizer),
    ),
    _float("lr", "Learning rate: how far a step goes along the gradient.", zero=False),
    _float("momentum", "Share of the last step that is kept.", step=0.05, zero=False),
    _float(
        "dampening",
        "Share of the gradient that is left out of the momentum. As much as the momentum makes it the "
        "average of the gradients, v = β v + (1 - β) g.",
        step=0.05,
    ),
    _bool("nesterov", "Look at the gradient ahead of the step."),
    ArgSpec("beta1", "float", _DEFAULT.betas[0], "Memory of the gradient's mean, below 1.", step=0.01),
    ArgSpec("beta2", "float", _DEFAULT.betas[1], "Memory of the gradient's square, below 1.", step=0.001),
    _float("alpha", "Memory of the gradient's square, below 1.", step=0.01),
    _float("eps", "Added to what the step is divided by.", zero=False),
    _float(
        "damping",
        "Added to the curvature: the larger, the more a step goes along the gradient.",
        zero=False,
    ),
    _int("update_interval", "Steps between two looks at the curvature.", 1),
    _float("kl_clip", "Bound on a step's size as the curvature measures it; 0: none.", step=0.001),
    _int("max_iter", "How often it may look at a batch in one step.", 1),
    _float(
        "weight_decay",
        "Pulls every weight towards 0: adds weight_decay · w to the gradient; adamw and muon take "
        "lr · weight_decay · w off the weight instead.",
    ),
    _bool("decay_bias", "Off: weight decay leaves biases and normalizations alone."),
    ArgSpec(
        "class_weights",
        "choice",
        _DEFAULT.class_weights,
        "balanced: in the loss, a sample of a rare class counts more, by n / (k · count) over the training "
        "part; in validation and evaluation, too. For losses of classes.",
        choices=get_args(ClassWeights),
    ),
    _int("batch_size", "Samples of one batch.", 1),
    _int("epochs", "Passes over the training data.", 1),
    _int("seed", "Fixes the initial weights, the order of the samples and the dropout masks."),
    ArgSpec(
        "device",
        "choice",
        _DEFAULT.device,
        "Where it is computed; auto takes CUDA, then MPS, then the CPU.",
        choices=("auto", "cpu"),
    ),
    _bool("drop_last", "Leave out an incomplete last batch."),
    ArgSpec(
        "weights_match",
        "choice",
        _DEFAULT.weights_match,
        "all: the initial weights must be this very network's. matching: those of the same name and shape "
        "are taken, and the rest of the network starts fresh.",
        choices=("all", "matching"),
    ),
)
"""What every run needs; those that only some optimizers have show beside them."""

SCHEDULE = (
    ArgSpec(
        "schedule",
        "choice",
        _DEFAULT.schedule,
        "How the learning rate goes on. step, multistep: it falls now and then. plateau: when the validation "
        "loss no longer does. cosine, exponential: all the time. one_cycle: it rises, then falls.",
        choices=get_args(Schedule),
    ),
    ArgSpec(
        "schedule_by",
        "choice",
        _DEFAULT.schedule_by,
        "What the schedule counts: epochs or steps.",
        choices=("epoch", "step"),
    ),
    _int("step_size", "Epochs or steps between two changes.", 1),
    ArgSpec(
        "milestones",
        "ints",
        _DEFAULT.milestones,
        "The epochs or steps after which it falls.",
        minimum=1,
    ),
    _float("gamma", "What the learning rate is multiplied with.", step=0.1, zero=False),
    _int("plateau_patience", "Epochs without a lower validation loss that are waited for."),
    _float("total_factor", "The learning rate at the start over the one at the end.", zero=False),
    _float("min_lr", "Lowest learning rate."),
    _float("pct_start", "Share of the run in which the learning rate rises.", step=0.05, zero=False),
    _int("warmup_steps", "Steps in which the learning rate rises in a line to what the schedule says."),
)
"""How the learning rate goes on."""

STOPPING = (
    _int(
        "patience",
        "Ends the run once as many epochs brought no lower validation loss, and puts the best epoch's "
        "weights back. 0: trains on, and leaves the last weights.",
    ),
    _int("max_steps", "Ends the run after as many steps. 0: does not."),
    _float("max_minutes", "Ends the run after as long. 0: does not."),
    _float("target_accuracy", "Ends the run at this validation accuracy. 0: does not.", step=0.01),
    _float("target_loss", "Ends the run at this validation loss. 0: does not."),
)
"""What ends a run before its last epoch."""

GRADIENT = (
    _float("max_grad_norm", "The gradient of all weights together is scaled down to this norm. 0: never."),
    _float("clip_value", "Each number of the gradient is cut off at this size. 0: never."),
    _int("accumulate", "Batches whose mean gradient makes one step.", 1),
    _float(
        "ema_decay",
        "Share of the average of the weights that stays at each step, such as 0.999; the average is what is "
        "validated and kept. 0: no average.",
    ),
)
"""What is done to the gradient, and to the weights after it."""

NUMERICS = (
    ArgSpec(
        "precision",
        "choice",
        _DEFAULT.precision,
        "bf16, fp16: layers are computed in 16 bits where that does no harm; weights and losses stay in "
        "float32. fp16 is for CUDA.",
        choices=get_args(PrecisionName),
    ),
    _bool("channels_last", "Pictures lie pixel by pixel, which convolutions on CUDA like best."),
    _bool("compile", "The network is compiled before its first step, which takes up to a minute."),
    ArgSpec(
        "cuda_graphs",
        "choice",
        _DEFAULT.cuda_graphs,
        "Forward and backward pass are recorded once and replayed, which keeps a GPU busy; auto: on CUDA, "
        "for networks that can be recorded.",
        choices=("auto", "on", "off"),
    ),
    _bool("deterministic", "Only algorithms that give the same bits each time; some layers have none."),
    _bool(
        "checkpointing",
        "Outputs of layers are computed again in the backward pass rather than kept: less memory, more time, "
        "the same gradients.",
    ),
    ArgSpec(
        "data_on",
        "choice",
        _DEFAULT.data_on,
        "Where the data lie: on the device, or in the host's main memory, from where batches are prepared "
        "ahead of the step. auto takes the device if they fit.",
        choices=get_args(DataOn),
    ),
    ArgSpec(
        "parallel",
        "choice",
        _DEFAULT.parallel,
        "What each of several processes holds, where torchrun starts them: ddp the whole network, fsdp a "
        "part of it, for a network that fits on no device.",
        choices=get_args(Parallel),
    ),
)
"""How it is computed; none of it changes what is computed, but for rounding."""

CHECKPOINTS = (
    _int("checkpoint_steps", "A checkpoint after every so many steps, too. 0: none."),
    _float("checkpoint_minutes", "A checkpoint within an epoch once the last one is so old. 0: none."),
    _int(
        "checkpoint_epochs",
        "A checkpoint after every so many epochs, however short. 0: after each that ends more than a second "
        "after the last checkpoint.",
    ),
    _int("keep_last", "How many of the last checkpoints' weights stay, beside the best.", 1),
)
"""How often the state of a run is kept, and how much of it stays."""

SECTIONS: tuple[Section, ...] = (
    Section("main", "", MAIN),
    Section("schedule", "Learning rate schedule", SCHEDULE),
    Section("stopping", "When to stop", STOPPING),
    Section("gradient", "Gradient and averaging", GRADIENT),
    Section("numerics", "Numbers and memory", NUMERICS),
    Section("checkpoints", "Checkpoints", CHECKPOINTS),
)
"""How the network is trained: what stands on top, then what is folded away until it is wanted."""

Matters: TypeAlias = Callable[[TrainingConfig], bool]


def _with(*optimizers: str) -> Matters:
    return lambda config: config.optimizer in optimizers


def _scheduled(*schedules: str) -> Matters:
    return lambda config: config.schedule in schedules


_MATTERS: Mapping[str, Matters] = {
    "weights_match": lambda config: bool(config.initial_weights),
    "momentum": _with("sgd", "rmsprop", "muon", "kfac"),
    "dampening": lambda config: config.optimizer == "sgd" and config.momentum > 0.0,
    "nesterov": lambda config: config.optimizer in ("sgd", "muon") and config.momentum > 0.0,
    "beta1": _with("adam", "adamw", "nadam"),
    "beta2": _with("adam", "adamw", "nadam"),
    "alpha": _with("rmsprop"),
    "eps": _with("adam", "adamw", "nadam", "rmsprop"),
    "damping": _with("kfac"),
    "update_interval": _with("kfac"),
    "kl_clip": _with("kfac"),
    "max_iter": _with("lbfgs"),
    "weight_decay": lambda config: config.optimizer != "lbfgs",
    "decay_bias": lambda config: config.weight_decay > 0.0 and config.optimizer != "lbfgs",
    "schedule_by": _scheduled("step", "multistep", "cosine", "exponential"),
    "step_size": _scheduled("step"),
    "milestones": _scheduled("multistep"),
    "gamma": _scheduled("step", "multistep", "plateau"),
    "plateau_patience": _scheduled("plateau"),
    "total_factor": _scheduled("exponential"),
    "min_lr": _scheduled("plateau", "cosine"),
    "pct_start": _scheduled("one_cycle"),
}
"""When a setting has an effect; the others always have."""


def means_something(name: str, config: TrainingConfig) -> bool:
    """Say whether a training setting has any effect beside the others."""
    matters = _MATTERS.get(name)
    return matters is None or matters(config)
