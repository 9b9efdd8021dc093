from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_every_box_is_listed_with_its_gradients(studio: Callable, project: Path) -> None:
    found = studio("steps", project, "--json").json
    assert [box["node"] for box in found["boxes"]][-2:] == ["fc2", "loss"]
    weights = {one["name"]: one for box in found["boxes"] for one in box["tensors"]}
    assert weights["fc1.weight"]["gradient"]["norm"] > 0
    assert found["boxes"][-1]["tensors"][-1]["value"]["mean"] == found["loss"]
    result = studio("steps", project, "--node", "fc1")
    assert (result.code, "gradient of fc1.weight" in result.out) == (0, True)
    assert "self.fc1(" in result.out


def test_weights_of_a_run_and_a_name_that_is_none(studio: Callable, project: Path) -> None:
    fresh = studio("steps", project, "--json").json["loss"]
    studio("train", project, "--device", "cpu", "--run", "one")
    assert studio("steps", project, "--run", "one", "--json").json["loss"] < fresh
    wrong = studio("steps", project, "--node", "fc9")
    assert (wrong.code, '"fc9"' in wrong.err) == (1, True)
