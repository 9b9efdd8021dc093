"""Presets: the numbers of the papers, everything at once, and what the network has against them."""

from __future__ import annotations

import pytest

from studio import zoo
from studio.errors import ProjectError
from studio.project import presets
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.project.sample import Sample
from studio.project.transforms import sample_after


def test_the_lectures_recipe_is_set_as_stated() -> None:
    found = presets.get("lecture").training(TrainingConfig())
    assert (found.optimizer, found.momentum, found.schedule) == ("sgd", 0.9, "exponential")
    assert found.total_factor >= 100


def test_he_and_others_recipe_for_imagenet() -> None:
    found = presets.get("imagenet").training(TrainingConfig())
    assert (found.optimizer, found.lr, found.momentum, found.weight_decay) == ("sgd", 0.1, 0.9, 0.0001)
    assert (found.batch_size, found.schedule, found.gamma) == (256, "plateau", 0.1)
    assert found.max_steps == 60 * 10**4
    # 120 epochs of 1.28 million images.
    assert found.epochs == round(found.max_steps * found.batch_size / 1.28e6)


def test_he_and_others_recipe_for_cifar() -> None:
    found = presets.get("cifar").training(TrainingConfig())
    assert (found.lr, found.momentum, found.weight_decay, found.batch_size) == (0.1, 0.9, 0.0001, 128)
    assert (found.milestones, found.schedule_by, found.max_steps) == ((32_000, 48_000), "step", 64_000)
    # 64,000 steps of 128 of 45,000 images, or of 50,000: the epochs must not end the run before.
    assert found.epochs * -(-45_000 // 128) >= 64_000


def test_what_depends_on_the_machine_and_the_trial_stays() -> None:
    now = TrainingConfig(seed=7, device="cpu", initial_weights="net.safetensors", lr=3.0, ema_decay=0.9)
    for preset in presets.PRESETS:
        found = preset.training(now)
        assert (found.seed, found.device, found.initial_weights) == (7, "cpu", "net.safetensors")
        assert found.ema_decay == 0.0
        project = Project(training=found, data=preset.data(DataConfig(dataset="cifar10")))
        assert presets.differences(project, preset) == []


def test_it_says_what_the_network_lacks() -> None:
    pictures = DataConfig(dataset="image_folder")
    plain = Project("plain", zoo.build("mlp", input_shape=(4,), hidden=(8,)), pictures)
    graph = zoo.build("mlp", input_shape=(4,), hidden=(8,), batch_norm=True, dropout=0.5)
    full = Project("full", graph, pictures)
    lecture, imagenet = presets.get("lecture"), presets.get("imagenet")
    assert presets.advice(lecture, plain) == (
        "The recipe wants batch normalization and dropout in the network.",
    )
    assert presets.advice(lecture, full) == ()
    assert presets.advice(imagenet, full) == ("The recipe has no dropout; the network does.",)
    assert presets.advice(presets.get("fast"), plain) == ()


def test_an_unknown_preset_suggests_the_nearest() -> None:
    with pytest.raises(ProjectError, match=r'no preset "lectur"; did you mean "lecture"\?'):
        presets.with_preset(Project(), "lectur")


def test_photographs_are_drawn_anew_as_the_papers_have_it_and_other_data_are_left_alone() -> None:
    now = Project(data=DataConfig(dataset="cifar10", validation_fraction=0.1))
    found = presets.with_preset(now, "cifar").data
    assert [one.kind for one in found.transforms] == ["pixel_mean", "random_crop", "random_horizontal_flip"]
    assert found.transforms[1].values["padding"] == 4
    assert (found.normalization, found.validation_fraction) == ("none", 0.1)
    told = {name: (before, after) for name, before, after in presets.differences(now, presets.get("cifar"))}
    assert told["transforms"] == ("none", "Per-pixel mean, Random crop, Flip")
    assert told["normalization"] == ("standardize", "none")
    imagenet = presets.get("imagenet").data(DataConfig(dataset="image_folder"))
    jitter = imagenet.transforms[0].values
    assert (jitter["min_size"], jitter["max_size"], jitter["size"]) == (256, 480, 224)
    assert sample_after(imagenet.transforms, Sample((3, 300, 300), ())).shape == (3, 224, 224)
    moons = Project(data=DataConfig(dataset="moons"))
    assert presets.with_preset(moons, "cifar").data == moons.data
    assert "stay without its transforms" in presets.advice(presets.get("cifar"), moons)[-1]
