"""Answers what would come of wires that are not there yet: asked while a person draws one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from studio.catalog import registry
from studio.compiler.analysis import prefix_of
from studio.compiler.costs import reports_of
from studio.compiler.lints import lint
from studio.compiler.shapes import ShapeEngine, ShapeReport
from studio.compiler.types import TargetType
from studio.data import datasets
from studio.engine.records import Json, Trial, Tried, Try
from studio.errors import DataError, GraphError
from studio.graph import edits
from studio.graph.expansion import Expansion, expand
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.node import Edge
from studio.graph.problems import Problem, worst_first
from studio.project.config import DataConfig
from studio.project.format import from_data


@dataclass
class Truth:
    """What the data set last asked about gives as truth; a gesture asks many times about one.

    Attributes:
        key: The settings that it is of.
        target: What it gives; None if it is not known.
    """

    key: str = ""
    target: TargetType | None = None

    def look(self, data: Json, config: DataConfig, folder: str) -> TargetType | None:
        """Return what a data set gives, remembered or new."""
        key = json.dumps([data, folder], sort_keys=True)
        if key != self.key:
            self.key, self.target = key, _truth_of(config, Path(folder) if folder else None)
        return self.target


def _truth_of(data: DataConfig, folder: Path | None) -> TargetType | None:
    try:
        classes = datasets.describe(data, folder).classes
    except DataError:
        return None
    return TargetType(len(classes))


def try_out(request: Try, shapes: ShapeEngine, truth: Truth) -> Tried:
    """Return what each of some wires would bring about at the node that it ends at, and how some nodes are.

    Raises:
        ProjectError: The project cannot be read.
    """
    project = from_data(request.project)
    target = truth.look(request.project.get("data", {}), project.data, request.folder)
    trials = [_wired(project.graph, request.level, edge, shapes, target) for edge in request.wires]
    if request.nodes:
        look = _Look(project.graph, request.level, shapes, target)
        trials += [look.at(node_id) for node_id in request.nodes]
    return Tried(request.id, tuple(trials))


def _wired(
    design: Graph, level: tuple[str, ...], edge: Edge, shapes: ShapeEngine, target: TargetType | None
) -> Trial:
    """Return what comes of one more wire."""

    def connect(graph: Graph) -> Graph:
        ends = edge.source, edge.source_port, edge.target, edge.target_port
        return edits.connect(graph, *ends, registry.signatures(graph))

    try:
        wired = edit_level(design, level, connect)
    except GraphError as error:
        return Trial(edge.target, None, "error", error.message)
    return _Look(wired, level, shapes, target).at(edge.target)


class _Look:
    """A design with its shapes, to look at some of its nodes."""

    def __init__(
        self, design: Graph, level: tuple[str, ...], shapes: ShapeEngine, target: TargetType | None
    ) -> None:
        self._design, self._target = design, target
        self._expansion: Expansion = expand(design, registry.signatures(design))
        self._report: ShapeReport = shapes.infer(self._expansion.graph, target, self._expansion.order)
        self._prefix = prefix_of(self._expansion, level)

    def at(self, node_id: str) -> Trial:
        """Return the shape that a node would give, and the worst that would be wrong with it."""
        if self._prefix is None:
            return Trial(node_id, None)
        path = self._prefix + node_id
        found = worst_first(self._problems(path))
        if not found:
            return Trial(node_id, self._shape(path))
        worst = found[0]
        return Trial(node_id, self._shape(path), worst.severity, worst.message, worst.suggestion)

    def _shape(self, path: str) -> tuple[int, ...] | None:
        spec = registry.find(node.kind) if (node := self._expansion.graph.nodes.get(path)) else None
        if spec is not None and spec.outputs:
            kind = self._report.outputs.get((path, spec.outputs[0].name))
            return kind.shape if kind is not None else None
        report = reports_of(self._design, self._expansion, self._report).get(path)
        return report.shape if report is not None else None

    def _problems(self, path: str) -> list[Problem]:
        """Return what is wrong with a node, or with what is inside it."""
        flat = self._expansion.graph
        order = [path] if path in flat else []
        warned = lint(flat, self._report, self._target, order) if order else []
        inside = f"{path}/", f"{path}["
        return [
            problem
            for problem in (*self._report.problems, *warned)
            if problem.node == path or problem.node.startswith(inside)
        ]
