"""The ways in which something comes into the program from outside, each as a function that opens a path.

They return what is wrong with what was opened, or raise a `StudioError`.
"""

from __future__ import annotations

from pathlib import Path

from tests.hostile.judge import open_project as project

__all__ = ["project", "shared"]


def shared(path: Path) -> list[str]:
    """Read the project in a shared file, unpack it, and open what came out."""
    from studio.errors import StudioError
    from studio.runs import unpacking

    def nothing_else() -> set[str]:
        return {one.name for one in path.parent.iterdir()} | {
            one.name for one in path.parent.parent.iterdir()
        }

    before = nothing_else()
    try:
        unpacking.read_project(path)
        found = project(unpacking.unpack(path, path.parent / "unpacked"))
    except StudioError:
        assert nothing_else() == before, nothing_else() - before
        raise
    assert nothing_else() == before | {"unpacked"}
    return found
