"""Options of the random samples, and what data a network starts with."""

from __future__ import annotations

import pytest

from studio import zoo
from studio.errors import DataError
from studio.project.config import DataConfig
from studio.project.datasets import sample_of
from studio.project.matching import data_for, is_mixed, num_classes, random_samples, vocabulary
from studio.project.sample import Sample
from studio.project.synthetic import parse_shape, write_shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [("3,224,224", (3, 224, 224)), ("3 × 8 × 9", (3, 8, 9)), ("(16,)", (16,)), ("single", ()), ("", ())],
)
def test_shape_is_read_as_people_write_it(text: str, shape: tuple[int, ...]) -> None:
    assert parse_shape(text) == shape == parse_shape(write_shape(shape))


def test_options_decide_what_a_sample_is_like() -> None:
    options = {"shape": "5", "dtype": "int64", "classes": 2, "vocabulary": 9}
    assert sample_of(DataConfig(dataset="synthetic", options=options)) == Sample((5,), ("0", "1"), "int64", 9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "3,0,5"}, 'shape must be 1 to 8 sizes of at least 1, such as 3,224,224, or "single"'),
        ({"shape": "a,b"}, "shape must be 1 to 8 sizes"),
        ({"shape": "single"}, "Set dtype to int64"),
        ({"shape": "3,4096,4096"}, "256 samples of 192.0 MiB are more than the 1,024 MiB"),
        ({"classes": 1}, "classes must be at least 2, not 1"),
        ({"dtype": "int8"}, "dtype must be one of float32, int64"),
    ],
)
def test_bad_options_are_refused_with_the_reason(options: dict[str, object], message: str) -> None:
    config = DataConfig.model_validate({"dataset": "synthetic", "options": options})
    with pytest.raises(DataError, match=message):
        sample_of(config)


@pytest.mark.parametrize(
    ("name", "classes", "words"),
    [
        ("resnet50", 1000, None),
        ("googlenet_torchvision", 1000, None),
        ("cifar_resnet", 10, None),
        ("lstm_classifier", 2, 10_000),
        ("char_rnn", None, 65),
        ("audio_classifier", 8, None),
    ],
)
def test_classes_and_vocabulary_are_read_off_the_network(name: str, classes: int, words: int) -> None:
    graph = zoo.build(name)
    assert (num_classes(graph), vocabulary(graph)) == (classes, words)


def test_large_images_are_few_and_not_stratified_over_1000_classes() -> None:
    config = data_for(zoo.build("resnet18"))
    sample = sample_of(config)
    assert sample.shape == (3, 224, 224)
    assert int(config.options["samples"]) * sample.num_bytes <= 40 * 2**20
    assert not config.stratify


def test_data_set_that_fits_is_taken_and_one_that_does_not_is_replaced() -> None:
    assert data_for(zoo.build("lenet5"), "mnist").dataset == "mnist"
    assert data_for(zoo.build("mlp", input_shape=(5,)), "mnist").options["shape"] == "5"


def test_normalization_is_kept_for_an_autoencoder_of_another_shape() -> None:
    graph = zoo.build("conv_autoencoder", input_shape=(3, 16, 16))
    config = data_for(graph, "mnist", "scale")
    assert (config.dataset, config.normalization) == ("synthetic", "scale")


@pytest.mark.parametrize("name", ["matrix_factorization", "image_captioner"])
def test_inputs_that_no_data_set_feeds_are_told(name: str) -> None:
    assert is_mixed(zoo.build(name))


def test_network_without_an_input_is_refused() -> None:
    from studio.graph.graph import Graph

    with pytest.raises(DataError, match="has no input"):
        random_samples(Graph(), DataConfig())
