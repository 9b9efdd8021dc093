from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio import zoo
from studio.catalog.spec import ArgSpec
from studio.compiler import lower
from studio.compiler.analysis import Analysis, analyse
from studio.compiler.shapes import ShapeEngine
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.project import files
from studio.project.datasets import DATASETS
from studio.project.project import Project
from studio.zoo.template import FAMILIES, Template

Build = Callable[..., Analysis]
TEMPLATES = {template.name: template for template in zoo.templates()}


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.ordered()]


@pytest.mark.parametrize("name", TEMPLATES)
def test_defaults_build_a_network_without_problems(name: str, analysed: Build) -> None:
    assert analysed(name).problems == ()


@pytest.mark.parametrize("name", TEMPLATES)
def test_published_counts_are_what_the_network_has(name: str, analysed: Build) -> None:
    totals = analysed(name).totals
    assert (totals.parameters, totals.macs) == (TEMPLATES[name].parameters, TEMPLATES[name].macs)


def test_families_follow_one_another_in_the_order_of_the_gallery() -> None:
    families = [template.family for template in TEMPLATES.values()]
    assert families == sorted(families, key=FAMILIES.index)
    assert set(families) == set(FAMILIES)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
def test_template_says_where_it_comes_from(template: Template) -> None:
    assert template.reference
    assert 1950 < template.year < 2030
    assert template.dataset in ("", *DATASETS)
    assert template.summary.endswith(".")


@pytest.mark.parametrize(
    ("name", "arguments", "parameters"),
    [
        ("softmax_regression", {}, 784 * 10 + 10),
        ("softmax_regression", {"input_shape": (2,), "num_classes": 3}, 2 * 3 + 3),
        ("mlp", {}, 784 * 64 + 64 + 64 * 10 + 10),
        (
            "mlp",
            {"input_shape": [784], "hidden": [512, 256]},
            784 * 512 + 512 + 512 * 256 + 256 + 2560 + 10,
        ),
        (
            "mlp",
            {"input_shape": 2, "hidden": 8, "num_classes": 2, "batch_norm": True, "dropout": 0.2},
            2 * 8 + 8 + 16 + 8 * 2 + 2,
        ),
        ("mlp", {"input_shape": (3,), "hidden": (4,) * 50}, 3 * 4 + 4 + 49 * 20 + 4 * 10 + 10),
        ("lenet5", {}, 61_706),
        ("lenet5", {"input_shape": (1, 32, 32)}, 61_706),
        ("lenet5", {"pooling": "max", "activation": "ReLU"}, 61_706),
        ("small_cnn", {}, 288 + 64 + 18_432 + 128 + 650),
        (
            "small_cnn",
            {"input_shape": (3, 32, 32), "channels": (8,), "batch_norm": False},
            8 * 28 + 8 * 10 + 10,
        ),
    ],
)
def test_parameters_by_hand(name: str, arguments: dict[str, Any], parameters: int) -> None:
    assert analyse(zoo.build(name, **arguments)).totals.parameters == parameters


def test_mlp_puts_normalization_before_and_dropout_after_the_activation() -> None:
    graph = zoo.build("mlp", input_shape=(4,), batch_norm=True, dropout=0.1, activation="Tanh")
    assert kinds(graph) == [
        "VectorInput",
        "Linear",
        "BatchNorm1d",
        "Tanh",
        "Dropout",
        "Linear",
        "Target",
        "CrossEntropyLoss",
    ]


def test_lenet5_on_mnist_pads_to_the_papers_size() -> None:
    graph = zoo.build("lenet5")
    assert graph.named("conv1").arguments["padding"] == 2
    found = {report.node: report.shape for report in analyse(graph).nodes}
    assert found[graph.named("pool2").id] == (16, 5, 5)


def test_only_what_differs_from_the_defaults_is_written() -> None:
    graph = zoo.build("small_cnn", batch_norm=False)
    assert dict(graph.named("conv2").arguments) == {"out_channels": 64, "padding": 1}
    assert dict(graph.named("fc").arguments) == {}
    assert dict(graph.named("target").arguments) == {}


@pytest.mark.parametrize("name", TEMPLATES)
def test_building_twice_gives_equal_graphs(name: str) -> None:
    assert zoo.build(name) == zoo.build(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_network_comes_back_from_a_file_as_it_was(name: str, tmp_path: Path) -> None:
    project = Project(name, zoo.build(name))
    files.write(project, tmp_path / "x.flow")
    assert files.read(tmp_path / "x.flow").graph == project.graph


@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "PReLU", "Identity"])
def test_activations_compile(activation: str) -> None:
    module = lower.compile(zoo.build("small_cnn", activation=activation))
    assert module(torch.randn(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("lenet", {}, 'no template "lenet"; did you mean "lenet5"'),
        ("transformer", {}, 'did you mean "vision_transformer"'),
        ("xyz", {}, "There are softmax_regression, mlp, "),
        ("mlp", {"hiden": 3}, 'no argument "hiden"; did you mean "hidden"'),
        ("mlp", {"hidden": (0,)}, "hidden must be at least 1, not 0"),
        ("mlp", {"hidden": ()}, "hidden must be 1 to 200 numbers, not 0"),
        ("mlp", {"dropout": 1.0}, "dropout must be at most 0.99, not 1"),
        ("mlp", {"activation": "relu"}, "activation must be one of ReLU, "),
        ("mlp", {"input_shape": (8, 8)}, "input_shape must be 1 or 3 numbers, not 2"),
        ("mlp", {"num_classes": 1}, "num_classes must be at least 2, not 1"),
        ("lenet5", {"input_shape": (8,)}, "input_shape must be 3 numbers, not 1"),
        ("lenet5", {"input_shape": (1, 28, 8)}, "input_shape must be at least 12×12 images, not 28×8"),
        ("alexnet", {"input_shape": (3, 62, 224)}, "input_shape must be at least 63×63 images, not 62×224"),
        ("vgg11", {"input_shape": (3, 31, 31)}, "input_shape must be at least 32×32"),
        ("googlenet", {"input_shape": (3, 78, 78)}, "input_shape must be at least 79×79"),
        ("resnet18", {"shortcut": "D"}, 'shortcut must be one of A, B, C, none, not "D"'),
        ("cifar_resnet", {"n": 0}, "n must be at least 1, not 0"),
        ("two_stage", {"channels": (8,)}, "channels must be 2 numbers, not 1"),
        ("vision_transformer", {"dim": 65}, "dim 65 cannot be shared by 4 heads"),
        ("vision_transformer", {"patch_size": 33}, "input_shape must be at least 33×33"),
        ("audio_classifier", {"length": 100}, "a frame of 256 samples is longer than the sound of 100"),
        ("small_cnn", {"channels": (8,) * 5}, "input_shape must be at least 16×16 images, not 8×8"),
        ("small_cnn", {"batch_norm": "yes"}, 'batch_norm must be true or false, not the text "yes"'),
    ],
)
def test_what_cannot_be_built_is_explained(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ZooError) as caught:
        zoo.build(name, **arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("size", [12, 13, 28, 31, 32, 40])
def test_lenet5_builds_at_every_size_it_allows(size: int) -> None:
    assert analyse(zoo.build("lenet5", input_shape=(3, size, size))).problems == ()


@pytest.mark.parametrize("depth", [1, 2, 4, 6])
def test_small_cnn_builds_at_the_smallest_size_it_allows(depth: int) -> None:
    side = 2 ** (depth - 1)
    graph = zoo.build("small_cnn", input_shape=(1, side, side), channels=(2,) * depth)
    assert analyse(graph).problems == ()


def test_the_zoo_does_not_load_torch() -> None:
    build = "from studio import zoo; [template.build({}) for template in zoo.templates()]"
    code = f"import sys; {build}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_resnet_of_1202_layers_is_a_dozen_nodes_built_at_once() -> None:
    start = time.perf_counter()
    graph = zoo.build("cifar_resnet", n=200)
    assert time.perf_counter() - start < 0.5
    assert len(graph) == 12
    assert sum(len(block.graph) for block in graph.blocks.values()) < 20


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_arguments_build_a_network_or_are_refused_in_words(data: st.DataObject) -> None:
    template = data.draw(st.sampled_from(list(TEMPLATES.values())))
    given_values = {
        argument.name: data.draw(_values(argument))
        for argument in template.arguments
        if data.draw(st.booleans(), label=argument.name)
    }
    made = _built(template, given_values)
    if isinstance(made, ZooError):
        assert f'"{template.name}"' in made.message
        assert made.argument in [argument.name for argument in template.arguments]
    else:
        found = analyse(made, engine=ENGINE).problems
        assert [problem.message for problem in found if problem.severity == "error"] == []


def _built(template: Template, given_values: dict[str, Any]) -> Graph | ZooError:
    """The network, or why there is none; any other exception fails the test."""
    try:
        return template.build(given_values)
    except ZooError as error:
        return error


ENGINE = ShapeEngine()


def _values(argument: ArgSpec) -> st.SearchStrategy[Any]:
    """Values of about the right type, in range and a little outside."""
    low = int(argument.minimum if argument.minimum is not None else -3)
    # Networks of thousands of blocks are right, and slow to open.
    high = min(int(argument.maximum if argument.maximum is not None else 300), 12 if low else 300)
    numbers = st.integers(low - 1, max(high, low + 1) + 1)
    match argument.type:
        case "bool":
            return st.booleans()
        case "choice":
            return st.sampled_from([*argument.choices, "none of them"])
        case "float":
            return st.floats(low - 1, high + 1)
        case "ints" if argument.name == "input_shape":
            sides = st.integers(1, 70)
            return st.tuples(st.integers(1, 4), sides, sides) | st.lists(sides, max_size=4).map(tuple)
        case "ints":
            return st.lists(numbers, max_size=4).map(tuple)
        case _:
            return numbers
