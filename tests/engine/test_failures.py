from __future__ import annotations

import pytest

from studio.engine.failures import failure
from studio.errors import CompileError, DataError, EngineError, ProjectError, RunError, TrainingError
from studio.graph.problems import Problem


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProjectError("no"), "project"),
        (DataError("no"), "data"),
        (RunError("no"), "run"),
        (TrainingError("no"), "training"),
        (EngineError("no"), "engine"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_studio_error_keeps_its_words_and_shows_no_traceback(error: Exception, code: str) -> None:
    failed = failure(3, error)
    assert (failed.id, failed.code, failed.message, failed.details) == (3, code, "no", "")


def test_compile_error_carries_its_problems_and_node() -> None:
    problem = Problem("error", "shape", "too small", "n2")
    failed = failure(1, CompileError("It cannot be compiled.", problems=[problem], node_id="n2"))
    assert (failed.code, failed.node, failed.problems) == ("problems", "n2", (problem,))


def test_disk_error_is_the_systems_and_not_ours() -> None:
    failed = failure(1, OSError(28, "No space left on device"))
    assert failed.code == "system"
    assert "No space left on device" in failed.message


def test_unexpected_exception_is_internal_with_a_traceback() -> None:
    try:
        {}["missing"]
    except KeyError as error:
        failed = failure(1, error)
    assert failed.code == "internal"
    assert "KeyError: 'missing'" in failed.message
    assert "test_failures.py" in failed.details


def test_long_traceback_is_bounded() -> None:
    assert len(failure(1, ValueError("x" * 10**6)).details) <= 20_000
    assert len(failure(1, ValueError("x" * 10**6)).message) < 1000
