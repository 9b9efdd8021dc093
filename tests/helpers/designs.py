"""Small designs for tests: a catalog of six kinds, chains by hand, and any design by hypothesis."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import strategies as st
from immutables import Map

from studio.graph import edits
from studio.graph.block import PREFIX, Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node, Value
from studio.graph.port import PortSpec, Role
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project

TENSOR_IN, TENSOR_OUT = PortSpec("input"), PortSpec("output")


@dataclass(frozen=True)
class Kind:
    inputs: tuple[PortSpec, ...] = (TENSOR_IN,)
    outputs: tuple[PortSpec, ...] = (TENSOR_OUT,)
    role: Role = "layer"

    def setting(self, name: str) -> object | None:
        return None


KINDS = {
    "Input": Kind(inputs=(), role="input"),
    "Target": Kind(inputs=(), outputs=(PortSpec("target", carries="target"),), role="target"),
    "Layer": Kind(),
    "Split": Kind(outputs=(PortSpec("low"), PortSpec("high"))),
    "Sum": Kind(inputs=(PortSpec("inputs", variadic=True, minimum=2),)),
    "Loss": Kind(
        inputs=(TENSOR_IN, PortSpec("target", carries="target", accepts=("target", "tensor"))),
        outputs=(PortSpec("loss", carries="loss"),),
        role="loss",
    ),
}


def signature(node: Node) -> Kind | None:
    """The ports of this catalog; any other kind is unknown."""
    return KINDS.get(node.kind)


def nodes(*kinds: str) -> Graph:
    """A graph of unwired nodes ``n1``, ``n2`` …"""
    graph = Graph()
    for kind in kinds:
        graph = edits.add_node(graph, edits.new_node(graph, kind))
    return graph


def chain(*kinds: str) -> Graph:
    """A graph of nodes ``n1``, ``n2`` …, each feeding the next one's first port."""
    graph = nodes(*kinds)
    for number, (kind, following) in enumerate(pairwise(kinds), 1):
        out, into = KINDS[kind].outputs[0].name, KINDS[following].inputs[0].name
        graph = edits.connect(graph, f"n{number}", out, f"n{number + 1}", into, signature)
    return graph


def wire(source: str, target: str, port: str = "input", index: int = 0) -> Edge:
    """A wire out of a port called ``output``."""
    return Edge(source, "output", target, port, index)


def feeds(graph: Graph, node_id: str, port: str | None = None) -> list[str]:
    """Ids of what feeds a node, in order."""
    return [edge.source for edge in graph.inputs_of(node_id, port)]


def check_invariants(graph: Graph) -> None:
    """Fail if an edit broke what a graph must never break."""
    into = [edge for node_id in graph.incoming for edge in graph.incoming[node_id]]
    out = [edge for node_id in graph.outgoing for edge in graph.outgoing[node_id]]
    assert sorted(into) == sorted(out)
    assert len(into) == len(set(into))
    assert all(graph.incoming.values())
    assert all(graph.outgoing.values())
    assert graph == Graph.of(graph.nodes.values(), into, graph.blocks.values())
    assert all(key == node.id for key, node in graph.nodes.items())
    names = [node.name for node in graph.nodes.values()]
    assert len(names) == len(set(names))
    for node in graph.nodes.values():
        ports: dict[str, list[Edge]] = {}
        for edge in graph.inputs_of(node.id):
            assert edge.target == node.id
            assert edge.source in graph
            ports.setdefault(edge.target_port, []).append(edge)
        for port, wires in ports.items():
            assert [edge.index for edge in wires] == list(range(len(wires)))
            kind = signature(node)
            if kind is not None:
                spec = next(spec for spec in kind.inputs if spec.name == port)
                assert spec.variadic or len(wires) == 1


ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,8}", fullmatch=True)
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)
ports = st.sampled_from(["input", "output", "inputs", "_x1"])
places = st.one_of(st.floats(-1e9, 1e9), st.integers(-5000, 5000).map(float))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
)
values: st.SearchStrategy[Value] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=6
)
arguments = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12), values
)


block_arguments = st.builds(
    BlockArgument,
    name=st.sampled_from(["width", "stride", "k2"]),
    default=values,
    help=texts,
    minimum=st.none() | st.floats(-1e6, 1e6) | st.integers(0, 9).map(float),
    maximum=st.none() | st.floats(-1e6, 1e6),
    choices=st.lists(texts, max_size=2).map(tuple),
)
BLOCK_NAMES = ["Stem", "Tower", "Inception_3a"]
"""Definitions of drawn graphs; instances may name any of them, so that some are missing and some nest."""


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph a file may hold: also wrong ones, with cycles, doubly fed ports and unknown layers."""
    given = st.lists(block_arguments, max_size=3, unique_by=lambda argument: argument.name).map(tuple)
    blocks = [
        Block(name, draw(levels()), draw(given), draw(texts), draw(texts))
        for name in draw(st.lists(st.sampled_from(BLOCK_NAMES), max_size=2, unique=True))
    ]
    level = draw(levels())
    return Graph.of(level.nodes.values(), level.edges(), blocks)


@st.composite
def levels(draw: st.DrawFn) -> Graph:
    """Any nodes and wires, some of them instances of blocks and their ports; without definitions."""
    kinds = [*KINDS, "Ünknown 7", "BlockInput", "BlockOutput", *(PREFIX + name for name in BLOCK_NAMES)]
    found = [
        Node(node_id, draw(st.sampled_from(kinds)), draw(names), Map(draw(arguments)), x, y)
        for node_id, x, y in draw(
            st.lists(st.tuples(ids, places, places), max_size=6, unique_by=lambda t: t[0])
        )
    ]
    if not found:
        return Graph()
    ends = st.sampled_from([node.id for node in found])
    edges = draw(st.lists(st.builds(Edge, ends, ports, ends, ports, st.integers(0, 12)), max_size=8))
    return Graph.of(found, edges)


data_configs = st.builds(
    DataConfig,
    dataset=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10),
    folder=st.sampled_from(["", "data", "../données/mnist"]),
    options=st.dictionaries(
        st.sampled_from(["noise", "samples"]), st.floats(0, 9) | st.integers(0, 9), max_size=2
    ),
    validation_fraction=st.floats(0.01, 0.4),
    split_seed=st.integers(0, 2**32 - 1),
    stratify=st.booleans(),
    normalization=st.sampled_from(["none", "scale", "standardize"]),
)
training_configs = st.builds(
    TrainingConfig,
    optimizer=st.sampled_from(["sgd", "adam"]),
    lr=st.floats(1e-12, 1e6),
    momentum=st.floats(0.1, 0.99),
    nesterov=st.booleans(),
    betas=st.tuples(st.floats(0, 0.99), st.floats(0, 0.99)),
    epochs=st.integers(1, 1_000_000),
    device=st.sampled_from(["auto", "cpu", "mps", "cuda", "cuda:3"]),
)
projects = st.builds(Project, graph=graphs(), data=data_configs, training=training_configs, notes=texts)
