from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_sound_network_is_right(studio: Callable, project: Path) -> None:
    result = studio("gradcheck", project, "--coordinates", "3")
    assert result.code == 0
    assert "fc1.weight" in result.out
    assert "All gradients are right." in result.err
    found = studio("gradcheck", project, "--coordinates", "2", "--alone", "--json").json
    assert found["right"] is True
    assert found["alone"] is True
    tensors = [tensor for node in found["nodes"] for tensor in node["tensors"]]
    assert max(tensor["error"] for tensor in tensors) < 1e-6


def test_one_node_and_a_name_that_is_none(studio: Callable, project: Path) -> None:
    found = studio("gradcheck", project, "--node", "fc2", "--json").json
    assert [node["node"] for node in found["nodes"]] == ["fc2"]
    wrong = studio("gradcheck", project, "--node", "fc9")
    assert (wrong.code, '"fc9"' in wrong.err) == (1, True)


def test_weights_of_a_run(studio: Callable, project: Path) -> None:
    studio("train", project, "--device", "cpu", "--run", "one")
    assert studio("gradcheck", project, "--run", "one", "--coordinates", "2").code == 0
