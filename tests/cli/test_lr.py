"""``studio lr``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.mark.parametrize("method", ["halving", "range"])
def test_a_learning_rate_is_found_and_told(studio: Callable, project: Path, method: str) -> None:
    found = studio("lr", project, "--method", method, "--json")
    assert found.code == 0, found.err
    assert 1e-5 < found.json["lr"] <= 10.0
    assert found.json["tried"]
    said = studio("lr", project, "--method", method)
    assert f"Take lr {found.json['lr']:.4g}" in said.out
    assert not list(project.parent.glob("*.runs"))


def test_a_share_of_nothing_is_refused(studio: Callable, project: Path) -> None:
    assert studio("lr", project, "--share", "0").code == 2
