"""Splits by group and by what files name: disjoint, complete, and no group is torn apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GroupShuffleSplit

from studio.data.placing import Placing, number_of
from studio.data.splits import absent, split
from studio.errors import DataError
from studio.project.config import DataConfig

TARGETS = np.tile([0, 1], 50)
GROUPS = np.repeat(np.arange(20), 5)


def config(validation: float = 0.2, test: float = 0.2, **more: object) -> DataConfig:
    return DataConfig.model_validate({"validation_fraction": validation, "test_fraction": test, **more})


def grouped(groups: np.ndarray, targets: np.ndarray, **more: object) -> list[np.ndarray]:
    names = tuple(map(str, range(groups.max() + 1)))
    return list(split(targets, 0, config(**more), Placing(targets, groups, names)))


def test_groups_of_one_size_are_shared_out_as_scikit_learn_does() -> None:
    parts = grouped(GROUPS, TARGETS)
    shuffle = GroupShuffleSplit(1, test_size=0.4, random_state=0)
    train, rest = next(shuffle.split(TARGETS, TARGETS, GROUPS))
    assert [len(part) for part in parts] == [len(train), len(rest) // 2, len(rest) // 2]


@given(st.lists(st.integers(1, 30), min_size=3, max_size=25), st.integers(0, 2**32 - 1), st.booleans())
def test_any_split_by_group_is_disjoint_complete_and_whole(
    sizes: list[int], seed: int, stratify: bool
) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    targets = np.random.default_rng(seed).integers(0, 3, len(groups))
    parts = grouped(groups, targets, split_seed=seed, stratify=stratify)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(groups)))
    assert all(len(part) for part in parts)
    seen = [set(groups[part]) for part in parts]
    assert sum(map(len, seen)) == len(sizes)


def test_stratified_groups_keep_the_proportions() -> None:
    groups, targets = np.repeat(np.arange(40), 10), np.repeat(np.arange(40) % 4 == 0, 10).astype(np.int64)
    for part in grouped(groups, targets):
        assert targets[part].mean() == pytest.approx(0.25, abs=0.01)


def test_the_seed_decides_which_groups_go_where() -> None:
    first, again, other = (grouped(GROUPS, TARGETS, split_seed=seed) for seed in (1, 1, 2))
    assert [part.tolist() for part in first] == [part.tolist() for part in again]
    assert set(GROUPS[first[2]]) != set(GROUPS[other[2]])


def test_fewer_groups_than_parts_raises() -> None:
    with pytest.raises(DataError, match=r"2 groups for 3 parts.*test_fraction"):
        grouped(np.repeat([0, 1], 50), TARGETS)
    train, validation, test = grouped(np.repeat([0, 1], 50), TARGETS, test=0.0)
    assert (len(train), len(validation), len(test)) == (50, 50, 0)


def test_parts_that_the_files_name_are_taken_as_they_are() -> None:
    named = np.repeat([0, 1, 2], [70, 20, 10])
    parts = split(TARGETS, 0, config(), Placing(TARGETS, parts=named))
    assert [sorted(part.tolist()) for part in parts] == [
        list(range(70)),
        list(range(70, 90)),
        list(range(90, 100)),
    ]


def test_a_validation_part_that_no_file_names_is_taken_from_the_training_part() -> None:
    named = np.repeat([0, 2], [60, 40])
    train, validation, test = split(TARGETS, 0, config(), Placing(TARGETS, GROUPS, parts=named))
    assert sorted(test.tolist()) == list(range(60, 100))
    assert len(validation) in (10, 15)
    assert not set(GROUPS[train]) & set(GROUPS[validation])


def test_nothing_for_training_raises() -> None:
    with pytest.raises(DataError, match="No sample is for training"):
        split(TARGETS, 0, config(), Placing(TARGETS, parts=np.full(100, 1)))


def test_a_group_in_two_parts_raises() -> None:
    groups, names = number_of(["anna"] * 50 + ["ben"] * 50)
    with pytest.raises(DataError, match='"ben" is in train and test'):
        split(TARGETS, 0, config(), Placing(TARGETS, groups, names, np.repeat([0, 2], [60, 40])))


def test_absent_classes_are_named() -> None:
    parts = [np.array([0, 0, 1]), np.array([0, 1, 2]), np.array([], np.int64)]
    assert absent(parts, ("ant", "bee", "cat")) == 'The training part has no sample of "cat".'
    assert absent([np.zeros((3, 1), np.float32)] * 3, ()) == ""
    many = [np.zeros(2, np.int64)] * 3
    assert 'no sample of "1", "2", "3" and 6 more' in absent(many, tuple(map(str, range(10))))
