"""Every error the studio raises on purpose, in one tree.

    StudioError
    ├── GraphError          an edit that cannot be made
    │   └── ReadOnlyError       of a project that somebody else has open
    ├── CatalogError        a layer kind or argument that does not exist
    │   └── CodeError           a custom layer's code that cannot be read or run; carries the line
    ├── ZooError            an unknown template, or arguments it cannot be built with
    ├── ProjectError        a file that cannot be read or written
    │   └── NewerFormatError    written by a later version of the program
    ├── CompileError        a graph that PyTorch refuses; carries the problems
    ├── ImportingError      a module that cannot be turned into a graph
    ├── DataError           a data set that is missing, damaged or does not fit the network
    │   └── GrantError          data outside the project's folder, which nobody allowed to be read
    ├── TrainingError       a run that ended early; carries the step
    ├── RunError            a run or checkpoint that is missing or damaged
    ├── PictureError        a picture of a network that cannot be drawn
    └── EngineError         the engine process died, or spoke nonsense

A message says what failed, what was found and what to do, in words that the user sees on screen.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any


class StudioError(Exception):
    """Base of all errors that are meant to be shown to a person.

    Attributes:
        message: What failed, what was found, what to do.
        node_id: The node it belongs to, if any.
        port: The port it belongs to, if any.
        argument: The argument it belongs to, if any.
    """

    def __init__(
        self,
        message: str,
        *,
        node_id: str | None = None,
        port: str | None = None,
        argument: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.node_id = node_id
        self.port = port
        self.argument = argument


class GraphError(StudioError):
    """An edit that would break the graph: a missing node, a second edge into a single input …"""


class ReadOnlyError(GraphError):
    """An edit of a project that may only be looked at here, because somebody else has it open."""


class CatalogError(StudioError):
    """A layer kind or argument that the catalog does not have."""


class CodeError(CatalogError):
    """The code of a custom layer that cannot be read, is not trusted, or fails.

    Attributes:
        line: The line of the code that it is about, from 1; 0 for the code as a whole.
    """

    def __init__(self, message: str, *, line: int = 0, **where: Any) -> None:
        super().__init__(message, **where)
        self.line = line


class ZooError(StudioError):
    """A template that does not exist, or arguments it cannot be built with."""


class ProjectError(StudioError):
    """A project file that cannot be read or written."""


class NewerFormatError(ProjectError):
    """A project file written by a later version of the program."""


class CompileError(StudioError):
    """A graph that cannot be turned into a PyTorch module.

    Attributes:
        problems: All `studio.graph.problems.Problem` found, errors first.
    """

    def __init__(self, message: str, *, problems: Sequence[Any] = (), **where: Any) -> None:
        super().__init__(message, **where)
        self.problems = tuple(problems)


class ImportingError(StudioError):
    """A PyTorch module, or the source of one, that cannot be turned into a graph."""


class ExportError(StudioError):
    """A network that cannot be handed on in the form asked for, or that is another one in that form."""


class DataError(StudioError):
    """A data set that is missing, damaged, or does not fit the network."""


class GrantError(DataError):
    """Something outside the project's folder that a project names and nobody allowed it to read.

    Attributes:
        folder: What is to be allowed; empty where that would not help.
    """

    def __init__(self, message: str, *, folder: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.folder = folder


class TrainingError(StudioError):
    """A run that ended early.

    Attributes:
        step: The optimizer step at which it happened; 0 is before the first.
    """

    def __init__(self, message: str, *, step: int = 0, **where: Any) -> None:
        super().__init__(message, **where)
        self.step = step


class RunError(StudioError):
    """A run, or a checkpoint of one, that is missing or damaged."""


class ProbeError(StudioError):
    """Something in a network that cannot be looked at."""


class PictureError(StudioError):
    """A picture of a network that is too large, or of a kind that is not drawn."""


class EngineError(StudioError):
    """The engine process died, could not be started, or sent something unreadable."""


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return ``'; did you mean "x"?'`` for the closest valid name, or an empty string."""
    found = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f'; did you mean "{found[0]}"?' if found else ""
