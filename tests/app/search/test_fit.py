from __future__ import annotations

import pytest

from studio.app.search.fit import Anchor, Level, fit
from studio.catalog.registry import get


def out_of(kind: str, shape: tuple[int, ...] | None = None) -> Anchor:
    return Anchor("n1", "giver", kind, "output", get(kind).outputs[0], shape)


def into(kind: str, place: int = 0) -> Anchor:
    return Anchor("n1", "taker", kind, "input", get(kind).inputs[place])


def test_without_a_port_everything_fits() -> None:
    assert fit(get("Linear"), ()).level == Level.FITS


def test_the_first_port_that_takes_it_is_the_one() -> None:
    found = fit(get("CrossEntropyLoss"), [out_of("Target")])
    assert (found.level, found.port, found.anchor) == (Level.FITS, "target", out_of("Target"))


def test_a_flow_that_is_not_taken() -> None:
    found = fit(get("Linear"), [out_of("Target")])
    assert (found.level, found.anchor) == (Level.UNFIT, None)
    assert found.reason == "takes activations, and giver gives targets"


@pytest.mark.parametrize(
    ("kind", "shape", "reason"),
    [
        ("Conv2d", (3, 8, 8), ""),
        ("Conv2d", (64,), "wants (N, C, H, W), and 2 dimensions come"),
        ("Conv1d", (3, 8, 8), "wants (N, C, L), and 4 dimensions come"),
        ("BatchNorm1d", (64,), ""),
        ("BatchNorm1d", (3, 8, 8), "wants (N, C) or (N, C, L), and 4 dimensions come"),
        ("Conv1d", None, ""),
        ("ReLU", (1, 2, 3, 4, 5), ""),
    ],
)
def test_the_number_of_dimensions(kind: str, shape: tuple[int, ...] | None, reason: str) -> None:
    found = fit(get(kind), [out_of("ReLU", shape)])
    assert found.reason == reason
    assert found.level == (Level.UNSUITED if reason else Level.FITS)
    assert found.port == "input"


def test_ends() -> None:
    assert fit(get("ImageInput"), [out_of("ReLU")]).reason == "has no input"
    assert fit(get("Output"), [into("Linear")]).reason == "has no output"
    assert fit(get("Target"), [into("CrossEntropyLoss", 1)]).port == "target"
    assert fit(get("MSELoss"), [into("Linear")]).reason == "gives a loss, and taker takes activations"


def test_layouts_of_both_ends_have_to_meet() -> None:
    found = fit(get("TokenInput"), [into("MaxUnpool2d", 1)])
    assert found.reason == "gives (N, L), and (N, C, H, W) is wanted"
    assert fit(get("TokenInput"), [into("Embedding")]).level == Level.FITS


def test_the_best_of_several_ports() -> None:
    found = fit(get("CrossEntropyLoss"), [out_of("MSELoss"), out_of("Target")])
    assert found.anchor == out_of("Target")
