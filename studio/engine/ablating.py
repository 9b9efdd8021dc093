"""What the window and the engine say of an ablation; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AblateRun:
    """Measure a run's network with layers left out; Progress comes until RunAblated or Failed.

    Attributes:
        run: Name of the run, whose best weights are taken.
        runs_folder: Where it is kept.
        variants: Dotted names of what is left out of each.
        followers: Leave out the activation, normalization and dropout after each of them, too.
        folder: Folder of the project file, where relative data folders start.
    """

    id: int
    run: str
    runs_folder: str
    variants: tuple[tuple[str, ...], ...]
    followers: bool = True
    folder: str = ""


@dataclass(frozen=True, slots=True)
class AblatedVariant:
    """A network with something left out.

    Attributes:
        without: Dotted names of what was left out; empty: the network as it was trained.
        depth: Convolutions and linear layers on the longest way through it; 0 if it is no network any more.
        parameters: Learnable numbers.
        error: Share of samples that are classified wrongly; NaN where it was not measured, and of networks
            that are no classifiers.
        loss: Mean over samples; NaN where it was not measured.
        note: Why it was not measured; empty where it was.
    """

    without: tuple[str, ...]
    depth: int
    parameters: int
    error: float
    loss: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunAblated:
    """Answer to AblateRun.

    Attributes:
        run: As in the question.
        samples: Of the validation part.
        variants: The network as it was trained comes first.
    """

    id: int
    run: str
    samples: int
    variants: tuple[AblatedVariant, ...]
