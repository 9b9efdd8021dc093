"""Transforms as settings: what a list may hold, how it is written, and what it does to shapes."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import zoo
from studio.errors import DataError, ProjectError
from studio.project import files, overrides
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.project.sample import Sample
from studio.project.transforms import TRANSFORMS, Transform, sample_after

CROP = Transform.of("random_crop", padding=2)


def of(*transforms: Transform, sample: tuple[int, ...] = (3, 32, 32)) -> tuple[int, ...]:
    return sample_after(transforms, Sample(sample, ())).shape


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_every_kind_is_a_transform_with_its_defaults(kind: str) -> None:
    transform = Transform.of(kind)
    assert transform.arguments == {}
    assert set(transform.values) == {spec.name for spec in TRANSFORMS[kind].arguments}
    assert all(spec.why_not(spec.coerce(spec.default)) is None for spec in TRANSFORMS[kind].arguments)


def test_a_list_is_kept_in_a_file_and_only_where_there_is_one(tmp_path: Path) -> None:
    data = DataConfig(transforms=(CROP, Transform.of("normalize", mean=(0.1, 0.2, 0.3))))
    project = Project("net", zoo.build("mlp"), data)
    files.write(project, tmp_path / "net.flow")
    assert files.read(tmp_path / "net.flow").data == data
    files.write(Project("net", zoo.build("mlp")), tmp_path / "plain.flow")
    assert "transforms" not in (tmp_path / "plain.flow").read_text()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("random_crop,random_horizontal_flip", ["random_crop", "random_horizontal_flip"]),
        ('[{"kind": "random_crop", "padding": 2}]', ["random_crop"]),
        ("", []),
    ],
    ids=["names", "json", "none"],
)
def test_the_command_line_sets_a_list(text: str, kinds: list[str]) -> None:
    project = overrides.apply(Project("net", zoo.build("mlp")), [f"data.transforms={text}"])
    assert [transform.kind for transform in project.data.transforms] == kinds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("random_crp", 'did you mean "random_crop"'),
        ('[{"kind": "random_crop", "padding": -1}]', "padding must be at least 0"),
        ('[{"kind": "random_crop", "pad": 1}]', 'no argument "pad"'),
        ("mixup,cutmix", "only one that mixes"),
        ("[{", "not valid JSON"),
    ],
)
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        overrides.apply(Project("net", zoo.build("mlp")), [f"data.transforms={text}"])


def test_shapes_after_crops_and_resizes() -> None:
    assert of(CROP) == (3, 32, 32)
    assert of(Transform.of("random_crop", size=24)) == (3, 24, 24)
    assert of(Transform.of("resize", size=16), sample=(3, 32, 48)) == (3, 16, 24)
    assert of(Transform.of("resize", size=48), Transform.of("center_crop", size=40)) == (3, 40, 40)
    assert of(Transform.of("random_shortest_size")) == (3, 224, 224)


@pytest.mark.parametrize(
    ("transform", "sample", "message"),
    [
        (Transform.of("random_crop", size=64), (3, 32, 32), "Transform 1, Random crop, cannot cut 64×64"),
        (Transform.of("random_horizontal_flip"), (5,), "takes pictures"),
        (Transform.of("normalize", mean=(0.1, 0.2)), (3, 8, 8), "2 numbers in mean for 3 channels"),
        (Transform.of("whitening"), (3, 64, 64), "at most 4,096 numbers"),
        (Transform.of("rand_augment"), (2, 8, 8), "1 or 3 channels"),
    ],
)
def test_a_transform_that_cannot_be_done_is_named(
    transform: Transform, sample: tuple[int, ...], message: str
) -> None:
    with pytest.raises(DataError, match=message) as caught:
        of(transform, sample=sample)
    assert caught.value.argument == "transforms[0]"


def test_whole_numbers_are_not_transformed() -> None:
    with pytest.raises(DataError, match="whole numbers"):
        sample_after([Transform.of("mixup")], Sample((8,), (), "int64", 10))
