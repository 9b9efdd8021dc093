"""How the window edits the data and training settings: the same kind of spec that layers have.

Defaults are those of `studio.project.config`, which also has the last word on what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from studio.catalog.spec import ArgSpec
from studio.graph.node import Value
from studio.project.config import Config, DataConfig, TrainingConfig

C = TypeVar("C", bound=Config)

_DATA = DataConfig()
_TRAINING = TrainingConfig()

SPLIT_SPECS = (
    ArgSpec(
        "validation_fraction",
        "float",
        _DATA.validation_fraction,
        "Part of the training data kept for validation, between 0 and 1.",
        step=0.05,
    ),
    ArgSpec(
        "test_fraction",
        "float",
        _DATA.test_fraction,
        "Part kept for testing, where the data set brings no test set of its own.",
        step=0.05,
    ),
    ArgSpec("split_seed", "int", _DATA.split_seed, "Fixes which sample goes where.", minimum=0),
    ArgSpec("stratify", "bool", _DATA.stratify, "Keep the classes' proportions in every part."),
    ArgSpec(
        "normalization",
        "choice",
        _DATA.normalization,
        "standardize: mean 0 and variance 1, fitted on the training part only. scale: to [0, 1].",
        choices=("none", "scale", "standardize"),
    ),
)
"""The split and what is done to the numbers."""

SPLIT_TITLES = {"validation_fraction": "validation", "test_fraction": "test"}
"""Shorter words for the panel; their help has the full names."""


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


OPTIMIZER_SPECS = (
    ArgSpec(
        "optimizer",
        "choice",
        _TRAINING.optimizer,
        "sgd: gradient descent with momentum. adam: a step size of its own for every weight.",
        choices=("sgd", "adam"),
    ),
    ArgSpec("lr", "float", _TRAINING.lr, "Learning rate: how far a step goes along the gradient."),
    ArgSpec("momentum", "float", _TRAINING.momentum, "Share of the last step that is kept.", step=0.05),
    ArgSpec("nesterov", "bool", _TRAINING.nesterov, "Look at the gradient ahead of the step."),
    ArgSpec("beta1", "float", _TRAINING.betas[0], "Memory of the gradient's mean, below 1.", step=0.01),
    ArgSpec("beta2", "float", _TRAINING.betas[1], "Memory of the gradient's square, below 1.", step=0.001),
    ArgSpec(
        "weight_decay",
        "float",
        _TRAINING.weight_decay,
        "Pulls every weight towards 0: adds weight_decay · w to the gradient.",
        minimum=0.0,
    ),
    ArgSpec("batch_size", "int", _TRAINING.batch_size, "Samples of one optimizer step.", minimum=1),
    ArgSpec("epochs", "int", _TRAINING.epochs, "Passes over the training data.", minimum=1),
    ArgSpec(
        "seed",
        "int",
        _TRAINING.seed,
        "Fixes the initial weights, the order of the samples and the dropout masks.",
        minimum=0,
    ),
    ArgSpec(
        "device",
        "choice",
        _TRAINING.device,
        "Where it is computed; auto takes CUDA, then MPS, then the CPU.",
        choices=("auto", "cpu"),
    ),
    ArgSpec("drop_last", "bool", _TRAINING.drop_last, "Leave out an incomplete last batch."),
)
"""What every run needs; those that only some optimizers have show beside them."""

SECTIONS: tuple[Section, ...] = (Section("main", "", OPTIMIZER_SPECS),)
"""How the network is trained: what stands on top, then what is folded away until it is wanted."""

_ONLY_WITH: Mapping[str, tuple[str, ...]] = {
    "momentum": ("sgd",),
    "nesterov": ("sgd",),
    "beta1": ("adam",),
    "beta2": ("adam",),
}
"""Settings that only some optimizers have."""

_BETAS = ("beta1", "beta2")


def means_something(name: str, config: TrainingConfig) -> bool:
    """Say whether a training setting has any effect beside the others."""
    optimizers = _ONLY_WITH.get(name)
    return optimizers is None or config.optimizer in optimizers


def training_values(config: TrainingConfig) -> dict[str, Value]:
    """Return the settings by the names of the specs in `SECTIONS`."""
    values: dict[str, Value] = config.model_dump(exclude={"betas"})
    values["beta1"], values["beta2"] = config.betas
    return values


def with_training(config: TrainingConfig, name: str, value: Value) -> TrainingConfig:
    """Return the settings with one of `SECTIONS`' settings set.

    Raises:
        ValueError: It is not allowed; the message is the reason, to be read after the name.
    """
    if name in _BETAS:
        first, second = config.betas
        return with_setting(config, "betas", (value, second) if name == "beta1" else (first, value))
    return with_setting(config, name, value)


def with_setting(config: C, name: str, value: object) -> C:
    """Return settings with one of them changed, checked as a whole.

    Raises:
        ValueError: It is not allowed; the message is the reason, to be read after the name.
    """
    try:
        return type(config).model_validate({**config.model_dump(), name: value})
    except ValidationError as error:
        found = error.errors()[0]
        own = found.get("ctx", {}).get("error")
        reason = str(own) if own is not None else found["msg"].replace("Input should", "should")
        raise ValueError(f"was not set: {reason}" if own is not None else reason) from error
