from __future__ import annotations

import pytest
import torch
from torch import nn

import studio
from studio.compiler.importing.importer import Imported, import_module
from studio.compiler.importing.sources import find, torchvision_names
from studio.compiler.importing.table import Row, markdown, parity_row
from studio.graph.graph import Graph
from studio.project import format

FEW = ("alexnet", "squeezenet1_1", "shufflenet_v2_x0_5", "mobilenet_v3_small")


@pytest.fixture(scope="module")
def resnet() -> tuple[nn.Module, Imported]:
    """ResNet-18, and what becomes of it."""
    module = find("torchvision:resnet18").module
    return module, import_module(module, torch.randn(2, 3, 32, 32))


@pytest.mark.parametrize("name", FEW)
def test_model_imports_bit_equal(name: str) -> None:
    row = parity_row(name)
    assert row.is_bit_equal, row


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(torchvision_names()) - set(FEW)))
def test_every_model_imports_bit_equal(name: str) -> None:
    row = parity_row(name)
    assert row.is_bit_equal, row


def test_compiled_resnet_loads_torchvisions_own_weights(resnet: tuple[nn.Module, Imported]) -> None:
    module, imported = resnet
    network = studio.compile(imported.graph)
    network.load_state_dict(module.state_dict(), strict=True)
    images = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(network.eval()(images), module.eval()(images))


def test_resnet_trains_to_the_same_gradients(resnet: tuple[nn.Module, Imported]) -> None:
    module, imported = resnet
    network = studio.compile(imported.graph)
    network.load_state_dict(module.state_dict())
    images = torch.randn(2, 3, 32, 32)
    for one in (module.train(), network.train()):
        one(images).square().mean().backward()
    assert torch.equal(network.get_parameter("conv1.weight").grad, module.get_parameter("conv1.weight").grad)


def test_resnet_shows_its_structure(resnet: tuple[nn.Module, Imported]) -> None:
    graph = resnet[1].graph
    names = [node.name for node in graph.ordered()]
    layers = [f"layer{number}" for number in (1, 2, 3, 4)]
    assert names == ["image", "conv1", "bn1", "relu", "maxpool", *layers, "avgpool", "flatten", "fc"]
    assert graph.named("layer1").arguments["repeat"] == 2
    assert [argument.name for argument in graph.block("BasicBlock").arguments] == ["out_channels"]


def test_resnet_has_no_problems_and_survives_a_file(resnet: tuple[nn.Module, Imported]) -> None:
    graph: Graph = resnet[1].graph
    assert not studio.check(graph)
    assert format.loads(format.dumps(studio.Project("resnet", graph))).graph == graph


def test_table_tells_what_is_equal_and_what_not() -> None:
    rows = [
        Row("one", 1_000, 3, 2, True, 0.0),
        Row("two", 1_000, 3, 2, False, 1e-6),
        Row("three", 5, reason="no"),
    ]
    lines = markdown(rows).splitlines()
    assert lines[2] == "| one | 1,000 | 3 | 2 | loads, strict | bit-equal |"
    assert "differ by 1e-06" in lines[3]
    assert lines[4].endswith("| no |")
    assert [row.is_bit_equal for row in rows] == [True, False, False]
