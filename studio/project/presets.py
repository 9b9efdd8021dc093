"""Training settings that belong together, each as somebody published it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from studio.errors import ProjectError, nearest
from studio.graph.graph import Graph
from studio.project.config import TrainingConfig
from studio.project.project import Project

_KEPT = ("seed", "device", "initial_weights", "weights_match")
"""What a preset leaves as it is."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings for all of training.

    Attributes:
        key: Its name on the command line.
        title: Its name on screen.
        summary: One line that says what it is for.
        reference: Where the numbers come from.
        settings: Those that differ from the defaults.
        wanted: Kinds of layers of which the recipe wants one in the network, any of each group.
        unwanted: Kinds of layers that it does without.
    """

    key: str
    title: str
    summary: str
    reference: str
    settings: Mapping[str, object]
    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[str, ...] = ()

    def training(self, now: TrainingConfig) -> TrainingConfig:
        """Return the settings; what depends on the machine and the trial stays as it is."""
        kept = {name: getattr(now, name) for name in _KEPT}
        return TrainingConfig.model_validate({**self.settings, **kept})


_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")

PRESETS = (
    Preset(
        "lecture",
        "Lecture default",
        "SGD with momentum, batch normalization and dropout; the learning rate falls to a hundredth.",
        "The lecture's tricks of optimization; Ioffe & Szegedy 2015, Srivastava et al. 2014",
        {
            "optimizer": "sgd",
            "lr": 0.05,
            "momentum": 0.9,
            "batch_size": 64,
            "epochs": 20,
            "schedule": "exponential",
            "total_factor": 100.0,
            "patience": 10,
        },
        wanted=(_NORMS, _DROPOUTS),
    ),
    Preset(
        "imagenet",
        "ResNet on ImageNet",
        "SGD at 0.1 with weight decay 0.0001, divided by 10 when the error no longer falls, 600,000 steps of "
        "256 images.",
        "He, Zhang, Ren & Sun 2016, Deep residual learning, section 3.4",
        {
            "optimizer": "sgd",
            "lr": 0.1,
            "momentum": 0.9,
            "weight_decay": 0.0001,
            "batch_size": 256,
            "epochs": 120,
            "max_steps": 600_000,
            "schedule": "plateau",
            "gamma": 0.1,
            "plateau_patience": 5,
            "patience": 0,
        },
        wanted=(_NORMS,),
        unwanted=_DROPOUTS,
    ),
    Preset(
        "cifar",
        "ResNet on CIFAR-10",
        "SGD at 0.1 with weight decay 0.0001, divided by 10 after 32,000 and 48,000 of 64,000 steps of 128 "
        "images.",
        "He, Zhang, Ren & Sun 2016, Deep residual learning, section 4.2",
        {
            "optimizer": "sgd",
            "lr": 0.1,
            "momentum": 0.9,
            "weight_decay": 0.0001,
            "batch_size": 128,
            "epochs": 183,
            "max_steps": 64_000,
            "schedule": "multistep",
            "schedule_by": "step",
            "milestones": (32_000, 48_000),
            "gamma": 0.1,
            "patience": 0,
        },
        wanted=(_NORMS,),
        unwanted=_DROPOUTS,
    ),
    Preset(
        "fast",
        "AdamW, one cycle",
        "Good weights in few epochs, without looking for a learning rate.",
        "Loshchilov & Hutter 2019, Decoupled weight decay; Smith & Topin 2018, Super-convergence",
        {
            "optimizer": "adamw",
            "lr": 0.003,
            "weight_decay": 0.01,
            "decay_bias": False,
            "batch_size": 64,
            "epochs": 12,
            "schedule": "one_cycle",
            "patience": 0,
        },
    ),
)
"""In the order in which they are offered."""


def get(key: str) -> Preset:
    """Return a preset by its key.

    Raises:
        ProjectError: There is none of that name.
    """
    found = next((preset for preset in PRESETS if preset.key == key), None)
    if found is None:
        keys = [preset.key for preset in PRESETS]
        raise ProjectError(f'There is no preset "{key}"{nearest(key, keys) or "."} Use {", ".join(keys)}.')
    return found


def with_preset(project: Project, key: str) -> Project:
    """Return a project with all training settings of a preset.

    Raises:
        ProjectError: There is no such preset.
    """
    return replace(project, training=get(key).training(project.training))


def advice(preset: Preset, graph: Graph) -> tuple[str, ...]:
    """Return what the network lacks or has against the recipe, as sentences."""
    kinds = set(_kinds(graph))
    lacks = [group[0] for group in preset.wanted if not kinds & set(group)]
    found = sorted(kinds & set(preset.unwanted))
    said = []
    if lacks:
        said.append(
            f"The recipe wants {' and '.join(_NAMES.get(kind, kind) for kind in lacks)} in the network."
        )
    if found:
        said.append("The recipe has no dropout; the network does.")
    return tuple(said)


_NAMES = {"BatchNorm1d": "batch normalization", "Dropout": "dropout"}


def _kinds(graph: Graph) -> Iterable[str]:
    for level in (graph, *(block.graph for block in graph.blocks.values())):
        yield from (node.kind for node in level.nodes.values())


def differences(now: TrainingConfig, preset: Preset) -> list[tuple[str, object, object]]:
    """Return what a preset would change: the setting, its value now, its value then."""
    then = preset.training(now)
    return [
        (name, getattr(now, name), getattr(then, name))
        for name in TrainingConfig.model_fields
        if getattr(now, name) != getattr(then, name)
    ]
