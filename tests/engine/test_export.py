"""The engine writes a network and says how far the copy is from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import zoo
from studio.engine import answers
from studio.engine.records import Export, Exported
from studio.errors import StudioError
from studio.project.format import to_data
from studio.project.project import Project


def test_source_is_written_and_compared(tmp_path: Path) -> None:
    project = to_data(Project("net", zoo.build("mlp", hidden=8)))
    done = answers.answer(Export(3, project, "python", str(tmp_path / "net.py")), answers.Memory())
    assert isinstance(done, Exported)
    assert done.difference == 0.0
    assert "class" in (tmp_path / "net.py").read_text()


def test_a_run_that_is_not_there_is_said(tmp_path: Path) -> None:
    project = to_data(Project("net", zoo.build("mlp", hidden=8)))
    request = Export(3, project, "python", str(tmp_path / "net.py"), "none", str(tmp_path / "runs"))
    with pytest.raises(StudioError, match="none"):
        answers.answer(request, answers.Memory())
