"""Splits are disjoint, complete, in proportion, and the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from studio.data.splits import part_sizes, split
from studio.errors import DataError
from studio.project.config import DataConfig

TARGETS = np.repeat([0, 1, 2], [60, 30, 10])


def fractions(validation: float, test: float, **more: object) -> DataConfig:
    return DataConfig.model_validate({"validation_fraction": validation, "test_fraction": test, **more})


@pytest.mark.parametrize("stratify", [True, False])
def test_parts_are_disjoint_and_complete(stratify: bool) -> None:
    parts = split(TARGETS, 0, fractions(0.2, 0.1, stratify=stratify))
    assert [len(part) for part in parts] == [70, 20, 10]
    assert sorted(np.concatenate(parts).tolist()) == list(range(100))


def test_stratified_parts_keep_the_proportions() -> None:
    train, validation, test = split(TARGETS, 0, fractions(0.2, 0.1))
    assert np.bincount(TARGETS[train]).tolist() == [42, 21, 7]
    assert np.bincount(TARGETS[validation]).tolist() == [12, 6, 2]
    assert np.bincount(TARGETS[test]).tolist() == [6, 3, 1]


def test_split_depends_on_the_seed_only() -> None:
    first = split(TARGETS, 0, fractions(0.2, 0.1, split_seed=5))
    again = split(TARGETS, 0, fractions(0.2, 0.1, split_seed=5))
    other = split(TARGETS, 0, fractions(0.2, 0.1, split_seed=6))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_split_of_seed_0_is_that_of_every_machine() -> None:
    _, validation, test = split(np.arange(20) % 2, 0, fractions(0.2, 0.2))
    assert (validation.tolist(), test.tolist()) == ([4, 19, 6, 13], [2, 16, 3, 11])


def test_own_test_set_leaves_everything_else_to_train_and_validation() -> None:
    train, validation, test = split(TARGETS, 50, fractions(0.2, 0.3))
    assert (len(train), len(validation), len(test)) == (80, 20, 0)
    assert part_sizes(100, 50, fractions(0.2, 0.3)) == (80, 20, 50)


def test_rare_class_is_in_every_part() -> None:
    targets = np.repeat([0, 1], [97, 3])
    parts = split(targets, 0, fractions(0.1, 0.1))
    assert [int((targets[part] == 1).sum()) for part in parts] == [1, 1, 1]


def test_class_too_rare_to_stratify_raises() -> None:
    with pytest.raises(DataError, match=r"the rarest has 2.*turn stratify off"):
        split(np.repeat([0, 1], [98, 2]), 0, fractions(0.1, 0.1))


@pytest.mark.parametrize(
    ("validation", "test", "part"), [(0.01, 0.1, "validation"), (0.1, 0.01, "test"), (0.49, 0.5, "training")]
)
def test_empty_part_raises(validation: float, test: float, part: str) -> None:
    count = 2 if part == "training" else 20
    with pytest.raises(DataError, match=f"leaves no {part} data"):
        split(np.arange(count) % 2, 0, fractions(validation, test))


def test_test_fraction_0_leaves_the_test_part_empty_on_purpose() -> None:
    assert len(split(TARGETS, 0, fractions(0.2, 0.0))[2]) == 0


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
    st.floats(0.05, 0.45),
    st.floats(0.0, 0.45),
    st.integers(0, 2**32 - 1),
)
def test_any_split_is_disjoint_complete_and_of_the_told_sizes(
    members: list[int], validation: float, test: float, seed: int
) -> None:
    targets = np.repeat(np.arange(len(members)), members)
    config = fractions(validation, test, split_seed=seed)
    try:
        parts = split(targets, 0, config)
    except DataError:
        assume(False)
    assert tuple(len(part) for part in parts) == part_sizes(len(targets), 0, config)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(targets)))
    for part in parts:
        assert len(part) == 0 or set(targets[part]) == set(range(len(members)))
