"""All that the doctor knows of a run, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.doctor.closer import Closer
from studio.graph.expansion import expand
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.project.project import Project
from studio.project.training_config import TrainingConfig
from studio.runs.norm_timeline import NormTimeline
from studio.runs.reader import RunReader
from studio.runs.records import Array, EpochEnded, Histogram


def _nothing() -> Array:
    return np.zeros(0, np.float32)


@dataclass(frozen=True)
class Case:
    """A design, the settings it is trained with, and what was seen of a run so far.

    Attributes:
        graph: Flat: ids are paths, names are those of the modules.
        order: Paths in the order of computation.
        training: The settings.
        steps: Steps with a loss; (K,) int64.
        losses: Training loss at each; (K,) float32.
        epochs: What was validated.
        outputs: The newest histogram of each node's output that was looked at.
        norms: Norms of parameters, gradients and updates.
        class_counts: Training samples of each class; empty: not known, or no classes.
        closer: What a closer examination showed; None: there was none.
    """

    graph: Graph
    order: tuple[str, ...]
    training: TrainingConfig
    steps: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    losses: Array = field(default_factory=_nothing)
    epochs: tuple[EpochEnded, ...] = ()
    outputs: Mapping[str, Histogram] = field(default_factory=dict)
    norms: NormTimeline = field(default_factory=NormTimeline)
    class_counts: tuple[int, ...] = ()
    closer: Closer | None = None

    @cached_property
    def nodes(self) -> list[Node]:
        """The layers in the order of computation."""
        return [self.graph.node(path) for path in self.order if path in self.graph]

    def named(self, name: str) -> Node | None:
        """Return the layer of a dotted name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def spec(self, node: Node) -> LayerSpec | None:
        """Return what kind of layer a node is."""
        return registry.find(node.kind)

    def family(self, node: Node) -> str:
        """Return the family of a layer; empty for an unknown one."""
        spec = self.spec(node)
        return spec.family if spec is not None else ""

    def before(self, node: Node) -> Node | None:
        """Return the one layer that feeds a layer; None where there is none or are several."""
        edges: Sequence[Edge] = self.graph.inputs_of(node.id)
        return self.graph.node(edges[0].source) if len(edges) == 1 else None

    def readers(self, node: Node) -> list[Node]:
        """Return the layers that a layer feeds."""
        return [self.graph.node(edge.target) for edge in self.graph.outputs_of(node.id)]

    @property
    def has_classes(self) -> bool:
        """Whether the one loss is a cross-entropy over classes."""
        losses = [node for node in self.nodes if self.family(node) == "loss"]
        return len(losses) == 1 and losses[0].kind in ("CrossEntropyLoss", "NLLLoss")

    @property
    def classes(self) -> int:
        """How many classes the network tells apart; 0 where that is not known."""
        if not self.has_classes:
            return 0
        loss = next(node for node in self.nodes if self.family(node) == "loss")
        feeds = self.graph.inputs_of(loss.id, "input")  # none while the network is being drawn
        node: Node | None = self.graph.node(feeds[0].source) if feeds else None
        while node is not None:
            spec = self.spec(node)
            values = spec.values(node.arguments) if spec is not None else {}
            features = values.get("out_features", values.get("out_channels"))
            if isinstance(features, int):
                return features
            node = self.before(node)
        return 0


def of_design(project: Project, class_counts: Sequence[int] = ()) -> Case:
    """Return the case of a design that was not trained yet."""
    opened = expand(project.graph, registry.signatures(project.graph))
    order = opened.order or tuple(opened.graph.nodes)
    return Case(opened.graph, order, project.training, class_counts=tuple(class_counts))


def of_run(reader: RunReader, closer: Closer | None = None) -> Case:
    """Return the case of a stored run, with what a closer examination showed.

    Raises:
        RunError: The run or its design is gone.
        ProjectError: The design is damaged.
    """
    design = of_design(reader.project())
    record, norms = reader.record(), NormTimeline()
    for one in reader.norms():
        norms.append(one)
    return Case(
        design.graph,
        design.order,
        design.training,
        record.steps,
        record.losses,
        tuple(reader.epochs()),
        reader.newest_histograms(),
        norms,
        closer=closer,
    )
