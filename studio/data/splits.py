"""Who trains, who validates, who tests: a split that depends on the seed and on nothing else.

NumPy's PCG64 gives the same permutation on every machine. How many samples each part has depends on
the number of samples alone, so it can be told before the data is loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.data import group_split
from studio.data.placing import Placing
from studio.data.source import Targets
from studio.errors import DataError
from studio.project.config import DataConfig

Indices = npt.NDArray[np.int64]
Parts = tuple[Indices, Indices, Indices]

TRAIN, VALIDATION, TEST = 0, 1, 2

NAMED = 3
"""Classes that a message names."""


def part_sizes(count: int, own_test: int, config: DataConfig) -> tuple[int, int, int]:
    """Return how many samples train, validation and test have.

    Args:
        count: Samples to be split.
        own_test: Size of the test set that the data set keeps apart; 0 if it has none.
        config: The fractions; `test_fraction` counts only where there is no own test set.
    """
    validation = round(count * config.validation_fraction)
    if own_test:
        return count - validation, validation, own_test
    test = round(count * config.test_fraction)
    return count - validation - test, validation, test


def split(targets: Targets, own_test: int, config: DataConfig, placing: Placing | None = None) -> Parts:
    """Return the indices of train, validation and test: disjoint, complete, in shuffled order.

    Where the data set has its own test set, the third part is empty. Values have no classes, so that there
    is nothing to stratify.

    Args:
        targets: Of all samples.
        own_test: Size of the test set that the data set keeps apart; 0 if it has none.
        config: The fractions, the seed, and whether to stratify.
        placing: What decides beside the seed: groups that stay together, and parts that the files name.

    Shape:
        targets: (N,) classes, or (N, 1) float32 values
        returns: three of (K,), N in all

    Raises:
        DataError: A part would be empty, or a class could not be in every part.
    """
    if placing is not None and placing.parts is not None:
        return _by_files(targets, config, placing)
    if placing is not None and placing.groups is not None:
        return _by_groups(targets, own_test, config, placing.groups)
    sizes = part_sizes(len(targets), own_test, config)
    refuse_empty(len(targets), sizes, config)
    wanted = (sizes[VALIDATION], 0 if own_test else sizes[TEST])
    order = np.random.Generator(np.random.PCG64(config.split_seed)).permutation(len(targets))
    if not config.stratify or targets.dtype.kind == "f":
        validation, test, train = np.split(order, [wanted[0], wanted[0] + wanted[1]])
        return train, validation, test
    part = np.full(len(targets), TRAIN)
    classes, members = np.unique(targets, return_counts=True)
    test_shares = _apportion(wanted[1], members, members - 2, config)
    validation_shares = _apportion(wanted[0], members, members - test_shares - 1, config)
    for label, num_validation, num_test in zip(classes, validation_shares, test_shares, strict=True):
        own = order[targets[order] == label]
        part[own[:num_validation]] = VALIDATION
        part[own[num_validation : num_validation + num_test]] = TEST
    shuffled = part[order]
    return order[shuffled == TRAIN], order[shuffled == VALIDATION], order[shuffled == TEST]


def _by_groups(targets: Targets, own_test: int, config: DataConfig, groups: Indices) -> Parts:
    """Return a split that tears no group apart."""
    test = 0.0 if own_test else config.test_fraction
    shares = (1.0 - config.validation_fraction - test, config.validation_fraction, test)
    return _shuffled(
        group_split.assign(groups, targets, shares, config.split_seed, stratify=config.stratify), config
    )


def _by_files(targets: Targets, config: DataConfig, placing: Placing) -> Parts:
    """Return the split that the files name; without a validation part, it is taken from the training part.

    Raises:
        DataError: Nothing is for training, or a group is in two parts.
    """
    assert placing.parts is not None
    placing.refuse_torn()
    train, validation, test = _shuffled(placing.parts, config)
    if not len(train):
        raise DataError(
            "No sample is for training. Say so of some: the parts are called train, val and test.",
            argument="part",
        )
    if not len(validation):
        inner = config.model_copy(update={"test_fraction": 0.0})
        left = replace(
            placing,
            targets=targets[train],
            groups=None
            if placing.groups is None
            else np.unique(placing.groups[train], return_inverse=True)[1],
            parts=None,
        )
        places = split(targets[train], 0, inner, left)
        train, validation = train[places[TRAIN]], train[places[VALIDATION]]
    return train, validation, test


def _shuffled(part: Indices, config: DataConfig) -> Parts:
    """Return the indices of each part, in an order that the seed draws.

    Shape:
        part: (N,), 0 to 2
    """
    order = np.random.Generator(np.random.PCG64(config.split_seed)).permutation(len(part))
    shuffled = part[order]
    return order[shuffled == TRAIN], order[shuffled == VALIDATION], order[shuffled == TEST]


def absent(parts: Sequence[Targets], classes: Sequence[str]) -> str:
    """Return in words which classes a part has no sample of; empty if every part has all, or there are none.

    Args:
        parts: Targets of train, validation and test; one without samples lacks nothing.
        classes: Their names.
    """
    said = []
    for name, targets in zip(("training", "validation", "test"), parts, strict=True):
        if not classes or not len(targets) or targets.dtype.kind == "f":
            continue
        lacking = np.flatnonzero(np.bincount(targets, minlength=len(classes))[: len(classes)] == 0)
        if len(lacking):
            named = ", ".join(f'"{classes[label]}"' for label in lacking[:NAMED])
            more = f" and {len(lacking) - NAMED:,} more" if len(lacking) > NAMED else ""
            said.append(f"The {name} part has no sample of {named}{more}.")
    return " ".join(said)


def refuse_empty(count: int, sizes: tuple[int, int, int], config: DataConfig) -> None:
    """Raise for a split that leaves a wanted part without samples.

    Raises:
        DataError: A part whose fraction is not 0 has no samples.
    """
    fractions = (1.0, config.validation_fraction, config.test_fraction)
    settings = ("", "validation_fraction", "test_fraction")
    for name, size, fraction, setting in zip(
        ("training", "validation", "test"), sizes, fractions, settings, strict=True
    ):
        if size <= 0 and fraction > 0.0:
            change = f"Raise {setting}" if setting else "Lower validation_fraction and test_fraction"
            raise DataError(
                f"The split leaves no {name} data: {count} samples in all, validation_fraction is "
                f"{config.validation_fraction:g}, test_fraction {config.test_fraction:g}. {change}, or take "
                "more samples.",
                argument=setting or "validation_fraction",
            )


def _apportion(total: int, members: Indices, capacity: Indices, config: DataConfig) -> Indices:
    """Return how many of each class go into a part: at least one, as near to proportion as whole numbers get.

    Shape:
        members: (C,), samples of each class
        capacity: (C,), how many of them may be taken at most
        returns: (C,), `total` in all

    Raises:
        DataError: There are not enough samples to have every class in the part.
    """
    if total == 0:
        return np.zeros_like(members)
    if capacity.min() < 1 or total < len(members) or capacity.sum() < total:
        raise DataError(
            f"The split cannot have every class in every part: {members.sum()} samples of {len(members)} "
            f"classes, the rarest has {members.min()}. Take more samples, raise validation_fraction and "
            f"test_fraction (now {config.validation_fraction:g} and {config.test_fraction:g}), or turn "
            "stratify off.",
            argument="stratify",
        )
    quota = total * members / members.sum()
    shares: Indices = np.clip(np.floor(quota).astype(np.int64), 1, capacity)
    while (missing := total - int(shares.sum())) != 0:
        step = 1 if missing > 0 else -1
        movable = shares < capacity if step > 0 else shares > 1
        gap = np.where(movable, (quota - shares) * step, -np.inf)
        shares[np.argmax(gap)] += step
    return shares
