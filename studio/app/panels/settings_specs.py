"""How the window edits the data and training settings: the same kind of spec that layers have.

Defaults are those of `studio.project.config`, which also has the last word on what is allowed.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from studio.app.panels.training_specs import BETAS
from studio.catalog.spec import ArgSpec
from studio.graph.node import Value
from studio.project.config import Config, DataConfig, TrainingConfig

C = TypeVar("C", bound=Config)

_DATA = DataConfig()

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
    ArgSpec(
        "target_scaling",
        "choice",
        _DATA.target_scaling,
        "standardize: values to predict get mean 0 and variance 1, fitted on the training part only; what is "
        "measured and predicted is told in their own units.",
        choices=("none", "standardize"),
    ),
)
"""The split and what is done to the numbers."""

SPLIT_TITLES = {"validation_fraction": "validation", "test_fraction": "test"}
"""Shorter words for the panel; their help has the full names."""


def training_values(config: TrainingConfig) -> dict[str, Value]:
    """Return the settings by the names of the specs in `training_specs.SECTIONS`."""
    values: dict[str, Value] = config.model_dump(exclude={"betas"})
    values["beta1"], values["beta2"] = config.betas
    return values


def with_training(config: TrainingConfig, name: str, value: Value) -> TrainingConfig:
    """Return the settings with one of `training_specs.SECTIONS`' settings set.

    Raises:
        ValueError: It is not allowed; the message is the reason, to be read after the name.
    """
    if name in BETAS:
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
