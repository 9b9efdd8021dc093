"""Auxiliary heads: what leads only to losses that are active in training, and is not computed otherwise.

The network stays one `torch.fx.GraphModule` with one graph. What the main outputs need stands first in
it; between that and the rest, the generated code returns early in evaluation mode. So the heads cost
nothing there, the code reads as one would write it by hand, and `torch.compile` and `torch.export` see an
ordinary ``if not self.training``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import fx

from studio.catalog import registry
from studio.catalog.settings import ACTIVE
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import Fix, Problem


@dataclass(frozen=True, slots=True)
class EarlyReturn:
    """Changes the code that torch.fx generates: in evaluation mode it ends before the heads.

    Attributes:
        first: Name of the fx node that begins the heads.
        results: Names of the fx nodes that are the main outputs.
    """

    first: str
    results: tuple[str, ...]

    def __call__(self, body: list[str]) -> list[str]:
        """Return the lines of a forward function with the early return among them."""
        starts = (f"{self.first} = ", f"{self.first} : ", "return ")
        place = next(number for number, line in enumerate(body) if line.startswith(starts))
        results = self.results[0] if len(self.results) == 1 else f"({', '.join(self.results)})"
        return [*body[:place], f"if not self.training:\n    return {results}\n", *body[place:]]


def return_early(module: fx.GraphModule, first: fx.Node, num_main: int) -> None:
    """Let a network give only the first of its outputs in evaluation mode.

    Args:
        module: It has several outputs, and all that the main ones need stands before `first`.
        first: Where the heads begin; the output node if they compute nothing of their own.
        num_main: How many outputs evaluation gives; one comes alone, several as a tuple.
    """
    results = output_nodes(module)[:num_main]
    early = EarlyReturn(first.name, tuple(result.name for result in results))
    module.graph.on_generate_code(lambda _: early)
    module.recompile()


def early_return(module: fx.GraphModule) -> EarlyReturn | None:
    """Return where a network ends in evaluation mode; None if it computes the same in both."""
    found: list[Any] = []

    def look(current: Any) -> Any:
        found.append(current)
        return current

    module.graph.on_generate_code(look)
    return found[0] if isinstance(found[0], EarlyReturn) else None


def output_nodes(module: fx.GraphModule) -> tuple[fx.Node, ...]:
    """Return what computes each output of a network in training mode."""
    (results,) = next(node.args for node in module.graph.nodes if node.op == "output")
    return results if isinstance(results, tuple) else (results,)


def is_training_only(loss: Node) -> bool:
    """Say whether a loss node counts in training only."""
    return loss.arguments.get(ACTIVE) == "training"


def head_problems(graph: Graph) -> list[Problem]:
    """Return an error for a network all of whose losses are switched off in evaluation."""
    losses: Sequence[Node] = [
        node for node in graph.ordered() if (spec := registry.find(node.kind)) and spec.role == "loss"
    ]
    if not losses or not all(is_training_only(loss) for loss in losses):
        return []
    first = losses[0]
    return [
        Problem(
            "error",
            "no-main-loss",
            f'{first.kind} "{first.name}": every loss is active in training only, so there is nothing to '
            "judge the network by in evaluation.",
            first.id,
            argument=ACTIVE,
            suggestion="Set active of one loss to always.",
            nodes=tuple(loss.id for loss in losses[1:]),
            fix=Fix("Set active to always", "set", first.id, argument=ACTIVE, value="always"),
        )
    ]
