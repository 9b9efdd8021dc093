from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_layers_are_listed_with_their_times(studio: Callable, project: Path) -> None:
    result = studio("profile", project, "--device", "cpu", "--repeats", "1")
    assert result.code == 0
    assert "fc1" in result.out
    assert "on cpu" in result.err
    found = studio("profile", project, "--device", "cpu", "--repeats", "1", "--json").json
    assert found["batch"] > 1
    assert {"fc1", "fc2"} <= {layer["node"] for layer in found["layers"]}
    assert all(layer["forward_s"] > 0 for layer in found["layers"])
