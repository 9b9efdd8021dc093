"""Bringing an older project file up to date, one version at a time.

When the format changes, `VERSION` goes up by one and `STEPS` gets a function that turns a document of
the version before into one of the new version. Documents are plain JSON data here, because the models
in `studio.project.format` know the present version only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from studio.errors import NewerFormatError, ProjectError
from studio.project.wording import kind_of, short

Document: TypeAlias = dict[str, Any]
Step: TypeAlias = Callable[[Document], Document]

FORMAT = "flowgraph-studio"
VERSION = 1

STEPS: Mapping[int, Step] = {}
"""By version: the function that makes a document of the next version out of one of this version."""


def version_of(document: object) -> int:
    """Return the version of a document, which may be older or newer than `VERSION`.

    Raises:
        ProjectError: It is no project of ours, or does not say its version.
    """
    if not isinstance(document, dict):
        raise ProjectError(f"This is not a project: it holds {kind_of(document)} where an object belongs.")
    if document.get("format") != FORMAT:
        found = document.get("format")
        said = f'"format" is {short(found)}' if "format" in document else 'it has no key "format"'
        raise ProjectError(f'This is not a Flowgraph Studio project: {said}, where "{FORMAT}" belongs.')
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        said = f"is {short(version)}" if "version" in document else "is missing"
        raise ProjectError(f'The project\'s "version" {said}. It must be a whole number from 1 on.')
    return version


def migrate(document: Document, steps: Mapping[int, Step] = STEPS, current: int = VERSION) -> Document:
    """Return a document brought to the current version; the one given is not changed by good steps.

    Args:
        document: A project's JSON data.
        steps: The function for each version before the current one.
        current: The version to arrive at.

    Raises:
        NewerFormatError: The document is from a later version of the program.
        ProjectError: It is no project, too old to be read, or not what its version promises.
    """
    version = version_of(document)
    if version > current:
        raise NewerFormatError(
            f"The project was written by a later version of Flowgraph Studio (file version {short(version)}, "
            f"and this program reads up to {current}). Update the program to open it."
        )
    for number in range(version, current):
        step = steps.get(number)
        if step is None:
            raise ProjectError(
                f"The project has file version {number}, which this program can no longer read. "
                "Open it with an older version of the program and save it there."
            )
        try:
            document = step(document)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise ProjectError(
                f"The project says it has file version {number}, but does not look like it "
                f"({type(error).__name__}: {error}). Restore it from a backup."
            ) from error
        document = {**document, "version": number + 1}
    return document
