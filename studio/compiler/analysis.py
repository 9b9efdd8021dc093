"""Everything that can be said of a graph without allocating it: problems, shapes, costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from studio.catalog import registry
from studio.compiler.bypasses import bypass_problems
from studio.compiler.costs import reports_of
from studio.compiler.heads import head_problems
from studio.compiler.lints import lint
from studio.compiler.loose_ends import tied_up
from studio.compiler.memory import memory_problems
from studio.compiler.reach import depth
from studio.compiler.shapes import ShapeEngine, ShapeReport
from studio.compiler.ties import tie_problems
from studio.compiler.training_memory import training_bytes
from studio.compiler.types import TargetType
from studio.graph import topology
from studio.graph.expansion import Expansion, expand, ids_on
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.problems import Problem, has_errors, worst_first
from studio.graph.report import NodeReport, Totals


@dataclass(frozen=True, slots=True)
class Analysis:
    """What is known of a graph.

    Attributes:
        problems: Errors first. Their nodes are paths (`studio.graph.expansion`).
        reports: One for each node by its path: of the outermost graph, and of the inside of all blocks.
        totals: Sums over all layers whose shape is known.
        expansion: The graph with its blocks opened.
        shapes: What was found on the flat graph.
    """

    problems: tuple[Problem, ...]
    reports: dict[str, NodeReport]
    totals: Totals
    expansion: Expansion = field(default_factory=Expansion)
    shapes: ShapeReport = field(default_factory=ShapeReport)

    @property
    def ok(self) -> bool:
        """Whether the graph can be compiled."""
        return not has_errors(self.problems)

    @property
    def nodes(self) -> tuple[NodeReport, ...]:
        """Reports of the outermost graph's nodes."""
        return self.level("")

    @property
    def values(self) -> dict[str, dict[str, Value]]:
        """All arguments of all layers by path, with what was read off the wire."""
        found = {}
        for node in self.expansion.graph.nodes.values():
            spec = registry.signature(node)
            if spec is not None:
                found[node.id] = {**spec.values(node.arguments), **self.shapes.inferred.get(node.id, {})}
        return found

    def prefix(self, ids: Sequence[str]) -> str | None:
        """Return what stands before the paths of the nodes in a block; of a row of blocks, in its first.

        Args:
            ids: The instances that lead there, from the outermost in.

        Returns:
            ``n5[0]/n2/``; None if the block could not be opened.
        """
        return prefix_of(self.expansion, ids)

    def level(self, prefix: str) -> tuple[NodeReport, ...]:
        """Return the reports of the nodes at one level, by their own ids."""
        return tuple(
            replace(report, node=path[len(prefix) :]) if prefix else report
            for path, report in self.reports.items()
            if path.startswith(prefix) and not path.endswith("]") and "/" not in path[len(prefix) :]
        )


def prefix_of(expansion: Expansion, ids: Sequence[str]) -> str | None:
    """Return what stands before the paths of the nodes in a block; see `Analysis.prefix`."""
    path = ""
    for node_id in ids:
        instance = expansion.instances.get(path + node_id)
        if instance is None:
            return None
        path = f"{instance.copies[0]}/"
    return path


def analyse(
    graph: Graph,
    *,
    batch_size: int = 1,
    states: int = 2,
    engine: ShapeEngine | None = None,
    target: TargetType | None = None,
) -> Analysis:
    """Return all problems, shapes and costs of a graph; nothing is allocated.

    Args:
        graph: Any graph, finished or not.
        batch_size: For the estimate of training memory.
        states: Numbers the optimizer keeps for every parameter, for the same (`training_memory.STATES`).
        engine: Keeps what PyTorch said of earlier versions of the graph; None starts afresh.
        target: What the data set gives as truth; None assumes that it suits the loss.
    """
    expansion = expand(graph, registry.signatures(graph))
    flat = expansion.graph
    engine = engine or ShapeEngine()
    shapes = engine.infer(flat, target, expansion.order)
    problems = [
        *_structure_problems(graph, expansion, shapes),
        *expansion.problems,
        *(
            problem
            for node in _set_nodes(expansion)
            for problem in registry.check_arguments(node, graph.blocks)
        ),
        *shapes.problems,
        *bypass_problems(graph, expansion, engine, target),
        *tie_problems(expansion, shapes),
        *head_problems(graph),
        *memory_problems(flat, shapes.answers),
        *lint(flat, shapes, target, expansion.order),
    ]
    reports = reports_of(graph, expansion, shapes)
    flat_reports = [reports[node_id] for node_id in flat.nodes]
    totals = Totals(
        sum(report.parameters for report in flat_reports),
        sum(report.macs for report in flat_reports),
        sum(report.activation_bytes for report in flat_reports),
        training_bytes(flat, shapes, batch_size, states, expansion.order),
        sum(report.trainable for report in flat_reports),
        depth(flat, expansion.order),
        sum(
            (spec := registry.signature(node)) is None or spec.role == "layer" for node in flat.nodes.values()
        ),
    )
    return Analysis(tuple(worst_first(_once(graph, problems))), reports, totals, expansion, shapes)


def check(graph: Graph) -> list[Problem]:
    """Return all problems of a graph, errors first; an empty list means that it compiles."""
    return list(analyse(graph).problems)


def _set_nodes(expansion: Expansion) -> list[Node]:
    """Return the nodes whose arguments are to be checked: not those of layers that are fine."""
    blocks = [instance.node for instance in expansion.instances.values()]
    nodes = expansion.graph.nodes
    layers = [nodes[node_id] for node_id in expansion.order] or expansion.graph.ordered()
    return [*(node for node in layers if not registry.is_fine(node)), *blocks]


def _structure_problems(graph: Graph, expansion: Expansion, shapes: ShapeReport) -> list[Problem]:
    """Return what is wrong with the wires of a graph and of every block in it, each definition once."""
    signature = registry.signatures(graph)
    problems = [tied_up(problem, graph, shapes) for problem in topology.structure_problems(graph, signature)]
    seen: set[str] = set()
    for instance in expansion.instances.values():
        if instance.block not in seen:
            seen.add(instance.block)
            block, path = graph.blocks[instance.block], f"{instance.copies[0]}/"
            inside = replace(block.graph, blocks=graph.blocks)
            problems += [
                _moved(tied_up(problem, inside, ShapeReport()), path, instance.node.name)
                for problem in topology.block_problems(block, signature)
            ]
    return problems


def _moved(problem: Problem, path: str, name: str) -> Problem:
    """Return a problem of a definition as one of its instance."""
    return replace(
        problem,
        message=f'In the block "{name}": {problem.message}',
        node=path + problem.node if problem.node else path[:-1],
        nodes=tuple(path + node for node in problem.nodes),
        fixes=tuple(replace(fix, node=path + fix.node) for fix in problem.fixes),
    )


def _once(graph: Graph, problems: list[Problem]) -> list[Problem]:
    """Return the problems without those that only repeat one in another instance of the same block."""
    found: dict[tuple[str, ...], Problem] = {}
    for place, problem in enumerate(problems):
        key: tuple[str, ...] = (str(place),)
        if "/" in problem.node:
            ids = ids_on(problem.node)
            block = _definition(graph, ids[:-1])
            key = (block, ids[-1], problem.code, problem.argument, problem.port)
        found.setdefault(key, problem)
    return list(found.values())


def _definition(graph: Graph, ids: Sequence[str]) -> str:
    """Return the name of the block that some instances lead into."""
    level, name = graph, ""
    for node_id in ids:
        name = level.nodes[node_id].kind.partition(":")[2]
        level = graph.blocks[name].graph
    return name
