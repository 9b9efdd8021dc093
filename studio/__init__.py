"""Flowgraph Studio: draw a neural network, train it, and see inside it while it learns.

The public face. Everything here is loaded when it is first used, so that ``import studio`` costs nothing
and the window's process never sees torch.

    import studio

    project = studio.load("examples/digits.flow")
    for problem in studio.check(project):
        print(problem.message)
    run = studio.train(project, epochs=5)
    model = run.model()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studio import zoo
    from studio.errors import StudioError
    from studio.face import (
        check,
        check_gradients,
        compile,
        diagnose,
        export,
        from_module,
        load,
        look,
        save,
        share,
        step_through,
        summary,
        surface,
        train,
        trust,
        unpack,
    )
    from studio.graph.graph import Graph
    from studio.graph.node import Edge, Node
    from studio.graph.problems import Problem
    from studio.project.config import DataConfig, TrainingConfig
    from studio.project.project import Project

__version__ = "0.1.0"

_HOMES = {
    "load": "studio.face",
    "save": "studio.face",
    "share": "studio.face",
    "unpack": "studio.face",
    "compile": "studio.face",
    "check": "studio.face",
    "check_gradients": "studio.face",
    "step_through": "studio.face",
    "summary": "studio.face",
    "surface": "studio.face",
    "look": "studio.face",
    "diagnose": "studio.face",
    "train": "studio.face",
    "trust": "studio.face",
    "from_module": "studio.face",
    "export": "studio.face",
    "Graph": "studio.graph.graph",
    "Node": "studio.graph.node",
    "Edge": "studio.graph.node",
    "Problem": "studio.graph.problems",
    "Project": "studio.project.project",
    "DataConfig": "studio.project.config",
    "TrainingConfig": "studio.project.config",
    "StudioError": "studio.errors",
}
"""Where each name of the face is at home."""

__all__ = [
    "DataConfig",
    "Edge",
    "Graph",
    "Node",
    "Problem",
    "Project",
    "StudioError",
    "TrainingConfig",
    "__version__",
    "check",
    "check_gradients",
    "compile",
    "diagnose",
    "export",
    "from_module",
    "load",
    "look",
    "save",
    "share",
    "step_through",
    "summary",
    "surface",
    "train",
    "trust",
    "unpack",
    "zoo",
]


def __getattr__(name: str) -> Any:
    """Load a name of the face when it is first used."""
    if name == "zoo":
        return import_module("studio.zoo")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f'studio has no "{name}"; it has {", ".join(__all__)}')
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
