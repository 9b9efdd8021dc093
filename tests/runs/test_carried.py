from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import RunError
from studio.runs import carried
from studio.runs.carried import Carried

FOUND = Carried("run-1", ("a.weight", "b.weight"), ("c.weight",), ("d.weight",), ("a.weight",))


def test_it_is_kept_and_read_again(tmp_path: Path) -> None:
    carried.write(tmp_path, FOUND)
    assert carried.read(tmp_path) == FOUND
    assert carried.read(tmp_path / "other") is None


def test_it_is_put_in_words() -> None:
    assert FOUND.words() == (
        '2 of 3 tensors go on as run-1 left them. Fresh: "c.weight". Dropped: "d.weight". '
        "The optimizer's memory of 1 of them is kept."
    )
    assert Carried("run-1", ("a",), note="None.").words() == "1 of 1 tensors go on as run-1 left them. None."


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    (tmp_path / carried.FILE).write_text("{}")
    with pytest.raises(RunError, match="taken over"):
        carried.read(tmp_path)
