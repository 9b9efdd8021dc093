"""What units compute on a grid is what the layers give there, and looking changes nothing."""

from __future__ import annotations

import pytest
import torch

from studio.compiler import lower
from studio.graph.graph import Graph
from studio.probes.surfaces import MOST_UNITS, SurfaceTap
from tests.helpers.drawing import block, draw

GRID = torch.rand(50, 2, generator=torch.Generator().manual_seed(0)) * 4 - 2


def network(activation: str = "Tanh", width: int = 5, **arguments: object) -> Graph:
    return draw(
        ("x", "VectorInput", {"features": 2}),
        ("fc", "Linear", "x", {"out_features": width}),
        ("bn", "BatchNorm1d", "fc"),
        ("g", activation, "bn", arguments),
        ("drop", "Dropout", "g"),
        ("out", "Linear", "drop", {"out_features": 3}),
    )


@pytest.mark.parametrize("activation", ["Tanh", "Sigmoid", "ReLU", "PReLU"])
@pytest.mark.parametrize("node", ["bn", "g"])
def test_h_is_g_of_a_from_either_side(activation: str, node: str) -> None:
    """Lecture row 18: both values of a unit, and h = g(a) to 1e-7."""
    module = lower.compile(network(activation)).train()
    _, units = SurfaceTap(module, node).run(GRID)
    assert (units.before_name, units.after_name, units.total) == ("bn", "g", 5)
    with torch.no_grad():
        assert float((module.g(units.before) - units.after).abs().max()) <= 1e-7
        a = module.eval().bn(module.fc(GRID))
        assert torch.equal(units.before, a)


def test_an_activation_in_place_does_not_spoil_a() -> None:
    module = lower.compile(network("ReLU", inplace=True))
    _, units = SurfaceTap(module, "g").run(GRID)
    assert float(units.before.min()) < 0.0 == float(units.after.min())


def test_a_layer_without_an_activation_behind_it_has_one_value() -> None:
    _, units = SurfaceTap(lower.compile(network()), "out").run(GRID)
    assert (units.before_name, units.after_name) == ("", "out")
    assert (units.before.shape, units.after.shape) == ((50, 0), (50, 3))


@pytest.mark.parametrize("node", ["", "gone"])
def test_no_node_has_no_units(node: str) -> None:
    outputs, units = SurfaceTap(lower.compile(network()), node).run(GRID)
    assert outputs[0].shape == (50, 3)
    assert (units.total, units.after.shape) == (0, (50, 0))


def test_the_first_of_many_units_are_taken() -> None:
    _, units = SurfaceTap(lower.compile(network(width=40)), "g").run(GRID)
    assert (units.total, units.after.shape[1]) == (40, MOST_UNITS)


def test_a_unit_in_a_block_is_found_by_its_dotted_name() -> None:
    inside = block(
        "Pair",
        ("entry", "BlockInput"),
        ("fc", "Linear", "entry", {"out_features": 4}),
        ("g", "ReLU", "fc"),
        ("res", "BlockOutput", "g"),
    )
    graph = draw(("x", "VectorInput", {"features": 2}), ("pair", "block:Pair", "x"), blocks=[inside])
    tap = SurfaceTap(lower.compile(graph), "pair.fc")
    assert tap.run(GRID)[1].after_name == "pair.g"
    assert SurfaceTap(lower.compile(graph), "pair").run(GRID)[1].after_name == "pair"


def test_looking_leaves_modes_weights_statistics_and_random_numbers() -> None:
    module = lower.compile(network("RReLU")).train()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    torch.manual_seed(3)
    wanted = torch.rand(3)
    torch.manual_seed(3)
    SurfaceTap(module, "fc").run(GRID)
    assert torch.equal(torch.rand(3), wanted)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(layer.training for layer in module.modules())
    assert all(parameter.grad is None for parameter in module.parameters())
