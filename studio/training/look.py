"""A look inside a network at rest: one object with a method for each question."""

from __future__ import annotations

from studio.probes.embedding import Method
from studio.probes.unit_values import Reduction
from studio.probes.weight_relations import weight_relations
from studio.runs.insights import (
    EmbeddingFound,
    MapsFound,
    SaliencyFound,
    StrongestFound,
    UnitsFound,
    WeightsFound,
)
from studio.training import embeddings, explaining, insides
from studio.training.insides import Inside


class Look:
    """What a network makes of samples of its data. Nodes are named as they are drawn: ``layer1.0.conv1``.

    Args:
        inside: The network and the samples.

    Attributes:
        inside: Likewise; its `rows` are the samples that were looked at, its `labels` their classes.
    """

    def __init__(self, inside: Inside) -> None:
        self.inside = inside

    def units(self, node: str, reduction: Reduction = "mean") -> UnitsFound:
        """Return what each unit gives for each sample, correlations, and units that are dead or doubled.

        Args:
            node: Its name.
            reduction: How a unit with several numbers for a sample, a channel, stands with one.

        Raises:
            ProbeError: The network computes no such node, or nothing for single samples there.
        """
        return insides.units_of(self.inside, node, reduction)

    def embedding(self, node: str, method: Method = "pca") -> EmbeddingFound:
        """Return samples as points in the plane, and how well the node tells classes apart.

        Raises:
            ProbeError: As `units` raises it; or ``umap`` is not installed.
        """
        return embeddings.embedding_of(self.inside, node, method)

    def maps(self) -> MapsFound:
        """Return what all layers give for the first sample, in the order in which they compute."""
        return explaining.maps_of(self.inside)

    def saliency(self, node: str, target: int = -1) -> SaliencyFound:
        """Return what the score of a class hangs on for the first sample, and Grad-CAM of the node.

        Raises:
            ProbeError: The network gives no score for each class, or has no such class or node.
        """
        return explaining.saliency_of(self.inside, node, target)

    def strongest(self, node: str, unit: int, reduction: Reduction = "max") -> StrongestFound:
        """Return the samples for which a unit gives most.

        Raises:
            ProbeError: The node has no such unit.
        """
        return explaining.strongest(self.inside, node, unit, reduction)

    def weights(self, node: str, parameter: str = "") -> WeightsFound:
        """Return a node's weights, a row to each unit, and the correlation of those rows.

        Raises:
            ProbeError: There is no such node, or it has no weights, or no such parameter.
        """
        self.inside.node(node)  # says so if there is none
        return weight_relations(self.inside.network, node, parameter)
