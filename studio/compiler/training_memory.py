"""How much memory training takes: one step played through, tensor by tensor, without running it.

PyTorch said of every layer what its backward pass keeps (`studio.compiler.saving`). From that follows
what lies in memory at each moment of a step: weights, gradients and the optimizer's numbers; outputs
until nobody needs them any more; gradients of outputs on the way back. The largest moment is the answer.
Not counted are torch itself, the data set, and the scratch memory of convolutions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.catalog import registry
from studio.compiler.question import BATCH, Answer
from studio.compiler.shapes import ShapeReport
from studio.compiler.types import TensorType
from studio.graph.block import TIED_TO
from studio.graph.expansion import Source
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.project.config import TrainingConfig

STATES = {
    "sgd": 0,
    "momentum": 1,
    "adam": 2,
    "adamw": 2,
    "nadam": 2,
    "rmsprop": 1,
    "adagrad": 1,
    "muon": 1,
    "kfac": 8,
    "lbfgs": 200,
}
"""Numbers that an optimizer keeps for every parameter; L-BFGS remembers its last 100 moves.

K-FAC's factors hang on the shapes of the layers: 4 numbers a weight for a square one, more for others."""


def states_of(training: TrainingConfig) -> int:
    """Return how many numbers the optimizer of some settings keeps for every parameter."""
    own = STATES[training.optimizer]
    if training.optimizer in ("sgd", "rmsprop", "kfac") and training.momentum:
        own += STATES["momentum"]
    return own + bool(training.ema_decay)


_PASSES_GRADIENT = ("Add", "Concat")
"""Layers whose backward pass hands the gradient on as it is, or parts of it, and makes no new one."""


@dataclass(frozen=True, slots=True)
class _Step:
    """A layer's part in a training step, in bytes for the whole batch.

    Attributes:
        reads: The memory of each input.
        writes: The memory of the first output; an input's, if the layer overwrites it or only looks at it.
        num_bytes: Size of all its outputs.
        keeps: What autograd keeps of inputs and output.
        own: What autograd keeps beside them.
        gradient: Size of its parameters' gradients.
        learns: A gradient flows through it.
        passes: Its backward pass makes no new tensor.
    """

    reads: tuple[Source, ...]
    writes: Source
    num_bytes: int
    keeps: frozenset[Source]
    own: int
    gradient: int
    learns: bool
    passes: bool


@dataclass(slots=True)
class _Memory:
    """What lies in memory now, and the most that ever did."""

    now: int = 0
    peak: int = 0
    sizes: dict[Source, int] = field(default_factory=dict)

    def take(self, num_bytes: int) -> None:
        self.now += num_bytes
        self.peak = max(self.peak, self.now)

    def hold(self, place: Source, num_bytes: int) -> None:
        if place not in self.sizes:
            self.sizes[place] = num_bytes
            self.take(num_bytes)

    def free(self, place: Source) -> None:
        self.now -= self.sizes.pop(place, 0)


@dataclass(frozen=True, slots=True)
class Share:
    """What one of several processes that train together holds.

    Attributes:
        processes: How many there are.
        is_split: Each holds a part of the weights, their gradients and the optimizer's numbers (FSDP), and
            for as long as a layer computes all of its weights and of the next one's; else all of it, and a
            second copy of the gradients, in which they are joined (DDP).
    """

    processes: int = 1
    is_split: bool = False

    @property
    def parts(self) -> int:
        """How many processes share the weights."""
        return self.processes if self.is_split else 1


ALONE = Share()


def training_bytes(
    flat: Graph,
    shapes: ShapeReport,
    batch_size: int,
    states: int,
    order: Sequence[str],
    share: Share = ALONE,
) -> int:
    """Return the most memory that a training step needs at any moment, in one process.

    Args:
        flat: The network, with its blocks opened.
        shapes: What PyTorch said of it.
        batch_size: Samples of a step that the process takes.
        states: Numbers the optimizer keeps for every parameter (`STATES`).
        order: The network's nodes in topological order.
        share: What the process holds.
    """
    if not shapes.answers:
        return 0
    steps, inputs = _steps(flat, shapes, batch_size, order)
    memory = _Memory()
    memory.take(_resident(flat, shapes, states, share) + inputs)
    _forward(steps, memory)
    _backward(steps, memory, share.parts)
    return memory.peak


def _resident(flat: Graph, shapes: ShapeReport, states: int, share: Share) -> int:
    """Return what is there all the time: weights, buffers, and what the optimizer keeps.

    Of several processes also what joins them: whole weights of two layers, or a copy of the gradients.
    """
    weights, trained, buffers, largest = 0, 0, 0, [0, 0]
    for node_id, answer in shapes.answers.items():
        own = _own_bytes(flat.nodes[node_id], answer)
        weights += own
        buffers += answer.buffer_bytes
        trained += own if _trains(flat.nodes[node_id]) else 0
        largest = sorted([*largest, own])[1:]
    joining = 0 if share.processes == 1 else sum(largest) if share.is_split else trained
    return -(-(weights + states * trained) // share.parts) + buffers + joining


def _own_bytes(node: Node, answer: Answer) -> int:
    """Return the bytes of a layer's parameters that are not another layer's."""
    if node.arguments.get(TIED_TO) is None or not answer.parameters:
        return answer.parameter_bytes
    own = 0 if node.arguments.get("tied_as") == "all" else answer.parameters - answer.weight
    return answer.parameter_bytes * own // answer.parameters


def _trains(node: Node) -> bool:
    return node.arguments.get("frozen") is not True


def _steps(
    flat: Graph, shapes: ShapeReport, batch_size: int, order: Sequence[str]
) -> tuple[list[_Step], int]:
    """Return the layers' parts in the order of the forward pass, and the bytes of the batch."""
    places: dict[Source, Source] = {}
    learning: set[Source] = set()
    steps: list[_Step] = []
    inputs = 0
    for node_id in order:
        node, answer = flat.nodes[node_id], shapes.answers.get(node_id)
        spec = registry.signature(node)
        if spec is None:
            continue
        if answer is None:
            kinds = [shapes.outputs.get((node_id, port.name)) for port in spec.outputs]
            inputs += sum(_bytes(kind, batch_size) for kind in kinds if kind is not None)
            continue
        sources = [(edge.source, edge.source_port) for edge in flat.inputs_of(node_id)]
        reads = tuple(places.get(source, source) for source in sources)
        first = (node_id, spec.outputs[0].name)
        writes = reads[0] if answer.is_view and reads else first
        has_weights = answer.parameters > 0 and _trains(node)
        learns = has_weights or any(read in learning for read in reads)
        for port in spec.outputs:
            places[node_id, port.name] = writes
        if learns:
            learning.add(writes)
        num_bytes = sum(_bytes(kind, batch_size) for kind in answer.outputs if kind is not None)
        keeps = {read for read, kept in zip(reads, answer.saved.inputs, strict=False) if kept}
        keeps |= {writes} if answer.saved.output else set()
        steps.append(
            _Step(
                reads,
                writes,
                0 if answer.is_view else num_bytes if spec.role != "loss" else 4,
                frozenset(keeps) if learns else frozenset(),
                answer.saved.own_bytes * batch_size // BATCH if learns else 0,
                _own_bytes(node, answer) if has_weights else 0,
                learns,
                answer.is_view or node.kind in _PASSES_GRADIENT,
            )
        )
    return steps, inputs


def _bytes(kind: TensorType, batch_size: int) -> int:
    return kind.num_bytes * (1 if kind.fixed else batch_size)


def _forward(steps: list[_Step], memory: _Memory) -> None:
    """Play the forward pass: an output stays while a later layer, or the backward pass, needs it."""
    left = Counter(read for step in steps for read in step.reads)
    kept = {place for step in steps for place in step.keeps}
    for step in steps:
        if step.num_bytes:
            memory.hold(step.writes, step.num_bytes)
        memory.take(step.own)
        for read in step.reads:
            left[read] -= 1
            if left[read] == 0 and read not in kept:
                memory.free(read)


def _backward(steps: list[_Step], memory: _Memory, parts: int) -> None:
    """Play the backward pass: gradients of outputs appear, and what was kept goes, layer by layer.

    Of the gradient of a layer's weights only a part stays where several processes share them.
    """
    waiting = Counter(place for step in steps for place in step.keeps)
    sizes = {step.writes: step.num_bytes for step in steps if step.num_bytes}
    learning = {step.writes for step in steps if step.learns}
    gradients = _Memory(memory.now, memory.peak)
    for step in reversed(steps):
        if not step.learns:
            continue
        for read in step.reads:
            if read not in learning or read == step.writes:
                continue
            if read in gradients.sizes and not step.passes:
                # A second way back: both gradients are there until they are added up.
                gradients.take(sizes.get(read, 0))
                gradients.now -= sizes.get(read, 0)
            elif not (step.passes and len(step.reads) > 1 and read is not step.reads[0]):
                gradients.hold(read, sizes.get(read, 0))
        gradients.take(step.gradient)
        gradients.now -= step.own + step.gradient - -(-step.gradient // parts)
        if step.num_bytes:
            gradients.free(step.writes)
        for place in step.keeps:
            waiting[place] -= 1
            if waiting[place] == 0:
                gradients.now -= memory.sizes.pop(place, 0)
    memory.peak = max(memory.peak, gradients.peak)
