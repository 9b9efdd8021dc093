"""From exceptions to `Failed` replies that a person can read."""

from __future__ import annotations

import logging
import traceback

from studio.engine.records import Failed
from studio.errors import (
    CatalogError,
    CompileError,
    DataError,
    GrantError,
    GraphError,
    ProjectError,
    RunError,
    StudioError,
    TrainingError,
    ZooError,
)

log = logging.getLogger(__name__)

CODES: tuple[tuple[type[Exception], str], ...] = (
    (CompileError, "problems"),
    (GraphError, "problems"),
    (CatalogError, "problems"),
    (ZooError, "project"),
    (ProjectError, "project"),
    (GrantError, "grant"),
    (DataError, "data"),
    (TrainingError, "training"),
    (RunError, "run"),
    (StudioError, "engine"),
    (MemoryError, "memory"),
    (OSError, "system"),
)
"""The code of each kind of exception, the most particular first; all others are our fault."""


LOGGED = frozenset({"internal", "memory", "system", "training"})
"""What is no mistake of the person's, or took a run along."""


def failure(request_id: int, error: BaseException) -> Failed:
    """Return the reply that says why a request was not carried out."""
    code = next((code for kind, code in CODES if isinstance(error, kind)), "internal")
    if type(error).__name__ == "OutOfMemoryError":  # torch's; this module is read without torch
        code = "memory"
    if code in LOGGED:
        log.error("Request %d failed.", request_id, exc_info=error)
    if isinstance(error, StudioError):
        problems = error.problems if isinstance(error, CompileError) else ()
        folder = error.folder if isinstance(error, GrantError) else ""
        return Failed(request_id, code, error.message, error.node_id or "", folder, problems)
    if code == "memory":
        return Failed(request_id, code, "There is not enough memory for this.", details=trace(error))
    text = str(error) or type(error).__name__
    if code == "system":
        return Failed(request_id, code, f"The system refused: {text}", details=trace(error))
    return Failed(
        request_id,
        code,
        f"Something went wrong inside the program ({type(error).__name__}: {text[:300]}). "
        "The details below belong into a bug report.",
        details=trace(error),
    )


def trace(error: BaseException) -> str:
    """Return an exception's traceback as text, bounded."""
    return "".join(traceback.format_exception(error))[-20_000:]
