"""What a plot may want of a stored run that is not read with its curves: one kind of look, of one node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from studio.runs.records import Quantity

if TYPE_CHECKING:
    from studio.runs.store import RunReader

Look: TypeAlias = Literal["histograms", "outputs", "filters", "norms", "surface"]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that the store is asked for.

    Attributes:
        look: Histograms or filters of a node, the newest histogram of every node's output (``outputs``), or
            what there is once for the whole network.
        node: Dotted name; empty where it is about all of them.
        quantity: Of histograms.
    """

    look: Look
    node: str = ""
    quantity: Quantity = "activation"

    def read(self, reader: RunReader) -> list[Any]:
        """Return what the store has, by step; it takes a while, and any thread may do it.

        Raises:
            RunError: The store cannot be read.
        """
        match self.look:
            case "histograms":
                return list(reader.histograms(self.node, self.quantity))
            case "outputs":
                return list(reader.newest_histograms().values())
            case "filters":
                return list(reader.filters(self.node))
            case "norms":
                return list(reader.norms())
            case "surface":
                return list(reader.surfaces())
