from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def test_a_table_of_what_is_left(studio: Callable, project: Path) -> None:
    studio("train", project, "--device", "cpu", "--run", "one")
    result = studio("ablate", project, "--node", "relu1", "--node", "fc1+fc2")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[1].startswith("(as trained)")
    assert lines[2].startswith("relu1")
    assert "fc1+fc2" in lines[3]
    found = studio("ablate", project, "--run", "one", "--json").json
    whole, first, *_ = found["variants"]
    assert (whole["without"], whole["parameters_difference"], first["without"]) == ([], 0, ["fc1"])
    assert (
        whole["error"]
        == studio("evaluate", project, "--json", "--split", "validation").json["top1_error"]["value"]
    )


def test_without_a_run_it_says_what_to_do(studio: Callable, project: Path) -> None:
    result = studio("ablate", project)
    assert (result.code, "studio train" in result.err) == (1, True)
