"""Auxiliary heads: what leads only to losses that are active in training, and is not computed otherwise.

The network stays a `torch.fx.GraphModule` with one graph. What the main outputs need stands first in
it; between that and the rest, the generated code returns early in evaluation mode. So the heads cost
nothing there, the code reads as one would write it by hand, and `torch.compile` and `torch.export` see an
ordinary ``if not self.training``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import fx, nn
from torch.fx.graph_module import reduce_graph_module

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


class NetworkWithHeads(fx.GraphModule):
    """A network that ends early in evaluation mode; one without heads is a plain `fx.GraphModule`."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as torch.fx does: the code, which is traced when it is read again, and the early return."""
        early = early_return(self)
        assert early is not None
        _, (body, imports) = super().__reduce__()
        # In evaluation mode the trace would miss the heads.
        return _read_again, ({**body, "training": True}, imports, len(early.results), self.training)


def _read_again(body: dict[Any, Any], imports: str, num_main: int, training: bool) -> fx.GraphModule:
    plain = reduce_graph_module(body, imports)
    assert isinstance(plain, fx.GraphModule)
    module = with_heads(plain, plain.graph, num_main, type(plain).__name__)
    module.training = training
    return module


def with_heads(
    root: nn.Module | dict[str, Any], graph: fx.Graph, num_main: int, class_name: str
) -> NetworkWithHeads:
    """Return a network that gives only the first of its outputs in evaluation mode.

    Args:
        root: Where its layers are.
        graph: It gives several outputs, and all that the main ones need stands before what they do not.
        num_main: How many outputs evaluation gives; one comes alone, several as a tuple.
        class_name: Of the module's class.
    """
    results = _outputs(graph)[:num_main]
    needed, stack = set(results), list(results)
    while stack:
        new = [feed for feed in stack.pop().all_input_nodes if feed not in needed]
        needed.update(new)
        stack += new
    first = next(node for node in reversed(graph.nodes) if node in needed).next
    while first.op == "placeholder":
        first = first.next
    early = EarlyReturn(first.name, tuple(result.name for result in results))
    graph.on_generate_code(lambda _: early)
    return NetworkWithHeads(root, graph, class_name)


def early_return(module: fx.GraphModule) -> EarlyReturn | None:
    """Return where a network ends in evaluation mode; None if it computes the same in both."""
    found: list[Any] = []

    def look(current: Any) -> Any:
        found.append(current)
        return current

    module.graph.on_generate_code(look)
    return found[0] if isinstance(found[0], EarlyReturn) else None


def _outputs(graph: fx.Graph) -> tuple[fx.Node, ...]:
    """Return what computes each output in training mode."""
    (results,) = next(node.args for node in graph.nodes if node.op == "output")
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
            fixes=(Fix("Set active to always", "set", first.id, argument=ACTIVE, value="always"),),
        )
    ]
