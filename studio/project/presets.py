"""Settings that belong together, as somebody published them: of training, and transforms of photographs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from studio.errors import ProjectError, nearest
from studio.graph.graph import Graph
from studio.project import pictures
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.project.transforms import Transform

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
        photographs: Data sets whose pictures it changes from batch to batch; other data stay as they are.
        transforms: How.
    """

    key: str
    title: str
    summary: str
    reference: str
    settings: Mapping[str, object]
    wanted: tuple[tuple[str, ...], ...] = ()
    unwanted: tuple[str, ...] = ()
    photographs: tuple[str, ...] = ()
    transforms: tuple[Transform, ...] = ()

    def project(self, now: Project) -> Project:
        """Return a project with all that it sets."""
        return replace(now, training=self.training(now.training), data=self.data(now.data))

    def data(self, now: DataConfig) -> DataConfig:
        """Return the data settings, with its transforms where the data are such photographs.

        They come with the mean of every pixel taken off, as the papers have it, and no other normalization.
        """
        if now.dataset not in self.photographs:
            return now
        return now.model_copy(update={"transforms": self.transforms, "normalization": "none"})

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
        photographs=(pictures.KEY,),
        transforms=(
            Transform.of("random_shortest_size", min_size=256, max_size=480, size=224),
            Transform.of("random_horizontal_flip"),
            Transform.of("color_noise"),
            Transform.of("pixel_mean"),
        ),
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
        photographs=("cifar10", "cifar100", pictures.KEY),
        transforms=(
            Transform.of("pixel_mean"),
            Transform.of("random_crop", padding=4),
            Transform.of("random_horizontal_flip"),
        ),
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
    """Return a project with all settings of a preset.

    Raises:
        ProjectError: There is no such preset.
    """
    return get(key).project(project)


def advice(preset: Preset, project: Project) -> tuple[str, ...]:
    """Return what network and data lack or have against the recipe, as sentences."""
    kinds = set(_kinds(project.graph))
    lacks = [group[0] for group in preset.wanted if not kinds & set(group)]
    found = sorted(kinds & set(preset.unwanted))
    said = []
    if lacks:
        said.append(
            f"The recipe wants {' and '.join(_NAMES.get(kind, kind) for kind in lacks)} in the network."
        )
    if found:
        said.append("The recipe has no dropout; the network does.")
    if preset.transforms and project.data.dataset not in preset.photographs:
        titles = ", ".join(one.spec.title for one in preset.transforms)
        said.append(f"The recipe is for photographs; these data stay without its transforms: {titles}.")
    return tuple(said)


_NAMES = {"BatchNorm1d": "batch normalization", "Dropout": "dropout"}


def _kinds(graph: Graph) -> Iterable[str]:
    for level in (graph, *(block.graph for block in graph.blocks.values())):
        yield from (node.kind for node in level.nodes.values())


def differences(now: Project, preset: Preset) -> list[tuple[str, object, object]]:
    """Return what a preset would change: the setting, its value now, its value then."""
    then = preset.project(now)
    pairs = [
        (name, getattr(now.training, name), getattr(then.training, name))
        for name in TrainingConfig.model_fields
    ]
    pairs.append(("normalization", now.data.normalization, then.data.normalization))
    pairs.append(("transforms", _titles(now.data), _titles(then.data)))
    return [(name, before, after) for name, before, after in pairs if before != after]


def _titles(data: DataConfig) -> str:
    """Return the transforms of a data set in words, those of other arguments told apart."""
    said = []
    for one in data.transforms:
        given = ", ".join(f"{name} {value}" for name, value in one.arguments.items())
        said.append(f"{one.spec.title} ({given})" if given else one.spec.title)
    return ", ".join(said) or "none"
