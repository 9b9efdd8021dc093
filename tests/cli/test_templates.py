from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from studio import zoo
from studio.project import files
from studio.zoo import shelf
from studio.zoo.template import FAMILIES


def test_templates_stand_under_their_headings_in_order(studio: Callable) -> None:
    lines = studio("templates").out.splitlines()
    assert [line for line in lines if line in FAMILIES] == list(FAMILIES)
    assert lines.index("Residual networks") < next(i for i, line in enumerate(lines) if "resnet50  –" in line)


def test_list_says_counts_arguments_and_reference(studio: Callable) -> None:
    text = studio("templates").out
    assert "ResNet-50, 2015: 25,557,032 parameters, 4.089 G MACs" in text
    assert "shortcut=B" in text
    assert "arXiv:1512.03385" in text


def test_one_template_says_what_its_arguments_mean(studio: Callable) -> None:
    text = studio("templates", "cifar_resnet").out
    assert "n=3  Blocks of each of the three rows" in text
    assert "(1 to 1,000)" in text
    assert "mlp" not in text


def test_unknown_template_is_wrong_usage(studio: Callable) -> None:
    result = studio("templates", "resnet5")
    assert result.code == 2
    assert 'did you mean "resnet50"?' in result.err


def test_json_has_the_counts(studio: Callable) -> None:
    (found,) = studio("templates", "vgg16", "--json").json["templates"]
    assert (found["family"], found["year"], found["parameters"]) == (
        "Convolutional networks",
        2014,
        138_357_544,
    )


def test_measured_counts_stand_beside_the_stated_ones(studio: Callable) -> None:
    result = studio("templates", "resnet18", "--measure")
    assert result.code == 0
    assert "| 18 | 11,689,512 | 11,689,512 | 1,814,073,344 | 1,814,073,344 | equal |" in result.out


def test_wrong_count_is_told_and_fails(studio: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(shelf.get("lenet5"), parameters=61_705)
    monkeypatch.setattr(shelf, "get", lambda _: wrong)
    result = studio("templates", "lenet5", "--measure", "--json")
    assert result.code == 1
    assert result.json["networks"][0]["same"] is False


def test_network_without_a_fitting_data_set_is_written_as_published(studio: Callable, tmp_path: Path) -> None:
    result = studio("new", "resnet18", "-o", tmp_path / "x.flow")
    assert files.read(tmp_path / "x.flow").graph == zoo.build("resnet18")
    assert "No data set of the program has what resnet18 takes" in result.err


def test_network_takes_the_shape_of_a_data_set_that_is_asked_for(studio: Callable, tmp_path: Path) -> None:
    result = studio("new", "resnet18", "-o", tmp_path / "x.flow", "--set", "data.dataset=digits")
    expected = zoo.build("resnet18", input_shape=(1, 8, 8), num_classes=10)
    assert files.read(tmp_path / "x.flow").graph == expected
    assert result.err == ""


def test_autoencoder_of_yes_and_no_gets_data_from_0_to_1(studio: Callable, tmp_path: Path) -> None:
    studio("new", "autoencoder", "-o", tmp_path / "x.flow")
    assert files.read(tmp_path / "x.flow").data.normalization == "scale"
