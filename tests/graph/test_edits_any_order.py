"""Any sequence of edits keeps what a graph must never break, and can be taken back exactly."""

from __future__ import annotations

import networkx as nx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from studio.errors import GraphError
from studio.graph import edits, fixes, topology
from studio.graph.graph import Graph
from studio.graph.history import History
from studio.graph.replacing import Successor, replace_kind
from tests.helpers.designs import KINDS, arguments, check_invariants, names, places, signature, values

kinds = st.sampled_from([*KINDS, "Sum", "Layer", "Mystery"])


class Editing(RuleBasedStateMachine):
    """A person at the canvas, with a history."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(Graph())
        self.past = [Graph()]

    @property
    def graph(self) -> Graph:
        return self.history.value

    def record(self, graph: Graph) -> None:
        if graph != self.graph:
            del self.past[self.history.index + 1 :]
            self.past.append(graph)
        self.history.record(graph, "edit")

    def pick(self, data: st.DataObject, several: bool = False) -> list[str]:
        ids = st.sampled_from([node.id for node in self.graph.ordered()])
        return data.draw(st.lists(ids, min_size=1, max_size=4 if several else 1, unique=True))

    @initialize(found=st.lists(kinds, min_size=3, max_size=6))
    def start(self, found: list[str]) -> None:
        for kind in found:
            self.add(kind, {}, 0.0)

    @rule(kind=kinds, given=arguments, x=places)
    def add(self, kind: str, given: dict[str, object], x: float) -> None:
        self.record(edits.add_node(self.graph, edits.new_node(self.graph, kind, arguments=given, x=x)))  # type: ignore[arg-type]

    @precondition(lambda self: len(self.graph))
    @rule(data=st.data(), index=st.none() | st.integers(-1, 4))
    def connect(self, data: st.DataObject, index: int | None) -> None:
        (source,), (target,) = self.pick(data), self.pick(data)
        out, into = signature(self.graph.node(source)), signature(self.graph.node(target))
        out_port = data.draw(st.sampled_from([port.name for port in out.outputs] if out else ["a", "b"]))
        in_port = data.draw(st.sampled_from([port.name for port in into.inputs] or ["x"] if into else ["c"]))
        try:
            graph = edits.connect(self.graph, source, out_port, target, in_port, signature, index=index)
        except GraphError:
            return
        assert source in [edge.source for edge in graph.inputs_of(target, in_port)]
        self.record(graph)

    @precondition(lambda self: self.graph.num_edges())
    @rule(data=st.data())
    def disconnect(self, data: st.DataObject) -> None:
        edge = data.draw(st.sampled_from(list(self.graph.edges())))
        graph = edits.disconnect(self.graph, [edge])
        assert graph.num_edges() == self.graph.num_edges() - 1
        self.record(graph)

    @precondition(lambda self: len(self.graph))
    @rule(data=st.data(), close=st.booleans())
    def remove(self, data: st.DataObject, close: bool) -> None:
        gone = self.pick(data, several=True)
        if close:
            graph = edits.remove_and_reconnect(self.graph, gone, signature)
        else:
            graph = edits.remove_nodes(self.graph, gone)
        assert set(graph.nodes) == set(self.graph.nodes) - set(gone)
        self.record(graph)

    @precondition(lambda self: len(self.graph))
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        chosen = self.pick(data, several=True)
        graph, copies = edits.duplicate(self.graph, chosen)
        assert len(graph) == len(self.graph) + len(chosen)
        inner = edits.subgraph(self.graph, chosen)
        assert edits.subgraph(graph, copies).num_edges() == inner.num_edges()
        assert edits.subgraph(graph, chosen) == inner
        self.record(graph)

    @precondition(lambda self: self.graph.num_edges())
    @rule(data=st.data(), kind=kinds)
    def insert(self, data: st.DataObject, kind: str) -> None:
        edge = data.draw(st.sampled_from(list(self.graph.edges())))
        try:
            graph = edits.insert_on_edge(self.graph, edge, edits.new_node(self.graph, kind), signature)
        except GraphError:
            return
        assert graph.num_edges() == self.graph.num_edges() + 1
        self.record(graph)

    @precondition(lambda self: len(self.graph))
    @rule(data=st.data(), kind=st.sampled_from([*KINDS]), keeps=st.booleans())
    def replace(self, data: st.DataObject, kind: str, keeps: bool) -> None:
        chosen = self.pick(data, several=True)
        successor = Successor(kind, kind.lower(), lambda _name, _value: keeps)
        graph, lost = replace_kind(self.graph, chosen, successor, lambda node: node.kind.lower(), signature)
        assert {graph.node(node_id).kind for node_id in chosen} == {kind}
        assert graph.num_edges() == self.graph.num_edges() - len(lost)
        reached = {(edge.source, edge.target) for edge in self.graph.edges()}
        assert {(edge.source, edge.target) for edge in graph.edges()} <= reached
        self.record(graph)

    @precondition(lambda self: len(self.graph))
    @rule(data=st.data(), name=names, value=values)
    def change(self, data: st.DataObject, name: str, value: object) -> None:
        (node_id,) = self.pick(data)
        graph = edits.set_argument(self.graph, node_id, "argument", value)  # type: ignore[arg-type]
        try:
            graph = edits.rename(graph, node_id, name)
        except GraphError:
            assert edits.free_name(graph, name) != name
        self.record(edits.move(graph, {node_id: (1.0, 2.0)}))

    @rule()
    def undo(self) -> None:
        self.history.undo()

    @rule()
    def redo(self) -> None:
        self.history.redo()

    @invariant()
    def graph_is_sound(self) -> None:
        check_invariants(self.graph)
        assert nx.is_directed_acyclic_graph(topology.to_networkx(self.graph))
        assert sorted(topology.order(self.graph)) == sorted(self.graph.nodes)

    @invariant()
    def history_holds_every_value(self) -> None:
        assert [entry.value for entry in self.history.entries] == self.past

    @invariant()
    def every_fix_can_be_made(self) -> None:
        for problem in topology.structure_problems(self.graph, signature):
            if problem.fix is not None:
                assert fixes.apply_fix(self.graph, problem.fix, signature) != self.graph


Editing.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestEditing = Editing.TestCase
